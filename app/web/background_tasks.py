"""Supervises background loops: starts them, restarts each after a fault, awaits them at the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from app.domain.clock import Clock
from app.domain.faults import Faults

RESTART_SECONDS = 5.0
LONGEST_SECONDS = 60.0
"""how long a loop that fails again and again rests at most"""

Loop = Callable[[], Awaitable[None]]

_DOING = "working behind the screens"


@asynccontextmanager
async def background_tasks(*loops: Loop, clock: Clock, faults: Faults) -> AsyncIterator[None]:
    """Run the loops beside what is done inside; they have ended when this ends."""
    kept = (_supervised(f"loop {n}", loop, clock, faults) for n, loop in enumerate(loops))
    tasks = [asyncio.create_task(keeping) for keeping in kept]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _supervised(part: str, loop: Loop, clock: Clock, faults: Faults) -> None:
    rest = RESTART_SECONDS
    while True:
        try:
            await _run_once(part, loop, clock, faults, healed_after=rest)
            rest = RESTART_SECONDS
        except Exception as error:  # noqa: BLE001  # told to `faults`
            faults.met(part, error, doing=_DOING)
            rest = min(2 * rest, LONGEST_SECONDS)
        await clock.sleep(rest)


async def _run_once(
    part: str, loop: Loop, clock: Clock, faults: Faults, *, healed_after: float
) -> None:
    """Run the loop once; when it has run for a while, the fault it had is over."""

    async def heal() -> None:
        await clock.sleep(healed_after)
        faults.over(part, doing=_DOING)

    healing = asyncio.create_task(heal())
    try:
        await loop()
    finally:
        healing.cancel()
        await asyncio.gather(healing, return_exceptions=True)
