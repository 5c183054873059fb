"""What the API said about the whole list is remembered."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.domain.ticket import Stats, Status
from app.store.tickets.mirror import TicketMirror
from app.store.walks import Mark, Stage, Walk
from tests.store.shop import (
    NOON,
    StillClock,
    answered,
    asked,
    page,
    put,
    ticket,
)

WALK = Walk(
    number=2,
    stage=Stage.FRESH,
    orders=("updated, newest first",),
    windows=3,
    edge=(Mark("tkt_1", 5, None), Mark("tkt_2", 4, 6)),
    top=Mark("tkt_0", 7, 7),
)
SAID = Stats(total=2, open=1, closed=1, needs_response=1)


async def test_what_the_api_counted_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite3"
    mirror = await TicketMirror.open(path, clock=StillClock())
    await mirror.apply_page(page(ticket(), total=2, stats=SAID), started=mirror.request_number())
    await mirror.save_walk(WALK)
    known = mirror.reading
    await mirror.close()

    again = await TicketMirror.open(path, clock=StillClock())

    assert (known.as_of, known.expected, known.stats) == (NOON, 2, SAID)
    assert known.counted.total == 1
    assert again.reading == known
    assert again.walk == WALK
    await again.close()


async def test_counts_asked_for_before_something_was_read_are_left_out(
    mirror: TicketMirror,
) -> None:
    await mirror.apply_page(page(ticket(), stats=SAID), started=mirror.request_number())
    early = mirror.request_number()
    await put(mirror, ticket(status=Status.CLOSED, updated_at=NOON), asked(), answered())
    stale = replace(SAID, needs_response=9)

    await mirror.apply_page(page(ticket(), stats=stale), started=early)

    assert mirror.reading.stats == SAID


async def test_page_without_stats_keeps_those_known(mirror: TicketMirror) -> None:
    await mirror.apply_page(page(ticket(), stats=SAID), started=mirror.request_number())
    before = mirror.reading
    await mirror.apply_page(page(ticket(), total=7), started=mirror.request_number())

    assert mirror.reading == replace(before, started=mirror.reading.started, total=7)


async def test_old_tombstones_are_forgotten(tmp_path: Path) -> None:
    path, clock = tmp_path / "copy.sqlite3", StillClock()
    mirror = await TicketMirror.open(path, clock=clock)
    await mirror.mark_gone("tkt_1", started=mirror.request_number())
    await mirror.close()
    clock.advance(31 * 86_400)

    await (await TicketMirror.open(path, clock=clock)).close()

    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM gone").fetchone() == (0,)
