"""Paging through a list that changes meanwhile: nobody in it is passed over."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.filters import PAGE_SIZE, VIEWS, Own, SortKey, TicketFilter
from app.domain.signals import Changes, Signal
from app.domain.ticket import Awaiting, Ticket
from app.state.formatting import Formatter
from app.state.inbox import InboxState
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from components.data import PageTurn, TableData, TicketRow
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.store.shop import NOON, StillClock, page, ticket

WAITING = VIEWS["needs-response"].filter


class Tab:
    """A list in a browser: rows stay as they were drawn until the person asks for others."""

    def __init__(self, desk: Desk, chosen: TicketFilter) -> None:
        self.desk = desk
        self.state = InboxState(
            desk.queries, Signal[Changes](), chosen=chosen, fmt=Formatter(), clock=desk.clock
        )
        self.rows: tuple[TicketRow, ...] = ()
        self.shown: list[str] = []

    async def open(self, chosen: TicketFilter) -> None:
        await self.state.show(chosen)
        self.draw()

    async def turn(self, *, forward: bool = True) -> None:
        first, last = (self.rows[0].place, self.rows[-1].place) if self.rows else ("", "")
        ids = tuple(row.id for row in self.rows)
        await self.state.turn(PageTurn(forward=forward, ids=ids, first=first, last=last))
        self.draw()

    async def look_away(self) -> None:
        """Nobody's pointer is on the list: it follows every change."""
        await self.state.load()
        self.draw()

    def draw(self) -> None:
        self.rows = self.data.rows
        self.shown += [row.id for row in self.rows]

    @property
    def data(self) -> TableData:
        assert self.state.table.value
        return self.state.table.value

    @property
    def has_next(self) -> bool:
        return self.data.page < self.data.pages


class Life:
    """A shop in which anything may happen to a ticket."""

    def __init__(self, desk: Desk, *, tickets: int, seed: int) -> None:
        self.desk = desk
        self.chance = Random(seed)  # noqa: S311 not a secret
        self.tickets: dict[str, Ticket] = {}
        self.moved: set[str] = set()
        for n in range(tickets):
            hours = self.chance.randrange(1, 60)  # few, so that many tie
            at = NOON - timedelta(hours=hours)
            self.tickets[f"t{n:03}"] = ticket(
                f"t{n:03}", subject=f"s{n % 7}", created_at=at, updated_at=at, has_owner_reply=None
            )

    async def publish(self) -> None:
        read = page(*self.tickets.values(), total=len(self.tickets))
        await self.desk.mirror.apply_page(read, started=self.desk.mirror.request_number())

    async def go_on(self, changes: int) -> None:
        """So many things happen, each a second after the one before."""
        for _ in range(changes):
            self.desk.clock.advance(1)
            now = self.desk.clock.now()
            name = self.chance.choice(["answered", "answered", "asked", "closed", "new", "old"])
            id_ = self.chance.choice(sorted(self.tickets))
            if name == "new":
                id_ = f"t{len(self.tickets):03}"
                self.tickets[id_] = ticket(id_, subject="s3", created_at=now, updated_at=now)
            self.moved.add(id_)
            fields: dict[str, dict[str, object]] = {
                "answered": {"awaiting": Awaiting.CUSTOMER},
                "asked": {"awaiting": Awaiting.SELLER, "status": "open"},
                "closed": {"status": "closed"},
                "new": {},
                # reopened, and known to have waited for long
                "old": {
                    "awaiting": Awaiting.SELLER,
                    "status": "open",
                    "has_owner_reply": False,
                    "created_at": NOON - timedelta(hours=self.chance.randrange(1, 90)),
                },
            }
            changed = replace(self.tickets[id_], updated_at=now)
            self.tickets[id_] = replace(changed, **fields[name])  # type: ignore[arg-type]  # names of Ticket
        await self.publish()


@asynccontextmanager
async def living(tickets: int, seed: int) -> AsyncIterator[Life]:
    with tempfile.TemporaryDirectory() as folder:
        clock = StillClock()
        mirror = await TicketMirror.open(Path(folder) / "copy.sqlite3", clock=clock)
        outbox = await Outbox.open(Path(folder) / "outbox.sqlite3", clock=clock)
        life = Life(Desk(mirror, outbox, clock), tickets=tickets, seed=seed)
        await life.publish()
        yield life
        await mirror.close()
        await outbox.close()


@dataclass(frozen=True)
class Step:
    """Something the person does, after so many changes in the shop."""

    changes: int
    action: str


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([0, 1, 5, 40]),
        st.sampled_from(["next", "next", "next", "back", "away"]),
    ),
    max_size=6,
)
LISTS = st.sampled_from(
    [
        WAITING,
        WAITING.changed(descending=True),
        WAITING.changed(sort=SortKey.SUBJECT),
        TicketFilter(sort=SortKey.MESSAGES),
        TicketFilter(sort=SortKey.UPDATED, descending=False),
        TicketFilter(query="s3", sort=SortKey.WAITING, descending=False),
        TicketFilter(),
        VIEWS["open"].filter,
    ]
)


async def play(tab: Tab, life: Life, steps: list[Step]) -> None:
    for step in steps:
        await life.go_on(step.changes)
        await tab.state.load()  # the rows stay, as somebody's pointer is on them
        if step.action == "away":
            await tab.look_away()
        elif step.action == "next" and tab.has_next:
            await tab.turn()
        elif step.action == "back" and tab.data.page > 1:
            await tab.turn(forward=False)
        assert len(tab.rows) <= PAGE_SIZE
    await tab.look_away()
    for _ in range(40):
        if not tab.has_next:
            return
        await tab.turn()
    raise AssertionError("the list has no end")


async def listed(tab: Tab, chosen: TicketFilter) -> list[str]:
    """All tickets of the list, page after page, as it is now."""
    found: list[str] = []
    for number in range(1, 20):
        part = await tab.desk.queries.inbox(chosen.changed(page=number), zone=UTC_ZONE)
        found += [row.ticket.id for row in part.rows]
    return found


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), chosen=LISTS, steps=STEPS)
@example(seed=1, chosen=WAITING, steps=[Step(40, "next")])
async def test_everybody_in_the_list_has_been_shown_at_its_end(
    seed: int, chosen: TicketFilter, steps: list[Step]
) -> None:
    async with living(90, seed) as life:
        tab = Tab(life.desk, chosen)
        await tab.open(chosen)

        await play(tab, life, steps)

        everybody = await listed(tab, chosen)
        news_first = chosen.sort is SortKey.UPDATED and chosen.descending
        owed = [id_ for id_ in everybody if not (news_first and id_ in life.moved)]
        assert set(owed) <= set(tab.shown)
        assert tab.data.count == len(everybody)
        await tab.state.close()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), chosen=LISTS, page=st.integers(2, 3), steps=STEPS)
async def test_nobody_who_keeps_the_place_is_passed_over_from_any_page(
    seed: int, chosen: TicketFilter, page: int, steps: list[Step]
) -> None:
    """As after a reload: what came before this page was passed on purpose."""
    async with living(90, seed) as life:
        tab = Tab(life.desk, chosen)
        await tab.open(chosen.changed(page=page))
        before = await listed(tab, chosen)
        first = before.index(tab.rows[0].id) if tab.rows else len(before)

        await play(tab, life, steps)

        after = set(await listed(tab, chosen))
        owed = {id_ for id_ in before[first:] if id_ in after and id_ not in life.moved}
        assert owed <= set(tab.shown)
        await tab.state.close()


async def answer(life: Life, ids: list[str]) -> None:
    for id_ in ids:
        now = life.desk.clock.now()
        life.tickets[id_] = replace(life.tickets[id_], awaiting=Awaiting.CUSTOMER, updated_at=now)
    await life.publish()


async def test_next_page_goes_on_after_the_last_row_shown() -> None:
    async with living(60, 7) as life:
        tab = Tab(life.desk, WAITING)
        await tab.open(WAITING)
        order = await listed(tab, WAITING)

        await answer(life, order[:5])
        await tab.turn()

        assert [row.id for row in tab.rows] == order[25:50]
        assert (tab.data.page, tab.data.pages, tab.data.range_label) == (2, 3, "21\u201345 of 55")
        await tab.turn(forward=False)
        assert [row.id for row in tab.rows] == order[5:30]
        assert (tab.data.page, tab.state.chosen.page) == (1, 1)
        await tab.state.close()


async def test_page_that_was_turned_to_stays_while_others_leave() -> None:
    async with living(80, 7) as life:
        tab = Tab(life.desk, WAITING)
        await tab.open(WAITING)
        order = await listed(tab, WAITING)
        await tab.turn()

        await answer(life, order[3:9])
        await tab.look_away()

        assert [row.id for row in tab.rows] == order[25:50]
        await tab.state.close()


async def test_page_whose_rows_are_all_gone_is_the_last_one_there_is() -> None:
    async with living(40, 7) as life:
        tab = Tab(life.desk, WAITING)
        await tab.open(WAITING)
        order = await listed(tab, WAITING)

        await answer(life, order[25:])
        await tab.turn()

        assert [row.id for row in tab.rows] == order[:25]
        assert (tab.data.page, tab.data.pages) == (1, 1)
        await tab.state.close()


async def test_ticket_that_moved_before_the_place_unseen_comes_first() -> None:
    async with living(60, 7) as life:
        tab = Tab(life.desk, WAITING)
        await tab.open(WAITING)
        order = await listed(tab, WAITING)

        known = replace(
            life.tickets[order[55]],
            has_owner_reply=False,
            created_at=NOON - timedelta(days=9),
            updated_at=life.desk.clock.now(),
        )
        life.tickets[order[55]] = known
        await life.publish()
        await tab.turn()

        assert [row.id for row in tab.rows] == [order[55], *order[25:49]]
        await tab.state.close()


async def test_drafts_are_paged_from_the_last_row_too(desk: Desk) -> None:
    tickets = [ticket(f"t{n:02}", updated_at=NOON - timedelta(minutes=n)) for n in range(40)]
    await desk.hold(*tickets)
    for of in tickets:
        await desk.local.save_draft(of.id, "Dear")
    tab = Tab(desk, TicketFilter(view="drafts", own=Own.DRAFTS))
    await tab.open(tab.state.chosen)

    for id_ in ("t00", "t01", "t02"):
        await desk.local.save_draft(id_, "")
    await tab.turn()

    assert [row.id for row in tab.rows] == [f"t{n:02}" for n in range(25, 40)]
    await tab.state.close()


@pytest.mark.parametrize("place", ["", "{}", "[1]", "[{}, 1, 2]", '["x", null, null]', "["])
async def test_place_that_is_none_turns_the_page_by_its_number(place: str) -> None:
    async with living(60, 7) as life:
        tab = Tab(life.desk, WAITING)
        await tab.open(WAITING)
        order = await listed(tab, WAITING)

        await tab.state.turn(PageTurn(forward=True, last=place))

        assert [row.id for row in tab.data.rows] == order[25:50]
        await tab.state.close()
