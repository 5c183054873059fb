"""The short lists beside the main one."""

from datetime import timedelta

from app.store.tickets.lists import (
    newest_incomplete,
    other_tickets_of,
    unreadable_values,
    waiting_counts,
    waiting_longest,
)
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.rows import micros, ticket_from
from tests.store.shop import (
    NOON,
    asked,
    page,
    put,
    ticket,
)


async def test_those_who_wait_longest_come_first(mirror: TicketMirror) -> None:
    for hours in (5, 50, 1):
        since = NOON - timedelta(hours=hours)
        await mirror.apply_page(
            page(ticket(f"tkt_{hours}", created_at=since)), started=mirror.request_number()
        )
    await mirror.apply_page(page(ticket("tkt_c", status="closed")), started=mirror.request_number())

    rows = await mirror.read(lambda c: waiting_longest(c, 2))
    bounds = [micros(NOON - timedelta(hours=hours)) for hours in (2, 24, 72)]
    counts = await mirror.read(lambda c: waiting_counts(c, bounds))

    assert [row["id"] for row in rows] == ["tkt_50", "tkt_5"]
    assert counts == [1, 1, 1, 0, 0]


async def test_who_waits_for_nobody_knows_how_long_comes_last_and_is_counted(
    mirror: TicketMirror,
) -> None:
    timeless = ticket("tkt_1", created_at=None, updated_at=None)
    await mirror.apply_page(page(timeless, ticket("tkt_2")), started=mirror.request_number())

    rows = await mirror.read(lambda c: waiting_longest(c, 2))
    counts = await mirror.read(lambda c: waiting_counts(c, [micros(NOON - timedelta(days=9))]))

    assert [row["id"] for row in rows] == ["tkt_2", "tkt_1"]
    assert counts == [1, 0, 1]


async def test_others_of_a_customer_are_found_by_address(mirror: TicketMirror) -> None:
    for n in range(4):
        at = NOON - timedelta(hours=n)
        email = "ANNA@example.com" if n % 2 else "anna@example.com "
        await mirror.apply_page(
            page(ticket(f"tkt_{n}", customer_email=email, updated_at=at)),
            started=mirror.request_number(),
        )

    rows, total = await mirror.read(lambda c: other_tickets_of(c, "anna@example.com", "tkt_0", 2))
    assert ([row["id"] for row in rows], total) == (["tkt_1", "tkt_2"], 3)
    assert await mirror.read(lambda c: other_tickets_of(c, None, "tkt_0", 2)) == ([], 0)


async def test_newest_incomplete_is_nothing_when_all_was_read(mirror: TicketMirror) -> None:
    await mirror.apply_page(page(ticket()), started=mirror.request_number())
    assert await mirror.read(newest_incomplete) == micros(NOON - timedelta(hours=1))

    await put(mirror, ticket(), asked())
    assert await mirror.read(newest_incomplete) is None


async def test_unreadable_values_are_counted_and_survive_the_file(mirror: TicketMirror) -> None:
    odd, both = frozenset({"order_amount"}), frozenset({"order_amount", "created_at"})
    tickets = [ticket("tkt_1", unreadable=odd), ticket("tkt_2", unreadable=both), ticket("tkt_3")]
    await mirror.apply_page(page(*tickets), started=mirror.request_number())

    counted = await mirror.read(unreadable_values)
    rows = await mirror.read(lambda c: c.execute("SELECT * FROM ticket ORDER BY id").fetchall())

    assert counted == {"order_amount": 2, "created_at": 1}
    assert [ticket_from(row).unreadable for row in rows] == [odd, both, frozenset()]
