"""The pace: never more than the budget in any ten seconds, people first."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.pace import Lane, Pace

PERSON, BACKGROUND = Lane.PERSON, Lane.BACKGROUND


def starts(pace: Pace, lane: Lane, *, until: float, now: float = 0.0) -> list[float]:
    """When requests leave that come as fast as they may."""
    found = []
    while (now := now + pace.wait_seconds(lane, now)) < until:
        pace.note(now)
        found.append(now)
    return found


def test_people_may_use_a_whole_window_at_once() -> None:
    assert starts(Pace(2), PERSON, until=9) == [0.0] * 20


def test_background_is_spread_and_leaves_a_fifth() -> None:
    found = starts(Pace(2), BACKGROUND, until=10)

    assert len(found) == 16
    assert {round(later - earlier, 3) for earlier, later in pairwise(found)} == {0.625}


def test_person_does_not_wait_behind_the_background() -> None:
    pace = Pace(2)
    starts(pace, BACKGROUND, until=60)

    assert pace.wait_seconds(PERSON, 60) == 0


@pytest.mark.parametrize("lane", Lane)
def test_no_budget_means_no_wait(lane: Lane) -> None:
    pace = Pace(None)
    pace.note(0)

    assert pace.wait_seconds(lane, 0) == 0
    assert pace.seconds_between_writes == 0


def test_slow_budget_lets_one_pass_at_a_time() -> None:
    assert starts(Pace(0.05), PERSON, until=41) == [0.0, 20.0, 40.0]


def test_after_a_pause_it_goes_on_at_half_speed_and_recovers() -> None:
    pace = Pace(2)
    pace.slow_down(0, until=60)

    assert len(starts(pace, PERSON, until=69, now=60)) == 10
    assert len(starts(pace, PERSON, until=129, now=120)) == 20


def test_desk_that_was_told_to_pause_often_is_as_fast_as_before_within_minutes() -> None:
    pace = Pace(2)
    for _ in range(5):
        pace.slow_down(0, until=0)

    assert len(starts(pace, PERSON, until=250, now=241)) == 20


def test_pauses_in_a_row_never_stop_it_for_good() -> None:
    pace = Pace(2)
    for _ in range(50):
        pace.slow_down(0, until=0)

    assert len(starts(pace, PERSON, until=10.5)) == 2


@given(
    st.sampled_from([0.1, 0.5, 2, 7.5, 100]),
    st.lists(st.tuples(st.sampled_from(Lane), st.floats(0, 3)), max_size=120),
)
def test_budget_holds_in_every_window(rate: float, asked: list[tuple[Lane, float]]) -> None:
    pace, now, left = Pace(rate), 0.0, []
    for lane, idle in asked:
        now += idle
        now += pace.wait_seconds(lane, now)
        pace.note(now)
        left.append(now)

    for first in left:
        assert sum(first <= at < first + 10 - 1e-6 for at in left) <= max(1, rate * 10)
