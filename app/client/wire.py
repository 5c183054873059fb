"""Answers of the Tickets API as our own types: only an `id` is required, nothing odd is fatal."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.client.values import (
    amount,
    count,
    flag,
    identity,
    moment,
    text,
    whole_characters,
    word,
)
from app.domain.bounds import SHORT_TEXT_KEPT, SUBJECT_KEPT, cut
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

_SELLER = {"owner", "seller", "agent"}
_WORDS = {words: frozenset(words) for words in (Status, Awaiting, Sender)}
_LAST = datetime.max.replace(tzinfo=UTC)


def page_from(body: bytes) -> TicketPage:
    """Read a page of the list; rows without a usable id are counted, the others survive.

    Errors: BadAnswerError.
    """
    document = _document(body)
    meta, stats = document.get("meta"), document.get("stats")
    meta = meta if isinstance(meta, dict) else {}
    total = count(meta.get("total"))
    rows = document.get("data")
    if rows is None and total == 0:
        rows = []
    if not isinstance(rows, list):
        raise BadAnswerError(f"{NOT_UNDERSTOOD}: it holds no list of tickets.")
    tickets = tuple(ticket for row in rows if (ticket := _ticket(row)))
    return TicketPage(
        tickets=tickets,
        unreadable=len(rows) - len(tickets),
        total=total,
        limit=count(meta.get("limit")) or None,
        offset=count(meta.get("offset")),
        stats=_stats(stats) if isinstance(stats, dict) else None,
    )


def conversation_from(body: bytes, ticket_id: str) -> Conversation:
    """Read a ticket with all its messages, oldest first, in server order within a second.

    Errors: BadAnswerError, also when it is another ticket or its messages are not carried: an
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

    Errors: ValueError.
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


def _turn(value: Any) -> str | None:
    found = word(value)
    return Awaiting.SELLER if found in _SELLER else _known(Awaiting, found)


def _sender(value: Any) -> str | None:
    found = word(value)
    return Sender.SELLER if found in _SELLER else _known(Sender, found)


def _subject(value: Any) -> str | None:
    found = text(value)
    return None if found is None else cut(found, SUBJECT_KEPT)


def _short(value: Any) -> str | None:
    found = text(value)
    return None if found is None else cut(found, SHORT_TEXT_KEPT)


def _name(value: Any) -> str | None:
    found = text(value)
    return None if found is None else cut(found.strip(), SHORT_TEXT_KEPT)


def _currency(value: Any) -> str | None:
    found = _name(value)
    return None if found is None else found.upper()


def _known(words: type[Status | Awaiting | Sender], found: str | None) -> str | None:
    return words(found) if found in _WORDS[words] else found


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "subject": ("subject", _subject),
    "status": ("status", lambda value: _known(Status, word(value))),
    "awaiting_response_from": ("awaiting", _turn),
    "customer_email": ("customer_email", _short),
    "order_id": ("order_id", _short),
    "invoice_id": ("invoice_id", _short),
    "product_name": ("product_name", _name),
    "order_amount": ("order_amount", amount),
    "order_currency": ("order_currency", _currency),
    "message_count": ("message_count", count),
    "has_owner_reply": ("has_owner_reply", flag),
    "created_at": ("created_at", moment),
    "updated_at": ("updated_at", moment),
    "closed_at": ("closed_at", moment),
}


def _ticket(row: Any) -> Ticket | None:
    if not isinstance(row, dict) or (found := identity(row.get("id"))) is None:
        return None
    values: dict[str, Any] = {}
    absent, unreadable = [], []
    for theirs, (ours, read) in _FIELDS.items():
        if theirs in row:
            values[ours] = read(row[theirs])
            if values[ours] is None and not _is_empty(row[theirs]):
                unreadable.append(ours)
        else:
            absent.append(ours)
    return Ticket(id=found, absent=frozenset(absent), unreadable=frozenset(unreadable), **values)


def _is_empty(value: Any) -> bool:
    """Whether a value says that there is none."""
    return value is None or (isinstance(value, str) and not value.strip())


def _stats(found: dict[str, Any]) -> Stats:
    return Stats(
        total=count(found.get("total")),
        open=count(found.get("open")),
        closed=count(found.get("closed")),
        needs_response=count(found.get("needsResponse")),
    )


def _messages(rows: Iterable[Any]) -> Iterator[Message]:
    """All messages in order, each with an id of its own that is the same at every reading."""
    read = sorted(map(_message, filter(_is_object, rows)), key=lambda m: m.created_at or _LAST)
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


def _message(row: dict[str, Any]) -> Message:
    written = row.get("message")
    return Message(
        id=identity(row.get("id")) or "",
        sender=_sender(row.get("sender")),
        text=whole_characters(written) if isinstance(written, str) else text(written) or "",
        created_at=moment(row.get("created_at")),
    )


def _digest(message: Message) -> str:
    """What tells a message without an id from another: who, when, what."""
    told = f"{message.sender}\n{message.created_at}\n{message.text}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _is_object(row: Any) -> bool:
    return isinstance(row, dict)
