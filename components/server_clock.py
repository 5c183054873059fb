"""The server's time for the browser: every age on the page is counted from it, not from its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from nicegui import core

from components.data import AGE_UNITS
from components.elements import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTime:
    """A moment: `now_ms` since 1970, and `ticks_ms` of a counter that never goes back."""

    now_ms: float
    ticks_ms: float


class ServerClock:
    """Tells the time with the page; it draws nothing. Later times come with `beat`."""

    def __init__(self, now: ServerTime) -> None:
        told = f"{now.now_ms} {now.ticks_ms}"
        Box("i", "clock", hidden=True, data_units=AGE_UNITS, data_clock=told)


async def beat(now: ServerTime, *, as_of: str, pages: Iterable[str]) -> None:
    """Tell these pages the time, and as of when their data is, in one message for all of them.

    A browser's own counter may have stood still; what is on its screen may be current without any
    news. As an element of each page the same cost twenty times as much processor time.
    """
    told = {"now_ms": now.now_ms, "ticks_ms": now.ticks_ms, "as_of": as_of}
    if rooms := list(pages):
        await core.sio.emit("desk_beat", told, room=rooms)
