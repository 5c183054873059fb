"""Who waits, since when, and was it ever answered."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.metrics import (
    Exactness,
    Wait,
    closed_at,
    has_all_messages,
    is_answered,
    wait_of,
    waits,
)
from app.domain.ticket import Message, Ticket

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
OPEN = Ticket(id="tkt_1", status="open", awaiting="seller", updated_at=NOON, message_count=None)
OWING = Ticket(id="tkt_1", status="open", awaiting="customer", updated_at=NOON)
CLOSED = Ticket(id="tkt_1", status="closed", awaiting="seller", updated_at=NOON)


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
        (said("customer"), hour(1)),
        (said("customer", "customer"), hour(1)),
        (said("customer", "seller", "customer", "customer"), hour(3)),
        (said("customer", "robot", "seller", None, "customer"), hour(5)),
    ],
)
def test_waiting_begins_with_the_first_message_not_answered(
    messages: tuple[Message, ...], since: datetime
) -> None:
    assert wait_of(OPEN, messages) == Wait(since=since, exactness=Exactness.EXACT)


def row(**fields: object) -> Ticket:
    """A ticket of a list, created at three and last moved at noon, whose customer waits."""
    usual: dict[str, object] = {
        "status": "open",
        "awaiting": "seller",
        "created_at": hour(3),
        "updated_at": NOON,
    }
    return Ticket(id="tkt_1", **(usual | fields))  # type: ignore[arg-type]  # names are checked by Ticket


@pytest.mark.parametrize(
    ("ticket", "messages", "since", "exactness"),
    [
        # only the row is known
        (row(has_owner_reply=False), None, hour(3), "about"),
        (row(has_owner_reply=True), None, NOON, "at-least"),
        (row(), None, NOON, "at-least"),
        (row(has_owner_reply=False, created_at=None), None, NOON, "at-least"),
        (row(has_owner_reply=True, updated_at=hour(1)), None, hour(3), "at-least"),
        (row(has_owner_reply=False, updated_at=hour(1)), None, hour(3), "about"),
        (row(created_at=None, updated_at=None), None, None, "unknown"),
        # one message more than those held is the customer's
        (row(message_count=2), said("customer"), hour(1), "about"),
        (row(message_count=4), said("customer", "seller", "customer"), hour(3), "about"),
        # of two more one may have been an answer, unless nobody ever answered
        (row(message_count=3, has_owner_reply=True), said("customer"), NOON, "at-least"),
        (row(message_count=3, has_owner_reply=False), said("customer"), hour(1), "about"),
        # the last one held was answered
        (row(message_count=3), said("customer", "seller"), NOON, "at-least"),
        (row(message_count=2), said("customer", "seller"), NOON, "at-least"),
        # the list counts fewer than are held
        (row(message_count=1), said("customer", "seller", "customer"), hour(3), "about"),
    ],
)
def test_waiting_is_estimated_while_messages_are_missing_and_says_so(
    ticket: Ticket, messages: tuple[Message, ...] | None, since: datetime | None, exactness: str
) -> None:
    assert wait_of(ticket, messages) == Wait(since=since, exactness=Exactness(exactness))


def test_waiting_since_a_message_without_a_time_is_at_least_since_the_next() -> None:
    timeless = Message(id="msg_x", sender="customer", text="words", created_at=None)

    assert wait_of(OPEN, (timeless, *said("customer"))) == Wait(
        since=hour(1), exactness=Exactness.AT_LEAST
    )
    assert wait_of(row(has_owner_reply=True), (timeless,)) == Wait(
        since=NOON, exactness=Exactness.AT_LEAST
    )


def test_nobody_waits_in_a_closed_ticket_or_for_the_customer() -> None:
    assert wait_of(CLOSED, said("customer")) is None
    assert wait_of(Ticket(id="tkt_1", status="open", awaiting="customer"), None) is None


def test_heard_means_as_many_messages_as_the_ticket_counts() -> None:
    counted = Ticket(id="tkt_1", message_count=1)

    assert has_all_messages(counted, said("customer"))
    assert has_all_messages(OPEN, ())
    assert not has_all_messages(counted, ())
    assert not has_all_messages(counted, said("customer", "seller"))
    assert not has_all_messages(counted, None)


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
        (OWING, said("seller", None, "robot"), []),
        (OWING, said("customer"), [(1, 1), (12, -1)]),
        (CLOSED, said("customer", "seller", "customer"), [(1, 1), (2, -1), (3, 1), (12, -1)]),
        (CLOSED, said("customer", "seller"), [(1, 1), (2, -1)]),
        (OPEN, None, [(12, 1)]),
        (OPEN, said("customer", "seller"), [(1, 1), (2, -1), (12, 1)]),
        (OWING, None, []),
    ],
)
def test_waits_begin_and_end(
    ticket: Ticket, messages: tuple[Message, ...] | None, expected: list[tuple[int, int]]
) -> None:
    assert list(waits(ticket, messages)) == [(hour(at), change) for at, change in expected]


def test_waits_leave_out_messages_without_a_time() -> None:
    first, second = said("customer", "seller")
    timeless = Message(id="msg_x", sender="seller", text="words", created_at=None)

    assert list(waits(OWING, (first, timeless, second)))[-1] == (
        NOON - timedelta(hours=10),
        -1,
    )
