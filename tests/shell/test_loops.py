"""Background loops: one fault ends no loop for good, and the end waits for all of them."""

import asyncio
import logging

import pytest

from app.domain.clock import SystemClock
from app.loops import running


class QuickClock(SystemClock):
    async def sleep(self, _: float) -> None:
        await asyncio.sleep(0)


async def test_loop_begins_again_after_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    begun: list[int] = []
    third = asyncio.Event()

    async def loop() -> None:
        begun.append(1)
        if len(begun) == 3:
            third.set()
            await asyncio.Event().wait()
        raise ValueError("a fault")

    async with running(loop, clock=QuickClock()):
        await asyncio.wait_for(third.wait(), 5)

    assert len(begun) == 3
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


async def test_end_waits_until_every_loop_has_tidied_up() -> None:
    tidied: list[str] = []

    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append("done")

    async with running(loop, loop, clock=QuickClock()):
        await asyncio.sleep(0)

    assert tidied == ["done", "done"]
