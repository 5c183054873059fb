"""How an entry lies in a row of the outbox, and back."""

import json
import sqlite3
from dataclasses import fields
from datetime import datetime
from typing import Any

from app.domain.errors import StoreDamagedError
from app.domain.outbox_entry import DeliveryState, OutboxEntry, Reply, ReviewReason, StatusChange
from app.domain.ticket import Status

COLUMNS = (*(field.name for field in fields(Reply)), "status")
INSERT = "INSERT INTO outbox ({}) VALUES (:{}) ON CONFLICT (entry_id) DO NOTHING".format(  # noqa: S608 our own names
    ", ".join(COLUMNS), ", :".join(COLUMNS)
)
UPDATE = "UPDATE outbox SET {} WHERE entry_id = :entry_id".format(  # noqa: S608 our own names
    ", ".join(f"{name} = :{name}" for name in COLUMNS)
)

_TIMES = ("written_at", "sends_at", "ticket_updated_at", "sent_at", "checked_at", "next_check_at")
_SETS = ("seen", "baseline")
_OF_ANOTHER_KIND = {"text": "", "then_close": False, "message_id": None, "copies": 0}
"""what the columns hold that an entry's kind does not have"""


def to_row(entry: OutboxEntry) -> dict[str, object]:
    """The values of a row by column."""
    row: dict[str, object] = {
        name: getattr(entry, name, _OF_ANOTHER_KIND.get(name)) for name in COLUMNS
    }
    for name in _TIMES:
        row[name] = row[name] and getattr(entry, name).isoformat()
    for name in _SETS:
        ids = getattr(entry, name)
        row[name] = None if ids is None else json.dumps(sorted(ids))
    return row


def from_row(row: sqlite3.Row) -> OutboxEntry:
    """The entry a row holds. Raises: StoreDamagedError when it is none any more."""
    try:
        return _entry(row)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise StoreDamagedError("An entry of the outbox cannot be read.") from error


def moment_from(value: object) -> datetime:
    """A time of a row. Raises: ValueError, TypeError."""
    at = datetime.fromisoformat(value)  # type: ignore[arg-type]  # raises TypeError
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at


def ids_from(value: object) -> frozenset[str]:
    """The ids of a row. Raises: ValueError, TypeError."""
    ids = json.loads(value)  # type: ignore[arg-type]  # raises TypeError
    if not (isinstance(ids, list) and all(isinstance(id_, str) for id_ in ids)):
        raise ValueError("not a list of ids")
    return frozenset(ids)


def number_from(value: object) -> int:
    """A count of a row. Raises: ValueError."""
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _entry(row: sqlite3.Row) -> OutboxEntry:
    "".join(value for value in row if isinstance(value, str)).encode()  # raises for broken signs
    state, review_reason = DeliveryState(row["state"]), row["review_reason"]
    baseline = None if row["baseline"] is None else ids_from(row["baseline"])
    sent_at = _time(row["sent_at"])
    if state not in _NOT_LEFT and (baseline is None or sent_at is None):
        raise ValueError("it has left at no time")
    common: dict[str, Any] = {
        "entry_id": _text(row["entry_id"]),
        "ticket_id": _text(row["ticket_id"]),
        "written_at": moment_from(row["written_at"]),
        "author": _text(row["author"]),
        "state": state,
        "review_reason": None if review_reason is None else ReviewReason(review_reason),
        "reason": _text_or_none(row["reason"]),
        "seen": ids_from(row["seen"]),
        "sends_at": _time(row["sends_at"]),
        "baseline": baseline,
        "ticket_updated_at": _time(row["ticket_updated_at"]),
        "sent_at": sent_at,
        "checked_at": _time(row["checked_at"]),
        "next_check_at": _time(row["next_check_at"]),
        "attempts": number_from(row["attempts"]),
        "approvals": number_from(row["approvals"]),
        "pauses": number_from(row["pauses"]),
    }
    text, then_close = _text(row["text"]), bool(number_from(row["then_close"]))
    message_id, copies = _text_or_none(row["message_id"]), number_from(row["copies"])
    if row["status"] is not None:
        if text:
            raise ValueError("a status change has no words")
        return StatusChange(**common, status=Status(row["status"]))
    return Reply(**common, text=text, then_close=then_close, message_id=message_id, copies=copies)


_NOT_LEFT = frozenset({DeliveryState.QUEUED, DeliveryState.CANCELLED})


def _time(value: object) -> datetime | None:
    return None if value is None else moment_from(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
