"""Where the full scan stands and which tickets it has seen: saved with every page it reads."""

import json
import sqlite3
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.ticket import TicketPage
from app.store.tickets.rollup import count_stats
from app.store.tickets.sync_state import load_value, save_value

KEY = "full_scan"


class ListOrder(StrEnum):
    """An order in which the API may list its tickets."""

    UPDATED_DESC = "updated, newest first"
    CREATED_DESC = "created, newest first"
    UPDATED_ASC = "updated, oldest first"
    CREATED_ASC = "created, oldest first"


class RowMarker(NamedTuple):
    """A row of the list; its times in microseconds since 1970, None for unknown."""

    id: str
    created: int | None
    updated: int | None


class ScanPhase(StrEnum):
    """What a scan is doing."""

    SCANNING = "scanning"
    """reading from the first row to the last"""
    RECHECKING_HEAD = "rechecking head"
    """reading again where new rows come in: the head of the list, or its tail if it grows there"""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What the scans that have ended prove."""

    is_complete: bool = False
    """another scan at full speed would bring nothing; `short` says whether anything is missing"""
    short: int | None = None
    """tickets by which the mirror was behind the API's count"""
    is_stuck: bool = False
    """the last scan was given the same page whichever it asked for"""
    estimated_missing: float | None = None
    """tickets that neither of the last two scans saw; None before a second one"""
    agreements: int = 0
    """scans in a row at whose end the mirror counted what the API counts"""
    verified_at: int = 0
    """when that last proved the mirror whole, in microseconds since 1970; 0 for never"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanCounters:
    """What all scans since the mirror began have met."""

    scans: int = 0
    repeated_rows: int = 0
    """rows that came again because others had been put before them"""
    page_gaps: int = 0
    """pages that did not join the one before, so that the scan stepped back"""
    changed_totals: int = 0
    """pages whose total differed from that of the one before"""
    short_scans: int = 0
    """scans after which there were fewer tickets in the mirror than the API counts"""
    differing_scans: int = 0
    """scans after which any count (all, open, closed) differed from the API's"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanState:
    """Where a scan stands; after a restart it goes on from here."""

    mirror_started: int = 0
    """when its mirror was begun: a scan over an older one is forgotten"""
    number: int = 0
    phase: ScanPhase = ScanPhase.ENDED
    started: int = 0
    """the start number of its first request"""
    previous_started: int = 0

    orders: tuple[ListOrder, ...] = tuple(ListOrder)
    """those that no page has contradicted; none when the order is unknown"""
    limit: int = 100
    """the most rows the API gives at once"""
    has_fixed_limit: bool = False
    """the API ignores a smaller limit"""
    is_gapless: bool = True
    """nothing has come up for which a ticket may have been missed"""

    position: int = 0
    """rows of the list that are behind us"""
    last_rows: tuple[RowMarker, ...] = ()
    """the last of them"""
    head: RowMarker | None = None
    """the first row when the scan began, or when the head was last read again"""
    new_head: RowMarker | None = None
    """the first row now, while the head is read again"""
    pages: int = 0
    head_pages: int = 0
    """those in the present recheck of the head"""
    repeated_pages: int = 0
    steps_back: int = 0
    futile: int = 0
    """steps back, or pages without a new row, since a row was new"""
    total: int | None = None
    """rows the API counted last"""
    total_at_start: int | None = None
    unreadable: int = 0

    result: ScanResult = field(default_factory=ScanResult)
    counters: ScanCounters = field(default_factory=ScanCounters)

    @property
    def is_complete(self) -> bool:
        """Whether the mirror holds all that scans at full speed can bring."""
        return self.result.is_complete


class SeenCounts(NamedTuple):
    """Tickets older than two scans, by which of the two saw them; `held` are all in the mirror."""

    held: int
    both: int
    only_now: int
    only_before: int


def load_scan(connection: sqlite3.Connection) -> ScanState:
    """The scan as it was last saved; JSON knows neither tuples nor enums."""
    saved = load_value(connection, KEY)
    if not saved:
        return ScanState()
    read: dict[str, Any] = {
        "phase": ScanPhase(saved["phase"]),
        "orders": tuple(map(ListOrder, saved["orders"])),
        "last_rows": tuple(RowMarker(*row) for row in saved["last_rows"]),
        "head": saved["head"] and RowMarker(*saved["head"]),
        "new_head": saved["new_head"] and RowMarker(*saved["new_head"]),
        "result": ScanResult(**saved["result"]),
        "counters": ScanCounters(**saved["counters"]),
    }
    return ScanState(**(saved | read))


def save_scan(connection: sqlite3.Connection, scan: ScanState) -> None:
    """Save where a scan stands; one that has read no page has seen no ticket."""
    if scan.pages == 0:
        connection.execute(f"DELETE FROM {_seen(scan.number)}")  # noqa: S608 our own name
    save_value(connection, KEY, asdict(scan))


def mark_seen(connection: sqlite3.Connection, page: TicketPage, number: int) -> None:
    """Record that scan `number` has seen the tickets of a page."""
    ids = json.dumps([ticket.id for ticket in page.tickets])
    connection.execute(
        f"INSERT OR IGNORE INTO {_seen(number)}"  # noqa: S608 our own name
        " SELECT number FROM ticket WHERE id IN (SELECT value FROM json_each(?))",
        (ids,),
    )


def seen_counts(connection: sqlite3.Connection, number: int, *, created_before: int) -> SeenCounts:
    """How many tickets scan `number` and the one before have seen, of those that both could see."""
    now, before = _seen(number), _seen(number - 1)
    old = "JOIN ticket USING (number) WHERE coalesce(created_at, 0) < ?"
    in_now, in_before, both = (
        connection.execute(f"SELECT count(*) FROM {where} {old}", (created_before,)).fetchone()[0]  # noqa: S608 our own names
        for where in (now, before, f"{now} JOIN {before} USING (number)")
    )
    return SeenCounts(count_stats(connection).total or 0, both, in_now - both, in_before - both)


def unseen(connection: sqlite3.Connection, scan: ScanState) -> tuple[str, ...]:
    """Tickets that no page has shown and nobody has read since a scan began."""
    rows = connection.execute(
        f"SELECT id FROM ticket WHERE number NOT IN (SELECT number FROM {_seen(scan.number)})"  # noqa: S608 our own name
        " AND coalesce(read_at, 0) < ?",
        (scan.started,),
    )
    return tuple(row["id"] for row in rows)


def _seen(number: int) -> str:
    """The table of the tickets that a scan has seen; the next but one takes its place."""
    return "seen_by_odd_scan" if number % 2 else "seen_by_even_scan"
