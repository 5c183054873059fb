"""When each entry is due: on the monotonic clock, so that a clock set wrong changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.clock import Clock
from app.domain.outbox_entry import LONGEST_UNDO

HALF_HOUR = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How many seconds delivery waits for what.

    The distance between two writes is the affair of the client's scheduler.
    """

    confirm_delays: tuple[float, ...] = (2, 5, 10, 20, 30, 60)
    """before each read for an entry that left"""
    watch_delays: tuple[float, ...] = (60, 120, 240, 480, 900, *(HALF_HOUR,) * 47)
    """before each read after it was given to a person or sent twice, a day in all"""
    retry_delays: tuple[float, ...] = (1, 2, 5, 10, 15)
    """after each failure in a row, the last one for ever"""
    longest_undo_window: float = LONGEST_UNDO
    restart_undo_window: float = 10.0
    """how long a reply found waiting at the start can still be undone"""
    longest_pause: float = 3600.0
    """obeyed after a 429 to a write"""
    probe_delay: float = 60.0
    """the longest after whatever else asked for a pause"""

    def retry_delay(self, failures: int) -> float:
        """The wait after the `failures`-th failure in a row."""
        return self.retry_delays[min(failures, len(self.retry_delays)) - 1]


class Schedule:
    """What is due when; it lives as long as the process, after a restart everything is due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, float] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._due

    def put(self, key: str, wait: float) -> datetime:
        """Make `key` due in `wait` seconds; the time of day it will then be, for people."""
        self._due[key] = self._clock.monotonic() + wait
        return self._clock.now() + timedelta(seconds=wait)

    def wait(self, key: str) -> float:
        """Seconds until `key` is due, 0 or less when it is."""
        return self._due.get(key, 0.0) - self._clock.monotonic()
