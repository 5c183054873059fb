"""Answers of the Tickets API, read by lenient models and turned into our own types.

Only an `id` is required, nothing odd is fatal, numbers are exact, unknown words survive.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, PlainValidator, ValidationError

from app.client.parsing import (
    parse_amount,
    parse_count,
    parse_flag,
    parse_id,
    parse_text,
    parse_time,
    parse_word,
)
from app.domain.bounds import SHORT_TEXT_KEPT, SUBJECT_KEPT, cut, whole_characters
from app.domain.errors import BadAnswerError
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

WEB_PAGE = (
    "The address answered with a web page instead of tickets: "
    "is there a sign-in wall or a proxy in between?"
)
NOT_UNDERSTOOD = "The Tickets API sent an answer that cannot be understood"

_LAST = datetime.max.replace(tzinfo=UTC)


def page_from(body: bytes) -> TicketPage:
    """Read a page of the list; rows without a usable id are counted, the others survive.

    Raises: BadAnswerError.
    """
    document = _document(body)
    meta, stats = document.get("meta"), document.get("stats")
    meta = MetaBody.model_validate(meta if isinstance(meta, dict) else {})
    rows = [] if document.get("data") is None and meta.total == 0 else document.get("data")
    if not isinstance(rows, list):
        raise BadAnswerError(f"{NOT_UNDERSTOOD}: it holds no list of tickets.")
    tickets = tuple(ticket for row in rows if (ticket := _ticket(row)))
    return TicketPage(
        tickets=tickets,
        unreadable=len(rows) - len(tickets),
        total=meta.total,
        limit=meta.limit or None,
        offset=meta.offset,
        stats=Stats(**vars(StatsBody.model_validate(stats))) if isinstance(stats, dict) else None,
    )


def conversation_from(body: bytes, ticket_id: str) -> Conversation:
    """Read a ticket with all its messages, oldest first, in server order within a second.

    Raises: BadAnswerError, also when it is another ticket or its messages are not carried: an
        answer without messages is not an empty conversation.
    """
    data: Any = _document(body).get("data")
    ticket = _ticket(data)
    if ticket is None:
        raise BadAnswerError(f"{NOT_UNDERSTOOD}: it holds no ticket.")
    if ticket.id != ticket_id:
        raise BadAnswerError("The Tickets API answered with another ticket than the one asked for.")
    rows = data.get("messages")
    if rows is None and ticket.message_count == 0:
        rows = []
    if not isinstance(rows, list):
        raise BadAnswerError(f"{NOT_UNDERSTOOD}: the ticket comes without its messages.")
    return Conversation(ticket=ticket, messages=tuple(_messages(rows)))


def json_from(body: bytes) -> Any:
    """Any JSON, numbers exact, at any depth and size.

    Raises: ValueError.
    """
    try:
        return json.loads(body, parse_float=_exact, parse_int=_whole)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _document(body: bytes) -> dict[str, Any]:
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start and not body.strip():
        raise BadAnswerError("The Tickets API sent an empty answer.")
    if start.startswith(b"<"):
        raise BadAnswerError(WEB_PAGE)
    try:
        document = json_from(body)
    except ValueError:
        raise BadAnswerError(f"{NOT_UNDERSTOOD}: it is damaged or not JSON.") from None
    if not isinstance(document, dict):
        raise BadAnswerError(f"{NOT_UNDERSTOOD}: it is not an object.")
    return document


def _exact(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def _whole(written: str) -> int | None:
    """Past any sensible size nothing: thousands of digits are an error in Python."""
    return int(written) if len(written) <= 40 else None


def _member(words: type[Status | Awaiting | Sender]) -> Callable[[Any], str | None]:
    """Reads a word of a vocabulary; one it does not hold survives as it is."""
    known = {str(one): one for one in words}
    if words is not Status:
        known |= dict.fromkeys(("owner", "seller", "agent"), words("seller"))

    def read(value: Any) -> str | None:
        found = parse_word(value)
        return known.get(found, found) if found else None

    return read


def _required(value: Any) -> str:
    if (found := parse_id(value)) is None:
        raise ValueError("no usable id")
    return found


def _written(value: Any) -> str:
    return whole_characters(value) if isinstance(value, str) else parse_text(value) or ""


def _at_most(length: int) -> AfterValidator:
    return AfterValidator(lambda value: value and cut(value, length))


Text = Annotated[str | None, PlainValidator(parse_text)]
Short = Annotated[Text, _at_most(SHORT_TEXT_KEPT)]
Name = Annotated[
    Text, AfterValidator(lambda value: value and value.strip()), _at_most(SHORT_TEXT_KEPT)
]
Currency = Annotated[Name, AfterValidator(lambda value: value and value.upper())]
Count = Annotated[int | None, PlainValidator(parse_count)]
Time = Annotated[datetime | None, PlainValidator(parse_time)]


class TicketRow(BaseModel):
    """A ticket as the API writes it; each field reads what it can, and only `id` is required."""

    id: Annotated[str, PlainValidator(_required)]
    subject: Annotated[Text, _at_most(SUBJECT_KEPT)] = None
    status: Annotated[str | None, PlainValidator(_member(Status))] = None
    awaiting: Annotated[str | None, PlainValidator(_member(Awaiting))] = Field(
        None, alias="awaiting_response_from"
    )
    customer_email: Short = None
    order_id: Short = None
    invoice_id: Short = None
    product_name: Name = None
    order_amount: Annotated[Decimal | None, PlainValidator(parse_amount)] = None
    order_currency: Currency = None
    message_count: Count = None
    has_owner_reply: Annotated[bool | None, PlainValidator(parse_flag)] = None
    created_at: Time = None
    updated_at: Time = None
    closed_at: Time = None


class MessageRow(BaseModel):
    """A message as the API writes it."""

    id: Annotated[str, PlainValidator(lambda value: parse_id(value) or "")] = ""
    sender: Annotated[str | None, PlainValidator(_member(Sender))] = None
    text: Annotated[str, PlainValidator(_written)] = Field("", alias="message")
    created_at: Time = None


class MetaBody(BaseModel):
    """Where a page stands in the list."""

    total: Count = None
    limit: Count = None
    offset: Count = None


class StatsBody(BaseModel):
    """The API's counts over the whole store."""

    total: Count = None
    open: Count = None
    closed: Count = None
    needs_response: Count = Field(None, alias="needsResponse")


_NAMES = {name: field.alias or name for name, field in TicketRow.model_fields.items()}


def _ticket(row: Any) -> Ticket | None:
    try:
        read = TicketRow.model_validate(row)
    except ValidationError:
        return None
    came, values = read.model_fields_set, vars(read)
    return Ticket(
        **values,
        absent=frozenset(_NAMES.keys() - came),
        unreadable=frozenset(
            name for name in came if values[name] is None and not _is_empty(row[_NAMES[name]])
        ),
    )


def _is_empty(value: Any) -> bool:
    """Whether a value says that there is none."""
    return value is None or (isinstance(value, str) and not value.strip())


def _messages(rows: Iterable[Any]) -> Iterator[Message]:
    """All messages in order, each with an id of its own that is the same at every reading."""
    given = (MessageRow.model_validate(row) for row in rows if isinstance(row, dict))
    read = sorted((Message(**vars(row)) for row in given), key=lambda m: m.created_at or _LAST)
    used: set[str] = set()
    copies: Counter[str] = Counter()
    for message in read:
        own = message.id
        while not own or own in used:
            name = f"{message.id}~{_digest(message)}"
            own = f"{name}.{copies[name]}" if copies[name] else name
            copies[name] += 1
        used.add(own)
        yield message if own == message.id else replace(message, id=own)


def _digest(message: Message) -> str:
    """What tells a message without an id from another: who, when, what."""
    told = f"{message.sender}\n{message.created_at}\n{message.text}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]
