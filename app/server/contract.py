"""The API document as types: what is answered, and what is accepted and nothing else."""

import random
import re
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

MAX_LIMIT = 100
MAX_BODY_BYTES = 256 * 1024

TicketStatus = Literal["open", "closed"]
SortOrder = Literal["updated_desc", "updated_asc", "created_desc", "created_asc", "open_first"]
ErrorShape = Literal["nested", "string", "message", "list", "html", "empty", "disguised"]

_ID_LETTERS = string.ascii_lowercase + string.digits
_SYSTEM_RANDOM = secrets.SystemRandom()
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def iso(moment: datetime) -> str:
    """A time as the API writes it: `2025-01-20T10:00:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def new_id(prefix: str, *, rng: random.Random = _SYSTEM_RANDOM) -> str:
    """An id of 12 random letters and digits behind `prefix`; 62 bits, so no two meet."""
    return prefix + "".join(rng.choices(_ID_LETTERS, k=12))


def is_storable(text: str) -> bool:
    """Whether any database takes `text`: it has neither NUL nor half of a surrogate pair."""
    return not _UNREADABLE.search(text)


def _sendable(message: str) -> str:
    if not is_storable(message):
        raise ValueError("must not hold a NUL or half a character")
    if not message.strip():
        raise ValueError("must not be blank")
    return message


Moment = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
# Up to 15 digits a float is written back exactly as it was read, so 29.99 stays 29.99.
Money = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


@dataclass(slots=True, kw_only=True)
class Choices:
    """What the server does where the document is silent; may change while it serves."""

    sort_order: SortOrder = "updated_desc"
    max_limit: int = MAX_LIMIT
    reply_on_closed: Literal["stay", "reopen", "refuse"] = "stay"
    write_response: Literal["ticket", "empty", "success"] = "ticket"
    detail: Literal["full", "short"] = "full"
    """short has the fields of the document's example alone"""
    error_shape: ErrorShape = "nested"
    """disguised is a 200 that says `success: false`"""


class Accepted(BaseModel):
    """A request body: no other field, no other type."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Reply(Accepted):
    """What a seller answers."""

    message: Annotated[
        str,
        AfterValidator(_sendable),
        Field(
            description="Plain text; neither blank nor holding a NUL character.",
            examples=["Your order has been resent. Please check your email."],
            json_schema_extra={"pattern": r"^[^\x00]*[^\s\x00][^\x00]*$"},
        ),
    ]


class StatusChange(Accepted):
    """Closing or reopening."""

    status: TicketStatus


class Message(BaseModel):
    """One message of a conversation."""

    id: str
    sender: Literal["customer", "seller"]
    message: str
    created_at: Moment


class Ticket(BaseModel):
    """A ticket as the list gives it; a ticket without an order has nulls for it."""

    id: str
    subject: str
    status: TicketStatus
    awaiting_response_from: Literal["owner", "customer"]
    customer_email: str
    order_id: str | None
    invoice_id: str | None
    product_name: str | None
    order_amount: Money | None
    order_currency: str | None
    message_count: int
    has_owner_reply: bool
    created_at: Moment
    updated_at: Moment
    closed_at: Moment | None


class TicketWithMessages(Ticket):
    """A ticket with all its messages, oldest first."""

    messages: list[Message]


class Stats(BaseModel):
    """Counts over the whole store, whatever the filter."""

    total: int
    open: int
    closed: int
    needs_response: int = Field(serialization_alias="needsResponse")


class Meta(BaseModel):
    """Where this page stands in the filtered list, in tickets."""

    total: int
    limit: int
    offset: int


class TicketList(BaseModel):
    """One page of tickets, the newest update first."""

    data: list[Ticket]
    stats: Stats
    meta: Meta


class TicketResponse(BaseModel):
    """One ticket."""

    data: TicketWithMessages


class ErrorBody(BaseModel):
    """What went wrong, for a program and for a person."""

    code: str
    message: str


class ErrorResponse(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorBody
