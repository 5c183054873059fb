"""Which request goes next: by priority, within the budget, and not while the API is away."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from app.client.responses import USUAL_PAUSE_SECONDS, ApiResponse
from app.domain.clock import Clock
from app.domain.errors import ApiError, NotSentError, RateLimitedError, UnreachableError

PATIENCE_SECONDS = 5.0
"""A shorter pause is waited out; a longer one is an error at once, so that nobody hangs."""
PAUSE_PROBE_SECONDS = 60.0
"""in a longer pause one request in so long finds out whether its reason is gone"""
RETRY_SECONDS = 0.3
GATEWAY_ERRORS = frozenset({502, 503, 504})
"""what a proxy answers while the API behind it restarts"""
WINDOW_SECONDS = 10.0
SLOWEST = 1 / 16
RECOVERY_PER_MINUTE = 2.0
FAILURES = 5
OUTAGE_PROBE_SECONDS = 5.0

Request = Callable[[], Awaitable[ApiResponse]]


class Priority(IntEnum):
    """How urgent a request is; what is named first goes first."""

    URGENT = 0
    """replies and status changes"""
    INTERACTIVE = 1
    """somebody waits for the response"""
    BACKGROUND = 2
    """what keeps the screens current"""
    IDLE = 3
    """what takes hours anyway: the full scan, the messages of old tickets"""

    @property
    def is_for_people(self) -> bool:
        """Whether somebody at a screen is served by it."""
        return self <= Priority.INTERACTIVE


class Urgency:
    """The priority of a request; one that is shared takes that of its most urgent caller."""

    def __init__(self, priority: Priority) -> None:
        self.priority = priority
        self.on_raise: Callable[[], None] = lambda: None

    def raise_to(self, priority: Priority) -> None:
        """Be at least as urgent as `priority`, also while waiting for a slot."""
        if priority < self.priority:
            self.priority = priority
            self.on_raise()


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """The place of a request that waits until it is `granted`, or is under way."""

    urgency: Urgency
    granted: asyncio.Future[None]


class RequestScheduler:
    """A priority queue before a rate limiter and a circuit breaker, with the numbers of Health.

    `requests` counts every one since the start; one write goes at a time.
    """

    def __init__(
        self, *, clock: Clock, requests_per_second: float | None, concurrency: int = 4
    ) -> None:
        self.requests_per_second = requests_per_second
        self._clock = clock
        self._limiter = RateLimiter(requests_per_second)
        self._breaker = CircuitBreaker()
        self._concurrency = concurrency
        self._waiting: list[Slot] = []
        self._in_flight = 0
        self._paused_until = 0.0
        self._probe_at = 0.0
        self._probe: Slot | None = None
        self._timer: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._next_write = 0.0
        self._last_minute: deque[float] = deque()
        self.requests = 0

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
        return sum(at > self._clock.monotonic() - 60 for at in self._last_minute)

    async def run(self, urgency: Urgency, request: Request) -> ApiResponse:
        """Wait for a slot, make the request, and learn from its outcome.

        Raises: the errors of the request; NotSentError while the API is down, RateLimitedError
            while it has asked for a pause: nothing was sent then.
        """
        slot = await self._acquire(urgency)
        try:
            response = await request()
        except UnreachableError:
            self._breaker.record(is_up=False, now=self._clock.monotonic())
            raise
        else:
            self._learn(response, is_probe=slot is self._probe)
            return response
        finally:
            self._release(slot)

    async def run_read(
        self,
        urgency: Urgency,
        request: Callable[[float], Awaitable[ApiResponse]],
        *,
        within_seconds: float,
    ) -> ApiResponse:
        """Make a read, and once more if it failed early for a reason that may have passed.

        Args:
            request: is told how many seconds it may take, so that both stay `within_seconds`.
        Raises: the errors of the last request made.
        """
        end = self._clock.monotonic() + within_seconds

        def is_hopeless() -> bool:
            return self.is_down or end - self._clock.monotonic() < within_seconds / 2

        try:
            response = await self.run(urgency, lambda: request(within_seconds))
        except UnreachableError:
            if is_hopeless():
                raise
        else:
            is_passing = response.status in GATEWAY_ERRORS and response.retry_after is None
            if not is_passing or is_hopeless():
                return response
        await self._clock.sleep(RETRY_SECONDS)
        return await self.run(urgency, lambda: request(end - self._clock.monotonic()))

    async def run_write(self, request: Request) -> ApiResponse:
        """Make a write, once: one at a time, and not too close upon each other."""
        async with self._writing:
            wait = self._next_write - self._clock.monotonic()
            if wait > 0:
                await self._clock.sleep(wait)
            try:
                return await self.run(Urgency(Priority.URGENT), request)
            finally:
                now = self._clock.monotonic()
                self._next_write = now + self._limiter.seconds_between_writes

    def probe_now(self) -> None:
        """Let the next request go at once, pause or not: a person asked for it."""
        self._probe_at = self._clock.monotonic()
        self._breaker.probe_now(self._probe_at)
        self._admit()

    async def aclose(self) -> None:
        """Grant no slot any more."""
        if self._timer:
            self._timer.cancel()
            await asyncio.wait([self._timer])

    async def _acquire(self, urgency: Urgency) -> Slot:
        slot = Slot(urgency, asyncio.get_running_loop().create_future())
        urgency.on_raise = self._admit
        self._waiting.append(slot)
        self._admit()
        try:
            await slot.granted
        except asyncio.CancelledError:
            granted = slot.granted
            if granted.done() and not granted.cancelled() and granted.exception() is None:
                self._release(slot)  # granted and given up at the same moment
            raise
        return slot

    def _release(self, slot: Slot) -> None:
        self._breaker.end(slot)
        if self._probe is slot:
            self._probe = None
        self._in_flight -= 1
        self._admit()

    def _admit(self) -> None:
        """Grant slots to requests that may go now, and refuse all while none may."""
        while waiting := [slot for slot in self._waiting if not slot.granted.done()]:
            self._waiting = waiting
            now = self._clock.monotonic()
            slot = min(waiting, key=lambda slot: slot.urgency.priority)
            priority = slot.urgency.priority
            if refusal := self._refusal(now):
                slot.granted.set_exception(refusal)
                continue
            spared = 0 if priority.is_for_people else 1
            if self._in_flight >= max(1, self._concurrency - spared):
                return
            wait = max(self._pause(now), self._limiter.wait_seconds(priority, now))
            if wait > 0:
                self._set_timer(wait)
                return
            self._grant(slot, now)
        self._waiting = []

    def _refusal(self, now: float) -> ApiError | None:
        if self._breaker.refuses(now):
            return NotSentError("The Tickets API does not answer; it is tried every few seconds.")
        pause = self._pause(now)
        return RateLimitedError(pause) if pause > PATIENCE_SECONDS else None

    def _pause(self, now: float) -> float:
        """Seconds until a request may go; in a long pause that is when the next probe is due."""
        left = self._paused_until - now
        if self._probe is not None:  # it has just gone out, and what it learns counts
            return min(left, PAUSE_PROBE_SECONDS)
        return min(left, self._probe_at - now)

    def _grant(self, slot: Slot, now: float) -> None:
        self._breaker.begin(slot)
        self._limiter.record(now)
        if self._paused_until > now:
            self._probe, self._probe_at = slot, now + PAUSE_PROBE_SECONDS
        self._in_flight += 1
        self.requests += 1
        self._last_minute.append(now)
        while self._last_minute[0] <= now - 60:
            self._last_minute.popleft()
        slot.granted.set_result(None)

    def _learn(self, response: ApiResponse, *, is_probe: bool) -> None:
        now = self._clock.monotonic()
        self._breaker.record(is_up=response.status < 500, now=now)
        asks_for_pause = response.status == 503 and response.retry_after is not None
        if response.status == 429 or asks_for_pause:
            until = now + (response.retry_after or USUAL_PAUSE_SECONDS)
            if self._paused_until <= now:
                self._limiter.slow_down(now, until=until)
                self._probe_at = now + PAUSE_PROBE_SECONDS
            self._paused_until = until if is_probe else max(self._paused_until, until)
        elif is_probe:
            self._paused_until = now

    def _set_timer(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.create_task(self._admit_after(seconds))

    async def _admit_after(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer = None
        self._admit()


class RateLimiter:
    """A sliding window: `requests_per_second`, counted over any ten seconds; None is no limit.

    People may use a whole window at once. All others spread their requests evenly and leave a
    fifth of them, so that whoever opens a ticket does not wait behind the full scan.
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

    def wait_seconds(self, priority: Priority, now: float) -> float:
        """How long the next request of this priority has to wait; 0 when it may go."""
        if not self._rate:
            return 0.0
        allowed = max(1, int(self._window * self._rate * self._speed(now)))
        free_at = now
        if not priority.is_for_people:
            allowed = max(1, allowed * 4 // 5)
            if self._starts:
                free_at = max(free_at, self._starts[-1] + self._window / allowed)
        if len(self._starts) >= allowed:
            free_at = max(free_at, self._starts[-allowed] + self._window)
        return free_at - now

    def record(self, now: float) -> None:
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


class CircuitBreaker:
    """Open after five failures in a row; then one request each five seconds is the probe.

    Every `now` is in seconds of the monotonic clock.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._probe_at = 0.0
        self._probe: object = None

    @property
    def is_open(self) -> bool:
        """Whether the API counts as down."""
        return self._failures >= FAILURES

    def refuses(self, now: float) -> bool:
        """Whether a request would be refused now."""
        return self.is_open and (self._probe is not None or now < self._probe_at)

    def probe_now(self, now: float) -> None:
        """Let the next request be the probe, unless one is under way."""
        self._probe_at = min(self._probe_at, now)

    def begin(self, request: object) -> None:
        """A request goes out; while the breaker is open it is the probe."""
        if self.is_open:
            self._probe = request

    def end(self, request: object) -> None:
        """A request has ended or was given up."""
        if self._probe is request:
            self._probe = None

    def record(self, *, is_up: bool, now: float) -> None:
        """A request has shown whether the API is up."""
        self._failures = 0 if is_up else self._failures + 1
        self._probe_at = now + OUTAGE_PROBE_SECONDS
