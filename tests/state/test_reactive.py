import asyncio
import weakref
from dataclasses import dataclass

import pytest

from app.domain.clock import SystemClock
from app.state.reactive import (
    LONGEST_REST_SECONDS,
    RESULTS_KEPT,
    Debouncer,
    LatestTask,
    Observable,
    SharedResult,
)


class StepClock(SystemClock):
    """Sleeps not at all, and tells how long it was asked to."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.time = 100.0

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def until_quiet() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_observable_draws_only_what_differs() -> None:
    drawn: list[int] = []
    observable: Observable[int] = Observable()
    observable.follow(drawn.append)

    for value in (1, 1, 2, 2, 1):
        observable.set(value)

    assert drawn == [1, 2, 1]


def test_shown_value_is_drawn_when_its_screen_comes_later() -> None:
    drawn: list[int] = []
    observable: Observable[int] = Observable()

    observable.set(1)
    observable.follow(drawn.append)

    assert drawn == [1]


async def test_newest_task_takes_the_place_of_the_older() -> None:
    done: list[str] = []

    async def work(name: str) -> None:
        await asyncio.sleep(0)
        done.append(name)

    newest = LatestTask()
    newest.start(work("older"))
    await newest.start(work("newer"))

    assert done == ["newer"]


async def test_newest_task_stops_when_closed() -> None:
    newest = LatestTask()
    task = newest.start(asyncio.sleep(60))

    await newest.close()

    assert task.cancelled()


async def test_burst_of_triggers_is_one_piece_of_work() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    debouncer = Debouncer(work, clock=StepClock())
    for _ in range(1000):
        debouncer.trigger()
    await until_quiet()

    assert len(runs) == 1


async def test_trigger_during_the_work_leads_to_one_more_run() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            debouncer.trigger()
            debouncer.trigger()

    debouncer = Debouncer(work, clock=StepClock())
    debouncer.trigger()
    await until_quiet()

    assert len(runs) == 2


@pytest.mark.parametrize(("took", "rest"), [(0.5, 2.0), (60.0, LONGEST_REST_SECONDS)])
async def test_long_work_is_followed_by_a_rest(took: float, rest: float) -> None:
    clock = StepClock()

    async def work() -> None:
        clock.time += took

    debouncer = Debouncer(work, clock=clock, delay=0.1)
    debouncer.trigger()
    await until_quiet()
    debouncer.trigger()
    await until_quiet()

    assert clock.slept == pytest.approx([0.1, rest])


async def test_trigger_is_given_up_when_closed() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    debouncer = Debouncer(work, clock=SystemClock(), delay=60)
    debouncer.trigger()
    await debouncer.close()

    assert runs == []


async def test_fault_in_the_work_is_logged_and_the_next_trigger_is_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise KeyError("odd ticket")

    debouncer = Debouncer(work, clock=StepClock())
    debouncer.trigger()
    await until_quiet()
    debouncer.trigger()
    await until_quiet()

    assert len(runs) == 2
    assert "odd ticket" in caplog.text


@dataclass(slots=True, weakref_slot=True)
class Source:
    text: str


def test_value_is_made_once_for_each_object_and_way_to_show_it() -> None:
    made: list[tuple[object, str]] = []
    shared = SharedResult(lambda shown, how: made.append((shown, how)) or (shown, how))
    one, twin = Source("a"), Source("a")

    assert shared(one, "x") is shared(one, "x")
    shared(one, "y")
    shared(twin, "x")

    assert made == [(one, "x"), (one, "y"), (twin, "x")]


def test_object_that_is_gone_is_never_taken_for_a_new_one() -> None:
    shared = SharedResult(lambda shown: shown.text)

    assert [shared(Source(str(n))) for n in range(3 * RESULTS_KEPT)] == list(
        map(str, range(3 * RESULTS_KEPT))
    )


def test_what_was_made_of_an_object_goes_with_it() -> None:
    shared = SharedResult(lambda shown: Source(f"made of {shown.text}"))
    shown = Source("a")
    made = weakref.ref(shared(shown))
    assert shared(shown) is made()

    del shown

    assert made() is None


def test_nothing_at_all_is_shown_once_as_well() -> None:
    shared = SharedResult(lambda shown, how: [shown, how])

    assert shared(None, "x") is shared(None, "x") == [None, "x"]
