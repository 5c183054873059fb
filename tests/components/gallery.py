"""All components on one page, on a port of its own: `python -m tests.components.gallery 8300`.

`/?charts=1` is the desk, `/wall` the kiosk, `/wall/plain` the plain one. `/said` tells what was
done on the desk that was opened last, `/do/NAME` puts it into one of the states of `Stage.STATES`.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import nicegui
from fastapi.responses import HTMLResponse
from nicegui import app, ui

from app.domain.tasks import TaskSet
from app.web.application import add_assets
from app.web.assets import asset_url, plain_style
from components import theme
from components.chart import Chart
from components.conversation_drawer import ConversationDrawer
from components.data import (
    ConversationData,
    KioskData,
    NoticeData,
    PlainKioskData,
    Segment,
    TableData,
)
from components.draft_recovery import DraftRecovery
from components.filter_bar import FilterBar
from components.frame import Frame
from components.freshness import FreshnessBar
from components.header_tools import HeaderTools
from components.kiosk_board import KioskBoard
from components.notice import Notice
from components.page_links import PageLinks
from components.palette import Palette
from components.plain_board import LEAD, plain_page
from components.review_queue import ReviewQueue
from components.saved_views import SavedViews
from components.search_box import SearchBox
from components.server_clock import ServerClock, ServerTime, beat
from components.stats_row import StatsRow
from components.ticket_table import TicketTable
from components.view_list import ViewList
from tests.components import samples, talk

HELD = NoticeData(
    text="Reply to “Order not received, and the customer says a…” leaves in",
    action="Undo",
    undo_left="30 s",
)


def present(stage: "Stage") -> None:
    """Somebody else is at the open ticket."""
    stage.table.update(samples.table(rows=(samples.row(0, presence="Ana: looking"),), asked=2))
    stage.drawer.update(talk.conversation(presence="Ana: looking"))


def held() -> NoticeData:
    """The line on a reply that leaves in half a minute."""
    return replace(HELD, undo_until=(datetime.now(UTC) + timedelta(seconds=30)).isoformat())


def server_time() -> ServerTime:
    return ServerTime(now_ms=datetime.now(UTC).timestamp() * 1000, ticks_ms=time.monotonic() * 1000)


class Stage:
    """The whole desk, filled from `samples`."""

    last: "ClassVar[Stage | None]" = None

    def __init__(self, ticket: str, draft: str, *, charts: bool) -> None:
        Stage.last = self
        self.said: list[list[object]] = []
        self.client = ui.context.client
        self.typed = "", 0, 0
        self.reply_sent = ""
        self.acknowledges = True
        self.has_asked = False
        self.beats = TaskSet()
        frame = Frame(title="Ticketdesk", badge="Demo store")
        with frame.search:
            self.search = SearchBox(on_query=self.hear("query"))
            self.palette = Palette(on_query=self.hear("palette"), on_pick=self.hear("picked"))
        with frame.fresh:
            ServerClock(server_time())
            self.fresh = FreshnessBar(on_action=self.hear("fresh"))
        with frame.tools:
            PageLinks(samples.PAGES)
            HeaderTools()
            DraftRecovery(on_recovery=self.keep)
        with frame.views:
            self.views = ViewList(on_view=self.hear("view"))
            self.saved = SavedViews(
                on_keep=self.hear("keep_view"),
                on_end=self.hear("left_form"),
                acts={act: self.hear(act) for act in ("up", "down", "edit", "remove")},
            )
        with frame.overview:
            self.stats = StatsRow(on_card=self.hear("card"))
            shown = samples.CHARTS if charts else ()
            self.charts = [Chart(title=one.title, on_pick=self.hear("pick")) for one in shown]
        with frame.filters:
            self.filters = FilterBar(
                **{
                    f"on_{name}": self.hear(name)
                    for name in ("status", "product", "currency", "created", "clear", "chip")
                },
                on_needs_response=self.hear("needs_response"),
            )
        with frame.work:
            self.notice = Notice(on_action=self.hear("notice"))
            self.table = TicketTable(
                on_open=self.open,
                on_rest=self.hear("rest"),
                **{
                    f"on_{name}": self.hear(name)
                    for name in ("sort", "page", "action", "empty_action")
                },
            )
            self.review_queue = ReviewQueue(
                on_review=self.hear("reviewed"),
                on_recheck_all=self.hear("recheck_all"),
                on_open=self.open,
            )
        with frame.line:
            self.line = Notice(on_action=self.hear("line"))
        with frame.side:
            self.drawer = ConversationDrawer(
                on_close=lambda: self.drawer.update(ConversationData()),
                on_send=self.send,
                on_open_other=self.open,
                on_fact=self.hear("fact"),
                on_draft=self.type,
                on_add_note=self.hear("add_note"),
                **{
                    f"on_{name}": self.hear(name)
                    for name in (
                        "status",
                        "review",
                        "more",
                        "turn",
                        "notice_action",
                        "other_draft",
                        "told",
                        "before_send",
                        "claim",
                        "mark",
                        "missed",
                        "note",
                        "note_about",
                        "note_draft",
                        "other_note",
                    )
                },
            )
        ui.on("desk_popstate", lambda event: self.said.append(["popstate", event.args]))
        ui.on("desk_zone", lambda event: self.said.append(["zone", event.args]))
        self.fill()
        if ticket:
            self.drawer.update(talk.conversation(int(ticket.removeprefix("tkt_")), draft=draft))

    def tell_the_time(self) -> None:
        self.beats.start(beat(server_time(), as_of=samples.ago(seconds=1), pages=[self.client.id]))

    def hear(self, name: str) -> Callable[..., None]:
        return lambda *args: self.said.append([name, *args])

    def fill(self) -> None:
        self.search.update(samples.SEARCH)
        self.last_table = samples.table()
        self.table.update(self.last_table)
        self.fresh.update(replace(samples.LIVE, as_of=samples.ago(seconds=4)))
        self.views.update(samples.VIEWS)
        self.saved.update(samples.SAVED_VIEWS)
        self.palette.update(samples.PALETTE)
        self.stats.update(samples.STATS)
        self.filters.update(samples.FILTERS)
        for chart, data in zip(self.charts, samples.CHARTS, strict=False):
            chart.update(data)

    def open(self, ticket_id: str) -> None:
        self.said.append(["open", ticket_id])
        number = int(ticket_id.removeprefix("tkt_"))
        self.drawer.update(talk.conversation(number, draft="Draft of 1" if number == 1 else ""))

    def type(self, ticket_id: str, text: str, base: int, revision: int) -> None:
        self.typed = ticket_id, base, revision
        self.said.append(["draft", text])
        if self.acknowledges:
            self.drawer.acknowledge(ticket_id, revision)

    async def keep(self, ticket_id: str, text: str, onto: str, reply_id: str) -> bool:
        self.said.append(["words", ticket_id, text, onto, reply_id])
        return self.acknowledges

    async def send(
        self, text: str, _turn: int, _said: int, reply_id: str, then_close: bool
    ) -> None:
        self.reply_sent = reply_id
        self.said.append(["send", text, then_close])
        await asyncio.sleep(0.2 if text == "slow" else 0)
        if text == "ask me" and not self.has_asked:
            self.has_asked = True
            self.drawer.update(talk.conversation(before_send=talk.BEFORE_SEND))
        elif text != "refuse me":
            self.drawer.sent(ok=True)

    STATES: ClassVar[dict[str, Callable[["Stage"], None]]] = {
        "new": lambda s: s.table.update(samples.table([90, 91, 92, *range(22)])),
        "pushed": lambda s: s.table.update(
            replace(s.last_table, rows=(samples.row(90), *s.last_table.rows[:-1]))
        ),
        "reorder": lambda s: s.table.update(samples.table([4, 0, 1, 2, 3, *range(5, 25)])),
        "asked": lambda s: s.table.update(samples.table([4, 3, 2, 1, 0], asked=2)),
        "left": lambda s: s.table.update(samples.table([0, 1, 2, *range(4, 26)])),
        "moved": lambda s: s.table.update(samples.table([3, 0, 1, 2, *range(4, 25)])),
        "next": lambda s: s.table.update(samples.table(range(25, 50), asked=2, page=2)),
        "back": lambda s: s.table.update(samples.table(asked=3)),
        "changed": lambda s: s.table.update(
            samples.table(
                [0],
                rows=tuple(samples.row(n, subject=f"Changed {n}") for n in (3, *range(3), 4)),
            )
        ),
        # what the rows that are seen are ordered by has changed, and so has what follows them
        "ordered": lambda s: s.table.update(
            samples.table(
                rows=tuple(
                    samples.row(n, subject=f"Elsewhere {n}", place=f"elsewhere {n}")
                    for n in range(3, 28)
                )
            )
        ),
        "waits": lambda s: s.table.update(
            samples.table(
                rows=(
                    samples.row(0, **samples.waits(days=82, hours=1), waiting_sign="≥"),
                    samples.row(1, **samples.waits(hours=3)),
                ),
                waits=True,
                sort="waiting",
                descending=False,
                asked=4,
            )
        ),
        "some-wait": lambda s: s.table.update(
            samples.table(
                rows=(samples.row(0, **samples.waits(days=82, hours=1)), samples.row(1)), asked=5
            )
        ),
        "pulled": lambda s: s.table.update(samples.table(range(5, 30))),
        "mixed": lambda s: s.table.update(
            samples.table([90, 91, 92, *range(5, 30)], stamps={"tkt_0028": 9, "tkt_0029": 9})
        ),
        "dear": lambda s: s.table.update(
            samples.table(rows=(samples.row(0, amount="KWD 1,234,567.500"),), asked=2)
        ),
        "formula": lambda s: s.table.update(
            samples.table(rows=(samples.row(0, subject="=1+1"), samples.row(1)), asked=2)
        ),
        "loading": lambda s: s.table.update(TableData(loading=True)),
        "empty": lambda s: s.table.update(TableData(empty=samples.EMPTY, asked=3)),
        "filtered": lambda s: s.filters.update(samples.FILTERED),
        "stale": lambda s: s.fresh.update(samples.STALE),
        "offline": lambda s: s.fresh.update(samples.OFFLINE),
        "notice": lambda s: s.notice.update(
            NoticeData(text="12 tickets closed.", action="Undo", tone="info")
        ),
        "held": lambda s: s.notice.update(held()),
        "told": lambda s: s.drawer.tell(held()),
        "taken": lambda s: s.drawer.tell(
            NoticeData(
                text="Not sent. Your words are in the draft of “Order not received”.", action="Open"
            )
        ),
        "line": lambda s: s.line.update(samples.LINE),
        "to-review": lambda s: s.review_queue.update(talk.REVIEW_QUEUE),
        "reviewed": lambda s: s.review_queue.update(None),
        "query": lambda s: s.search.update(replace(samples.SEARCH, query="from outside")),
        "echo": lambda s: s.search.update(replace(samples.SEARCH, query="a", hints=())),
        "doubt": lambda s: s.search.update(
            replace(samples.SEARCH, query="older:soon", doubt="“older:soon” is searched as text.")
        ),
        "hits": lambda s: s.table.update(
            samples.table([0], rows=(samples.row(0, hits=samples.HITS),), asked=4)
        ),
        "counting": lambda s: s.table.update(
            samples.table(count=None, pages=2, coverage="text of 310 of 412 tickets", asked=5)
        ),
        "lines": lambda s: s.drawer.update(talk.conversation(messages=talk.MANY_LINES)),
        "links": lambda s: s.drawer.update(talk.conversation(messages=talk.LINKS)),
        "talk": lambda s: s.drawer.update(
            talk.conversation(
                messages=(*talk.MESSAGES, talk.message(11, "customer", "I write again.")),
                draft="A refresh must never write this",
            )
        ),
        "beginning": lambda s: s.drawer.update(
            talk.conversation(
                messages=tuple(
                    talk.message(n, "customer", "Long ago. " * 20) for n in range(20, 50)
                ),
                earlier=0,
                later=4_951,
            )
        ),
        "later": lambda s: s.drawer.update(
            talk.conversation(
                messages=tuple(
                    talk.message(n, "customer", "Long ago. " * 20) for n in range(20, 70)
                ),
                earlier=0,
                later=4_931,
            )
        ),
        "earlier": lambda s: s.drawer.update(
            talk.conversation(
                messages=(
                    *(talk.message(-n, "customer", "From before.") for n in range(5, 0, -1)),
                    *talk.MESSAGES,
                ),
                earlier=0,
            )
        ),
        "hit": lambda s: s.drawer.update(
            talk.conversation(
                messages=(
                    replace(talk.MESSAGES[0], segments=(Segment(text="Keys", hit=True),)),
                    *talk.MESSAGES[1:],
                ),
                hits_label="Hit 1 of 3",
                several_hits=True,
                come_to="msg_001",
                come="1",
            )
        ),
        "looked": lambda s: s.drawer.update(
            talk.conversation(
                messages=(
                    *talk.MESSAGES[:8],
                    replace(talk.MESSAGES[8], state_label="Not confirmed: looked at 12:31"),
                    talk.MESSAGES[9],
                )
            )
        ),
        "present": present,
        "noted": lambda s: s.drawer.update(talk.conversation(**talk.NOTED)),
        "reading": lambda s: s.drawer.update(talk.conversation(messages=None)),
        "gone": lambda s: s.drawer.update(
            talk.conversation(
                may_reply=False,
                status_action="",
                notice=NoticeData(
                    text="The Tickets API no longer knows this ticket. Your draft is kept.",
                    tone="error",
                ),
            )
        ),
        "draft_returned": lambda s: s.drawer.update(
            talk.conversation(draft="Taken back.\n\nNew.", draft_base=1, draft_acked_revision=1)
        ),
        "typed": lambda s: s.said.append(["typed", *s.typed]),
        "beat": lambda s: s.tell_the_time(),
        "deaf": lambda s: setattr(s, "acknowledges", False),
        "focus": lambda s: s.drawer.focus_box(),
        "ready": lambda s: s.drawer.make_ready(talk.conversation(1)),
        "opened": lambda s: s.open("tkt_0001"),
        "elsewhere": lambda s: s.drawer.update(talk.conversation(other_drafts=(talk.OTHER_DRAFT,))),
    }


@ui.page("/")
def desk(ticket: str = "", draft: str = "", charts: bool = False) -> None:
    ui.add_head_html(HEAD)
    Stage(ticket, draft, charts=charts)


PANELS = {"": None, "bars": samples.BARS, "trend": samples.TREND}


def sized(board: KioskData, size: str, panel: str) -> KioskData:
    chart, tiles = PANELS[panel], board.tiles[: 4 if size == "far" else 8]
    return replace(board, size=size, chart=chart, tiles=() if chart else tiles)


@ui.page("/wall")
def wall(light: bool = False, size: str = "near", dim: bool = False, panel: str = "") -> None:
    ui.add_head_html(HEAD)
    ui.add_head_html(LEAD)
    fresh = replace(samples.LIVE, as_of=datetime.now(UTC).isoformat())
    ServerClock(server_time())
    data = replace(samples.WALL, freshness=fresh, is_dim=dim)
    KioskBoard(light=light).update(sized(data, size, panel))


@app.get("/wall/plain")
def plain_wall(
    *,
    late: int = 60,
    old: int = 300,
    led: str = "",
    theme: str = "",
    size: str = "near",
    panel: str = "",
) -> HTMLResponse:
    board = sized(replace(samples.WALL, freshness=samples.LIVE), size, panel)
    shown = PlainKioskData(
        board=board, state="live", as_of="14:02:05 UTC", late_in=late, old_in=old
    )
    vue = f"/_nicegui/{nicegui.__version__}/static/vue.esm-browser.prod.js" if led else ""
    is_light = theme == "light"
    return HTMLResponse(plain_page(shown, head_html=PLAIN, light=is_light, look="1", vue=vue))


@app.get("/do/{name}")
async def do(name: str) -> str:
    assert Stage.last is not None
    with Stage.last.client:
        Stage.STATES[name](Stage.last)
    return name


@app.get("/said")
def what_was_said() -> list[list[object]]:
    return Stage.last.said if Stage.last else []


HEAD, PLAIN = theme.head_html(asset_url), theme.plain_head_html(plain_style())

if __name__ == "__main__":
    add_assets(app)
    ui.run(
        host="127.0.0.1",
        port=int(sys.argv[1]),
        reload=False,
        show=False,
        show_welcome_message=False,
        tailwind=False,
        reconnect_timeout=30,
    )
