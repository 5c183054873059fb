"""What exists only here: drafts and settings, in the outbox's file, safe from a rebuilt copy."""

import sqlite3

from app.domain.clock import Clock
from app.store.database import Database


class Local:
    """Drafts and settings of each seller, who is "" until people have accounts."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def draft(self, ticket_id: str, *, author: str = "") -> str:
        """The text a seller left in the reply box, "" for none."""
        return await self._database.read(lambda c: read_draft(c, ticket_id, author))

    async def draft_ids(self, *, author: str = "") -> frozenset[str]:
        """The tickets a seller has begun to answer."""
        return await self._database.read(lambda c: _draft_ids(c, author))

    async def save_draft(self, ticket_id: str, text: str, *, author: str = "") -> bool:
        """Keep `text` as the draft, a blank one as none.

        Shape:  whether a draft appeared or disappeared by that, so that a badge knows.
        Errors: StoreError when it could not be kept.
        """
        at = self._clock.now().isoformat()
        return await self._database.write(lambda c: _save(c, ticket_id, author, text=text, at=at))

    async def undo_seconds(self, *, author: str = "") -> int | None:
        """How long a seller wants to be able to undo a reply; None when they never said."""
        return await self._database.read(lambda c: _undo_seconds(c, author))

    async def save_undo_seconds(self, seconds: int, *, author: str = "") -> None:
        """Keep how long a seller wants to be able to undo. Errors: StoreError."""
        values = (author, _UNDO, str(seconds))
        await self._database.write(lambda c: c.execute(_SET, values).rowcount)


_UNDO = "undo_seconds"
_SET = (
    "INSERT INTO setting (author, name, value) VALUES (?, ?, ?)"
    " ON CONFLICT DO UPDATE SET value = excluded.value"
)


def read_draft(connection: sqlite3.Connection, ticket_id: str, author: str) -> str:
    """The draft inside a transaction, "" for none."""
    query = "SELECT text FROM draft WHERE ticket_id = ? AND author = ?"
    row = connection.execute(query, (ticket_id, author)).fetchone()
    return str(row["text"]) if row else ""


def write_draft(
    connection: sqlite3.Connection, ticket_id: str, author: str, *, text: str, at: str
) -> None:
    """Set the draft inside a transaction; a blank text removes it."""
    if not text.strip():
        remove = "DELETE FROM draft WHERE ticket_id = ? AND author = ?"
        connection.execute(remove, (ticket_id, author))
        return
    connection.execute(
        "INSERT INTO draft (ticket_id, author, text, saved_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET text = excluded.text, saved_at = excluded.saved_at",
        (ticket_id, author, text, at),
    )


def give_back(
    connection: sqlite3.Connection, ticket_id: str, author: str, *, text: str, at: str
) -> None:
    """Put a text that was not sent back into the draft, before what was typed since."""
    typed = read_draft(connection, ticket_id, author)
    whole = f"{text}\n\n{typed}" if typed.strip() and typed.strip() != text.strip() else text
    write_draft(connection, ticket_id, author, text=whole, at=at)


def _draft_ids(connection: sqlite3.Connection, author: str) -> frozenset[str]:
    rows = connection.execute("SELECT ticket_id FROM draft WHERE author = ?", (author,))
    return frozenset(row["ticket_id"] for row in rows)


def _undo_seconds(connection: sqlite3.Connection, author: str) -> int | None:
    query = "SELECT value FROM setting WHERE author = ? AND name = ?"
    row = connection.execute(query, (author, _UNDO)).fetchone()
    return int(row["value"]) if row else None


def _save(
    connection: sqlite3.Connection, ticket_id: str, author: str, *, text: str, at: str
) -> bool:
    before = read_draft(connection, ticket_id, author)
    write_draft(connection, ticket_id, author, text=text, at=at)
    return bool(before) != bool(read_draft(connection, ticket_id, author))
