"""The scheduler: who gets a slot when, and what it learns from the responses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from app.client.responses import ApiResponse
from app.client.scheduler import RETRY_SECONDS, Priority, RequestScheduler, Urgency
from app.domain.errors import (
    ApiError,
    BadAnswerError,
    NotSentError,
    RateLimitedError,
    UnreachableError,
)
from tests.client.doubles import pass_time, until_quiet
from tests.doubles.clock import HandClock, LeapClock

OK = ApiResponse(status=200)
WITHIN = 20.0


@asynccontextmanager
async def visiting(rate: float | None = None, concurrency: int = 4) -> AsyncIterator["Visit"]:
    visit = Visit(rate, concurrency)
    yield visit
    for task in visit.tasks:
        task.cancel()
    await asyncio.gather(*visit.tasks, return_exceptions=True)
    await visit.scheduler.aclose()


class Visit:
    """A scheduler and the requests before, in and behind it; each ends when the test says how."""

    def __init__(self, rate: float | None, concurrency: int) -> None:
        self.clock = HandClock()
        self.scheduler = RequestScheduler(
            clock=self.clock, requests_per_second=rate, concurrency=concurrency
        )
        self.passed: list[str] = []
        self.tasks: list[asyncio.Task[ApiResponse]] = []
        self._ends: dict[str, asyncio.Future[ApiResponse]] = {}

    async def come(
        self, name: str, priority: Priority = Priority.INTERACTIVE
    ) -> asyncio.Task[ApiResponse]:
        return await self._start(self.scheduler.run(Urgency(priority), lambda: self._request(name)))

    async def write(self, name: str) -> asyncio.Task[ApiResponse]:
        return await self._start(self.scheduler.run_write(lambda: self._request(name)))

    async def end(self, name: str, outcome: ApiResponse | Exception = OK) -> None:
        if isinstance(outcome, Exception):
            self._ends[name].set_exception(outcome)
        else:
            self._ends[name].set_result(outcome)
        await until_quiet()

    async def go(
        self, name: str, outcome: ApiResponse | Exception = OK
    ) -> asyncio.Task[ApiResponse]:
        """A whole request."""
        task = await self.come(name)
        await self.end(name, outcome)
        return task

    async def _start(self, run: "asyncio.Future[ApiResponse]") -> asyncio.Task[ApiResponse]:
        self.tasks.append(asyncio.ensure_future(run))
        await until_quiet()
        return self.tasks[-1]

    async def _request(self, name: str) -> ApiResponse:
        self.passed.append(name)
        self._ends[name] = asyncio.get_running_loop().create_future()
        return await self._ends[name]


async def test_people_pass_before_the_background_that_came_first() -> None:
    async with visiting(concurrency=1) as visit:
        await visit.come("first")
        await visit.come("scan", Priority.BACKGROUND)
        await visit.come("person")

        await visit.end("first")

        assert visit.passed == ["first", "person"]


async def test_write_passes_before_the_reads_for_screens_that_came_first() -> None:
    async with visiting(concurrency=1) as visit:
        await visit.come("first")
        await visit.come("person")
        await visit.write("reply")

        await visit.end("first")

        assert visit.passed == ["first", "reply"]


async def test_what_can_wait_passes_after_everything_else() -> None:
    async with visiting(rate=0.1) as visit:
        await visit.go("first")
        await visit.come("scan", Priority.IDLE)
        await visit.come("head", Priority.BACKGROUND)

        await pass_time(visit.clock, 10)

        assert visit.passed == ["first", "head"]


async def test_background_leaves_a_place_free() -> None:
    async with visiting(concurrency=3) as visit:
        for name in ("a", "b", "c"):
            await visit.come(name, Priority.BACKGROUND)

        await visit.come("person")

        assert visit.passed == ["a", "b", "person"]


async def test_budget_holds_back_and_then_lets_pass() -> None:
    async with visiting(rate=0.1) as visit:
        await visit.go("first")
        await visit.come("second")
        await pass_time(visit.clock, 9.9)
        assert visit.passed == ["first"]

        await pass_time(visit.clock, 0.2)

        assert visit.passed == ["first", "second"]


async def test_waiting_person_takes_the_turn_the_background_waits_for() -> None:
    async with visiting(rate=0.1) as visit:
        await visit.go("first")
        await visit.come("scan", Priority.BACKGROUND)
        await visit.come("person")

        await pass_time(visit.clock, 10)

        assert visit.passed == ["first", "person"]


async def test_pause_asked_for_holds_to_the_second_for_everybody() -> None:
    async with visiting() as visit:
        await visit.go("first", ApiResponse(status=429, retry_after=30.0))
        turned_away = await visit.come("second")
        with pytest.raises(RateLimitedError) as caught:
            turned_away.result()
        assert caught.value.retry_after == 30.0

        await pass_time(visit.clock, 26)
        await visit.come("patient", Priority.BACKGROUND)
        await pass_time(visit.clock, 3.9)
        assert visit.passed == ["first"]

        await pass_time(visit.clock, 0.1)

        assert visit.passed == ["first", "patient"]


async def test_pause_without_a_length_is_a_minute_and_is_told() -> None:
    async with visiting() as visit:
        await visit.go("first", ApiResponse(status=429))

        assert visit.scheduler.paused_until == visit.clock.now() + timedelta(seconds=60)
        await pass_time(visit.clock, 60)
        assert visit.scheduler.paused_until is None


async def test_long_pause_is_looked_into_once_a_minute_and_ends_with_its_reason() -> None:
    async with visiting() as visit:
        await visit.go("first", ApiResponse(status=503, retry_after=3600.0))
        for minute in range(3):
            await pass_time(visit.clock, 50)
            with pytest.raises(RateLimitedError):
                (await visit.come(f"early {minute}")).result()
            await pass_time(visit.clock, 10)
            await visit.come(f"look {minute}")
            with pytest.raises(RateLimitedError):  # one is enough
                (await visit.come(f"beside {minute}")).result()
            await visit.end(f"look {minute}", ApiResponse(status=429, retry_after=3600.0))
        assert visit.passed == ["first", "look 0", "look 1", "look 2"]

        await pass_time(visit.clock, 60)
        await visit.go("well", OK)
        await visit.go("everybody", OK)
        assert visit.passed[4:] == ["well", "everybody"]
        assert visit.scheduler.paused_until is None


async def test_answer_that_was_under_way_before_a_pause_does_not_end_it() -> None:
    async with visiting() as visit:
        await visit.come("a")
        await visit.go("b", ApiResponse(status=429, retry_after=600.0))
        await visit.end("a", OK)

        with pytest.raises(RateLimitedError):
            (await visit.come("c")).result()


async def test_person_lets_one_request_through_at_once() -> None:
    async with visiting() as visit:
        await visit.go("first", ApiResponse(status=429, retry_after=3600.0))
        visit.scheduler.probe_now()
        await visit.come("now")
        with pytest.raises(RateLimitedError):
            (await visit.come("another")).result()
        assert visit.passed == ["first", "now"]


async def test_look_that_is_given_up_leaves_the_next_one_possible() -> None:
    async with visiting() as visit:
        await visit.go("first", ApiResponse(status=429, retry_after=3600.0))
        visit.scheduler.probe_now()
        (await visit.come("now")).cancel()
        await pass_time(visit.clock, 60)

        await visit.come("later")
        assert visit.passed == ["first", "now", "later"]


async def test_shorter_pause_does_not_end_a_longer_one() -> None:
    async with visiting() as visit:
        await visit.come("a")
        await visit.come("b")
        await visit.end("a", ApiResponse(status=429, retry_after=100.0))
        await visit.end("b", ApiResponse(status=503, retry_after=10.0))

        assert visit.scheduler.paused_until == visit.clock.now() + timedelta(seconds=100)


async def test_pauses_asked_for_at_once_halve_the_pace_once() -> None:
    async with visiting(rate=2) as visit:
        await visit.come("a")
        await visit.come("b")
        await visit.end("a", ApiResponse(status=429, retry_after=60.0))
        await visit.end("b", ApiResponse(status=429, retry_after=60.0))
        await pass_time(visit.clock, 60)

        for number in range(12):
            await visit.go(str(number)) if number < 10 else await visit.come(str(number))

        assert len(visit.passed) == 2 + 10


async def test_pause_turns_away_those_who_wait_already() -> None:
    async with visiting(concurrency=1) as visit:
        await visit.come("first")
        waiting = await visit.come("second")

        await visit.end("first", ApiResponse(status=429, retry_after=30.0))

        with pytest.raises(RateLimitedError):
            waiting.result()


async def test_person_asks_an_api_that_is_down_at_once() -> None:
    async with visiting() as visit:
        for name in "abcde":
            await visit.go(name, UnreachableError("down"))
        visit.scheduler.probe_now()
        await visit.come("now")
        assert visit.passed[5:] == ["now"]


async def test_api_that_is_down_is_asked_by_one_probe_now_and_then() -> None:
    async with visiting() as visit:
        for name in "abcde":
            await visit.go(name, UnreachableError("down"))
        assert visit.scheduler.is_down
        with pytest.raises(NotSentError):
            (await visit.come("too early")).result()
        await pass_time(visit.clock, 5)

        await visit.come("probe")
        with pytest.raises(NotSentError):
            (await visit.come("beside")).result()
        await visit.end("probe")
        await visit.come("after")

        assert visit.passed == [*"abcde", "probe", "after"]
        assert not visit.scheduler.is_down


async def test_server_errors_count_as_down_and_refusals_as_up() -> None:
    async with visiting() as visit:
        for name in "abcd":
            await visit.go(name, ApiResponse(status=502))
        await visit.go("refused", ApiResponse(status=401))
        for name in "efgh":
            await visit.go(name, ApiResponse(status=500))
        assert not visit.scheduler.is_down

        await visit.go("last", ApiResponse(status=500))

        assert visit.scheduler.is_down


async def test_whoever_gives_up_leaves_no_hole() -> None:
    async with visiting(concurrency=1) as visit:
        first = await visit.come("first")
        waiting = await visit.come("second")
        await visit.come("third")

        waiting.cancel()
        first.cancel()
        await until_quiet()

        assert visit.passed == ["first", "third"]


async def test_whoever_gives_up_as_he_is_let_in_leaves_no_hole() -> None:
    async with visiting(concurrency=1) as visit:
        await visit.come("first")
        second = await visit.come("second")
        visit._ends["first"].set_result(OK)  # to cancel within the same step
        while not second.cancelling():
            await asyncio.sleep(0)
            if visit.scheduler.requests == 2:
                second.cancel()
        await visit.come("third")

        assert visit.passed == ["first", "third"]


async def test_writes_go_one_at_a_time_and_a_second_apart() -> None:
    async with visiting(rate=2) as visit:
        await visit.write("one")
        await visit.write("two")
        assert visit.passed == ["one"]
        await visit.end("one")
        await pass_time(visit.clock, 0.9)
        assert visit.passed == ["one"]

        await pass_time(visit.clock, 0.1)

        assert visit.passed == ["one", "two"]


async def test_traffic_is_counted() -> None:
    async with visiting() as visit:
        await visit.go("a")
        await pass_time(visit.clock, 30)
        await visit.go("b")
        assert visit.scheduler.requests_last_minute == 2

        await pass_time(visit.clock, 31)

        assert (visit.scheduler.requests_last_minute, visit.scheduler.requests) == (1, 2)


class Attempts:
    """Requests that end as told, each after `takes` seconds."""

    def __init__(self, *outcomes: ApiResponse | ApiError, takes: float = 0.0) -> None:
        self.clock = LeapClock()
        self.scheduler = RequestScheduler(clock=self.clock, requests_per_second=None)
        self.told: list[float] = []
        self._outcomes = list(outcomes)
        self._takes = takes

    async def run(self) -> ApiResponse:
        return await self.scheduler.run_read(
            Urgency(Priority.INTERACTIVE), self._request, within_seconds=WITHIN
        )

    async def _request(self, seconds: float) -> ApiResponse:
        self.told.append(seconds)
        self.clock.advance(self._takes)
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, ApiError):
            raise outcome
        return outcome


@pytest.mark.parametrize(
    "passing",
    [UnreachableError(""), NotSentError(""), *(ApiResponse(status=s) for s in (502, 503, 504))],
)
async def test_passing_failure_is_tried_again_in_the_time_that_is_left(
    passing: ApiResponse | ApiError,
) -> None:
    attempts = Attempts(passing, OK, takes=2)

    assert await attempts.run() == OK
    assert attempts.told == pytest.approx([WITHIN, WITHIN - 2 - RETRY_SECONDS])


@pytest.mark.parametrize(
    "lasting",
    [
        *(ApiResponse(status=status) for status in (200, 401, 404, 429, 500)),
        ApiResponse(status=503, retry_after=9.0),
    ],
)
async def test_answer_that_will_not_change_is_not_asked_for_again(lasting: ApiResponse) -> None:
    attempts = Attempts(lasting)

    assert await attempts.run() == lasting


async def test_answer_of_no_use_is_not_asked_for_again() -> None:
    with pytest.raises(BadAnswerError):
        await Attempts(BadAnswerError("too large")).run()


async def test_second_failure_is_the_last() -> None:
    attempts = Attempts(UnreachableError("first"), UnreachableError("second"))

    with pytest.raises(UnreachableError, match="second"):
        await attempts.run()


async def test_failure_that_took_long_is_not_tried_again() -> None:
    attempts = Attempts(UnreachableError("slow"), takes=WITHIN * 0.6)

    with pytest.raises(UnreachableError, match="slow"):
        await attempts.run()


async def test_api_that_is_down_is_not_tried_again() -> None:
    attempts = Attempts(*[UnreachableError(str(number)) for number in range(9)])
    for _ in range(3):
        with pytest.raises(UnreachableError):
            await attempts.run()

    assert len(attempts.told) == 5
    assert attempts.clock.monotonic() == pytest.approx(2 * RETRY_SECONDS)
