"""Who waits, since when, and was it ever answered."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.metrics import closed_at, is_answered, is_heard, waiting_since, waits
from app.domain.ticket import Message, Ticket

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
OPEN = Ticket(id="tkt_1", status="open", turn="seller", updated_at=NOON, message_count=None)
CLOSED = Ticket(id="tkt_1", status="closed", turn="seller", updated_at=NOON)


def said(*senders: str | None) -> tuple[Message, ...]:
    """Messages an hour apart, the first at one o'clock."""
    return tuple(
        Message(id=f"msg_{n}", sender=sender, text="words", created_at=hour(n + 1))
        for n, sender in enumerate(senders)
    )


def hour(number: int) -> datetime:
    return NOON.replace(hour=number)


@pytest.mark.parametrize(
    ("messages", "since"),
    [
        (None, NOON),
        ((), NOON),
        (said("customer"), hour(1)),
        (said("customer", "customer"), hour(1)),
        (said("customer", "seller", "customer", "customer"), hour(3)),
        (said("customer", "robot", "seller", None, "customer"), hour(5)),
        (said("customer", "seller"), NOON),
    ],
)
def test_waiting_begins_with_the_first_message_not_answered(
    messages: tuple[Message, ...] | None, since: datetime
) -> None:
    assert waiting_since(OPEN, messages) == since


def test_nobody_waits_in_a_closed_ticket_or_for_the_customer() -> None:
    assert waiting_since(CLOSED, said("customer")) is None
    assert waiting_since(Ticket(id="tkt_1", status="open", turn="customer"), None) is None


def test_waiting_is_taken_from_the_ticket_while_messages_are_missing() -> None:
    counted = Ticket(id="tkt_1", status="open", turn="seller", updated_at=NOON, message_count=2)

    assert waiting_since(counted, said("customer")) == NOON
    assert waiting_since(Ticket(id="tkt_1", status="open", turn="seller"), None) is None


def test_heard_means_as_many_messages_as_the_ticket_counts() -> None:
    counted = Ticket(id="tkt_1", message_count=1)

    assert is_heard(counted, said("customer"))
    assert is_heard(OPEN, ())
    assert not is_heard(counted, ())
    assert not is_heard(counted, said("customer", "seller"))
    assert not is_heard(counted, None)


def test_answered_is_proven_by_a_message_and_else_what_the_api_says() -> None:
    never = Ticket(id="tkt_1", has_owner_reply=False)

    assert is_answered(never, said("customer", "seller")) is True
    assert is_answered(never, said("customer")) is False
    assert is_answered(OPEN, None) is None


def test_closed_at_is_the_last_update_when_the_api_does_not_say() -> None:
    assert closed_at(CLOSED) == NOON
    assert closed_at(Ticket(id="tkt_1", status="closed", closed_at=hour(3))) == hour(3)
    assert closed_at(Ticket(id="tkt_1", status="open", closed_at=hour(3))) is None


@pytest.mark.parametrize(
    ("ticket", "messages", "expected"),
    [
        (OPEN, said("customer", "customer", "seller", "customer"), [(1, 1), (3, -1), (4, 1)]),
        (OPEN, said("seller", None, "robot"), []),
        (CLOSED, said("customer", "seller", "customer"), [(1, 1), (2, -1), (3, 1), (12, -1)]),
        (CLOSED, said("customer", "seller"), [(1, 1), (2, -1)]),
        (OPEN, None, []),
    ],
)
def test_waits_begin_and_end(
    ticket: Ticket, messages: tuple[Message, ...] | None, expected: list[tuple[int, int]]
) -> None:
    assert list(waits(ticket, messages)) == [(hour(at), change) for at, change in expected]


def test_waits_leave_out_messages_without_a_time() -> None:
    first, second = said("customer", "seller")
    timeless = Message(id="msg_x", sender="seller", text="words", created_at=None)

    assert list(waits(OPEN, (first, timeless, second)))[-1] == (
        NOON - timedelta(hours=10),
        -1,
    )
