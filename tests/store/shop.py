"""Tickets, pages and conversations for tests, and a clock that stands still."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from app.domain.ticket import (
    Awaiting,
    Conversation,
    Message,
    Sender,
    Stats,
    Status,
    Ticket,
    TicketPage,
)
from app.store.tickets.mirror import TicketMirror

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


class StillClock:
    """Time moves when a test says so; sleeping moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._seconds = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._seconds += seconds


def ticket(id_: str = "tkt_1", **fields: object) -> Ticket:
    """An open ticket whose customer waits, with `fields` instead of the usual ones."""
    usual: dict[str, object] = {
        "subject": "Order not received",
        "status": Status.OPEN,
        "awaiting": Awaiting.SELLER,
        "customer_email": "anna@example.com",
        "order_id": "ord_77",
        "invoice_id": "INV-12345",
        "product_name": "Premium License",
        "order_amount": Decimal("29.99"),
        "order_currency": "USD",
        "message_count": 1,
        "has_owner_reply": False,
        "created_at": NOON - timedelta(days=2),
        "updated_at": NOON - timedelta(hours=1),
    }
    return Ticket(id=id_, **(usual | fields))  # type: ignore[arg-type]  # names are checked by Ticket


def message(id_: str, sender: str | None, text: str, at: datetime | None = None) -> Message:
    return Message(id=id_, sender=sender, text=text, created_at=at or NOON - timedelta(days=2))


def asked(text: str = "Where is my order?", at: datetime | None = None) -> Message:
    return message(f"msg_{text[:20]}", Sender.CUSTOMER, text, at)


def answered(text: str = "It is on its way.", at: datetime | None = None) -> Message:
    return message(f"msg_{text[:20]}", Sender.SELLER, text, at)


def conversation(of: Ticket, *messages: Message) -> Conversation:
    return Conversation(ticket=of, messages=messages)


def page(*tickets: Ticket, total: int | None = None, stats: Stats | None = None) -> TicketPage:
    return TicketPage(tickets=tickets, total=total, stats=stats, limit=100, offset=0)


async def put(mirror: TicketMirror, of: Ticket, *messages: Message) -> frozenset[str]:
    """Let the copy read a ticket with its messages."""
    return await mirror.apply_conversation(
        conversation(of, *messages), started=mirror.request_number()
    )


WORDS = [
    "order",
    "refund",
    "Refund!",
    "Grüße",
    "INV-12345",
    "déjà",
    "退款",
    "退款问题",
    "ключ",
    "a",
]
EMAILS = ["anna@example.com", "Bo.K@shop.example", "o'brien+x@example.org", "退@example.com"]


def any_ticket(chance: Random, id_: str) -> Ticket:
    """A ticket in which anything may be unknown or odd, with few values, so that many tie."""
    return Ticket(
        id=id_,
        subject=chance.choice([None, "", _words(chance), _words(chance), _words(chance)]),
        status=chance.choice([None, "open", "open", "closed", "closed", "closed", "pending"]),
        awaiting=chance.choice([None, "seller", "seller", "customer", "nobody"]),
        customer_email=chance.choice([None, *EMAILS]),
        order_id=chance.choice([None, "ord_77", "ORD_99"]),
        invoice_id=chance.choice([None, "INV-12345", "INV-9"]),
        product_name=chance.choice(
            [None, "Premium License", "premium license", " Premium  License", "Theme"]
        ),
        order_amount=chance.choice([None, Decimal("29.99"), Decimal("29.9"), Decimal("-1.5")]),
        order_currency=chance.choice([None, "USD", "EUR", "eur", " EUR", "USDT-TRC20"]),
        message_count=chance.choice([None, 0, 1, 2, 3]),
        has_owner_reply=chance.choice([None, True, False]),
        created_at=any_time(chance),
        updated_at=any_time(chance),
        closed_at=any_time(chance),
    )


def any_messages(chance: Random) -> tuple[Message, ...] | None:
    """Messages as they may come, or None for a conversation that was not read."""
    return chance.choice([None, None, *(_messages(chance, length) for length in range(4))])


def any_time(chance: Random) -> datetime | None:
    """One of few moments within a week, or none."""
    return chance.choice([None, *(NOON - timedelta(hours=4 * n) for n in range(40))])


def _words(chance: Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randrange(1, 5)))


def _messages(chance: Random, length: int) -> tuple[Message, ...]:
    senders = (None, "customer", "customer", "seller", "robot")
    return tuple(
        Message(
            id=f"msg_{chance.getrandbits(40):x}",
            sender=chance.choice(senders),
            text=_words(chance),
            created_at=any_time(chance),
        )
        for _ in range(length)
    )
