"""A step repeated until cancelled: it rests until something is due, or until somebody rings."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app.domain.clock import Clock
from app.domain.errors import StoreError

LONGEST_REST = 3600.0
AFTER_STORE_ERROR = 15.0

log = logging.getLogger(__name__)


class Rounds:
    """Loops that share one bell. Units: a step answers with the seconds until it has more to do."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bells: list[asyncio.Event] = []
        self._due: dict[asyncio.Event, float] = {}

    def ring(self) -> None:
        """Let every loop look again now."""
        for bell in self._bells:
            bell.set()

    def next_in(self) -> float | None:
        """Seconds until the next step is due; None while none rests."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._clock.monotonic())

    async def repeat(self, *steps: Callable[[], Awaitable[float]]) -> None:
        """Repeat each of `steps` beside the others; a store that fails is tried again."""
        async with asyncio.TaskGroup() as tasks:
            for step in steps:
                tasks.create_task(self._repeat(step))

    async def _repeat(self, step: Callable[[], Awaitable[float]]) -> None:
        bell = asyncio.Event()
        self._bells.append(bell)
        try:
            while True:
                bell.clear()
                wait = await _tried(step)
                if wait > 0:
                    await self._rest(bell, min(wait, LONGEST_REST))
        finally:
            self._bells.remove(bell)

    async def _rest(self, bell: asyncio.Event, wait: float) -> None:
        self._due[bell] = self._clock.monotonic() + wait
        waiting = [
            asyncio.ensure_future(bell.wait()),
            asyncio.ensure_future(self._clock.sleep(wait)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._due[bell]
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def _tried(step: Callable[[], Awaitable[float]]) -> float:
    try:
        return await step()
    except StoreError as error:
        log.error("the store cannot be used: %s", error)  # noqa: TRY400 the sentence says it all
        return AFTER_STORE_ERROR
