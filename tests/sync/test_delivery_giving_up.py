"""Loops of the delivery ended at any moment and begun again: nothing stuck, nothing sent twice."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from app.domain.outbox_entry import DeliveryState
from tests.doubles.bench import Bench

TICKETS, REPLIES = 3, 6


@pytest.mark.parametrize("seed", range(8))
async def test_delivery_ended_at_random_sends_at_most_once_and_leaves_nothing_stuck(
    tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311  # repeatable, nothing secret
    bench = await Bench(tmp_path).open()
    for number in range(TICKETS):
        bench.truth.open_ticket(f"tkt_{number}")
    for number in range(REPLIES):
        await bench.send(f"Text {number}", ticket=f"tkt_{number % TICKETS}", entry_id=f"r{number}")

    async def slowly() -> None:
        await asyncio.sleep(chance.choice([0, 0.002, 0.005]))

    bench.shop.while_reading = bench.shop.while_writing = slowly
    for _ in range(60):
        steps = bench.delivery.send_next(), bench.delivery.reconciler.check_next()
        loops = [asyncio.ensure_future(step) for step in steps]
        await asyncio.wait(loops, timeout=chance.choice([0, 0, 0.001, 0.003, 0.01]))
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        bench.clock.advance(chance.choice([0, 0.1, 1, 5]))
    await bench.run_for(3_000)

    assert bench.delivery.reconciler.leaving is None
    for number in range(REPLIES):
        entry_id = f"r{number}"
        state, arrived = await bench.state(entry_id), bench.truth.arrived[entry_id]
        assert arrived <= 1
        assert state is (DeliveryState.CONFIRMED if arrived else DeliveryState.UNCONFIRMED) or (
            state is DeliveryState.QUEUED and await _is_behind_one_that_waits(bench, entry_id)
        )
    await bench.close()


async def _is_behind_one_that_waits(bench: Bench, entry_id: str) -> bool:
    row = await bench.row(entry_id)
    ahead = await bench.outbox.pending(row.ticket_id)
    return any(one.needs_person for one in ahead if one.entry_id != entry_id)
