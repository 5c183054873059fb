"""What is asked for how often, with nobody, one or many at the screens; minutes pass at once."""

import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.sync.coordinator import UNWATCHED_SECONDS
from tests.doubles.fault_injection import too_many_requests
from tests.doubles.leap import LeapClock, leap
from tests.sync.live import Live, live

MINUTE = 60.0
HEAD = "/v1/tickets?limit=100&page=1"
OPEN = "/v1/tickets?limit=100&page=1&status=open"


@asynccontextmanager
async def settled(tickets: int, **how: object) -> AsyncIterator[Live]:
    """A desk that has read everything of a shop and looks after it at the usual pace."""
    with tempfile.TemporaryDirectory() as folder:
        async with live(Path(folder), clock=LeapClock(), cycle_seconds=15.0) as desk:
            desk.seed(tickets)
            await desk.start(**how)  # type: ignore[arg-type]  # names are checked there
            await desk.filled()
            await desk.clock.sleep(5)
            desk.faults.requests.clear()
            yield desk


async def asked(desk: Live, seconds: float) -> Counter[str]:
    """What is asked for within `seconds`, by kind."""
    desk.faults.requests.clear()
    await desk.clock.sleep(seconds)
    return Counter(_kind(path) for _, path in desk.faults.requests)


def _kind(path: str) -> str:
    if not path.startswith("/v1/tickets?"):
        return "ticket"
    return "open" if "status=open" in path else "head" if path == HEAD else "scan"


def test_watched_desk_looks_at_the_head_four_times_a_minute() -> None:
    async def run() -> None:
        async with settled(250) as desk:
            kinds = await asked(desk, 3 * MINUTE)

            # every second turn of the full scan, its first and its last, looks like a head
            assert 12 <= kinds["head"] <= 12 + 19
            assert 12 + 18 <= kinds.total() <= 12 + 36 + 4

    leap(run())


def test_open_tickets_are_read_again_every_ninety_seconds() -> None:
    async def run() -> None:
        async with settled(101) as desk:
            kinds = await asked(desk, 4.5 * MINUTE)

            assert 2 <= kinds["open"] <= 4

    leap(run())


def test_open_ticket_is_read_every_fifteen_seconds_and_takes_no_request_more() -> None:
    async def run() -> None:
        async with settled(101) as desk:
            alone = await asked(desk, 3 * MINUTE)
            [ticket, *_] = await desk.ids()
            desk.coordinator.set_open_ticket("viewer", ticket)
            kinds = await asked(desk, 3 * MINUTE)

            assert 11 <= kinds["ticket"] <= 13
            assert abs(kinds.total() - alone.total()) <= 2

    leap(run())


def test_many_open_tickets_leave_the_full_scan_its_third_and_take_turns() -> None:
    async def run() -> None:
        async with settled(250) as desk:
            tickets = await desk.ids()
            for viewer, ticket in enumerate(tickets):
                desk.coordinator.set_open_ticket(viewer, ticket)
            await desk.clock.sleep(5)
            kinds = await asked(desk, 3 * MINUTE)
            times = Counter(path for _, path in desk.faults.requests)

            assert 22 <= kinds["ticket"] <= 26
            assert kinds["scan"] >= 5
            assert {times[f"/v1/tickets/{ticket}"] for ticket in tickets} <= {0, 1}

    leap(run())


def test_nobody_watching_means_a_look_every_five_minutes() -> None:
    async def run() -> None:
        async with settled(101, watched=lambda: False) as desk:
            kinds = await asked(desk, 30 * MINUTE)

            assert kinds["open"] == 0
            assert kinds.total() <= 2 * (30 * MINUTE / UNWATCHED_SECONDS + 1)

    leap(run())


def test_first_who_watches_again_sees_the_news_at_once() -> None:
    async def run() -> None:
        watching = False
        async with settled(101, watched=lambda: watching) as desk:
            await desk.clock.sleep(10 * MINUTE)
            new = desk.open_ticket()
            await desk.clock.sleep(20)
            desk.told.clear()

            watching = True
            desk.coordinator.wake()
            await desk.clock.sleep(1)

            assert desk.told_of(new)

    leap(run())


def test_first_full_scan_goes_on_although_nobody_watches() -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with live(Path(folder), clock=LeapClock(), cycle_seconds=15.0) as desk:
                desk.seed(450)
                await desk.start(watched=lambda: False)
                await desk.clock.sleep(20)

                assert desk.mirror.scan.is_complete

    leap(run())


@pytest.mark.parametrize("pause", [7, 40])
def test_nothing_is_asked_for_while_the_api_wants_a_pause(pause: int) -> None:
    async def run() -> None:
        async with settled(101) as desk:
            desk.faults.script.append(too_many_requests(str(pause)))
            while desk.faults.script:
                await desk.clock.sleep(0.1)
            kinds = await asked(desk, pause - 0.2)
            assert kinds.total() == 0

            assert (await asked(desk, 15)).total() > 0

    leap(run())


def test_refresh_by_many_at_once_is_one_look() -> None:
    async def run() -> None:
        async with settled(101) as desk:
            await desk.clock.sleep(7)
            desk.faults.requests.clear()
            await desk.together(*(desk.coordinator.refresh_now() for _ in range(50)))

            assert desk.requests() <= 2

    leap(run())


def test_opened_ticket_waits_for_its_turn_where_the_list_vouches_for_it() -> None:
    async def run() -> None:
        async with settled(101) as desk:
            [ticket, *_] = await desk.ids(page=3)
            desk.faults.requests.clear()

            desk.coordinator.set_open_ticket("viewer", ticket)
            await desk.clock.sleep(0.001)
            assert desk.requests(f"/v1/tickets/{ticket}") == 0

            await desk.clock.sleep(6)
            assert desk.requests(f"/v1/tickets/{ticket}") == 1

    leap(run())
