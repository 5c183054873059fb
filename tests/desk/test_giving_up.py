"""What is given up at any moment leaves nothing open.

`python -m tests.load cancel` does it by the thousand.
"""

from pathlib import Path
from random import Random

import pytest

from app.store.tickets.mirror import TicketMirror
from tests.doubles.giving_up import GivingUp
from tests.store.shop import StillClock, answered, any_ticket, asked, put


@pytest.mark.parametrize("seed", [1, 2])
async def test_questions_given_up_at_random_leave_every_reader_well(
    tmp_path: Path, seed: int
) -> None:
    copy = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    chance = Random(seed)  # noqa: S311  # chance, not secrecy
    for number in range(120):
        of = any_ticket(chance, f"tkt_{number}")
        await put(copy, of, asked(), *[answered(f"{n}" * 500) for n in range(number % 9)])
    await copy.close()
    desk = await GivingUp.opened(tmp_path, seed=seed)

    tally = await desk.play(150)

    assert tally.faults == []
    assert tally.given_up.total() >= 150
    await desk.close()
