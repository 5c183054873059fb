"""How a reply lies in a row of the outbox, and back."""

import json
import sqlite3
from dataclasses import fields
from datetime import datetime

from app.domain.errors import StoreDamagedError
from app.domain.reply import Question, Reply, ReplyState
from app.domain.ticket import Status

COLUMNS = tuple(field.name for field in fields(Reply))
INSERT = 'INSERT INTO outbox ("{}") VALUES (:{}) ON CONFLICT (reply_id) DO NOTHING'.format(  # noqa: S608 our own names
    '", "'.join(COLUMNS), ", :".join(COLUMNS)
)
UPDATE = "UPDATE outbox SET {} WHERE reply_id = :reply_id".format(  # noqa: S608 our own names
    ", ".join(f'"{name}" = :{name}' for name in COLUMNS)
)

_TIMES = ("written_at", "send_at", "touched_at", "sent_at", "checked_at", "next_check_at")
_SETS = ("seen", "baseline")


def to_row(reply: Reply) -> dict[str, object]:
    """The values of a row by column."""
    row: dict[str, object] = {name: getattr(reply, name) for name in COLUMNS}
    for name in _TIMES:
        row[name] = row[name] and getattr(reply, name).isoformat()
    for name in _SETS:
        ids = getattr(reply, name)
        row[name] = None if ids is None else json.dumps(sorted(ids))
    return row


def from_row(row: sqlite3.Row) -> Reply:
    """The reply a row holds. Errors: StoreDamagedError when it is none any more."""
    try:
        return _reply(row)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise StoreDamagedError("An entry of the outbox cannot be read.") from error


def moment_from(value: object) -> datetime:
    """A time of a row. Errors: ValueError, TypeError."""
    at = datetime.fromisoformat(value)  # type: ignore[arg-type]  # raises TypeError
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at


def ids_from(value: object) -> frozenset[str]:
    """The ids of a row. Errors: ValueError, TypeError."""
    ids = json.loads(value)  # type: ignore[arg-type]  # raises TypeError
    if not (isinstance(ids, list) and all(isinstance(id_, str) for id_ in ids)):
        raise ValueError("not a list of ids")
    return frozenset(ids)


def number_from(value: object) -> int:
    """A count of a row. Errors: ValueError."""
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _reply(row: sqlite3.Row) -> Reply:
    "".join(value for value in row if isinstance(value, str)).encode()  # raises for broken signs
    state = ReplyState(row["state"])
    baseline = None if row["baseline"] is None else ids_from(row["baseline"])
    sent_at = _time(row["sent_at"])
    if state not in _NOT_LEFT and (baseline is None or sent_at is None):
        raise ValueError("it has left at no time")
    return Reply(
        reply_id=_text(row["reply_id"]),
        ticket_id=_text(row["ticket_id"]),
        written_at=moment_from(row["written_at"]),
        text=_text(row["text"]),
        order=None if row["order"] is None else Status(row["order"]),
        then_close=bool(number_from(row["then_close"])),
        author=_text(row["author"]),
        state=state,
        question=None if row["question"] is None else Question(row["question"]),
        reason=_text_or_none(row["reason"]),
        seen=ids_from(row["seen"]),
        send_at=_time(row["send_at"]),
        baseline=baseline,
        touched_at=_time(row["touched_at"]),
        sent_at=sent_at,
        checked_at=_time(row["checked_at"]),
        next_check_at=_time(row["next_check_at"]),
        attempts=number_from(row["attempts"]),
        approvals=number_from(row["approvals"]),
        pauses=number_from(row["pauses"]),
        message_id=_text_or_none(row["message_id"]),
        copies=number_from(row["copies"]),
    )


_NOT_LEFT = frozenset({ReplyState.QUEUED, ReplyState.CANCELLED})


def _time(value: object) -> datetime | None:
    return None if value is None else moment_from(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
