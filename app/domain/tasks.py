"""Owners of asyncio tasks, and the supervisor of background loops.

The event loop itself keeps no reference to a task.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from app.domain.clock import Clock
from app.domain.faults import Faults

P = ParamSpec("P")
T = TypeVar("T")

RESTART_SECONDS = 5.0
LONGEST_SECONDS = 60.0
"""how long a loop that fails again and again rests at most"""

Loop = Callable[[], Awaitable[None]]

_DOING = "working behind the screens"


class TaskSet:
    """Keeps each task it starts until that ends; `close` cancels and awaits those that run."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work` on the event loop."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self) -> None:
        """Wait until every task of this event loop has ended by itself."""
        loop = asyncio.get_running_loop()
        while tasks := [task for task in self._tasks if task.get_loop() is loop]:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Cancel what runs and wait for its end."""
        for task in self._tasks:
            task.cancel()
        await self.finish()


_shielded = TaskSet()


def carried_out(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Shield `work` from the cancellation of its caller; `finish_shielded` awaits what is left."""

    @wraps(work)
    async def whole(*arguments: P.args, **named: P.kwargs) -> T:
        return await asyncio.shield(_shielded.start(work(*arguments, **named)))

    return whole


async def finish_shielded() -> None:
    """Wait for the work whose callers have left; before the stores it writes to are closed."""
    await _shielded.finish()


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
