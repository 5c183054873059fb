"""Two loops and a bell: they rest until something is due, and outlive an outbox that fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import inf

import pytest

from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import StoreFullError
from app.domain.faults import Faults
from app.sync.poll_loop import AFTER_STORE_ERROR, PollLoop
from tests.doubles.bench import Bench
from tests.doubles.clock import HandClock


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.001)


def poll_loop(clock: HandClock, faults: Faults | None = None) -> PollLoop:
    return PollLoop(clock, faults=faults or Faults(clock), doing="counting")


@asynccontextmanager
async def running(work: asyncio.Task[None]) -> AsyncIterator[None]:
    yield
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


class Step:
    """A step that counts its turns and answers what it is told."""

    def __init__(self, *waits: float | Exception) -> None:
        self.turns = 0
        self._waits = list(waits)

    async def __call__(self) -> float:
        self.turns += 1
        wait = self._waits.pop(0) if self._waits else inf
        if isinstance(wait, Exception):
            raise wait
        return wait


async def test_step_is_repeated_at_once_while_it_has_more_to_do() -> None:
    step = Step(0, 0, 0)
    async with running(asyncio.create_task(poll_loop(HandClock()).run(step))):
        await until(lambda: step.turns == 4)


async def test_step_rests_until_it_is_due_again() -> None:
    clock, step = HandClock(), Step(30)
    async with running(asyncio.create_task(poll_loop(clock).run(step))):
        await until(lambda: clock.sleepers == 1)
        clock.advance(29)
        await asyncio.sleep(0.01)
        assert step.turns == 1

        clock.advance(1)
        await until(lambda: step.turns == 2)


async def test_bell_wakes_every_loop() -> None:
    clock, one, other = HandClock(), Step(), Step()
    loop = poll_loop(clock)
    async with running(asyncio.create_task(loop.run(one, other))):
        await until(lambda: clock.sleepers == 2)
        loop.wake()
        await until(lambda: one.turns == other.turns == 2)


async def test_rounds_tell_when_the_next_step_is_due() -> None:
    clock = HandClock()
    loop = poll_loop(clock)
    assert loop.next_in() is None
    async with running(asyncio.create_task(loop.run(Step(30), Step(20)))):
        await until(lambda: clock.sleepers == 2)
        clock.advance(5)

        assert loop.next_in() == 15


async def test_step_is_tried_again_after_the_outbox_failed() -> None:
    clock, step = HandClock(), Step(StoreFullError("The disk is full."))
    async with running(asyncio.create_task(poll_loop(clock).run(step))):
        await until(lambda: clock.sleepers == 1)
        clock.advance(AFTER_STORE_ERROR)
        await until(lambda: step.turns == 2)


async def test_mistake_in_a_step_is_told_until_it_is_over_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = HandClock()
    faults = Faults(clock)
    broken, well = Step(*[ZeroDivisionError()] * 5), Step(*[1.0] * 100)

    def state() -> ConnectionState:
        return faults.laid_over(ConnectionState(status=ConnectionStatus.LIVE))

    async with running(asyncio.create_task(poll_loop(clock, faults).run(broken, well))):
        await until(lambda: state().status is ConnectionStatus.FAULT)
        assert state().problem
        assert "counting" in state().problem
        turns = [broken.turns]
        for _ in range(62):  # 1, 2, 4, 8, 16 seconds between the tries
            clock.advance(1)
            await until(lambda: clock.sleepers == 2)
            turns.append(broken.turns)
        assert state() == ConnectionState(status=ConnectionStatus.LIVE)

    assert [turns.index(n) for n in range(1, 7)] == [0, 1, 3, 7, 15, 31]
    assert well.turns == 63
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


async def test_delivery_runs_by_itself_and_takes_up_what_was_left(bench: Bench) -> None:
    await bench.send("Hello")
    bench.clock.advance(1)
    bench.build()
    states: list[str] = []

    async def look() -> None:
        states.append((await bench.row()).reason or "")

    bench.shop.while_reading = look
    async with running(asyncio.create_task(bench.delivery.run())):
        await until(lambda: bench.truth.texts("tkt_1") == ["Hello"])
        await until(lambda: bench.state_on_disk() == "confirmed")
        await bench.send("More", entry_id="r2")
        await until(lambda: bench.state_on_disk("r2") == "confirmed")

    assert states[0] == "The desk was restarted before this left."


async def test_order_of_a_reply_is_kept_by_the_running_loops(bench: Bench) -> None:
    async with running(asyncio.create_task(bench.delivery.run())):
        for number in range(10):
            await bench.send(f"No. {number}", entry_id=f"r{number}")
        await until(lambda: bench.state_on_disk("r9") == "confirmed")

    assert bench.truth.texts("tkt_1") == [f"No. {number}" for number in range(10)]
