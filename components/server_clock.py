"""The server's time for the browser: every age on the page is counted from it, not from its own."""

from collections.abc import Callable
from dataclasses import dataclass

from components.vue_component import VueComponent


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTime:
    """A moment: `now_ms` since 1970, and `ticks_ms` of a counter that never goes back."""

    now_ms: float
    ticks_ms: float


class ServerClock:
    """Tells the time with the page and at each `beat`; it draws nothing."""

    def __init__(self, *, now: Callable[[], ServerTime]) -> None:
        self._now = now
        self._part = _Clock(now())

    def beat(self) -> None:
        """Tell the time again: the browser's own counter may have stood still."""
        self._part.show(self._now())


class _Clock(VueComponent, script="server_clock"):
    pass
