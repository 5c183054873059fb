"""A fault of the desk stands until the part works again, is told once, and logged rarely."""

import pytest

from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import StoreClosedError, StoreFullError
from app.domain.faults import Faults
from tests.doubles.clock import HandClock

LIVE = ConnectionState(status=ConnectionStatus.LIVE)
FULL = StoreFullError("The disk is full.")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def faults(clock: HandClock) -> Faults:
    return Faults(clock)


def test_fault_lies_over_whatever_the_link_is_until_it_is_over(faults: Faults) -> None:
    told: list[ConnectionState] = []
    faults.changed.subscribe(lambda _: told.append(faults.laid_over(LIVE)))

    faults.met("a", FULL, doing="writing")
    faults.met("a", FULL, doing="writing")
    faults.met("b", KeyError("x"), doing="counting")
    faults.over("a", doing="writing")
    faults.over("b", doing="counting")

    assert [state.status for state in told] == [
        ConnectionStatus.FAULT,
        ConnectionStatus.FAULT,
        ConnectionStatus.LIVE,
    ]
    assert told[0].problem == "The disk is full."
    assert told[1].problem
    assert "while counting" in told[1].problem


def test_fault_that_nobody_asks_about_any_more_ends_by_itself(
    faults: Faults, clock: HandClock
) -> None:
    faults.met("a", FULL, doing="looking", seconds=60)
    clock.advance(59)
    assert faults.laid_over(LIVE).status is ConnectionStatus.FAULT

    clock.advance(1)
    assert faults.laid_over(LIVE) == LIVE


def test_what_comes_and_goes_is_logged_rarely(
    faults: Faults, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(120):
        faults.met("a", FULL, doing="writing")
        clock.advance(5)
        faults.over("a", doing="writing")

    lines = [(record.levelname, record.exc_info) for record in caplog.records]
    assert lines == [("ERROR", None), ("WARNING", None)]


def test_file_that_has_just_been_closed_is_no_fault(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    faults.met("a", StoreClosedError("The file has just been closed."), doing="looking")

    assert faults.laid_over(LIVE) == LIVE
    assert caplog.records == []
