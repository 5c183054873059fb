"""A step repeated until cancelled: it rests until something is due, or until it is woken."""

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


class PollLoop:
    """Loops that are woken together; a step returns the seconds until it has more to do.

    A step that fails does not end its loop: it is reported to `faults` and tried again.

    Args:
        doing: in words, what the steps do.
    """

    def __init__(self, clock: Clock, *, faults: Faults, doing: str) -> None:
        self._clock = clock
        self._faults = faults
        self._doing = doing
        self._wake_events: list[asyncio.Event] = []
        self._due: dict[asyncio.Event, float] = {}

    def wake(self) -> None:
        """Run every step now."""
        for woken in self._wake_events:
            woken.set()

    def next_in(self) -> float | None:
        """Seconds until the next step is due; None while none rests."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._clock.monotonic())

    async def run(self, *steps: Step) -> None:
        """Repeat each of `steps` beside the others; one that fails is tried again."""
        async with asyncio.TaskGroup() as tasks:
            for number, step in enumerate(steps):
                tasks.create_task(self._poll(step, f"{self._doing} {number}"))

    async def _poll(self, step: Step, part: str) -> None:
        woken, in_a_row = asyncio.Event(), 0
        self._wake_events.append(woken)
        try:
            while True:
                woken.clear()
                try:
                    wait, in_a_row = await step(), 0
                    self._faults.over(part, doing=self._doing)
                except Exception as error:  # noqa: BLE001  # told to `faults`
                    self._faults.met(part, error, doing=self._doing)
                    wait, in_a_row = _wait_after(error, in_a_row), in_a_row + 1
                if wait > 0:
                    await self._rest(woken, min(wait, LONGEST_REST))
        finally:
            self._wake_events.remove(woken)

    async def _rest(self, woken: asyncio.Event, wait: float) -> None:
        self._due[woken] = self._clock.monotonic() + wait
        waiting = [
            asyncio.ensure_future(woken.wait()),
            asyncio.ensure_future(self._clock.sleep(wait)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._due[woken]
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


def _wait_after(error: Exception, in_a_row: int) -> float:
    if isinstance(error, StoreError):
        return AFTER_STORE_ERROR
    return min(AFTER_FAULT * 2.0 ** min(in_a_row, 10), LONGEST_AFTER_FAULT)
