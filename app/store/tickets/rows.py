"""Tickets, messages and times as columns, and back."""

import json
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain.metrics import Exactness, Wait
from app.domain.ticket import Message, Ticket

FIELDS = tuple(field.name for field in fields(Ticket) if field.name != "absent")

_COMMON = (
    "Hello, Hi there, Good morning, Good afternoon, Dear team, Guten Tag, Hallo, Bonjour, Hola, "
    "Ciao, I bought the license key yesterday but the download link has expired and I have not "
    "received an email with my invoice. It does not work on my new computer. It says that this "
    "activation code is not valid or has already been used. I paid twice and was charged twice, "
    "please refund my order. Could you please send me a new one? What can I do? How long does it "
    "take? Thank you for your message. Thanks for your help. We are sorry for the trouble. Please "
    "try again and let us know if there is anything else. You should have received it within a few "
    "minutes; we have just sent it again. I will check with our payment provider. Mit freundlichen "
    "Grüßen, merci beaucoup, cordialement, gracias, un saludo, Best regards, Kind regards,\\n\\n "
    "you would have been that this with from your the and for not can are was will because there "
    'about when what which\\n\\nINV-ord_tkt_",1700000000000000],["msg_","customer","seller","'
).encode()
"""what conversations have in common; all that are on disk refer to it, so it never changes"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Whole microseconds since 1970, exact for every aware time."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The time that `micros` gave."""
    return _EPOCH + timedelta(microseconds=at)


def ticket_row(ticket: Ticket) -> dict[str, object]:
    """The values of a ticket by column; money as the text it was."""
    row: dict[str, object] = {name: getattr(ticket, name) for name in FIELDS}
    row["unreadable"] = " ".join(sorted(ticket.unreadable)) or None
    row["order_amount"] = None if ticket.order_amount is None else str(ticket.order_amount)
    for name in ("created_at", "updated_at", "closed_at"):
        at = getattr(ticket, name)
        row[name] = None if at is None else micros(at)
    return row


def ticket_from(row: sqlite3.Row) -> Ticket:
    """The ticket a row holds."""
    amount, answered = row["order_amount"], row["has_owner_reply"]
    return Ticket(
        id=row["id"],
        subject=row["subject"],
        status=row["status"],
        awaiting=row["awaiting"],
        customer_email=row["customer_email"],
        order_id=row["order_id"],
        invoice_id=row["invoice_id"],
        product_name=row["product_name"],
        order_amount=None if amount is None else Decimal(amount),
        order_currency=row["order_currency"],
        message_count=row["message_count"],
        has_owner_reply=None if answered is None else bool(answered),
        created_at=_moment(row["created_at"]),
        updated_at=_moment(row["updated_at"]),
        closed_at=_moment(row["closed_at"]),
        unreadable=frozenset((row["unreadable"] or "").split()),
        forgotten=bool(row["forgotten"]),
    )


def wait_from(row: sqlite3.Row) -> Wait | None:
    """The wait a row holds; None when nobody waits."""
    known = row["wait_exactness"]
    if known is None:
        return None
    return Wait(since=_moment(row["waiting_since"]), exactness=Exactness(known))


def packed(messages: Iterable[Message]) -> bytes:
    """A conversation's messages in a few bytes."""
    deflate = zlib.compressobj(wbits=-15, zdict=_COMMON)
    plain = [
        [m.id, m.sender, m.text, None if m.created_at is None else micros(m.created_at)]
        for m in messages
    ]
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return deflate.compress(body) + deflate.flush()


def unpacked(body: bytes) -> tuple[Message, ...]:
    """The messages that `packed` took."""
    return tuple(
        Message(id=id_, sender=sender, text=text, created_at=_moment(at))
        for id_, sender, text, at in _plain(body)
    )


def last_text(body: bytes) -> str:
    """What was said last, "" where nothing was."""
    plain = _plain(body)
    return str(plain[-1][2]) if plain else ""


def _plain(body: bytes) -> list[Any]:
    return list(json.loads(zlib.decompressobj(wbits=-15, zdict=_COMMON).decompress(body)))


def _moment(at: int | None) -> datetime | None:
    return None if at is None else moment(at)
