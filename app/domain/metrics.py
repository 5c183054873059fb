"""What follows from a ticket and its messages: who waits, since when, was it ever answered."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.domain.ticket import Message, Sender, Status, Ticket

Messages = Sequence[Message]


def is_heard(ticket: Ticket, messages: Messages | None) -> bool:
    """Whether the messages held are all there are, as far as the ticket's own count tells."""
    if messages is None:
        return False
    return ticket.message_count is None or ticket.message_count == len(messages)


def is_answered(ticket: Ticket, messages: Messages | None) -> bool | None:
    """Whether the seller has ever written; a message proves it, the API's flag is a hint."""
    if any(message.sender == Sender.SELLER for message in messages or ()):
        return True
    return ticket.has_owner_reply


def waiting_since(ticket: Ticket, messages: Messages | None) -> datetime | None:
    """Since when the customer waits: exact from all messages, else the last update.

    Shape: None when nobody waits or no time is known.
    """
    if not ticket.needs_response:
        return None
    asked = _unanswered_since(messages or ()) if is_heard(ticket, messages) else None
    return asked or ticket.updated_at or ticket.created_at


def closed_at(ticket: Ticket) -> datetime | None:
    """When a closed ticket was closed, at the latest; None for any other."""
    return (ticket.closed_at or ticket.updated_at) if ticket.status == Status.CLOSED else None


def waits(ticket: Ticket, messages: Messages | None) -> Iterator[tuple[datetime, int]]:
    """When a customer began to wait (1) and ceased to (-1), oldest first."""
    waiting = False
    for message in messages or ():
        asks = message.sender == Sender.CUSTOMER
        if message.created_at and asks != waiting and (asks or message.sender == Sender.SELLER):
            waiting = asks
            yield message.created_at, 1 if asks else -1
    if waiting and (ended := closed_at(ticket)):
        yield ended, -1


def _unanswered_since(messages: Messages) -> datetime | None:
    """The oldest customer message after the last one of the seller."""
    since = None
    for message in messages:
        if message.sender == Sender.SELLER:
            since = None
        elif message.sender == Sender.CUSTOMER and since is None:
            since = message.created_at
    return since
