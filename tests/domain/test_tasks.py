"""Background loops: one fault ends no loop for good, and the end waits for all of them."""

import asyncio
import logging

import pytest

from app.domain.clock import SystemClock
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.faults import Faults
from app.domain.tasks import RESTART_SECONDS, background_tasks
from tests.doubles.clock import HandClock


def standing(faults: Faults) -> ConnectionStatus:
    """What every screen says."""
    return faults.laid_over(ConnectionState(status=ConnectionStatus.LIVE)).status


async def test_loop_begins_again_after_a_fault_which_is_told_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    faults, begun = Faults(SystemClock()), []
    told: list[ConnectionStatus] = []
    faults.changed.subscribe(lambda _: told.append(standing(faults)))
    fourth = asyncio.Event()

    async def loop() -> None:
        begun.append(1)
        if len(begun) == 4:
            fourth.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        raise ValueError("a fault")

    clock = HandClock()
    async with background_tasks(loop, clock=clock, faults=faults), asyncio.timeout(10):
        while not fourth.is_set():
            clock.advance(RESTART_SECONDS if standing(faults) is ConnectionStatus.LIVE else 60)
            await asyncio.sleep(0)
        assert told == [ConnectionStatus.FAULT]

        while standing(faults) is ConnectionStatus.FAULT:
            clock.advance(60)
            await asyncio.sleep(0)

    assert told == [ConnectionStatus.FAULT, ConnectionStatus.LIVE]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


async def test_end_waits_until_every_loop_has_tidied_up() -> None:
    tidied: list[str] = []

    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append("done")

    async with background_tasks(loop, loop, clock=HandClock(), faults=Faults(HandClock())):
        await asyncio.sleep(0)

    assert tidied == ["done", "done"]
