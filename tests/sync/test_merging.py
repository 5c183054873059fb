"""A few schedules of `python -m tests.load merging`."""

from pathlib import Path

import pytest

from tests.doubles.leap import leap
from tests.doubles.merging import play

SEED = 2611


@pytest.mark.parametrize("seed", range(SEED, SEED + 12))
def test_late_answers_undo_nothing_and_the_copy_agrees_in_the_end(
    seed: int, tmp_path: Path
) -> None:
    day = leap(play(seed, tmp_path))

    assert day.faults == []
