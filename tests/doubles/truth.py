"""What the shop really holds, whatever was answered: the judge of every run."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 11, 24, 9, tzinfo=UTC)


def plainly(text: str) -> str:
    """What a shop makes of a text that takes no emoji and no markup."""
    return re.sub("</?b>|[\U0001f300-\U0001faff]", "", text)


@dataclass
class TrueTicket:
    """A ticket as the shop holds it; a message is (id, sender, text, time)."""

    id: str
    status: str = "open"
    updated_at: datetime = START
    messages: list[tuple[str, str, str, datetime]] = field(default_factory=list)


class Truth:
    """Tickets, and for every reply how many requests with it arrived and were applied."""

    def __init__(self) -> None:
        self.tickets: dict[str, TrueTicket] = {}
        self.arrived: Counter[str] = Counter()
        """requests by idempotency key of which at least the head arrived"""
        self.applied: Counter[str] = Counter()
        self.applied_order: list[str] = []
        """the keys of replies as they were applied"""
        self.maker: dict[str, str] = {}
        """which reply a message is, by message id; others wrote those that are missing"""
        self.patched: list[tuple[str, str]] = []
        self._ids = count(1)

    def open_ticket(self, ticket_id: str, text: str = "Where is my key?") -> TrueTicket:
        """A new ticket with the customer's first message."""
        ticket = self.tickets[ticket_id] = TrueTicket(ticket_id)
        self.write(ticket_id, "customer", text)
        return ticket

    def write(self, ticket_id: str, sender: str, text: str) -> str:
        """Add a message; its id."""
        ticket = self.tickets[ticket_id]
        number = next(self._ids)
        ticket.updated_at = START + timedelta(seconds=number)
        ticket.messages.append((f"msg_{number}", sender, text, ticket.updated_at))
        return f"msg_{number}"

    def reply(self, ticket_id: str, text: str, key: str) -> str:
        """Apply a reply; the id of its message."""
        self.applied[key] += 1
        self.applied_order.append(key)
        message_id = self.write(ticket_id, "seller", text)
        self.maker[message_id] = key
        return message_id

    def set_status(self, ticket_id: str, status: str) -> None:
        """Apply an order."""
        ticket = self.tickets[ticket_id]
        self.patched.append((ticket_id, status))
        if ticket.status != status:
            ticket.status = status
            ticket.updated_at = START + timedelta(seconds=next(self._ids))

    def seen(self, ticket_id: str) -> frozenset[str]:
        """The ids of a ticket's messages."""
        return frozenset(message[0] for message in self.tickets[ticket_id].messages)

    def texts(self, ticket_id: str, sender: str = "seller") -> list[str]:
        """What one side wrote, oldest first."""
        return [text for _, who, text, _ in self.tickets[ticket_id].messages if who == sender]
