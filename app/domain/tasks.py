"""Owners of asyncio tasks: the event loop itself keeps no reference to a task."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


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
