"""What each seller has marked for themselves: what they have seen, and what they want later."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from app.domain.accounts import Role, SignInSession, User
from app.domain.errors import MarkError
from app.domain.filters import OWN_VIEWS, VIEWS, Own, SortKey, TicketFilter
from app.domain.marks import MOST_MARKS, Mark, MarkKind, Marks
from app.domain.ticket import Awaiting, Stats, Status, Ticket
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.doubles.bench import Bench
from tests.store.shop import NOON, StillClock, ticket

UNREAD, SNOOZED, PINNED = (OWN_VIEWS[own].filter for own in (Own.UNREAD, Own.SNOOZED, Own.PINNED))
QUEUE = VIEWS["needs-response"].filter


async def listed(desk: Desk, chosen: TicketFilter) -> list[str]:
    """All pages of a list, whose count is right on each."""
    ids: list[str] = []
    while True:
        page = await desk.queries.inbox(chosen, zone=UTC_ZONE)
        total = await desk.queries.total(chosen, zone=UTC_ZONE)
        assert page.total in (None, total)
        ids += [row.ticket.id for row in page.rows]
        if not page.rows:
            assert len(ids) == total
            return ids
        chosen = chosen.changed(page=chosen.page + 1)


async def counted(desk: Desk) -> dict[str, int]:
    return (await desk.queries.dashboard_stats(zone=UTC_ZONE)).views


async def see(desk: Desk, id_: str, messages: int = 1) -> None:
    await desk.local.save_mark(MarkKind.SEEN, id_, Mark(messages=messages))


async def test_ticket_is_unread_until_it_is_seen_and_again_when_the_customer_writes(
    desk: Desk,
) -> None:
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"))
    assert (await counted(desk))["unread"] == 2

    await see(desk, "tkt_1")
    rows = (await desk.queries.inbox(QUEUE, zone=UTC_ZONE)).rows

    assert {row.ticket.id: row.unread for row in rows} == {"tkt_1": False, "tkt_2": True}
    assert await listed(desk, UNREAD) == ["tkt_2"]
    await desk.hold(ticket("tkt_1", message_count=2, updated_at=NOON), ticket("tkt_2"))
    assert set(await listed(desk, UNREAD)) == {"tkt_1", "tkt_2"}


async def test_answered_ticket_is_never_unread_whoever_wrote_the_answer(desk: Desk) -> None:
    answered = ticket("tkt_1", awaiting=Awaiting.CUSTOMER, has_owner_reply=True, message_count=2)
    await desk.hold(answered, ticket("tkt_2", status=Status.CLOSED))

    rows = (await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)).rows

    assert [row.unread for row in rows] == [False, False]
    assert await listed(desk, UNREAD) == []


async def test_what_was_seen_is_each_sellers_own_and_survives_a_restart(tmp_path: Path) -> None:
    clock = StillClock()
    for _ in range(2):
        outbox = await Outbox.open(tmp_path / "outbox.sqlite3", clock=clock)
        local = LocalStore(outbox.database, clock=clock)
        await local.save_mark(MarkKind.SEEN, "tkt_1", Mark(messages=3), author="ana")
        await outbox.close()
    outbox = await Outbox.open(tmp_path / "outbox.sqlite3", clock=clock)
    local = LocalStore(outbox.database, clock=clock)

    ana, ben = await local.marks(author="ana"), await local.marks(author="ben")

    assert not ana.is_unread(ticket("tkt_1", message_count=3))
    assert ben.is_unread(ticket("tkt_1", message_count=3))
    await outbox.close()


async def test_too_many_seen_tickets_push_out_the_oldest_of_that_seller(desk: Desk) -> None:
    for number in range(MOST_MARKS + 2):
        desk.clock.advance(1)
        await see(desk, f"tkt_{number}")

    known = (await desk.local.marks()).by_ticket(MarkKind.SEEN)
    anew = await LocalStore(desk.outbox.database, clock=desk.clock).marks()

    assert len(known) == MOST_MARKS
    assert anew.by_ticket(MarkKind.SEEN) == known
    assert {"tkt_0", "tkt_1"}.isdisjoint(known)


async def test_lists_and_counts_of_marked_tickets_are_those_of_a_fresh_look(desk: Desk) -> None:
    chance = Random(5)  # noqa: S311  # repeatable on purpose
    tickets = [_any(chance, number) for number in range(80)]
    await desk.hold(*tickets)
    for one in tickets:
        if chance.random() < 0.6:
            await see(desk, one.id, chance.choice((1, 2)))
        if chance.random() < 0.3:
            until = chance.choice((None, NOON, NOON + timedelta(hours=1)))
            mark = Mark(messages=chance.choice((1, 2)), until=until)
            await desk.local.save_mark(MarkKind.SNOOZED, one.id, mark)
        if chance.random() < 0.2:
            await desk.local.save_mark(MarkKind.PINNED, one.id, Mark())
    marks = await desk.local.marks()

    right = {
        "unread": {t.id for t in tickets if marks.is_unread(t) and not asleep(marks, t)},
        "snoozed": {t.id for t in tickets if asleep(marks, t)},
        "pinned": {t.id for t in tickets if marks.is_pinned(t)},
        "needs-response": {t.id for t in tickets if t.needs_response and not asleep(marks, t)},
        "high-value": {
            t.id
            for t in tickets
            if t.needs_response and not asleep(marks, t) and (t.order_amount or 0) >= 100
        },
    }
    views = await counted(desk)
    for key, ids in right.items():
        view = OWN_VIEWS.get(key) or VIEWS[key]
        for sort in (SortKey.WAITING, SortKey.AMOUNT):
            found = await listed(desk, replace(view.filter, sort=sort))
            assert set(found) == ids, key
            assert len(found) == len(ids), key
        assert views[key] == len(ids), key
    assert all(right.values())


def asleep(marks: Marks, of: Ticket) -> bool:
    return marks.snooze_of(of, NOON) is not None


def _any(chance: Random, number: int) -> Ticket:
    return ticket(
        f"tkt_{number}",
        status=chance.choice((Status.OPEN, Status.OPEN, Status.OPEN, Status.CLOSED)),
        awaiting=chance.choice((Awaiting.SELLER, Awaiting.SELLER, Awaiting.CUSTOMER)),
        message_count=chance.choice((1, 2)),
        order_amount=chance.choice((5, 100, 250)),
        product_name=chance.choice(("A", "B")),
        updated_at=NOON - timedelta(minutes=number),
    )


async def test_snoozed_ticket_is_out_of_the_queue_and_never_out_of_statistics_or_wall(
    desk: Desk,
) -> None:
    stats = Stats(total=2, open=2, closed=0, needs_response=2)
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"), stats=stats)
    await snooze(desk, "tkt_1", NOON + timedelta(hours=3))

    assert await listed(desk, QUEUE) == ["tkt_2"]
    assert await listed(desk, SNOOZED) == ["tkt_1"]
    assert set(await listed(desk, QUEUE.changed(query="order"))) == {"tkt_1", "tkt_2"}
    made = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    assert (made.stats, sum(band.count for band in made.waiting)) == (stats, 2)
    assert len((await desk.queries.kiosk()).waiting) == 2
    assert (await desk.queries.inbox(QUEUE, zone=UTC_ZONE)).snoozed == 1
    ben = desk.queries.by(seller("ben"))
    assert {row.ticket.id for row in (await ben.inbox(QUEUE, zone=UTC_ZONE)).rows} == {
        "tkt_1",
        "tkt_2",
    }


@pytest.mark.parametrize(
    "woken",
    [
        ticket("tkt_1", message_count=2, updated_at=NOON),
        ticket("tkt_1", message_count=2, awaiting=Awaiting.CUSTOMER, updated_at=NOON),
        ticket("tkt_1", status=Status.CLOSED, updated_at=NOON),
    ],
    ids=["customer replied", "another desk answered", "closed in the store"],
)
async def test_snooze_ends_with_any_message_or_a_close(desk: Desk, woken: Ticket) -> None:
    await desk.hold(ticket("tkt_1"))
    await snooze(desk, "tkt_1", None)
    assert await listed(desk, SNOOZED) == ["tkt_1"]

    await desk.hold(woken)

    assert await listed(desk, SNOOZED) == []
    assert await listed(desk, QUEUE) == (["tkt_1"] if woken.needs_response else [])


async def test_snooze_ends_at_its_time(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"))
    until = NOON + timedelta(hours=3)
    await snooze(desk, "tkt_1", until)
    assert (await desk.queries.inbox(QUEUE, zone=UTC_ZONE)).next_wake == until

    desk.clock.advance(3 * 3600)

    assert await listed(desk, QUEUE) == ["tkt_1"]
    assert await listed(desk, SNOOZED) == []


async def snooze(desk: Desk, id_: str, until: datetime | None) -> None:
    await desk.local.save_mark(MarkKind.SNOOZED, id_, Mark(messages=1, until=until))


def seller(name: str) -> SignInSession:
    return SignInSession(
        session_id=name,
        user=User(user_id=name, name=name.title(), role=Role.SELLER),
        created_at=NOON,
        seen_at=NOON,
        device="Firefox",
        address="192.0.2.7",
    )


async def test_more_than_can_be_kept_is_refused_and_nothing_gives_way(bench: Bench) -> None:
    for number in range(MOST_MARKS):
        await bench.local.save_mark(MarkKind.PINNED, f"tkt_{number}", Mark())

    with pytest.raises(MarkError, match="pinned 2,000 tickets"):
        await bench.commands.pin("tkt_more")

    await bench.commands.pin("tkt_5")
    assert len((await bench.local.marks()).by_ticket(MarkKind.PINNED)) == MOST_MARKS
