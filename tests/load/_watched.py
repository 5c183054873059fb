"""The desk with an eye on its event loop, for measurements only: `python -m` this module serve.

Each second a line of JSON goes into `watch.jsonl` beside its output: what there is of tasks, pages,
elements and memory, and the longest stretch that the loop was busy with one thing, as processor
time of its own thread, so that a busy machine is not taken for a slow desk.
"""

import asyncio
import gc
import json
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import app.bootstrap
from app.cli import main

if TYPE_CHECKING:
    from collections.abc import Awaitable

WATCH = Path("watch.jsonl")
BEAT_SECONDS = 0.005
LOOK_SECONDS = 0.02
STALL_SECONDS = 0.05


class Watch:
    """Beats in the loop; a thread beside it looks what the loop is at when the beat is late."""

    def __init__(self) -> None:
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self._loop_thread = threading.get_ident()
        self._last = self._used()
        self._longest, self._where, self._during = 0.0, "", ""
        self._collecting, self._collected = 0.0, 0.0
        gc.callbacks.append(self._collect)
        threading.Thread(target=self._look, daemon=True).start()

    async def beat(self) -> None:
        """Note how long the loop was at one thing, for ever; write a line each second."""
        written = time.monotonic()
        with WATCH.open("w") as file:  # noqa: ASYNC230  # a line a second, for measurements only
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                now = self._used()
                if now - self._last > self._longest:
                    self._longest = now - self._last
                    self._where = f"collecting {1000 * self._collected:.0f} ms; {self._during}"
                self._during, self._collected = "", 0.0
                if time.monotonic() - written >= 1:
                    written = time.monotonic()
                    file.write(json.dumps(self._line()) + "\n")
                    file.flush()
                    self._longest, self._where = 0.0, ""
                self._last = self._used()

    def _used(self) -> float:
        return time.clock_gettime(self._clock)

    def _collect(self, phase: str, _: dict[str, int]) -> None:
        """How much of it went into the search for garbage."""
        if threading.get_ident() == self._loop_thread:
            if phase == "start":
                self._collecting = self._used()
            else:
                self._collected += self._used() - self._collecting

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            if self._used() - self._last > STALL_SECONDS:
                frame = sys._current_frames().get(self._loop_thread)
                told = traceback.extract_stack(frame)[-7:]
                self._during = " < ".join(
                    f"{Path(at.filename).stem}.{at.name}:{at.lineno}" for at in reversed(told)
                )

    def _line(self) -> dict[str, Any]:
        from nicegui import Client  # noqa: PLC0415  # only once the desk has loaded it by itself

        pages = list(Client.instances.values())
        return {
            "at": round(time.time(), 1),
            "tasks": len(asyncio.all_tasks()),
            "pages": len(pages),
            "elements": sum(len(page.elements) for page in pages),
            "memory": _resident(),
            "files": len(list(Path("/proc/self/fd").iterdir())),
            "blocks": sys.getallocatedblocks(),
            "stall": round(self._longest, 4),
            "where": self._where,
        }


def _resident() -> float:
    """Megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


serve = app.bootstrap.serve  # type: ignore[attr-defined]  # what the module imported


async def watched(*arguments: Any, **named: Any) -> None:
    """Serve, and beat beside it."""
    beating = asyncio.create_task(Watch().beat())
    serving: Awaitable[None] = serve(*arguments, **named)
    try:
        await serving
    finally:
        beating.cancel()


if __name__ == "__main__":
    app.bootstrap.serve = watched  # type: ignore[attr-defined]  # the same in all but its name
    main()
