import asyncio

import pytest

from app.domain.clock import SystemClock
from app.state.pace import LONGEST_REST_SECONDS, Newest, Shown, Soon


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


def test_shown_draws_only_what_differs() -> None:
    drawn: list[int] = []
    shown: Shown[int] = Shown()
    shown.on(drawn.append)

    for value in (1, 1, 2, 2, 1):
        shown.show(value)

    assert drawn == [1, 2, 1]


def test_shown_value_is_drawn_when_its_screen_comes_later() -> None:
    drawn: list[int] = []
    shown: Shown[int] = Shown()

    shown.show(1)
    shown.on(drawn.append)

    assert drawn == [1]


async def test_newest_wish_takes_the_place_of_the_older() -> None:
    done: list[str] = []

    async def work(name: str) -> None:
        await asyncio.sleep(0)
        done.append(name)

    newest = Newest()
    newest.start(work("older"))
    await newest.start(work("newer"))

    assert done == ["newer"]


async def test_newest_wish_stops_when_closed() -> None:
    newest = Newest()
    task = newest.start(asyncio.sleep(60))

    await newest.close()

    assert task.cancelled()


async def test_burst_of_wishes_is_one_piece_of_work() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    soon = Soon(work, clock=StepClock())
    for _ in range(1000):
        soon.ask()
    await until_quiet()

    assert len(runs) == 1


async def test_wish_during_the_work_leads_to_one_more_run() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            soon.ask()
            soon.ask()

    soon = Soon(work, clock=StepClock())
    soon.ask()
    await until_quiet()

    assert len(runs) == 2


@pytest.mark.parametrize(("took", "rest"), [(0.5, 2.0), (60.0, LONGEST_REST_SECONDS)])
async def test_long_work_is_followed_by_a_rest(took: float, rest: float) -> None:
    clock = StepClock()

    async def work() -> None:
        clock.time += took

    soon = Soon(work, clock=clock, delay=0.1)
    soon.ask()
    await until_quiet()
    soon.ask()
    await until_quiet()

    assert clock.slept == pytest.approx([0.1, rest])


async def test_wish_is_given_up_when_closed() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    soon = Soon(work, clock=SystemClock(), delay=60)
    soon.ask()
    await soon.close()

    assert runs == []


async def test_fault_in_the_work_is_logged_and_the_next_wish_is_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise KeyError("odd ticket")

    soon = Soon(work, clock=StepClock())
    soon.ask()
    await until_quiet()
    soon.ask()
    await until_quiet()

    assert len(runs) == 2
    assert "odd ticket" in caplog.text
