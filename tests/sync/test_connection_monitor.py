"""What people are told of the API, and when it is tried again."""

import pytest

from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import (
    BadAnswerError,
    DeskError,
    KeyRefusedError,
    NotSentError,
    RateLimitedError,
    StoreFullError,
    UnreachableError,
)
from app.sync.connection_monitor import (
    OFTEN_SECONDS,
    RARELY_SECONDS,
    SOON_SECONDS,
    ConnectionMonitor,
)


def test_copy_is_stale_before_the_first_answer_and_live_after() -> None:
    monitor = ConnectionMonitor()
    assert monitor.state == ConnectionState(status=ConnectionStatus.STALE)

    monitor.succeeded()

    assert monitor.state == ConnectionState(status=ConnectionStatus.LIVE)


def test_one_silence_is_stale_and_two_are_offline() -> None:
    monitor = ConnectionMonitor()
    monitor.succeeded()

    waits, states = [], []
    for error in (UnreachableError("A"), NotSentError("B"), UnreachableError("C")):
        waits.append(monitor.failed(error))
        states.append(monitor.state)

    assert waits == [SOON_SECONDS, SOON_SECONDS, OFTEN_SECONDS]
    assert states == [
        ConnectionState(status=ConnectionStatus.STALE, problem="A"),
        ConnectionState(status=ConnectionStatus.OFFLINE, problem="B"),
        ConnectionState(status=ConnectionStatus.OFFLINE, problem="C"),
    ]


def test_any_answer_ends_being_offline() -> None:
    monitor = ConnectionMonitor()
    for _ in range(5):
        monitor.failed(UnreachableError("Silence."))

    monitor.failed(BadAnswerError("A web page."))
    assert monitor.state == ConnectionState(status=ConnectionStatus.STALE, problem="A web page.")

    monitor.failed(UnreachableError("Silence."))
    assert monitor.state.status is ConnectionStatus.STALE


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (KeyRefusedError("No."), RARELY_SECONDS),
        (StoreFullError("The disk is full."), OFTEN_SECONDS),
        (RateLimitedError(40), 40),
        (RateLimitedError(3600), RARELY_SECONDS),
        (RateLimitedError(0), SOON_SECONDS),
        (BadAnswerError("A web page."), OFTEN_SECONDS),
    ],
)
def test_next_try_comes_when_it_may_help(error: DeskError, seconds: float) -> None:
    assert ConnectionMonitor().failed(error) == seconds


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_refused_key_is_one_line_when_it_turns_and_one_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    monitor = ConnectionMonitor()
    for _ in range(20):
        monitor.failed(KeyRefusedError("The key is refused."))
    for _ in range(20):
        monitor.succeeded()

    assert lines(caplog) == ["The key is refused.", "The tickets are read again."]


def test_hiccup_is_no_line_and_a_silence_that_goes_on_is_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    monitor = ConnectionMonitor()
    for _ in range(20):
        monitor.failed(UnreachableError("Silence."))
        monitor.succeeded()
    assert lines(caplog) == []

    for _ in range(20):
        monitor.failed(UnreachableError("Silence."))
        monitor.failed(NotSentError("The API is not asked."))
        monitor.failed(RateLimitedError(60))
    monitor.failed(KeyRefusedError("The key is refused."))
    monitor.succeeded()
    assert lines(caplog) == [
        "The API is not asked.",
        "The key is refused.",
        "The tickets are read again.",
    ]
