"""What is given up holds no slot, no lock and no flight; `tests.load cancel` does it for long."""

import pytest

from tests.doubles.giving_up_client import GivingUpClient


@pytest.mark.parametrize("seed", [1, 2])
async def test_requests_given_up_at_random_leave_every_slot_free(seed: int) -> None:
    client = GivingUpClient(seed)

    await client.play(60)

    assert client.faults == []
    assert client.given_up.total() >= 60
