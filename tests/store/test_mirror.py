"""What the copy takes for news, forgets, and does when its file is damaged."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import StoreDamagedError
from app.domain.ticket import Stats
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.rows import micros
from app.store.tickets.scan_state import ScanResult
from app.store.tickets.upsert import load_discarded
from tests.store.shop import (
    NOON,
    StillClock,
    asked,
    page,
    put,
    ticket,
)

SAID = Stats(total=2, open=1, closed=1, needs_response=1)


async def test_unchanged_page_is_not_news_and_writes_nothing(mirror: TicketMirror) -> None:
    tickets = [ticket(f"tkt_{n}") for n in range(5)]
    told = await mirror.apply_page(
        page(*tickets, total=5, stats=SAID), started=mirror.request_number()
    )
    before = await mirror.read(lambda c: c.execute("PRAGMA data_version").fetchone()[0])

    again = await mirror.apply_page(
        page(*tickets, total=5, stats=SAID), started=mirror.request_number()
    )

    assert told == {of.id for of in tickets}
    assert again == frozenset()
    assert await mirror.read(lambda c: c.execute("PRAGMA data_version").fetchone()[0]) == before


async def test_only_tickets_that_differ_are_news(mirror: TicketMirror) -> None:
    one, two = ticket("tkt_1"), ticket("tkt_2")
    await mirror.apply_page(page(one, two), started=mirror.request_number())
    changed = replace(two, subject="Changed", updated_at=NOON)

    assert await mirror.apply_page(page(one, changed), started=mirror.request_number()) == {"tkt_2"}


async def test_held_is_nothing_until_messages_were_read(mirror: TicketMirror) -> None:
    assert await mirror.load_conversation("tkt_1") is None
    await mirror.apply_page(page(ticket()), started=mirror.request_number())
    assert await mirror.load_conversation("tkt_1") is None


async def test_gone_ticket_returns_only_with_a_later_answer(mirror: TicketMirror) -> None:
    early = mirror.request_number()
    await mirror.apply_page(page(ticket()), started=mirror.request_number())
    await mirror.mark_gone("tkt_1", started=mirror.request_number())

    assert await mirror.apply_page(page(ticket()), started=early) == frozenset()
    assert await mirror.apply_page(page(ticket()), started=mirror.request_number()) == {"tkt_1"}
    assert await mirror.read(lambda c: load_discarded(c, "tkt_1")) is None


async def test_numbers_of_requests_grow_also_when_the_clock_goes_back(tmp_path: Path) -> None:
    clock = StillClock()
    mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=clock)
    first = mirror.request_number()
    clock.advance(-3600)

    assert first == micros(NOON)
    assert mirror.request_number() > first
    await mirror.close()


async def test_damaged_file_is_set_aside_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite3"
    path.write_bytes(b"not a database " * 1000)

    mirror = await TicketMirror.open(path, clock=StillClock())

    assert await put(mirror, ticket(), asked()) == {"tkt_1"}
    assert (tmp_path / "copy.damaged").read_bytes().startswith(b"not a database")
    await mirror.close()


async def test_copy_that_a_reader_finds_damaged_is_begun_again_at_once(
    mirror: TicketMirror, tmp_path: Path
) -> None:
    await put(mirror, ticket(), asked())
    met = []

    def damaged_once(_: sqlite3.Connection) -> int:
        met.append(1)
        if len(met) == 1:
            raise StoreDamagedError
        return len(met)

    assert await mirror.read(damaged_once) == 2
    assert await mirror.load_conversation("tkt_1") is None
    assert await put(mirror, ticket(), asked()) == {"tkt_1"}
    assert (tmp_path / "copy.damaged").exists()


async def test_copy_that_is_damaged_again_at_once_is_left_and_not_written_to(
    tmp_path: Path,
) -> None:
    def damaged(_: sqlite3.Connection) -> None:
        raise StoreDamagedError

    clock = StillClock()
    mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=clock)
    for _ in range(2):
        with pytest.raises(StoreDamagedError):
            await mirror.read(damaged)
    with pytest.raises(StoreDamagedError):
        await put(mirror, ticket(), asked())
    with pytest.raises(StoreDamagedError, match="Check the disk"):
        await mirror.rebuild()

    clock.advance(31)
    await mirror.rebuild()

    assert await put(mirror, ticket(), asked()) == {"tkt_1"}
    await mirror.close()


async def test_scan_into_a_copy_that_was_begun_again_is_forgotten(mirror: TicketMirror) -> None:
    scan = replace(mirror.scan, number=1, pages=3, result=ScanResult(is_complete=True))
    await mirror.read(once(StoreDamagedError()))

    await mirror.apply_pages([(page(ticket()), mirror.request_number())], scan=scan)
    await mirror.save_scan(scan)

    assert not mirror.scan.is_complete


async def test_fault_that_is_none_of_the_copy_leaves_it_as_it_is(mirror: TicketMirror) -> None:
    await put(mirror, ticket(), asked())

    with pytest.raises(ZeroDivisionError):
        await mirror.read(once(ZeroDivisionError()))

    assert await mirror.load_conversation("tkt_1") is not None


def once(error: Exception) -> Callable[[sqlite3.Connection], None]:
    """A question that fails the first time."""
    errors = [error]

    def ask(_: sqlite3.Connection) -> None:
        if errors:
            raise errors.pop()

    return ask


async def test_head_of_a_list_in_order_vouches_for_every_ticket_held_whole(
    mirror: TicketMirror,
) -> None:
    await put(mirror, ticket("tkt_1"), asked())
    await mirror.apply_page(page(ticket("tkt_2")), started=mirror.request_number())
    since = mirror.request_number()
    assert not await mirror.is_current("tkt_1", since=since)

    newer = [ticket(f"tkt_{n}", updated_at=NOON - timedelta(seconds=n)) for n in range(3, 6)]
    await mirror.apply_page(page(*newer), started=mirror.request_number())

    assert await mirror.is_current("tkt_1", since=since)
    assert not await mirror.is_current("tkt_2", since=since)  # its messages are not held
    assert not await mirror.is_current("tkt_9", since=since)
    assert not await mirror.is_current("tkt_1", since=mirror.request_number())


async def test_list_that_was_ever_out_of_order_vouches_only_for_what_it_shows(
    mirror: TicketMirror,
) -> None:
    for id_ in ("tkt_1", "tkt_2"):
        await put(mirror, ticket(id_), asked())
    mixed = [ticket(f"tkt_{n}", updated_at=NOON - timedelta(seconds=n)) for n in (4, 3)]
    await mirror.apply_page(page(*mixed), started=mirror.request_number())
    since = mirror.request_number()

    shown = [ticket("tkt_3", updated_at=NOON), ticket("tkt_1")]
    await mirror.apply_page(page(*shown), started=mirror.request_number())

    assert await mirror.is_current("tkt_1", since=since)
    assert not await mirror.is_current("tkt_2", since=since)


async def test_copy_of_an_older_desk_begins_anew(tmp_path: Path) -> None:
    older = sqlite3.connect(tmp_path / "copy.sqlite3")
    older.executescript(
        "CREATE TABLE ticket (n INTEGER PRIMARY KEY, short); INSERT INTO ticket VALUES (1, '');"
        "CREATE VIRTUAL TABLE words USING fts5 (said, content = ''); PRAGMA user_version = 4;"
    )
    older.close()

    mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    told = await mirror.apply_page(page(ticket()), started=mirror.request_number())

    assert told == {"tkt_1"}
    await mirror.close()


async def test_change_counts_also_when_its_asker_leaves(mirror: TicketMirror) -> None:
    before = mirror.generation
    asking = asyncio.create_task(mirror.apply_page(page(ticket()), started=mirror.request_number()))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await mirror.save_scan(mirror.scan)  # after all that was asked for

    assert mirror.generation > before
