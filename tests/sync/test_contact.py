"""What people are told of the API, and when it is tried again."""

import pytest

from app.domain.errors import (
    BadAnswerError,
    DeskError,
    KeyRefusedError,
    NotSentError,
    RateLimitedError,
    StoreFullError,
    UnreachableError,
)
from app.domain.link import Link, LinkState
from app.sync.contact import OFTEN_SECONDS, RARELY_SECONDS, SOON_SECONDS, Contact


def test_copy_is_stale_before_the_first_answer_and_live_after() -> None:
    contact = Contact()
    assert contact.state == LinkState(link=Link.STALE)

    contact.succeeded()

    assert contact.state == LinkState(link=Link.LIVE)


def test_one_silence_is_stale_and_two_are_offline() -> None:
    contact = Contact()
    contact.succeeded()

    waits, states = [], []
    for error in (UnreachableError("A"), NotSentError("B"), UnreachableError("C")):
        waits.append(contact.failed(error))
        states.append(contact.state)

    assert waits == [SOON_SECONDS, SOON_SECONDS, OFTEN_SECONDS]
    assert states == [
        LinkState(link=Link.STALE, problem="A"),
        LinkState(link=Link.OFFLINE, problem="B"),
        LinkState(link=Link.OFFLINE, problem="C"),
    ]


def test_any_answer_ends_being_offline() -> None:
    contact = Contact()
    for _ in range(5):
        contact.failed(UnreachableError("Silence."))

    contact.failed(BadAnswerError("A web page."))
    assert contact.state == LinkState(link=Link.STALE, problem="A web page.")

    contact.failed(UnreachableError("Silence."))
    assert contact.state.link is Link.STALE


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
    assert Contact().failed(error) == seconds


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_refused_key_is_one_line_when_it_turns_and_one_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    contact = Contact()
    for _ in range(20):
        contact.failed(KeyRefusedError("The key is refused."))
    for _ in range(20):
        contact.succeeded()

    assert lines(caplog) == ["The key is refused.", "The tickets are read again."]


def test_hiccup_is_no_line_and_a_silence_that_goes_on_is_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    contact = Contact()
    for _ in range(20):
        contact.failed(UnreachableError("Silence."))
        contact.succeeded()
    assert lines(caplog) == []

    for _ in range(20):
        contact.failed(UnreachableError("Silence."))
        contact.failed(NotSentError("The API is not asked."))
        contact.failed(RateLimitedError(60))
    contact.failed(KeyRefusedError("The key is refused."))
    contact.succeeded()
    assert lines(caplog) == [
        "The API is not asked.",
        "The key is refused.",
        "The tickets are read again.",
    ]
