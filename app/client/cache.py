"""Single flight and a short memory: one request for all who ask for the same at about one time."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from app.client.scheduler import Urgency
from app.domain.clock import Clock
from app.domain.errors import NotSentError

V = TypeVar("V")
Fetch = Callable[[], Awaitable[tuple[V, int]]]
"""makes the request: the value and its size in bytes"""


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    size_bytes: int
    flight: "_Flight[V]"


@dataclass(slots=True, eq=False)
class _Flight(Generic[V]):
    task: asyncio.Task[tuple[V, int]]
    urgency: Urgency
    number: int
    asked_at: float
    waiters: int = 0


class Cache(Generic[V]):
    """Values by key, for `keep_seconds` after they were asked for; errors are never kept.

    `hits` counts values given without any request, `shared` those of a request already under way.
    """

    def __init__(self, *, clock: Clock, keep_seconds: float, largest_bytes: int) -> None:
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._largest = largest_bytes
        self._entries: OrderedDict[str, _Entry[V]] = OrderedDict()
        self._newest: dict[str, _Flight[V]] = {}
        """the request under way for a key that began last: the only one to be shared and kept"""
        self._numbers = count()
        self._tasks: set[asyncio.Task[tuple[V, int]]] = set()
        self.size_bytes = self.hits = self.shared = 0

    async def get(
        self, key: str, fetch: Fetch[V], *, max_age_seconds: float | None, urgency: Urgency
    ) -> V:
        """The value for `key`; a caller who gives up takes nothing away from the others, but
        when all have, the request is given up as well.

        Args:
            max_age_seconds: how long ago the value may have been asked for; a request under way
                is shared in any case, but with None, which makes a request of its own.
            urgency: raises that of a request that is shared.
        Raises: the errors of `fetch`, for all who wait for it.
        """
        flight = None
        if max_age_seconds is not None:
            if (entry := self._entries.get(key)) and self._age(entry) < max_age_seconds:
                self.hits += 1
                return entry.value
            if flight := self._newest.get(key):
                self.shared += 1
                flight.urgency.raise_to(urgency.priority)
        return await self._land(key, flight or self._launch(key, fetch, urgency))

    def drop(self, key: str) -> None:
        """Forget `key`: what is kept, and what requests under way will bring."""
        self._newest.pop(key, None)
        self._forget(key)

    def clear(self) -> None:
        """Forget every key, as `drop` does."""
        self._newest.clear()
        self._entries.clear()
        self.size_bytes = 0

    async def aclose(self) -> None:
        """End the requests under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _age(self, entry: _Entry[V]) -> float:
        return self._clock.monotonic() - entry.flight.asked_at

    def _launch(self, key: str, fetch: Fetch[V], urgency: Urgency) -> _Flight[V]:
        task = asyncio.ensure_future(fetch())
        flight = self._newest[key] = _Flight(
            task, urgency, next(self._numbers), self._clock.monotonic()
        )
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._landed(key, flight))
        return flight

    def _landed(self, key: str, flight: _Flight[V]) -> None:
        self._tasks.discard(flight.task)
        is_success = not flight.task.cancelled() and flight.task.exception() is None
        kept = self._entries.get(key)
        if self._newest.get(key) is flight:  # neither dropped nor overtaken
            del self._newest[key]
            if is_success:
                self._store(key, _Entry(*flight.task.result(), flight))
        elif is_success and kept and kept.flight.number < flight.number:
            self._forget(key)  # what its callers see now may be newer

    async def _land(self, key: str, flight: _Flight[V]) -> V:
        flight.waiters += 1
        try:
            value, _ = await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if flight.task.cancelled() and this and not this.cancelling():
                raise NotSentError("The desk is shutting down.") from None
            if flight.waiters == 1:
                if self._newest.get(key) is flight:  # whoever asks from now on starts anew
                    del self._newest[key]
                flight.task.cancel()
            raise
        finally:
            flight.waiters -= 1
        return value

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
