"""The only place that asks the time; tests pass a clock of their own."""

import asyncio
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

UTC_ZONE = ZoneInfo("UTC")
SAMPLES = 15
FEWEST_SAMPLES = 3
SMALL_SKEW = timedelta(seconds=60)
"""less may be the time an answer takes, and nobody would notice it in an age"""


class Clock(Protocol):
    """Time as the desk needs it."""

    def now(self) -> datetime:
        """The time of day, aware UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds`."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time of day, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds`."""
        await asyncio.sleep(seconds)


class Skew:
    """How far another machine's clock is ahead of ours: the median of its last answers.

    `value` moves only when that differs by more than a small skew, so that ages stand still.
    """

    def __init__(self) -> None:
        self.value = timedelta(0)
        self._samples: deque[timedelta] = deque(maxlen=SAMPLES)

    def hear(self, shown: datetime, *, at: datetime) -> None:
        """The other machine showed `shown` when it was `at` here."""
        self._samples.append(shown - at)
        if len(self._samples) < FEWEST_SAMPLES:
            return
        now = sorted(self._samples)[len(self._samples) // 2]
        now = timedelta(0) if abs(now) < SMALL_SKEW else now
        if abs(now - self.value) >= SMALL_SKEW:
            self.value = now
