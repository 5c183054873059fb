"""Whatever happens to the file of the copy, the desk ends healthy, and its outbox as it was."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from app.domain.filters import VIEWS, SortKey, TicketFilter
from app.domain.ticket import Message, Ticket
from app.store.outbox.outbox import Outbox
from app.store.tickets.integrity import find_damage
from app.store.tickets.mirror import TicketMirror
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.store.shop import StillClock, answered, any_ticket, asked, page, put

TICKETS = 40
Shop = list[tuple[Ticket, tuple[Message, ...]]]


def made() -> Shop:
    chance = Random(7)  # noqa: S311  # repeatable, nothing secret
    return [
        (
            any_ticket(chance, f"tkt_{n}"),
            (asked(), *[answered(f"{m} " + "word " * 300) for m in range(n % 4)]),
        )
        for n in range(TICKETS)
    ]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return made()


async def read_all(mirror: TicketMirror, shop: Shop) -> None:
    """What the loops do: the list, then every conversation."""
    listed = page(*[of for of, _ in shop], total=len(shop))
    await mirror.apply_page(listed, started=mirror.request_number())
    for of, messages in shop:
        await put(mirror, of, *messages)


async def look(desk: Desk) -> None:
    """What the screens ask."""
    queries = desk.queries
    for chosen in (
        *[view.filter for view in VIEWS.values()],
        *[TicketFilter(sort=key) for key in SortKey],
        *[TicketFilter(query=word) for word in ("refund", "word", "example.com -order", "退款")],
    ):
        await queries.inbox(chosen, zone=UTC_ZONE)
        await queries.total(chosen, zone=UTC_ZONE)
        await queries.choices(chosen, zone=UTC_ZONE)
    await queries.dashboard_stats(zone=UTC_ZONE)
    await queries.freshness()
    await queries.kiosk()
    for number in range(TICKETS):
        await queries.conversation(f"tkt_{number}")
    await desk.mirror.messages_due([], limit=50)
    await desk.mirror.open_since(0)
    await desk.mirror.unseen()


def flip(path: Path, chance: Random) -> None:
    flipped = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 4, 20, 400])):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    path.write_bytes(flipped)


def change(path: Path, chance: Random) -> None:
    """Damage values in their tables, where no structure tells of it."""
    with closing(sqlite3.connect(path)) as file, file:
        for _ in range(5):
            table, column = chance.choice(
                [
                    *[
                        ("conversation", "messages"),
                        ("sync_state", "value"),
                        ("facet_group", "tickets"),
                    ],
                    *[("ticket", "order_amount"), ("ticket", "updated_at"), ("ticket", "subject")],
                    *[("ticket", "created_at"), ("ticket", "facet_group"), ("activity", "opened")],
                ]
            )
            value = chance.choice(["x'ff'", "CAST(x'41ff' AS TEXT)", "9e99", "'?'", "-1"])
            file.execute(f"UPDATE {table} SET {column} = {value} WHERE random() % 3 = 0")  # noqa: S608


def drop(path: Path, chance: Random) -> None:
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE '%autoindex%'"
        kind, name = chance.choice(file.execute(query).fetchall())
        with suppress(sqlite3.OperationalError):  # some tables hold others
            file.execute(f"DROP {kind} {name}")


def cut(path: Path, chance: Random) -> None:
    with path.open("r+b") as file:
        file.truncate(chance.randrange(path.stat().st_size))


def forget(path: Path, chance: Random) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA user_version = {chance.choice([0, -1, 3, 2**30])}")


DAMAGES = {"flip": flip, "change": change, "drop": drop, "cut": cut, "forget": forget}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("is_open", [False, True])
async def test_desk_over_a_damaged_copy_ends_healthy_and_complete(
    tmp_path: Path, shop: Shop, kind: str, seed: int, is_open: bool
) -> None:
    chance = Random(f"{kind} {seed} {is_open}")  # noqa: S311  # repeatable, nothing secret
    clock, path = StillClock(), tmp_path / "copy.sqlite3"
    outbox = await Outbox.open(tmp_path / "outbox.sqlite3", clock=clock)
    await outbox.database.write(lambda c: c.execute("INSERT INTO setting VALUES ('', 'a', 'b')"))
    copy = await TicketMirror.open(path, clock=clock)
    await read_all(copy, shop)
    if not is_open:
        await copy.close()
    DAMAGES[kind](path, chance)
    if not is_open:
        copy = await TicketMirror.open(path, clock=clock)
    desk = Desk(copy, outbox, clock)

    for _ in range(3):  # what fails is tried again
        with suppress(Exception):
            await read_all(copy, shop)
            await look(desk)
        clock.advance(60)
    clock.advance(900)
    await copy.check_integrity()  # as at the next start: what nobody asks for is missed by nobody
    await read_all(copy, shop)
    await look(desk)

    assert await copy.read(find_damage) is None
    for of, messages in shop:
        held = await copy.load_conversation(of.id)
        assert held is not None
        assert held.messages == messages
    kept = await outbox.database.read(lambda c: c.execute("SELECT value FROM setting").fetchall())
    assert [row["value"] for row in kept] == ["b"]
    await copy.close()
    await outbox.close()
