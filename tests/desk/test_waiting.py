"""How long customers have waited: one answer for list, views, wall, chart and roll-up."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.desk.dashboard_stats import BANDS
from app.desk.read_models import AgeBand, InboxRow
from app.domain.filters import PAGE_SIZE, VIEWS, TicketFilter
from app.domain.metrics import Exactness, Wait
from app.domain.ticket import Awaiting, Conversation, Message, Sender, Status, Ticket
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.store.shop import NOON, StillClock, page

WRITES = {"customer": Sender.CUSTOMER, "seller": Sender.SELLER}


@dataclass(frozen=True)
class History:
    """What happens in a ticket; after how much of it the list and the messages were last read.

    The ticket begins with a message of the customer.
    """

    events: tuple[tuple[str, int], ...]
    """of each its name and the minutes since the one before"""
    listed: int
    heard: int | None
    skew: int
    """minutes by which the API's own times lie apart"""

    def times(self) -> list[datetime]:
        """When each event happened, the last one a while ago."""
        ends = NOON - timedelta(minutes=3)
        back = [sum(gap for _, gap in self.events[n + 1 :]) for n in range(len(self.events))]
        return [ends - timedelta(minutes=minutes) for minutes in back]

    def messages(self, until: int) -> tuple[Message, ...]:
        """The messages after so many events."""
        happened = zip(self.events[:until], self.times(), strict=False)
        return tuple(
            Message(id=f"m{n}", sender=WRITES[name], text="words", created_at=at)
            for n, ((name, _), at) in enumerate(happened)
            if name in WRITES
        )

    def ticket(self, id_: str, until: int) -> Ticket:
        """The row after so many events."""
        status, awaiting = Status.OPEN, Awaiting.SELLER
        for name, _ in self.events[:until]:
            status = Status.CLOSED if name == "close" else Status.OPEN
            awaiting = {"customer": Awaiting.SELLER, "seller": Awaiting.CUSTOMER}.get(
                name, awaiting
            )
        messages, times = self.messages(until), self.times()
        return Ticket(
            id=id_,
            subject=id_,
            status=status,
            awaiting=awaiting,
            message_count=len(messages),
            has_owner_reply=any(message.sender == Sender.SELLER for message in messages),
            created_at=times[0],
            updated_at=times[until - 1] + timedelta(minutes=self.skew),
            closed_at=times[until - 1] if status == Status.CLOSED else None,
        )

    def waiting_since(self) -> datetime | None:
        """Since when the customer of the row waits, counted from all messages."""
        row = self.ticket("", self.listed)
        if (row.status, row.awaiting) != (Status.OPEN, Awaiting.SELLER):
            return None
        since = None
        for message in self.messages(self.listed):
            if message.sender == Sender.SELLER:
                since = None
            elif since is None:
                since = message.created_at
        return since


@st.composite
def histories(draw: st.DrawFn, skews: Sequence[int] = (0,)) -> History:
    gaps = st.sampled_from([1, 59, 60, 240, 1440, 4320, 90_000])
    names = st.sampled_from(["customer", "customer", "seller", "close", "reopen"])
    later = draw(st.lists(st.tuples(names, gaps), max_size=6))
    events = (("customer", 0), *later)
    listed = draw(st.integers(1, len(events)))
    heard = draw(st.none() | st.integers(1, listed))
    return History(events, listed, heard, draw(st.sampled_from(skews)))


@dataclass(frozen=True)
class Seen:
    """What one desk says of those who wait, in each place where it says so."""

    listed: tuple[InboxRow, ...]
    over_a_day: int
    bands: tuple[int, ...]
    lists_of_bands: tuple[int, ...]
    estimated: int
    counted: int
    views: int
    wall: tuple[tuple[str, Wait], ...]
    began: int


async def see(shop: Sequence[History], *, all_heard: bool = False) -> Seen:
    """Let a desk read the shop, and ask it in every place."""
    with tempfile.TemporaryDirectory() as folder:
        clock = StillClock()
        mirror = await TicketMirror.open(Path(folder) / "copy.sqlite3", clock=clock)
        outbox = await Outbox.open(Path(folder) / "outbox.sqlite3", clock=clock)
        desk = Desk(mirror, outbox, clock)
        try:
            await read(desk, shop, all_heard=all_heard)
            return await asked(desk)
        finally:
            await mirror.close()
            await outbox.close()


async def read(desk: Desk, shop: Sequence[History], *, all_heard: bool) -> None:
    for n, history in enumerate(shop):
        heard = history.listed if all_heard else history.heard
        if heard is not None:
            known = history.ticket(f"t{n:02}", heard)
            messages = history.messages(heard)
            await desk.mirror.apply_conversation(
                Conversation(ticket=known, messages=messages), started=desk.mirror.request_number()
            )
    rows = [history.ticket(f"t{n:02}", history.listed) for n, history in enumerate(shop)]
    for _ in range(3):  # an update that seems older is believed when it is said again
        await desk.mirror.apply_page(
            page(*rows, total=len(rows)), started=desk.mirror.request_number()
        )
    await desk.hold(*rows)


async def listed_in(desk: Desk, band: AgeBand) -> int:
    """How many a click on the band's bar lists."""
    chosen = VIEWS["needs-response"].filter.changed(
        waits_longer_than=band.at_least, waits_less_than=band.below
    )
    return await desk.queries.total(chosen, zone=UTC_ZONE)


async def asked(desk: Desk) -> Seen:
    listed: list[InboxRow] = []
    view = VIEWS["needs-response"].filter
    for number in range(1, 5):
        found = await desk.queries.inbox(view.changed(page=number), zone=UTC_ZONE)
        listed += found.rows
        assert len(found.rows) <= PAGE_SIZE
    dashboard = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    wall = await desk.queries.kiosk(limit=200)
    everything = await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)
    shown = {row.ticket.id: row.wait for row in everything.rows}
    assert all(shown.get(row.ticket.id, row.wait) == row.wait for row in listed)
    began = await desk.mirror.read(
        lambda c: int(c.execute("SELECT coalesce(sum(waits), 0) FROM activity").fetchone()[0])
    )
    return Seen(
        listed=tuple(listed),
        over_a_day=dashboard.views["over-a-day"],
        bands=tuple(band.count for band in dashboard.waiting),
        lists_of_bands=tuple([await listed_in(desk, band) for band in dashboard.waiting]),
        estimated=dashboard.estimated,
        counted=dashboard.counted.needs_response or 0,
        views=dashboard.views["needs-response"],
        wall=tuple((ticket.id, ticket.wait) for ticket in wall.waiting),
        began=began,
    )


def recounted(since: Sequence[datetime]) -> tuple[int, ...]:
    """The bands, counted one by one."""
    ends = [length for _, length in BANDS]
    ages = [NOON - at for at in since]
    return tuple(
        sum(not any(age < end for end in ends[:n]) and (n == len(ends) or age < ends[n])
            for age in ages)
        for n in range(len(ends) + 1)
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(shop=st.lists(histories(), min_size=1, max_size=30))
async def test_waits_are_those_of_the_messages_once_all_are_read(shop: list[History]) -> None:
    seen = await see(shop, all_heard=True)

    truth = {f"t{n:02}": since for n, of in enumerate(shop) if (since := of.waiting_since())}
    assert {row.ticket.id: row.wait for row in seen.listed} == {
        id_: Wait(since=since, exactness=Exactness.EXACT) for id_, since in truth.items()
    }
    assert seen.bands == recounted(list(truth.values()))
    assert seen.over_a_day == sum(seen.bands[3:])
    assert seen.estimated == 0


@settings(max_examples=25, deadline=None)
@given(shop=st.lists(histories(skews=(0, 0, 2, -7, -200_000)), min_size=1, max_size=30))
async def test_waits_are_the_same_in_every_place(shop: list[History]) -> None:
    seen = await see(shop)

    waits = [row.wait for row in seen.listed if row.wait and row.wait.since]
    since = [wait.since for wait in waits if wait.since]
    assert seen.wall == tuple((row.ticket.id, row.wait) for row in seen.listed)
    assert since == sorted(since)
    assert seen.bands == recounted(since)
    assert seen.over_a_day == sum(seen.bands[3:])
    assert seen.lists_of_bands == seen.bands
    assert sum(seen.bands) == seen.counted == seen.views == len(seen.listed) == seen.began
    assert seen.estimated == sum(wait.exactness is not Exactness.EXACT for wait in waits)


@settings(max_examples=25, deadline=None)
@given(shop=st.lists(histories(), min_size=1, max_size=12))
async def test_estimated_waits_are_true(shop: list[History]) -> None:
    seen = await see(shop)

    for row in seen.listed:
        truth = shop[int(row.ticket.id[1:])].waiting_since()
        assert row.wait
        assert row.wait.since
        assert truth
        if row.wait.exactness is Exactness.AT_LEAST:
            assert truth <= row.wait.since
        else:
            assert truth == row.wait.since


async def test_longest_wait_stays_first_when_the_customer_writes_once_more(desk: Desk) -> None:
    long_ago = NOON - timedelta(days=82)
    old = History((("customer", 0), ("seller", 5), ("customer", 5)), 3, 3, 0)
    first = replace(old.ticket("tkt_old", 3), created_at=long_ago, updated_at=long_ago)
    messages = tuple(replace(message, created_at=long_ago) for message in old.messages(3))
    others = [old.ticket(f"tkt_{n}", 3) for n in range(15)]
    await desk.hold(first, *others)
    read = Conversation(ticket=first, messages=messages)
    await desk.mirror.apply_conversation(read, started=desk.mirror.request_number())

    await desk.hold(replace(first, message_count=4, updated_at=NOON), *others)

    seen = await asked(desk)
    assert seen.listed[0].ticket.id == seen.wall[0][0] == "tkt_old"
    assert seen.listed[0].wait == Wait(since=long_ago, exactness=Exactness.ABOUT)
    assert (seen.over_a_day, seen.bands[-1]) == (1, 1)
