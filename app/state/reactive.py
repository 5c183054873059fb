"""Observable values, and when the work behind them runs: newest wins, bursts are debounced."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar
from weakref import ref

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
RESULTS_KEPT = 200


class Observable(Generic[T]):
    """A value with one follower, who is told only when it differs from the last."""

    def __init__(self) -> None:
        self.value: T | None = None
        self._draw: Callable[[T], None] | None = None

    def follow(self, draw: Callable[[T], None]) -> None:
        """Call `draw` with the value, now and whenever it changes."""
        self._draw = draw
        if self.value is not None:
            draw(self.value)

    def set(self, value: T) -> None:
        """Set the value; equal ones are not drawn again."""
        if value != self.value:
            self.value = value
            if self._draw is not None:
                self._draw(value)


class LatestTask:
    """Runs one task at a time; starting the next cancels the one before."""

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

    async def ended(self) -> None:
        """Wait until what runs has ended, however it does."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def close(self) -> None:
        """Stop what runs and wait for its end."""
        self.cancel()
        await self.ended()


class Debouncer:
    """Runs `work` once, a moment after one or many triggers (a trailing debounce).

    Args:
        delay: in seconds; None is a few random milliseconds.
    """

    def __init__(
        self, work: Callable[[], Awaitable[None]], *, clock: Clock, delay: float | None = None
    ) -> None:
        self._work = work
        self._clock = clock
        self._delay = delay
        self._triggered = False
        self._not_before = 0.0
        self._task: asyncio.Task[None] | None = None

    def trigger(self) -> None:
        """Have the work done, unless it is due already."""
        self._triggered = True
        if self._task is None or self._task.done():
            self._task = _watched(self._run())

    async def _run(self) -> None:
        while self._triggered:
            rest = self._not_before - self._clock.monotonic()
            await self._clock.sleep(max(self._pause(), rest))
            self._triggered = False
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
        """Cancel what is due and wait for what runs to end."""
        self._triggered = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


class SharedResult(Generic[T]):
    """Memoizes `make` by the identity of its first argument; the oldest results are forgotten.

    Comparing the object would cost as much as showing it. A result is dropped together with it
    (a weak reference), so that no list of a minute ago stays in memory.
    """

    def __init__(self, make: Callable[..., T]) -> None:
        self._make = make
        self._made: dict[tuple[Hashable, ...], tuple[Callable[[], object], T]] = {}

    def __call__(self, shown: object, *how: Hashable) -> T:
        """What `make` gives for `shown` and `how`."""
        key = (id(shown), *how)
        known = self._made.get(key)
        if known is not None and known[0]() is shown:
            return known[1]
        if len(self._made) >= RESULTS_KEPT:
            del self._made[next(iter(self._made))]
        value = self._make(shown, *how)
        there = (lambda: None) if shown is None else ref(shown, lambda _: self._forget(key))
        self._made[key] = (there, value)
        return value

    def _forget(self, key: tuple[Hashable, ...]) -> None:
        known = self._made.get(key)
        if known is not None and known[0]() is None:
            del self._made[key]


def _watched(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task whose fault is written down; the screen stays as it was."""

    def log_fault(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("unforeseen error behind a screen", exc_info=error)

    task = asyncio.create_task(work)
    task.add_done_callback(log_fault)
    return task
