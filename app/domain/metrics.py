"""What follows from a ticket and its messages: who waits, since when, was it ever answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.ticket import Message, Sender, Status, Ticket

Messages = Sequence[Message]


class Exactness(StrEnum):
    """How well it is known since when a customer waits."""

    EXACT = "exact"
    """the message that is not answered says so"""
    ABOUT = "about"
    """so it is unless the API's counts mean something else than its document says"""
    AT_LEAST = "at-least"
    """the customer waits for this time, and perhaps longer"""
    UNKNOWN = "unknown"
    """no time is known at all"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A customer waits for the seller; `since` is None only when no time is known."""

    since: datetime | None
    exactness: Exactness

    def length(self, now: datetime) -> timedelta | None:
        """How long the customer has waited."""
        return now - self.since if self.since else None


def has_all_messages(ticket: Ticket, messages: Messages | None) -> bool:
    """Whether the messages stored are all there are, as far as the ticket's own count tells."""
    if messages is None:
        return False
    return ticket.message_count is None or ticket.message_count == len(messages)


def is_answered(ticket: Ticket, messages: Messages | None) -> bool | None:
    """Whether the seller has ever written; a message proves it, the API's flag is a hint."""
    if any(message.sender == Sender.SELLER for message in messages or ()):
        return True
    return ticket.has_owner_reply


def wait_of(ticket: Ticket, messages: Messages | None) -> Wait | None:
    """The wait of the customer: since the first message after the last answer; None if nobody does.

    While messages are lacking it is an estimate and says so. One more message than those stored
    is the customer's, as the seller's answer is still awaited, and who was never answered waits
    since the beginning; but of several more messages one may have been an answer.
    """
    if not ticket.needs_response:
        return None
    known = () if messages is None else messages
    asked = _unanswered(known)
    timed = [message.created_at for message in asked if message.created_at]
    lacking = 0 if ticket.message_count is None else ticket.message_count - len(known)
    never_answered = is_answered(ticket, messages) is False
    if timed and (lacking <= 1 or never_answered):
        if asked[0].created_at is None:
            return Wait(since=timed[0], exactness=Exactness.AT_LEAST)
        return Wait(since=timed[0], exactness=Exactness.ABOUT if lacking else Exactness.EXACT)
    return _wait_by_row(ticket, never_answered=never_answered)


def _wait_by_row(ticket: Ticket, *, never_answered: bool) -> Wait:
    """What the row of a list tells: a ticket begins with the first message, and the last one is
    no younger than the last update.
    """
    if never_answered and ticket.created_at:
        return Wait(since=ticket.created_at, exactness=Exactness.ABOUT)
    times = [at for at in (ticket.created_at, ticket.updated_at) if at]
    exactness = Exactness.AT_LEAST if times else Exactness.UNKNOWN
    return Wait(since=max(times, default=None), exactness=exactness)


def closed_at(ticket: Ticket) -> datetime | None:
    """When a closed ticket was closed, at the latest; None for any other."""
    return (ticket.closed_at or ticket.updated_at) if ticket.status == Status.CLOSED else None


def waits(ticket: Ticket, messages: Messages | None) -> Iterator[tuple[datetime, int]]:
    """When a customer began to wait (1) and ceased to (-1), oldest first; the sum is 1 while one
    waits whose time is known, and 0 else.
    """
    waiting, last = False, None
    for message in messages or ():
        asks = message.sender == Sender.CUSTOMER
        if message.created_at and asks != waiting and (asks or message.sender == Sender.SELLER):
            waiting, last = asks, message.created_at
            yield message.created_at, 1 if asks else -1
    now = wait_of(ticket, messages)
    if now and now.since and not waiting:
        yield now.since, 1
    if waiting and last and not (now and now.since):
        yield closed_at(ticket) or ticket.updated_at or last, -1


def _unanswered(messages: Messages) -> list[Message]:
    """The customer's messages after the last one of the seller."""
    asked: list[Message] = []
    for message in messages:
        if message.sender == Sender.SELLER:
            asked = []
        elif message.sender == Sender.CUSTOMER:
            asked.append(message)
    return asked
