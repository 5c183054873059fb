"""Random days at a desk, each from a seed; `python -m tests.load replies` runs many more."""

from pathlib import Path

import pytest

from tests.doubles.schedule import play
from tests.doubles.socket_day import play_sockets

FIRST_SEED = 2611


@pytest.mark.parametrize("chunk", range(6))
async def test_random_days_break_no_promise(tmp_path: Path, chunk: int) -> None:
    for seed in range(FIRST_SEED + chunk * 25, FIRST_SEED + chunk * 25 + 25):
        folder = tmp_path / str(seed)
        folder.mkdir()

        verdict, schedule = await play(seed, folder)

        assert verdict.faults == [], f"seed {seed}:\n" + "\n".join(schedule.history)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 12))
async def test_random_days_on_a_socket_break_no_promise(tmp_path: Path, seed: int) -> None:
    verdict, history = await play_sockets(seed, tmp_path)

    assert verdict.faults == [], "\n".join(history)
