from dataclasses import replace

from app.domain.ticket import Stats
from app.store.tickets.scan_state import ListOrder, ScanResult, ScanState, SeenCounts
from app.store.tickets.sync_state import Reading
from app.sync.full_scan.completeness import estimate_missing, judge

COUNTS = Stats(total=400, open=100, closed=300)
AGREES = Reading(stats=COUNTS, counted=COUNTS)
SURE = ScanState(number=1, pages=5, orders=(ListOrder.UPDATED_DESC,), total=400, total_at_start=400)
UNSURE = replace(SURE, number=2, orders=())
ALL = SeenCounts(held=400, both=400, only_now=0, only_before=0)
ONE_LESS = ALL._replace(held=399)


def judged(scan: ScanState, seen: SeenCounts = ALL, reading: Reading = AGREES) -> ScanState:
    return judge(scan, seen, reading, now=77)


def test_sure_scan_with_every_ticket_counted_is_complete_and_verified() -> None:
    ended = judged(SURE)

    assert ended.result == ScanResult(is_complete=True, short=0, agreements=1, verified_at=77)


def test_sure_scan_that_lacks_a_ticket_is_followed_by_another() -> None:
    ended = judged(SURE, ONE_LESS)

    assert ended.result == ScanResult(short=1)
    assert ended.counters.short_scans == 1


def test_total_that_no_scan_comes_nearer_to_is_given_up() -> None:
    assert judged(replace(SURE, result=ScanResult(short=1)), ONE_LESS).is_complete
    assert not judged(replace(SURE, result=ScanResult(short=2)), ONE_LESS).is_complete


def test_unreadable_rows_count_as_seen() -> None:
    assert judged(replace(SURE, unreadable=3), ALL._replace(held=397)).is_complete


def test_one_scan_in_an_unknown_order_proves_nothing() -> None:
    assert not judged(replace(UNSURE, number=1)).is_complete
    assert judged(UNSURE).is_complete


def test_two_scans_that_differ_much_are_followed_by_a_third() -> None:
    seen = SeenCounts(held=400, both=340, only_now=30, only_before=30)

    ended = judged(UNSURE, seen)

    assert (ended.is_complete, round(estimate_missing(seen), 1)) == (False, 2.6)
    assert ended.result.estimated_missing == estimate_missing(seen)
    assert judged(replace(UNSURE, number=4), seen).is_complete


def test_what_came_in_meanwhile_is_left_to_later_scans_in_an_unknown_order() -> None:
    grown = replace(UNSURE, total=402, total_at_start=400)

    assert judged(grown).is_complete
    assert not judged(replace(grown, total=403, total_at_start=403)).is_complete


def test_counts_that_differ_are_no_proof() -> None:
    other = replace(AGREES, counted=replace(COUNTS, open=101, closed=299))

    ended = judged(SURE, reading=other)

    assert ended.result == ScanResult(is_complete=True, short=0)
    assert ended.counters.differing_scans == 1


def test_unknown_order_is_verified_when_two_scans_in_a_row_agree() -> None:
    first = judged(UNSURE)

    assert (first.result.agreements, first.result.verified_at) == (1, 0)
    assert judged(replace(first, number=3)).result.verified_at == 77
