"""What exists only here: drafts and settings, in the outbox's file, safe from a rebuilt copy."""

import sqlite3
from dataclasses import dataclass

from app.domain.clock import Clock
from app.domain.outbox_entry import LONGEST_UNDO, Draft
from app.store.drafts import drop_draft, join_drafts, keep_draft, read_drafts
from app.store.mending import plain
from app.store.outbox_file import OutboxFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The draft a text is kept in, None for a blank one.

    Shape: `has_turned` when the ticket had no draft before or has none now, so that a badge knows.
    """

    draft: Draft | None
    has_turned: bool


class Local:
    """Drafts and settings of each seller, who is "" until people have accounts."""

    def __init__(self, database: OutboxFile, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def drafts(self, ticket_id: str, *, author: str = "") -> tuple[Draft, ...]:
        """What a seller left in the reply box, the newest first: more than one after a clash."""
        return await self._database.read(lambda c: read_drafts(c, ticket_id, author))

    async def draft_ids(self, *, author: str = "") -> frozenset[str]:
        """The tickets a seller has begun to answer."""
        return await self._database.read(lambda c: _draft_ids(c, author))

    async def save_draft(
        self, ticket_id: str, text: str, *, onto: Draft | None = None, author: str = ""
    ) -> Saved:
        """Keep `text`, typed onto the draft `onto` as it was known there.

        Shape:  it takes the place of `onto`, or stands beside it if that has become another text.
        Errors: StoreError when it could not be kept.
        """
        at = self._clock.now().isoformat()

        def save(connection: sqlite3.Connection) -> Saved:
            before = read_drafts(connection, ticket_id, author)
            draft = keep_draft(connection, ticket_id, author, text=text, onto=onto, at=at)
            after = read_drafts(connection, ticket_id, author)
            return Saved(draft=draft, has_turned=bool(before) != bool(after))

        return await self._database.write(save)

    async def join_drafts(self, own: Draft, other: Draft) -> Draft | None:
        """Make one draft of two, `other` last; None when either has become another text."""
        at = self._clock.now().isoformat()
        return await self._database.write(lambda c: join_drafts(c, own, other, at=at))

    async def drop_draft(self, draft: Draft) -> bool:
        """Forget a draft; false when it has become another text, which is kept."""
        return await self._database.write(lambda c: drop_draft(c, draft))

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


def _draft_ids(connection: sqlite3.Connection, author: str) -> frozenset[str]:
    rows = connection.execute("SELECT DISTINCT ticket_id FROM draft WHERE author = ?", (author,))
    return frozenset(plain(row["ticket_id"]) for row in rows)


def _undo_seconds(connection: sqlite3.Connection, author: str) -> int | None:
    query = "SELECT value FROM setting WHERE author = ? AND name = ?"
    row = connection.execute(query, (author, _UNDO)).fetchone()
    said = plain(row["value"]) if row else ""
    seconds = int(said) if said.isdecimal() else LONGEST_UNDO + 1
    return seconds if seconds <= LONGEST_UNDO else None  # a damaged one was never said
