"""Answers kept for a moment and shared: one request for all who ask for the same."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

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


class Cache(Generic[V]):
    """Answers by key, the least used forgotten first.

    Until `fresh_seconds` after it was asked for an answer is given as it is; until `stale_seconds`
    it is given too, and asked for again behind it; errors are never kept.
    """

    def __init__(
        self, *, clock: Clock, fresh_seconds: float, stale_seconds: float, largest_bytes: int
    ) -> None:
        self._clock = clock
        self._fresh = fresh_seconds
        self._stale = stale_seconds
        self._largest = largest_bytes
        self._entries: OrderedDict[str, _Entry[V]] = OrderedDict()
        self._flights: dict[str, list[asyncio.Task[V]]] = {}
        self._tasks: set[asyncio.Task[V]] = set()
        self._waiters: Counter[asyncio.Task[V]] = Counter()
        self.size_bytes = 0

    async def get(self, key: str, fetch: Fetch[V], *, fresh: bool) -> V:
        """The answer for `key`; whoever gives up waiting takes nothing away from the others, but
        when all have, the request is given up as well.

        Shape:  with `fresh` the answer of a request that starts now, else also one that is kept or
                that a request under way will bring.
        Errors: those of `fetch`, for all who wait for it.
        """
        if not fresh and (entry := self._kept(key)):
            if self._age(entry) >= self._fresh and key not in self._flights:
                self._launch(key, fetch)
            return entry.value
        shared = not fresh and key in self._flights
        flight = self._flights[key][-1] if shared else self._launch(key, fetch)
        return await self._landing(key, flight)

    def drop(self, key: str) -> None:
        """Forget `key`: what is kept, and what requests under way will bring."""
        self._flights.pop(key, None)
        if entry := self._entries.pop(key, None):
            self.size_bytes -= entry.size_bytes

    def drop_all(self) -> None:
        """Forget everything, also what requests under way will bring."""
        self._flights.clear()
        self._entries.clear()
        self.size_bytes = 0

    async def aclose(self) -> None:
        """End the requests under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _kept(self, key: str) -> _Entry[V] | None:
        entry = self._entries.get(key)
        if entry is None or self._age(entry) >= self._stale:
            return None
        self._entries.move_to_end(key)
        return entry

    def _age(self, entry: _Entry[V]) -> float:
        return self._clock.monotonic() - entry.asked_at

    def _launch(self, key: str, fetch: Fetch[V]) -> asyncio.Task[V]:
        flight = asyncio.create_task(self._fly(key, fetch))
        self._flights.setdefault(key, []).append(flight)
        self._tasks.add(flight)
        flight.add_done_callback(self._landed)
        return flight

    async def _fly(self, key: str, fetch: Fetch[V]) -> V:
        asked_at = self._clock.monotonic()
        is_success = False
        try:
            value, size_bytes = await fetch()
            is_success = True
        finally:
            is_wanted = self._strike_off(key, is_success=is_success)
        if is_wanted:
            self._store(key, _Entry(value, size_bytes, asked_at))
        return value

    def _strike_off(self, key: str, *, is_success: bool) -> bool:
        """Take this request off the list; its success also overtakes those that began before it.

        Shape: False when `drop` or the success of a later request has struck it off already.
        """
        this, flights = asyncio.current_task(), self._flights.get(key, [])
        if this not in flights:
            return False
        place = flights.index(this)
        del flights[0 if is_success else place : place + 1]
        if not flights:
            del self._flights[key]
        return True

    def _landed(self, flight: asyncio.Task[V]) -> None:
        self._tasks.discard(flight)
        if not flight.cancelled():
            flight.exception()  # seen, even if everybody who waited has left

    async def _landing(self, key: str, flight: asyncio.Task[V]) -> V:
        self._waiters[flight] += 1
        try:
            return await asyncio.shield(flight)
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if flight.cancelled() and this and not this.cancelling():
                raise NotSentError("The desk is shutting down.") from None
            if self._waiters[flight] == 1:
                self._give_up(key, flight)
            raise
        finally:
            self._waiters[flight] -= 1
            if not self._waiters[flight]:
                del self._waiters[flight]

    def _give_up(self, key: str, flight: asyncio.Task[V]) -> None:
        """End a request that nobody waits for; whoever asks from now on joins it no more."""
        flights = self._flights.get(key, [])
        if flight in flights:
            flights.remove(flight)
            if not flights:
                del self._flights[key]
        flight.cancel()

    def _store(self, key: str, entry: _Entry[V]) -> None:
        if old := self._entries.pop(key, None):
            self.size_bytes -= old.size_bytes
        self._entries[key] = entry
        self.size_bytes += entry.size_bytes
        while self.size_bytes > self._largest:
            _, forgotten = self._entries.popitem(last=False)
            self.size_bytes -= forgotten.size_bytes
