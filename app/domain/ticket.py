"""The nouns of the Tickets API in our own types: tickets, messages, counts, pages."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from app.domain.bounds import normalized

QUOTES = "“”„‟«»\N{FULLWIDTH QUOTATION MARK}〝〞〟❝❞"
"""what phones and word processors put where a plain quote was typed"""
_UNQUOTED = str.maketrans(dict.fromkeys(f'{QUOTES}"', " "))


@lru_cache(maxsize=5000)
def name_key(name: str) -> str:
    """What the spellings of one product or currency share: no outer or double blanks, no case.

    Quotes count as blanks, so that any name can be typed between quotes.
    """
    return normalized("NFC", " ".join(name.translate(_UNQUOTED).split()).casefold())


def customer_key(address: str) -> str:
    """What the spellings of one customer's address share."""
    return unicodedata.normalize("NFC", address).strip().casefold()


class Status(StrEnum):
    """The two statuses the API documents; any other word is kept as the API wrote it."""

    OPEN = "open"
    CLOSED = "closed"


class Awaiting(StrEnum):
    """Whose answer is awaited; the API writes `owner` for the seller."""

    SELLER = "seller"
    CUSTOMER = "customer"


class Sender(StrEnum):
    """Who wrote a message; the API writes `seller`, in places `owner`."""

    SELLER = "seller"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket as last read; only `id` is certain, None means unknown. Times are aware UTC."""

    id: str
    subject: str | None = None
    status: str | None = None
    """a value of `Status`, or the API's own word in lower case"""
    awaiting: str | None = None
    """a value of `Awaiting`, or the API's own word in lower case"""
    customer_email: str | None = None
    order_id: str | None = None
    invoice_id: str | None = None
    product_name: str | None = None
    order_amount: Decimal | None = None
    """exact; it means nothing without its currency"""
    order_currency: str | None = None
    message_count: int | None = None
    has_owner_reply: bool | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    unreadable: frozenset[str] = frozenset()
    """the fields that came with a value nobody could read"""
    forgotten: bool = False
    """the customer was forgotten, so subject, address and texts stay blank"""
    absent: frozenset[str] = field(default=frozenset(), compare=False)
    """the fields the answer did not carry at all, so that a short one erases nothing"""

    @property
    def is_open(self) -> bool:
        """Whether the ticket is known to be open."""
        return self.status == Status.OPEN

    @property
    def needs_response(self) -> bool:
        """Whether a customer waits for the seller: open, and the seller's answer is awaited."""
        return self.is_open and self.awaiting == Awaiting.SELLER


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; `sender` is a `Sender` or the API's own word."""

    id: str
    sender: str | None
    text: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A ticket with all its messages, oldest first."""

    ticket: Ticket
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """The API's own counts over the whole store; None where it did not say."""

    total: int | None = None
    open: int | None = None
    closed: int | None = None
    needs_response: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """One page of the list in the server's own order."""

    tickets: tuple[Ticket, ...]
    unreadable: int = 0
    """rows without a usable id"""
    total: int | None = None
    """tickets of the filtered list"""
    limit: int | None = None
    """tickets a page holds at most, as the server reports it"""
    offset: int | None = None
    """tickets before this page, as the server reports it"""
    stats: Stats | None = None
    """of the whole store"""
