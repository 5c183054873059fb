"""When a tab's state works: the newest wish wins, bursts count as one, nothing is drawn twice."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from app.domain.clock import Clock

T = TypeVar("T")

log = logging.getLogger(__name__)

SPREAD_SECONDS = 0.025
"""sessions that hear of a change at the same moment ask again this far apart"""
RETRY_SECONDS = 3.0
"""after an answer that failed, until a screen asks again by itself"""
REST_SHARE = 4
"""after work that took a second, so many seconds of rest: one tab never takes the desk over"""
LONGEST_REST_SECONDS = 5.0


class Shown(Generic[T]):
    """A value a screen shows; it is drawn only when it differs from what is there."""

    def __init__(self) -> None:
        self.value: T | None = None
        self._draw: Callable[[T], None] | None = None

    def on(self, draw: Callable[[T], None]) -> None:
        """From now on `draw` puts the value on the screen."""
        self._draw = draw
        if self.value is not None:
            draw(self.value)

    def show(self, value: T) -> None:
        """Draw `value`, unless it is what the screen shows already."""
        if value != self.value:
            self.value = value
            if self._draw is not None:
                self._draw(value)


class Newest:
    """Runs the newest wish; one that is still running gives way to it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Cancel what runs and run `work`."""
        self.cancel()
        self._task = _watched(work)
        return self._task

    def cancel(self) -> None:
        """Stop what runs."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Stop what runs and wait for its end."""
        self.cancel()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)


class Soon:
    """Work that follows a wish after a moment; wishes until then count as one.

    Units: `delay` in seconds; without one it is a few random milliseconds.
    """

    def __init__(
        self, work: Callable[[], Awaitable[None]], *, clock: Clock, delay: float | None = None
    ) -> None:
        self._work = work
        self._clock = clock
        self._delay = delay
        self._wished = False
        self._not_before = 0.0
        self._task: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """Wish for the work to be done, if it is not wished for already."""
        self._wished = True
        if self._task is None or self._task.done():
            self._task = _watched(self._run())

    async def _run(self) -> None:
        while self._wished:
            rest = self._not_before - self._clock.monotonic()
            await self._clock.sleep(max(self._pause(), rest))
            self._wished = False
            began = self._clock.monotonic()
            try:
                await self._work()
            finally:
                ended = self._clock.monotonic()
                self._not_before = ended + min(REST_SHARE * (ended - began), LONGEST_REST_SECONDS)

    def _pause(self) -> float:
        if self._delay is not None:
            return self._delay
        return random.uniform(0.002, SPREAD_SECONDS)  # noqa: S311  # spreads load, guards nothing

    async def close(self) -> None:
        """Give the wish up and wait for what runs to end."""
        self._wished = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


def _watched(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task whose fault is written down; the screen stays as it was."""

    def look(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("unforeseen error behind a screen", exc_info=error)

    task = asyncio.create_task(work)
    task.add_done_callback(look)
    return task
