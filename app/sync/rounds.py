"""A step repeated until cancelled: it rests until something is due, or until somebody rings."""

import asyncio
from collections.abc import Awaitable, Callable

from app.domain.clock import Clock
from app.domain.errors import StoreError
from app.domain.faults import Faults

LONGEST_REST = 3600.0
AFTER_STORE_ERROR = 5.0
AFTER_FAULT = 1.0
"""and twice as long after each further fault in a row"""
LONGEST_AFTER_FAULT = 60.0

Step = Callable[[], Awaitable[float]]


class Rounds:
    """Loops that share one bell. Units: a step answers with the seconds until it has more to do.

    Shape: a step that fails ends nothing: it is told to `faults` and tried again; `doing` says
           what the steps do.
    """

    def __init__(self, clock: Clock, *, faults: Faults, doing: str) -> None:
        self._clock = clock
        self._faults = faults
        self._doing = doing
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

    async def repeat(self, *steps: Step) -> None:
        """Repeat each of `steps` beside the others; one that fails is tried again."""
        async with asyncio.TaskGroup() as tasks:
            for number, step in enumerate(steps):
                tasks.create_task(self._repeat(step, f"{self._doing} {number}"))

    async def _repeat(self, step: Step, part: str) -> None:
        bell, in_a_row = asyncio.Event(), 0
        self._bells.append(bell)
        try:
            while True:
                bell.clear()
                try:
                    wait, in_a_row = await step(), 0
                    self._faults.over(part, doing=self._doing)
                except Exception as error:  # noqa: BLE001  # told to `faults`
                    self._faults.met(part, error, doing=self._doing)
                    wait, in_a_row = _wait_after(error, in_a_row), in_a_row + 1
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


def _wait_after(error: Exception, in_a_row: int) -> float:
    if isinstance(error, StoreError):
        return AFTER_STORE_ERROR
    return min(AFTER_FAULT * 2.0 ** min(in_a_row, 10), LONGEST_AFTER_FAULT)
