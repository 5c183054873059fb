"""Background loops with an owner: begun together, begun again after a fault, ended in order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from app.domain.clock import Clock

RESTART_SECONDS = 5

Loop = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


@asynccontextmanager
async def running(*loops: Loop, clock: Clock) -> AsyncIterator[None]:
    """Run the loops beside what is done inside; they have ended when this ends."""
    tasks = [asyncio.create_task(_kept_running(loop, clock)) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _kept_running(loop: Loop, clock: Clock) -> None:
    while True:
        try:
            await loop()
        except Exception:
            log.exception("A background loop stopped by a fault of our own; it begins again.")
        await clock.sleep(RESTART_SECONDS)
