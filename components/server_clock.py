"""The server's time for the browser: every age on the page is counted from it, not from its own."""

from collections.abc import Callable
from dataclasses import dataclass

from components.elements import Box

_UNITS = "y mo d h min s now"
"""what ages are counted in; the last word is an age of less than a minute"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTime:
    """A moment: `now_ms` since 1970, and `ticks_ms` of a counter that never goes back."""

    now_ms: float
    ticks_ms: float


class ServerClock:
    """Tells the time with the page and at each `beat`; it draws nothing."""

    def __init__(self, *, now: Callable[[], ServerTime]) -> None:
        self._now = now
        self._told = Box("i", "clock", hidden=True, data_units=_UNITS)
        self.beat()

    def beat(self) -> None:
        """Tell the time again: the browser's own counter may have stood still."""
        now = self._now()
        self._told.set(data_clock=f"{now.now_ms} {now.ticks_ms}")
