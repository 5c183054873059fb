"""Single flight and a short memory: one request for all who ask for the same at about one time."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.client.scheduler import Urgency
from app.domain.clock import Clock
from app.domain.errors import NotSentError

V = TypeVar("V")
Fetch = Callable[[], Awaitable[tuple[V, int]]]
"""Makes the request: the value and its size in bytes."""


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    size_bytes: int
    asked_at: float


@dataclass(frozen=True, slots=True, eq=False)
class _Flight(Generic[V]):
    task: "asyncio.Task[V]"
    urgency: Urgency


class Cache(Generic[V]):
    """Answers by key, for `keep_seconds` after they were asked for; errors are never kept.

    `hits` counts answers given without any request, `shared` those of a request already under way.
    """

    def __init__(self, *, clock: Clock, keep_seconds: float, largest_bytes: int) -> None:
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._largest = largest_bytes
        self._entries: OrderedDict[str, _Entry[V]] = OrderedDict()
        self._flights: dict[str, list[_Flight[V]]] = {}
        self._tasks: set[asyncio.Task[V]] = set()
        self._waiters: Counter[asyncio.Task[V]] = Counter()
        self.size_bytes = self.hits = self.shared = 0

    async def get(
        self, key: str, fetch: Fetch[V], *, max_age_seconds: float | None, urgency: Urgency
    ) -> V:
        """The answer for `key`; a caller who gives up takes nothing away from the others, but
        when all have, the request is given up as well.

        Args:
            max_age_seconds: how long ago the answer may have been asked for; a request under way
                is shared in any case, but with None, which makes a request of its own.
            urgency: raises that of a request that is shared.
        Raises: the errors of `fetch`, for all who wait for it.
        """
        if max_age_seconds is not None:
            if (entry := self._entries.get(key)) and self._age(entry) < max_age_seconds:
                self.hits += 1
                return entry.value
            if flights := self._flights.get(key):
                self.shared += 1
                flights[-1].urgency.raise_to(urgency.priority)
                return await self._landing(key, flights[-1].task)
        return await self._landing(key, self._launch(key, fetch, urgency))

    def drop(self, key: str) -> None:
        """Forget `key`: what is kept, and what requests under way will bring."""
        self._flights.pop(key, None)
        self._forget(key)

    async def aclose(self) -> None:
        """End the requests under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _age(self, entry: _Entry[V]) -> float:
        return self._clock.monotonic() - entry.asked_at

    def _launch(self, key: str, fetch: Fetch[V], urgency: Urgency) -> "asyncio.Task[V]":
        task = asyncio.create_task(self._fly(key, fetch))
        self._flights.setdefault(key, []).append(_Flight(task, urgency))
        self._tasks.add(task)
        task.add_done_callback(self._landed)
        return task

    async def _fly(self, key: str, fetch: Fetch[V]) -> V:
        asked_at, this = self._clock.monotonic(), asyncio.current_task()
        is_success = False
        try:
            value, size_bytes = await fetch()
            is_success = True
        finally:
            is_wanted = self._strike_off(key, this, is_success=is_success)
        if is_wanted:
            self._store(key, _Entry(value, size_bytes, asked_at))
        return value

    def _strike_off(
        self, key: str, task: "asyncio.Task[V] | None", *, is_success: bool = False
    ) -> bool:
        """Share a request no more; its success also overtakes those that began before it.

        Returns: False when `drop` or the success of a later request has struck it off already.
        """
        flights = self._flights.get(key, [])
        place = next((at for at, flight in enumerate(flights) if flight.task is task), None)
        if place is None:
            return False
        del flights[0 if is_success else place : place + 1]
        if not flights:
            del self._flights[key]
        return True

    def _landed(self, task: "asyncio.Task[V]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen, even if everybody who waited has left

    async def _landing(self, key: str, task: "asyncio.Task[V]") -> V:
        self._waiters[task] += 1
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if task.cancelled() and this and not this.cancelling():
                raise NotSentError("The desk is shutting down.") from None
            if self._waiters[task] == 1:  # nobody else waits, and whoever asks now starts anew
                self._strike_off(key, task)
                task.cancel()
            raise
        finally:
            self._waiters[task] -= 1
            if not self._waiters[task]:
                del self._waiters[task]

    def _store(self, key: str, entry: _Entry[V]) -> None:
        self._forget(key)
        self._entries[key] = entry
        self.size_bytes += entry.size_bytes
        while self._entries:
            oldest, kept = next(iter(self._entries.items()))
            if self.size_bytes <= self._largest and self._age(kept) < self._keep_seconds:
                return
            self._forget(oldest)

    def _forget(self, key: str) -> None:
        if entry := self._entries.pop(key, None):
            self.size_bytes -= entry.size_bytes
