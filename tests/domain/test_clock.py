"""The skew of another machine's clock: by the middle of what it says, and standing still."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.domain.clock import Skew

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_skew_is_the_middle_of_what_is_heard_and_stands_still(hours: int) -> None:
    chance, skew = Random(hours), Skew()  # noqa: S311  # chance, not secrecy
    seen = set()
    for number in range(100):
        late = timedelta(seconds=chance.uniform(-20, 0))
        odd = timedelta(days=400) if number % 7 == 6 else timedelta(0)
        skew.hear(NOON + timedelta(hours=hours) + late + odd, at=NOON)
        seen.add(skew.value)

    assert len(seen - {timedelta(0)}) == 1
    assert abs(skew.value - timedelta(hours=hours)) <= timedelta(seconds=20)


def test_small_skew_and_a_single_odd_answer_are_no_skew() -> None:
    skew = Skew()
    skew.hear(NOON + timedelta(days=1), at=NOON)
    for seconds in (50, -50, 30, 0):
        skew.hear(NOON + timedelta(seconds=seconds), at=NOON)
        assert skew.value == timedelta(0)


def test_clock_that_is_set_right_is_followed() -> None:
    skew = Skew()
    for _ in range(15):
        skew.hear(NOON + timedelta(days=1), at=NOON)
    assert skew.value == timedelta(days=1)
    for _ in range(15):
        skew.hear(NOON, at=NOON)
    assert skew.value == timedelta(0)
