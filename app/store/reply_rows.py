"""How a reply lies in a row of the outbox, and back."""

import json
import sqlite3
from dataclasses import fields
from datetime import datetime

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
    """The reply a row holds."""
    return Reply(
        reply_id=row["reply_id"],
        ticket_id=row["ticket_id"],
        written_at=datetime.fromisoformat(row["written_at"]),
        text=row["text"],
        order=Status(row["order"]) if row["order"] else None,
        then_close=bool(row["then_close"]),
        author=row["author"],
        state=ReplyState(row["state"]),
        question=Question(row["question"]) if row["question"] else None,
        reason=row["reason"],
        seen=frozenset(json.loads(row["seen"])),
        send_at=_time(row["send_at"]),
        baseline=frozenset(json.loads(row["baseline"])) if row["baseline"] else None,
        touched_at=_time(row["touched_at"]),
        sent_at=_time(row["sent_at"]),
        checked_at=_time(row["checked_at"]),
        next_check_at=_time(row["next_check_at"]),
        attempts=row["attempts"],
        approvals=row["approvals"],
        pauses=row["pauses"],
        message_id=row["message_id"],
        copies=row["copies"],
    )


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
