"""An event loop whose time passes only while nothing works, and then at once: hours in seconds."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.client.transport import ASGI, Event, Receive, Send

T = TypeVar("T")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DEADLOCK_SECONDS = 30.0


def leap(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=LeapLoop) as runner:
        return runner.run(main)


class LeapLoop(asyncio.SelectorEventLoop):
    """Every sleep, timer and timeout is due at once as soon as no thread works any more."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.working = 0
        """pieces of work under way in threads"""
        super().__init__(_Leaps(self))

    def time(self) -> float:
        return self.seconds

    def run_in_executor(  # type: ignore[override]  # the stub has no plain types for it
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        self.working += 1
        work = super().run_in_executor(executor, func, *args)
        work.add_done_callback(self._worked)
        return work

    async def shutdown_default_executor(self, *_: Any) -> None:
        # Ending the threads is their work, too: from 3.12 on it has a time limit, which passed.
        self.working += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self.working -= 1

    def _worked(self, _: object) -> None:
        self.working -= 1


class LeapClock:
    """The time of the `LeapLoop` it is made on, from noon on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()  # threads ask for the time as well

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def working(app: ASGI) -> ASGI:
    """The app; time stands still while it answers, for its threads are not the loop's own."""

    async def counted(scope: Event, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, LeapLoop)
        loop.working += 1
        try:
            await app(scope, receive, send)
        finally:
            loop.working -= 1

    return counted


class _Leaps(selectors.DefaultSelector):
    """Waits for threads only; where a loop would wait for time to pass, it passes."""

    def __init__(self, loop: LeapLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if not self._loop.working and timeout is not None:
            self._loop.seconds += timeout
            return ready
        ready = super().select(DEADLOCK_SECONDS)
        assert ready, "nothing is under way and nothing is due"
        return ready
