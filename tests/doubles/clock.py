"""A clock that only moves when it is told to."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count


class HandClock:
    """Time by hand: `advance` moves both hands, `set_wrong` only the one on the wall."""

    def __init__(self, now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)) -> None:
        self._now = now
        self._monotonic = 0.0
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._monotonic + seconds
        heapq.heappush(self._sleeping, (due, next(self._numbers), done))
        await done

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass and wake who slept until then."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        while self._sleeping and self._sleeping[0][0] <= self._monotonic:
            done = heapq.heappop(self._sleeping)[2]
            if not done.done():
                done.set_result(None)

    @property
    def sleepers(self) -> int:
        """How many wait for time to pass."""
        return sum(not done.done() for _, _, done in self._sleeping)

    def set_wrong(self, seconds: float) -> None:
        """Move the time of day alone, as a person or a time server does."""
        self._now += timedelta(seconds=seconds)


class LeapClock(HandClock):
    """Time that passes only by sleeping, and then at once: for one sleeper beside real sockets."""

    async def sleep(self, seconds: float) -> None:
        self.advance(max(seconds, 0))
        await asyncio.sleep(0)
