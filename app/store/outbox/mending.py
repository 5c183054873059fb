"""Entries of the outbox that cannot be read any more: made readable again, for a person to judge.

Whatever can be read of an entry stays; what cannot becomes what is safe. None of them is ever sent
by itself, since neither its words nor its state can be vouched for.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from app.domain.errors import StoreDamagedError
from app.domain.outbox_entry import DeliveryState, OutboxEntry, Reply, StatusChange
from app.domain.ticket import Status
from app.store.outbox.entry_rows import (
    COLUMNS,
    from_row,
    ids_from,
    moment_from,
    number_from,
    to_row,
)

T = TypeVar("T")

Rows = dict[str, list[dict[str, object]]]
"""rows by table"""

UNSENT = "This entry was damaged on the disk. Check its words before you send it."
PERHAPS_SENT = (
    "This entry was damaged on the disk, and whether it has left is not known. "
    "Look at the ticket, and check the words before you send it."
)


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether every entry can be read."""
    is_counted = connection.execute("SELECT 1 FROM opening").fetchone() is not None
    return is_counted and not _broken(connection)


def rows_of(connection: sqlite3.Connection, *, at: datetime) -> Rows:
    """Everything the file holds; an entry that cannot be read as one for a person to decide."""
    entries = [
        to_row(_Broken(row, at).entry()) if _fails(row) else dict(row)
        for row in connection.execute("SELECT * FROM outbox ORDER BY seq")
    ]
    rows = {"outbox": [{name: row[name] for name in COLUMNS} for row in entries]}
    for table in ("draft", "setting", "claim", "mark", "private_note", "saved_view"):
        found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 our own names
        rows[table] = [{name: _whole(row[name]) for name in row.keys()} for row in found]  # noqa: SIM118 a Row is no dict
    return rows


def put_rows(connection: sqlite3.Connection, rows: Rows, *, epoch: int) -> None:
    """Write what `rows_of` gave into an empty file. Raises: StoreDamagedError."""
    try:
        for table, held in rows.items():
            for row in held:
                names = ", ".join(f'"{name}"' for name in row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", row)  # noqa: S608 our own names
    except sqlite3.IntegrityError as error:
        raise StoreDamagedError("Two entries of the outbox are the same.") from error
    connection.execute("UPDATE opening SET epoch = ?", (epoch,))


def plain(text: object) -> str:
    """A text of the file with a sign in place of each byte that is none."""
    if not isinstance(text, str):
        return text.decode("utf-8", "replace") if isinstance(text, bytes) else ""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _broken(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    return [row for row in connection.execute("SELECT * FROM outbox ORDER BY seq") if _fails(row)]


def _whole(value: object) -> object:
    return plain(value) if isinstance(value, str) else value


def _fails(row: sqlite3.Row) -> bool:
    try:
        from_row(row)
    except StoreDamagedError:
        return True
    return False


@dataclass(frozen=True, slots=True)
class _Broken:
    row: sqlite3.Row
    at: datetime

    def entry(self) -> OutboxEntry:
        """What is left of the row."""
        row, text = self.row, plain(self.row["text"])
        state, written = self._state(), self._read("written_at", moment_from) or self.at
        seen = self._read("seen", ids_from) or frozenset()
        final = state in {DeliveryState.CONFIRMED, DeliveryState.CANCELLED}
        never_left = state is DeliveryState.REFUSED
        common: dict[str, Any] = {
            "entry_id": self._name() or f"damaged-{row['seq']}",
            "ticket_id": plain(row["ticket_id"]),
            "written_at": written,
            "author": plain(row["author"]),
            "state": state,
            "reason": None if final else UNSENT if never_left else PERHAPS_SENT,
            "seen": seen,
            "baseline": self._read("baseline", ids_from) or seen,
            "sent_at": self._read("sent_at", moment_from) or written,
            "attempts": self._read("attempts", number_from) or int(not never_left),
            "approvals": self._read("approvals", number_from) or 0,
        }
        if not text:
            status = self._read("status", lambda value: Status(str(value)))
            return StatusChange(**common, status=status or Status.CLOSED)
        message_id = plain(row["message_id"]) or None
        copies = self._read("copies", number_from) or 0
        return Reply(**common, text=text, message_id=message_id, copies=copies)

    def _state(self) -> DeliveryState:
        """A final state is kept; what may never have left is refused, all else unconfirmed."""
        state = self._read("state", lambda value: DeliveryState(str(value)))
        may_be_reply = self.row["text"] or not self.row["status"]
        if state is DeliveryState.CONFIRMED and may_be_reply and not self.row["message_id"]:
            return DeliveryState.UNCONFIRMED
        if state in {DeliveryState.CONFIRMED, DeliveryState.CANCELLED}:
            return state
        return DeliveryState.REFUSED if state is DeliveryState.QUEUED else DeliveryState.UNCONFIRMED

    def _name(self) -> str | None:
        name = plain(self.row["entry_id"])
        return name if name == self.row["entry_id"] else None

    def _read(self, column: str, read: Callable[[object], T]) -> T | None:
        try:
            return read(self.row[column])
        except (ValueError, TypeError, OverflowError, RecursionError):
            return None
