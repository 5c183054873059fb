"""The rate limiter: never more than the budget in any ten seconds, people first."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.scheduler import Priority, RateLimiter

PERSON, BACKGROUND = Priority.INTERACTIVE, Priority.BACKGROUND


def starts(
    limiter: RateLimiter, priority: Priority, *, until: float, now: float = 0.0
) -> list[float]:
    """When requests leave that come as fast as they may."""
    found = []
    while (now := now + limiter.wait_seconds(priority, now)) < until:
        limiter.record(now)
        found.append(now)
    return found


def test_people_may_use_a_whole_window_at_once() -> None:
    assert starts(RateLimiter(2), PERSON, until=9) == [0.0] * 20


def test_background_is_spread_and_leaves_a_fifth() -> None:
    found = starts(RateLimiter(2), BACKGROUND, until=10)

    assert len(found) == 16
    assert {round(later - earlier, 3) for earlier, later in pairwise(found)} == {0.625}


def test_person_does_not_wait_behind_the_background() -> None:
    limiter = RateLimiter(2)
    starts(limiter, BACKGROUND, until=60)

    assert limiter.wait_seconds(PERSON, 60) == 0


@pytest.mark.parametrize("priority", Priority)
def test_no_budget_means_no_wait(priority: Priority) -> None:
    limiter = RateLimiter(None)
    limiter.record(0)

    assert limiter.wait_seconds(priority, 0) == 0
    assert limiter.seconds_between_writes == 0


def test_slow_budget_lets_one_pass_at_a_time() -> None:
    assert starts(RateLimiter(0.05), PERSON, until=41) == [0.0, 20.0, 40.0]


def test_after_a_pause_it_goes_on_at_half_speed_and_recovers() -> None:
    limiter = RateLimiter(2)
    limiter.slow_down(0, until=60)

    assert len(starts(limiter, PERSON, until=69, now=60)) == 10
    assert len(starts(limiter, PERSON, until=129, now=120)) == 20


def test_desk_that_was_told_to_pause_often_is_as_fast_as_before_within_minutes() -> None:
    limiter = RateLimiter(2)
    for _ in range(5):
        limiter.slow_down(0, until=0)

    assert len(starts(limiter, PERSON, until=250, now=241)) == 20


def test_pauses_in_a_row_never_stop_it_for_good() -> None:
    limiter = RateLimiter(2)
    for _ in range(50):
        limiter.slow_down(0, until=0)

    assert len(starts(limiter, PERSON, until=10.5)) == 2


@given(
    st.sampled_from([0.1, 0.5, 2, 7.5, 100]),
    st.lists(st.tuples(st.sampled_from(Priority), st.floats(0, 3)), max_size=120),
)
def test_budget_holds_in_every_window(rate: float, asked: list[tuple[Priority, float]]) -> None:
    limiter, now, left = RateLimiter(rate), 0.0, []
    for priority, idle in asked:
        now += idle
        now += limiter.wait_seconds(priority, now)
        limiter.record(now)
        left.append(now)

    for first in left:
        assert sum(first <= at < first + 10 - 1e-6 for at in left) <= max(1, rate * 10)
