"""The row, the messages, the counts and the search entries stay in line with each other."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from app.domain.metrics import closed_at, has_all_messages, is_answered, wait_of, waits
from app.domain.ticket import Message, Stats, Ticket
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.rollup import facet_groups, stats_of_groups
from app.store.tickets.rows import wait_from
from app.store.tickets.upsert import load_discarded, load_tickets
from tests.store.shop import (
    NOON,
    StillClock,
    any_messages,
    any_ticket,
    asked,
    conversation,
    page,
    put,
    ticket,
)


async def dump(mirror: TicketMirror) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is derived from tickets and messages."""
    tables = {
        "facet_group": "SELECT status, awaiting, answered, product, currency, tickets,"
        " with_all_messages FROM facet_group WHERE tickets <> 0 OR with_all_messages <> 0"
        " ORDER BY 1, 2, 3, 4, 5",
        "activity": "SELECT * FROM activity WHERE opened <> 0 OR closed <> 0 OR waits <> 0",
        "row": "SELECT id, has_all_messages, answered, waiting_since, wait_exactness, messages"
        " FROM ticket LEFT JOIN conversation USING (number) ORDER BY id",
    }
    return await mirror.read(
        lambda c: {name: [tuple(row) for row in c.execute(query)] for name, query in tables.items()}
    )


async def test_list_never_takes_messages_away(mirror: TicketMirror) -> None:
    await put(mirror, ticket(), asked())

    later = ticket(updated_at=NOON, message_count=0)
    await mirror.apply_page(page(later), started=mirror.request_number())

    held = await mirror.load_conversation("tkt_1")
    assert held == conversation(later, asked())


async def test_short_detail_keeps_what_the_list_gave(mirror: TicketMirror) -> None:
    await mirror.apply_page(page(ticket()), started=mirror.request_number())
    short = Ticket(id="tkt_1", subject="Other", absent=frozenset({"status", "product_name"}))
    short = replace(ticket(), subject="Other", status=None, product_name=None, absent=short.absent)

    await put(mirror, short, asked())

    held = await mirror.load_conversation("tkt_1")
    assert held == conversation(ticket(subject="Other"), asked())


async def test_exact_values_survive_the_way_through_the_file(mirror: TicketMirror) -> None:
    chance = Random(11)  # noqa: S311 not a secret
    tickets = [any_ticket(chance, f"tkt_{n:03}") for n in range(60)]

    await mirror.apply_page(page(*tickets), started=mirror.request_number())

    found = await mirror.read(lambda c: load_tickets(c, [of.id for of in tickets]))
    assert [found[of.id][1].ticket for of in tickets] == tickets


async def test_counts_follow_every_change(mirror: TicketMirror, tmp_path: Path) -> None:
    chance = Random(3)  # noqa: S311 not a secret
    shop: dict[str, tuple[Ticket, tuple[Message, ...] | None]] = {}
    for step in range(220):
        id_ = f"tkt_{chance.randrange(40):02}"
        of = replace(any_ticket(chance, id_), updated_at=NOON + timedelta(seconds=step))
        messages = any_messages(chance)
        if chance.random() < 0.2:
            await mirror.mark_gone(id_, started=mirror.request_number())
            shop.pop(id_, None)
        elif messages is None:
            await mirror.apply_page(page(of), started=mirror.request_number())
            shop[id_] = of, shop.get(id_, (of, None))[1]
        else:
            await put(mirror, of, *messages)
            shop[id_] = of, messages
    anew = await TicketMirror.open(tmp_path / "anew.sqlite3", clock=StillClock())
    for of, messages in shop.values():
        await (anew.apply_page(page(of), started=anew.request_number()) if messages is None
               else put(anew, of, *messages))  # fmt: skip

    assert await dump(mirror) == await dump(anew)
    assert await waits_of(mirror) == sum(
        sum(change for _, change in waits(of, messages)) for of, messages in shop.values()
    )
    await anew.close()


async def waits_of(mirror: TicketMirror) -> int:
    return await mirror.read(
        lambda c: int(c.execute("SELECT coalesce(sum(waits), 0) FROM activity").fetchone()[0])
    )


async def test_derived_values_are_those_of_the_rules(mirror: TicketMirror) -> None:
    chance = Random(4)  # noqa: S311 not a secret
    shop = {f"tkt_{n:02}": any_messages(chance) for n in range(50)}
    tickets = {id_: any_ticket(chance, id_) for id_ in shop}
    await mirror.apply_page(page(*tickets.values()), started=mirror.request_number())
    for id_, messages in shop.items():
        if messages is not None:
            await put(mirror, tickets[id_], *messages)

    rows = await mirror.read(lambda c: c.execute("SELECT * FROM ticket").fetchall())
    stats = await mirror.read(lambda c: stats_of_groups(facet_groups(c)))

    for row in rows:
        of, messages = tickets[row["id"]], shop[row["id"]]
        wait = wait_of(of, messages)
        assert row["has_all_messages"] == has_all_messages(of, messages)
        assert row["answered"] == is_answered(of, messages)
        assert wait_from(row) == wait
    statuses = Counter(of.status for of in tickets.values())
    waiting = sum(of.needs_response for of in tickets.values())
    assert stats == Stats(total=50, open=statuses["open"], closed=statuses["closed"],
                          needs_response=waiting)  # fmt: skip
    assert any(closed_at(of) for of in tickets.values())


async def test_ticket_that_is_gone_leaves_every_list_and_is_remembered(
    mirror: TicketMirror,
) -> None:
    await put(mirror, ticket(), asked())

    assert await mirror.mark_gone("tkt_1", started=mirror.request_number()) == {"tkt_1"}
    assert await mirror.mark_gone("tkt_1", started=mirror.request_number()) == frozenset()

    kept = await mirror.read(lambda c: load_discarded(c, "tkt_1"))
    assert kept is not None
    assert (kept.ticket, kept.messages) == (ticket(), (asked(),))
    assert await mirror.load_conversation("tkt_1") is None
    assert await dump(mirror) == {"facet_group": [], "activity": [], "row": []}


async def test_ticket_that_was_never_held_can_be_gone(mirror: TicketMirror) -> None:
    assert await mirror.mark_gone("tkt_9", started=mirror.request_number()) == {"tkt_9"}

    kept = await mirror.read(lambda c: load_discarded(c, "tkt_9"))
    assert kept is not None
    assert kept.ticket == Ticket(id="tkt_9")
