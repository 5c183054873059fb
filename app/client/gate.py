"""The one gate every request passes: in its lane, within the budget, not while the API is away."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.client.answers import USUAL_PAUSE_SECONDS, Answer
from app.client.breaker import Breaker
from app.client.pace import PEOPLE, Lane, Pace
from app.domain.clock import Clock
from app.domain.errors import ApiError, NotSentError, RateLimitedError, UnreachableError

__all__ = ["Gate", "Lane", "Urgency"]

PATIENCE_SECONDS = 5.0
"""A shorter pause is waited out; a longer one is an error at once, so that nobody hangs."""
LOOK_SECONDS = 60.0
"""in a longer pause one request in so long finds out whether its reason is gone"""

Request = Callable[[], Awaitable[Answer]]


class Urgency:
    """The lane of a request; one that is shared moves into that of its most urgent caller."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.on_raise: Callable[[], None] = lambda: None

    def raise_to(self, lane: Lane) -> None:
        """Be at least as urgent as `lane`, also while waiting for a turn."""
        if lane < self.lane:
            self.lane = lane
            self.on_raise()


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A request that waits for `granted`, or is under way."""

    urgency: Urgency
    granted: asyncio.Future[None]


class Gate:
    """Lets requests pass, people first, and keeps the numbers of the health page.

    `used` counts every request since the start; one write goes at a time.
    """

    def __init__(
        self, *, clock: Clock, requests_per_second: float | None, concurrency: int = 4
    ) -> None:
        self.requests_per_second = requests_per_second
        self._clock = clock
        self._pace = Pace(requests_per_second)
        self._breaker = Breaker()
        self._room = dict.fromkeys(Lane, max(1, concurrency - 1)) | dict.fromkeys(
            PEOPLE, concurrency
        )
        self._waiting: list[Turn] = []
        self._in_flight = 0
        self._paused_until = 0.0
        self._look_at = 0.0
        self._look: Turn | None = None
        self._alarm: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._next_write = 0.0
        self._last_minute: deque[float] = deque()
        self.used = 0

    @property
    def is_down(self) -> bool:
        """Whether the API has failed so often that only probes go out."""
        return self._breaker.is_open

    @property
    def paused_until(self) -> datetime | None:
        """The end of the pause the API asked for, aware UTC."""
        left = self._paused_until - self._clock.monotonic()
        return self._clock.now() + timedelta(seconds=left) if left > 0 else None

    @property
    def requests_last_minute(self) -> int:
        """Requests that left within the last 60 s."""
        self._forget_before(self._clock.monotonic() - 60)
        return len(self._last_minute)

    async def run(self, urgency: Urgency, request: Request) -> Answer:
        """Wait for a turn, make the request, and learn from what comes of it.

        Errors: those of the request; NotSentError while the API is down, RateLimitedError while it
                has asked for a pause: nothing was sent then.
        """
        turn = await self._turn(urgency)
        try:
            answer = await request()
        except UnreachableError:
            self._breaker.note(is_up=False, now=self._clock.monotonic())
            raise
        else:
            self._learn(answer, is_look=turn is self._look)
            return answer
        finally:
            self._leave(turn)

    async def run_write(self, request: Request) -> Answer:
        """The same for a write: one at a time, and not too close upon each other."""
        async with self._writing:
            wait = self._next_write - self._clock.monotonic()
            if wait > 0:
                await self._clock.sleep(wait)
            try:
                return await self.run(Urgency(Lane.WRITE), request)
            finally:
                now = self._clock.monotonic()
                self._next_write = now + self._pace.seconds_between_writes

    def let_one_through(self) -> None:
        """Let the next request go at once, pause or not: a person asked for it."""
        self._look_at = self._clock.monotonic()
        self._breaker.probe_now(self._look_at)
        self._admit()

    async def aclose(self) -> None:
        """Wake nobody any more."""
        if self._alarm:
            self._alarm.cancel()
            await asyncio.wait([self._alarm])

    async def _turn(self, urgency: Urgency) -> Turn:
        turn = Turn(urgency, asyncio.get_running_loop().create_future())
        urgency.on_raise = self._admit
        self._waiting.append(turn)
        self._admit()
        try:
            await turn.granted
        except asyncio.CancelledError:
            granted = turn.granted
            if granted.done() and not granted.cancelled() and granted.exception() is None:
                self._leave(turn)  # let in and given up at the same moment
            raise
        return turn

    def _leave(self, turn: Turn) -> None:
        self._breaker.leave(turn)
        if self._look is turn:
            self._look = None
        self._in_flight -= 1
        self._admit()

    def _admit(self) -> None:
        """Let in whoever may go now, and turn away everybody while nobody may."""
        while waiting := [turn for turn in self._waiting if not turn.granted.done()]:
            self._waiting = waiting
            now = self._clock.monotonic()
            turn = min(waiting, key=lambda turn: turn.urgency.lane)
            lane = turn.urgency.lane
            if refusal := self._refusal(now):
                turn.granted.set_exception(refusal)
                continue
            if self._in_flight >= self._room[lane]:
                return
            wait = max(self._pause(now), self._pace.wait_seconds(lane, now))
            if wait > 0:
                self._wake_after(wait)
                return
            self._let_in(turn, now)
        self._waiting = []

    def _refusal(self, now: float) -> ApiError | None:
        if self._breaker.refuses(now):
            return NotSentError("The Tickets API does not answer; it is tried every few seconds.")
        pause = self._pause(now)
        return RateLimitedError(pause) if pause > PATIENCE_SECONDS else None

    def _pause(self, now: float) -> float:
        """Seconds until a request may go; in a long pause that is when the next look is due."""
        left = self._paused_until - now
        if self._look is not None:  # it has just gone out, and what it learns counts
            return min(left, LOOK_SECONDS)
        return min(left, self._look_at - now)

    def _let_in(self, turn: Turn, now: float) -> None:
        self._breaker.enter(turn)
        self._pace.note(now)
        if self._paused_until > now:
            self._look, self._look_at = turn, now + LOOK_SECONDS
        self._in_flight += 1
        self.used += 1
        self._forget_before(now - 60)
        self._last_minute.append(now)
        turn.granted.set_result(None)

    def _learn(self, answer: Answer, *, is_look: bool) -> None:
        now = self._clock.monotonic()
        self._breaker.note(is_up=answer.status < 500, now=now)
        asks_for_pause = answer.status == 503 and answer.retry_after is not None
        if answer.status == 429 or asks_for_pause:
            until = now + (answer.retry_after or USUAL_PAUSE_SECONDS)
            if self._paused_until <= now:
                self._pace.slow_down(now, until=until)
                self._look_at = now + LOOK_SECONDS
            self._paused_until = until if is_look else max(self._paused_until, until)
        elif is_look:
            self._paused_until = now

    def _wake_after(self, seconds: float) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = asyncio.create_task(self._ring(seconds))

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._alarm = None
        self._admit()

    def _forget_before(self, moment: float) -> None:
        while self._last_minute and self._last_minute[0] <= moment:
            self._last_minute.popleft()
