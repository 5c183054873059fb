from dataclasses import replace

from app.domain.ticket import Stats
from app.store.notes import Reading
from app.store.walks import Catch, Walk
from app.sync.order import UPDATED_DESC
from app.sync.verdict import judged

SAID = Stats(total=400, open=100, closed=300)
AGREES = Reading(stats=SAID, counted=SAID)
SURE = Walk(number=1, windows=5, orders=(UPDATED_DESC,), total=400, total_before=400)
UNSURE = replace(SURE, number=2, orders=())
ALL = Catch(held=400, both=400, only_now=0, only_before=0)


def verdict(walk: Walk, caught: Catch = ALL, reading: Reading = AGREES) -> Walk:
    return judged(walk, caught, reading, now=77)


def test_sure_walk_with_every_ticket_counted_is_complete_and_verified() -> None:
    ended = verdict(SURE)

    assert (ended.complete, ended.short, ended.verified, ended.missing) == (True, 0, 77, None)


def test_sure_walk_that_lacks_a_ticket_is_followed_by_another() -> None:
    ended = verdict(SURE, replace(ALL, held=399))

    assert (ended.complete, ended.short, ended.verified) == (False, 1, 0)
    assert ended.findings.short_walks == 1


def test_total_that_no_walk_comes_nearer_to_is_given_up() -> None:
    assert verdict(replace(SURE, short=1), replace(ALL, held=399)).complete
    assert not verdict(replace(SURE, short=2), replace(ALL, held=399)).complete


def test_unreadable_rows_count_as_met() -> None:
    assert verdict(replace(SURE, unreadable=3), replace(ALL, held=397)).complete


def test_one_walk_in_an_unknown_order_proves_nothing() -> None:
    assert not verdict(replace(UNSURE, number=1)).complete
    assert verdict(UNSURE).complete


def test_two_walks_that_differ_much_are_followed_by_a_third() -> None:
    caught = Catch(held=400, both=340, only_now=30, only_before=30)

    ended = verdict(UNSURE, caught)

    assert (ended.complete, round(caught.missing, 1)) == (False, 2.6)
    assert ended.missing == caught.missing
    assert verdict(replace(UNSURE, number=4), caught).complete


def test_what_came_in_meanwhile_is_left_to_later_walks_in_an_unknown_order() -> None:
    grown = replace(UNSURE, total=402, total_before=400)

    assert verdict(grown).complete
    assert not verdict(replace(grown, total=403, total_before=403)).complete


def test_counts_that_differ_are_no_proof() -> None:
    other = replace(AGREES, counted=replace(SAID, open=101, closed=299))

    ended = verdict(SURE, reading=other)

    assert (ended.complete, ended.agreed, ended.verified) == (True, 0, 0)
    assert ended.findings.differing_walks == 1


def test_unknown_order_is_verified_when_two_walks_in_a_row_agree() -> None:
    first = verdict(UNSURE)

    assert (first.agreed, first.verified) == (1, 0)
    assert verdict(replace(first, number=3)).verified == 77
