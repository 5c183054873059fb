"""What the API said about the whole list is remembered."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.domain.ticket import Stats, Status
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.scan_state import (
    ListOrder,
    RowMarker,
    ScanCounters,
    ScanPhase,
    ScanResult,
    ScanState,
)
from tests.store.shop import (
    NOON,
    StillClock,
    answered,
    asked,
    page,
    put,
    ticket,
)

SCAN = ScanState(
    number=2,
    phase=ScanPhase.RECHECKING_HEAD,
    orders=(ListOrder.UPDATED_DESC,),
    pages=3,
    last_rows=(RowMarker("tkt_1", 5, None), RowMarker("tkt_2", 4, 6)),
    head=RowMarker("tkt_0", 7, 7),
    result=ScanResult(is_complete=True, short=3),
    counters=ScanCounters(scans=1),
)
SAID = Stats(total=2, open=1, closed=1, needs_response=1)


async def test_what_the_api_counted_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite3"
    mirror = await TicketMirror.open(path, clock=StillClock())
    await mirror.apply_page(page(ticket(), total=2, stats=SAID), started=mirror.request_number())
    await mirror.save_scan(SCAN)
    known = mirror.reading
    await mirror.close()

    again = await TicketMirror.open(path, clock=StillClock())

    assert (known.as_of, known.expected, known.stats) == (NOON, 2, SAID)
    assert known.counted.total == 1
    assert again.reading == known
    assert again.scan == SCAN
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


async def test_complete_copy_of_an_older_version_stays_complete(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite3"
    mirror = await TicketMirror.open(path, clock=StillClock())
    await mirror.apply_page(page(ticket(), total=4), started=mirror.request_number())
    await mirror.close()
    findings = {"walks": 1, "repeated": 2, "overlaps_lost": 3, "totals_changed": 4}
    findings |= {"short_walks": 5, "differing_walks": 6}
    saved = {"copy": 9, "number": 3, "stage": "through", "total": 4, "edge": [["tkt_1", 5, None]]}
    saved |= {"complete": True, "short": 3, "is_stuck": False, "verified": 77, "findings": findings}
    with closing(sqlite3.connect(path)) as file:
        file.executescript(
            "ALTER TABLE seen_by_even_scan RENAME TO seen_even;"
            "ALTER TABLE seen_by_odd_scan RENAME TO seen_odd;"
            "DROP INDEX kept_blank;"
            "ALTER TABLE ticket DROP COLUMN forgotten;"
            "PRAGMA user_version = 8"
        )
        file.execute("INSERT INTO sync_state VALUES ('walk', ?)", (json.dumps(saved),))
        file.commit()

    again = await TicketMirror.open(path, clock=StillClock())

    assert again.scan == ScanState(
        mirror_started=9,
        orders=(),
        total=4,
        result=ScanResult(is_complete=True, short=3, verified_at=77),
        counters=ScanCounters(
            scans=1,
            repeated_rows=2,
            page_gaps=3,
            changed_totals=4,
            short_scans=5,
            differing_scans=6,
        ),
    )
    assert again.reading.expected == 4
    assert await again.read(lambda c: c.execute("SELECT id FROM ticket").fetchall())
    await again.close()
