"""When each reply is due: on the monotonic clock, so that a clock set wrong changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.clock import Clock
from app.domain.reply import LONGEST_UNDO

HALF_HOUR = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long delivery waits for what. Units: seconds.

    Shape: `ladder` are the waits before each look for a reply that left, `watch` those after it
           was given to a person or sent twice, a day in all; `retry` those after a failure, the
           last one for ever; `restart_hold` is how long a reply found waiting at the start can
           still be undone; `longest_pause` is obeyed after a 429 to a write, `probe` whatever else
           asked for a pause. The distance between two writes is the affair of the client's gate.
    """

    ladder: tuple[float, ...] = (2, 5, 10, 20, 30, 60)
    watch: tuple[float, ...] = (60, 120, 240, 480, 900, *(HALF_HOUR,) * 47)
    retry: tuple[float, ...] = (1, 2, 5, 10, 15)
    longest_hold: float = LONGEST_UNDO
    restart_hold: float = 10.0
    longest_pause: float = 3600.0
    probe: float = 60.0

    def retry_wait(self, failures: int) -> float:
        """The wait after the `failures`-th failure in a row."""
        return self.retry[min(failures, len(self.retry)) - 1]


class Agenda:
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

    def drop(self, key: str) -> None:
        """Forget `key`."""
        self._due.pop(key, None)
