"""Single flight: many screens that ask the same question at once are answered together."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.domain.tasks import TaskSet

T = TypeVar("T")

ANSWERS_KEPT = 200


@dataclass(slots=True)
class _Flight:
    task: "asyncio.Future[Any]"
    waiters: int = 0


class Sharing:
    """Keeps each answer until the state it was asked in is over.

    A question is given up when the last of those who wait for it has left; a failed one is asked
    anew.
    """

    def __init__(self) -> None:
        self._state: Hashable = None
        self._flights: dict[Hashable, _Flight] = {}
        self._tasks = TaskSet()

    async def ask(
        self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]], *, state: Hashable
    ) -> T:
        """The answer to `key` in this `state`: one that is known, or that `work` finds."""
        if state != self._state or len(self._flights) >= ANSWERS_KEPT:
            self._state, self._flights = state, {}
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(self._tasks.start(work()))
        flight.waiters += 1
        try:
            answer: T = await asyncio.shield(flight.task)
        except BaseException:
            self._forget(key, flight)
            raise
        finally:
            flight.waiters -= 1
            if not flight.waiters:
                flight.task.cancel()  # does nothing to one that is done
        return answer

    def clear(self) -> None:
        """Let go of every answer."""
        self._flights = {}

    async def close(self) -> None:
        """Give up every question."""
        await self._tasks.close()

    def _forget(self, key: Hashable, flight: _Flight) -> None:
        is_over = flight.task.done() or flight.waiters == 1
        if is_over and self._flights.get(key) is flight:
            del self._flights[key]
