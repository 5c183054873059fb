"""What is said about the future of a reply is what happens, whatever the shop answers."""

from pathlib import Path

import pytest

from tests.doubles.screen import watch

FIRST_SEED = 1402


@pytest.mark.parametrize("chunk", range(4))
async def test_what_is_said_about_the_future_of_a_reply_happens(tmp_path: Path, chunk: int) -> None:
    for seed in range(FIRST_SEED + 25 * chunk, FIRST_SEED + 25 * chunk + 25):
        folder = tmp_path / str(seed)
        folder.mkdir()

        verdict, history = await watch(seed, folder)

        assert verdict.faults == [], f"seed {seed}:\n" + "\n".join(history)
