"""What pages share: the title, the viewer's zone, the clock."""

from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

from nicegui import Client, ui
from starlette.requests import Request

from app.desk.queries import Queries
from app.domain.clock import Clock
from app.domain.signals import Changes, Signal
from app.domain.tasks import TaskSet
from app.state.formatting import Formatter, formatter_in, iso
from components.server_clock import ServerClock, ServerTime, beat

TITLE = "Ticketdesk"
ZONE_COOKIE = "ticketdesk_zone"


def formatter_for(request: Request) -> Formatter:
    """The viewer's zone as their browser left it in a cookie; UTC until it has."""
    return formatter_in(unquote(request.cookies.get(ZONE_COOKIE, "")))


def on_zone(set_formatter: Callable[[Formatter], None]) -> None:
    """Hand over a formatter once the browser has told its zone."""
    ui.on("desk_zone", lambda event: set_formatter(formatter_in(str(event.args))))


async def follow_days(
    today: Callable[[], date | None], redraw: Callable[[], None], *, clock: Clock
) -> None:
    """Draw again what says "Today" at each midnight of the viewer's.

    It looks at every whole minute, for a machine may have been asleep over midnight.
    """
    day = today()
    while True:
        await clock.sleep(60 - clock.now().second)
        if today() != day:
            day = today()
            redraw()


class Beats:
    """Tells all pages at once what time it is and as of when their data is, at each refresh.

    Each page subscribes `hear`, so that nobody is told while nobody looks.
    """

    def __init__(self, queries: Queries, *, clock: Clock) -> None:
        self._queries, self._clock = queries, clock
        self._heard: Changes | None = None
        self._pages: set[str] = set()
        self._beating = TaskSet()

    def hear(self, changes: Changes) -> None:
        """Send one beat for these changes, however many pages hear of them."""
        if changes is not self._heard and (changes.age or changes.connection):
            self._heard = changes
            self._beating.start(
                beat(self._now(), as_of=iso(self._queries.as_of), pages=self._pages)
            )

    def follow(self, client: Client, changes: Signal[Changes]) -> None:
        """Give this page a clock and keep it told for as long as it is there."""
        ServerClock(self._now())
        page, leave = client.id, changes.subscribe(self.hear)
        self._pages.add(page)

        def forget() -> None:
            leave()
            self._pages.discard(page)

        client.on_delete(forget)

    def _now(self) -> ServerTime:
        clock = self._clock
        return ServerTime(now_ms=clock.now().timestamp() * 1000, ticks_ms=clock.monotonic() * 1000)


def write_title(client: Client, waiting: int | None, subject: str) -> None:
    """Say in the window's title how many customers wait, and which ticket is open."""
    counted = f"({waiting}) " if waiting else ""
    title = f"{counted}{subject} \u00b7 {TITLE}" if subject else f"{counted}{TITLE}"
    if title != client.title:
        with client:
            ui.page_title(title)
