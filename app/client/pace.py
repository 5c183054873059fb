"""How fast requests may follow each other, with a share kept free for people."""

from collections import deque
from enum import IntEnum

WINDOW_SECONDS = 10.0
SLOWEST = 1 / 16
RECOVERY_PER_MINUTE = 2.0


class Lane(IntEnum):
    """Who waits for the answer; who is named first goes first."""

    WRITE = 0
    """replies and status changes: reads for screens wait for them"""
    PERSON = 1
    BACKGROUND = 2
    """what keeps the screens current"""
    SPARE = 3
    """what takes hours anyway: the full scan, the messages of old tickets"""


PEOPLE = frozenset({Lane.WRITE, Lane.PERSON})


class Pace:
    """At most `requests_per_second`, counted over any ten seconds; None is without limit.

    People may use a whole window at once. All others spread their requests evenly and leave a
    fifth of them, so that whoever opens a ticket does not wait behind a full scan.
    """

    def __init__(self, requests_per_second: float | None) -> None:
        self._rate = requests_per_second or 0.0
        self._window = max(WINDOW_SECONDS, 1 / self._rate) if self._rate else 0.0
        self._starts: deque[float] = deque(maxlen=max(1, int(self._window * self._rate)))
        self._factor = 1.0
        self._clean_since = 0.0

    @property
    def seconds_between_writes(self) -> float:
        """A write takes the time of two reads: one second at the usual two a second."""
        return 2 / self._rate if self._rate else 0.0

    def wait_seconds(self, lane: Lane, now: float) -> float:
        """How long the next request of this lane has to wait; 0 when it may go."""
        if not self._rate:
            return 0.0
        allowed = max(1, int(self._window * self._rate * self._speed(now)))
        if lane not in PEOPLE:
            allowed = max(1, allowed * 4 // 5)
        free_at = now
        if len(self._starts) >= allowed:
            free_at = self._starts[-allowed] + self._window
        if lane not in PEOPLE and self._starts:
            free_at = max(free_at, self._starts[-1] + self._window / allowed)
        return max(0.0, free_at - now)

    def note(self, now: float) -> None:
        """A request leaves."""
        self._starts.append(now)

    def slow_down(self, now: float, *, until: float) -> None:
        """Go on at half the speed after `until`, and twice as fast with each clean minute."""
        self._factor = max(SLOWEST, self._speed(now) / 2)
        self._clean_since = until

    def _speed(self, now: float) -> float:
        minutes = max(0.0, now - self._clean_since) / 60
        recovered: float = RECOVERY_PER_MINUTE ** min(minutes, 60.0)
        return min(1.0, self._factor * recovered)
