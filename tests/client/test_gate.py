"""The gate: who passes when, and what it learns from the answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from app.client.answers import Answer
from app.client.gate import Gate, Lane, Urgency
from app.domain.errors import NotSentError, RateLimitedError, UnreachableError
from tests.client.doubles import pass_time, until_quiet
from tests.doubles.clock import HandClock

OK = Answer(status=200)


@asynccontextmanager
async def a_gate(rate: float | None = None, concurrency: int = 4) -> AsyncIterator["Visit"]:
    visit = Visit(rate, concurrency)
    yield visit
    for task in visit.tasks:
        task.cancel()
    await asyncio.gather(*visit.tasks, return_exceptions=True)
    await visit.gate.aclose()


class Visit:
    """A gate and the requests before, in and behind it; each ends when the test says how."""

    def __init__(self, rate: float | None, concurrency: int) -> None:
        self.clock = HandClock()
        self.gate = Gate(clock=self.clock, requests_per_second=rate, concurrency=concurrency)
        self.passed: list[str] = []
        self.tasks: list[asyncio.Task[Answer]] = []
        self._ends: dict[str, asyncio.Future[Answer]] = {}

    async def come(self, name: str, lane: Lane = Lane.PERSON) -> asyncio.Task[Answer]:
        return await self._start(self.gate.run(Urgency(lane), lambda: self._request(name)))

    async def write(self, name: str) -> asyncio.Task[Answer]:
        return await self._start(self.gate.run_write(lambda: self._request(name)))

    async def end(self, name: str, outcome: Answer | Exception = OK) -> None:
        if isinstance(outcome, Exception):
            self._ends[name].set_exception(outcome)
        else:
            self._ends[name].set_result(outcome)
        await until_quiet()

    async def go(self, name: str, outcome: Answer | Exception = OK) -> asyncio.Task[Answer]:
        """A whole request."""
        task = await self.come(name)
        await self.end(name, outcome)
        return task

    async def _start(self, run: "asyncio.Future[Answer]") -> asyncio.Task[Answer]:
        self.tasks.append(asyncio.ensure_future(run))
        await until_quiet()
        return self.tasks[-1]

    async def _request(self, name: str) -> Answer:
        self.passed.append(name)
        self._ends[name] = asyncio.get_running_loop().create_future()
        return await self._ends[name]


async def test_people_pass_before_the_background_that_came_first() -> None:
    async with a_gate(concurrency=1) as visit:
        await visit.come("first")
        await visit.come("scan", Lane.BACKGROUND)
        await visit.come("person")

        await visit.end("first")

        assert visit.passed == ["first", "person"]


async def test_write_passes_before_the_reads_for_screens_that_came_first() -> None:
    async with a_gate(concurrency=1) as visit:
        await visit.come("first")
        await visit.come("person")
        await visit.write("reply")

        await visit.end("first")

        assert visit.passed == ["first", "reply"]


async def test_what_can_wait_passes_after_everything_else() -> None:
    async with a_gate(rate=0.1) as visit:
        await visit.go("first")
        await visit.come("scan", Lane.SPARE)
        await visit.come("head", Lane.BACKGROUND)

        await pass_time(visit.clock, 10)

        assert visit.passed == ["first", "head"]


async def test_background_leaves_a_place_free() -> None:
    async with a_gate(concurrency=3) as visit:
        for name in ("a", "b", "c"):
            await visit.come(name, Lane.BACKGROUND)

        await visit.come("person")

        assert visit.passed == ["a", "b", "person"]


async def test_budget_holds_back_and_then_lets_pass() -> None:
    async with a_gate(rate=0.1) as visit:
        await visit.go("first")
        await visit.come("second")
        await pass_time(visit.clock, 9.9)
        assert visit.passed == ["first"]

        await pass_time(visit.clock, 0.2)

        assert visit.passed == ["first", "second"]


async def test_waiting_person_takes_the_turn_the_background_waits_for() -> None:
    async with a_gate(rate=0.1) as visit:
        await visit.go("first")
        await visit.come("scan", Lane.BACKGROUND)
        await visit.come("person")

        await pass_time(visit.clock, 10)

        assert visit.passed == ["first", "person"]


async def test_pause_asked_for_holds_to_the_second_for_everybody() -> None:
    async with a_gate() as visit:
        await visit.go("first", Answer(status=429, retry_after=30.0))
        turned_away = await visit.come("second")
        with pytest.raises(RateLimitedError) as caught:
            turned_away.result()
        assert caught.value.retry_after == 30.0

        await pass_time(visit.clock, 26)
        await visit.come("patient", Lane.BACKGROUND)
        await pass_time(visit.clock, 3.9)
        assert visit.passed == ["first"]

        await pass_time(visit.clock, 0.1)

        assert visit.passed == ["first", "patient"]


async def test_pause_without_a_length_is_a_minute_and_is_told() -> None:
    async with a_gate() as visit:
        await visit.go("first", Answer(status=429))

        assert visit.gate.paused_until == visit.clock.now() + timedelta(seconds=60)
        await pass_time(visit.clock, 60)
        assert visit.gate.paused_until is None


async def test_long_pause_is_looked_into_once_a_minute_and_ends_with_its_reason() -> None:
    async with a_gate() as visit:
        await visit.go("first", Answer(status=503, retry_after=3600.0))
        for minute in range(3):
            await pass_time(visit.clock, 50)
            with pytest.raises(RateLimitedError):
                (await visit.come(f"early {minute}")).result()
            await pass_time(visit.clock, 10)
            await visit.come(f"look {minute}")
            with pytest.raises(RateLimitedError):  # one is enough
                (await visit.come(f"beside {minute}")).result()
            await visit.end(f"look {minute}", Answer(status=429, retry_after=3600.0))
        assert visit.passed == ["first", "look 0", "look 1", "look 2"]

        await pass_time(visit.clock, 60)
        await visit.go("well", OK)
        await visit.go("everybody", OK)
        assert visit.passed[4:] == ["well", "everybody"]
        assert visit.gate.paused_until is None


async def test_answer_that_was_under_way_before_a_pause_does_not_end_it() -> None:
    async with a_gate() as visit:
        await visit.come("a")
        await visit.go("b", Answer(status=429, retry_after=600.0))
        await visit.end("a", OK)

        with pytest.raises(RateLimitedError):
            (await visit.come("c")).result()


async def test_person_lets_one_request_through_at_once() -> None:
    async with a_gate() as visit:
        await visit.go("first", Answer(status=429, retry_after=3600.0))
        visit.gate.let_one_through()
        await visit.come("now")
        with pytest.raises(RateLimitedError):
            (await visit.come("another")).result()
        assert visit.passed == ["first", "now"]


async def test_look_that_is_given_up_leaves_the_next_one_possible() -> None:
    async with a_gate() as visit:
        await visit.go("first", Answer(status=429, retry_after=3600.0))
        visit.gate.let_one_through()
        (await visit.come("now")).cancel()
        await pass_time(visit.clock, 60)

        await visit.come("later")
        assert visit.passed == ["first", "now", "later"]


async def test_shorter_pause_does_not_end_a_longer_one() -> None:
    async with a_gate() as visit:
        await visit.come("a")
        await visit.come("b")
        await visit.end("a", Answer(status=429, retry_after=100.0))
        await visit.end("b", Answer(status=503, retry_after=10.0))

        assert visit.gate.paused_until == visit.clock.now() + timedelta(seconds=100)


async def test_pauses_asked_for_at_once_halve_the_pace_once() -> None:
    async with a_gate(rate=2) as visit:
        await visit.come("a")
        await visit.come("b")
        await visit.end("a", Answer(status=429, retry_after=60.0))
        await visit.end("b", Answer(status=429, retry_after=60.0))
        await pass_time(visit.clock, 60)

        for number in range(12):
            await visit.go(str(number)) if number < 10 else await visit.come(str(number))

        assert len(visit.passed) == 2 + 10


async def test_pause_turns_away_those_who_wait_already() -> None:
    async with a_gate(concurrency=1) as visit:
        await visit.come("first")
        waiting = await visit.come("second")

        await visit.end("first", Answer(status=429, retry_after=30.0))

        with pytest.raises(RateLimitedError):
            waiting.result()


async def test_person_asks_an_api_that_is_down_at_once() -> None:
    async with a_gate() as visit:
        for name in "abcde":
            await visit.go(name, UnreachableError("down"))
        visit.gate.let_one_through()
        await visit.come("now")
        assert visit.passed[5:] == ["now"]


async def test_api_that_is_down_is_asked_by_one_probe_now_and_then() -> None:
    async with a_gate() as visit:
        for name in "abcde":
            await visit.go(name, UnreachableError("down"))
        assert visit.gate.is_down
        with pytest.raises(NotSentError):
            (await visit.come("too early")).result()
        await pass_time(visit.clock, 5)

        await visit.come("probe")
        with pytest.raises(NotSentError):
            (await visit.come("beside")).result()
        await visit.end("probe")
        await visit.come("after")

        assert visit.passed == [*"abcde", "probe", "after"]
        assert not visit.gate.is_down


async def test_server_errors_count_as_down_and_refusals_as_up() -> None:
    async with a_gate() as visit:
        for name in "abcd":
            await visit.go(name, Answer(status=502))
        await visit.go("refused", Answer(status=401))
        for name in "efgh":
            await visit.go(name, Answer(status=500))
        assert not visit.gate.is_down

        await visit.go("last", Answer(status=500))

        assert visit.gate.is_down


async def test_whoever_gives_up_leaves_no_hole() -> None:
    async with a_gate(concurrency=1) as visit:
        first = await visit.come("first")
        waiting = await visit.come("second")
        await visit.come("third")

        waiting.cancel()
        first.cancel()
        await until_quiet()

        assert visit.passed == ["first", "third"]


async def test_whoever_gives_up_as_he_is_let_in_leaves_no_hole() -> None:
    async with a_gate(concurrency=1) as visit:
        await visit.come("first")
        second = await visit.come("second")
        visit._ends["first"].set_result(OK)  # to cancel within the same step
        while not second.cancelling():
            await asyncio.sleep(0)
            if visit.gate.used == 2:
                second.cancel()
        await visit.come("third")

        assert visit.passed == ["first", "third"]


async def test_writes_go_one_at_a_time_and_a_second_apart() -> None:
    async with a_gate(rate=2) as visit:
        await visit.write("one")
        await visit.write("two")
        assert visit.passed == ["one"]
        await visit.end("one")
        await pass_time(visit.clock, 0.9)
        assert visit.passed == ["one"]

        await pass_time(visit.clock, 0.1)

        assert visit.passed == ["one", "two"]


async def test_traffic_is_counted() -> None:
    async with a_gate() as visit:
        await visit.go("a")
        await pass_time(visit.clock, 30)
        await visit.go("b")
        assert visit.gate.requests_last_minute == 2

        await pass_time(visit.clock, 31)

        assert (visit.gate.requests_last_minute, visit.gate.used) == (1, 2)
