"""What a full scan that has ended proves: whether the mirror has every ticket."""

from dataclasses import replace

from app.domain.ticket import Stats
from app.store.tickets.scan_state import ScanState, SeenCounts
from app.store.tickets.sync_state import Reading
from app.sync.full_scan.planner import missed_nothing

SCANS_AT_MOST = 4
"""scans at full speed over a list whose counts never come right"""
NEGLIGIBLE = 0.5
"""tickets estimated to be missing at which none is"""


def estimate_missing(seen: SeenCounts) -> float:
    """Tickets that neither of two scans saw, by capture-recapture (Lincoln-Petersen)."""
    return seen.only_now * seen.only_before / max(1, seen.both)


def judge(scan: ScanState, seen: SeenCounts, reading: Reading, *, now: int) -> ScanState:
    """The scan with its result.

    The mirror is complete after a scan that cannot have missed anything, or after two that are
    estimated to have missed nothing, when it holds as many tickets as the API counts; if those
    numbers never meet, after a scan that brought them no nearer, which leaves it short.
    """
    last, counters = scan.result, scan.counters
    is_sure = missed_nothing(scan)
    missing = estimate_missing(seen) if scan.number > 1 else None
    short = _short(scan, seen, reading)
    if is_sure:
        has_all = short == 0
    else:  # what came in meanwhile may be anywhere; a later scan meets it
        grown = max(0, (scan.total or 0) - (scan.total_at_start or 0))
        has_all = missing is not None and missing < NEGLIGIBLE and short <= grown
    gains_nothing = short > 0 and last.short is not None and short >= last.short
    is_last_try = gains_nothing or scan.number >= SCANS_AT_MOST
    agreements = last.agreements + 1 if short == 0 and _agrees(reading) else 0
    return replace(
        scan,
        result=replace(
            last,
            is_complete=last.is_complete or has_all or is_last_try,
            short=short,
            is_stuck=scan.repeated_pages > 0,
            estimated_missing=missing,
            agreements=agreements,
            verified_at=now if agreements >= (1 if is_sure else 2) else last.verified_at,
        ),
        counters=replace(
            counters,
            scans=counters.scans + 1,
            short_scans=counters.short_scans + (short > 0),
            differing_scans=counters.differing_scans + (agreements == 0),
        ),
    )


def lacking(scan: ScanState, reading: Reading, *, unreadable: int) -> int:
    """Tickets that the API counts and does not give: by the last scan, and by its newest answer."""
    if not scan.is_complete or not scan.result.short:
        return 0
    if reading.stats is None or reading.counted.total is None:
        return scan.result.short
    return max(0, (reading.expected or 0) - reading.counted.total - unreadable)


def _short(scan: ScanState, seen: SeenCounts, reading: Reading) -> int:
    """How many tickets the API counts that neither are stored nor came as unreadable rows."""
    counted = reading.stats.total if reading.stats else None
    claimed = max(scan.total or 0, counted or 0)  # the larger claim stands until it is taken back
    return max(0, claimed - seen.held - scan.unreadable)


def _agrees(reading: Reading) -> bool:
    """Whether the API counted last what the mirror counted at the same moment."""
    theirs, ours = reading.stats or Stats(), reading.counted
    pairs = ((theirs.total, ours.total), (theirs.open, ours.open), (theirs.closed, ours.closed))
    return all(their in {None, our} for their, our in pairs)
