"""Private notes, in the outbox's file and never in the outbox: nothing here is sent anywhere."""

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.clock import Clock
from app.domain.errors import PrivateNoteError
from app.domain.outbox_entry import Draft
from app.domain.private_notes import MOST_NOTES, NoteAbout, PrivateNote
from app.domain.ticket import Ticket, customer_key
from app.store.outbox.file import OutboxFile
from app.store.outbox.local import delete_draft
from app.store.outbox.mending import plain

_INSERT = (
    "INSERT INTO private_note (about, about_key, author, author_name, written_at, text)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_OF_TICKET = (
    "SELECT * FROM private_note WHERE (about_key, about) IN (VALUES (?, ?), (?, ?)) ORDER BY number"
)
_COUNT = "SELECT about, about_key, count(*) AS notes FROM private_note GROUP BY about_key, about"


@dataclass(frozen=True, slots=True)
class NoteCounts:
    """How many notes there are on each ticket and on each customer."""

    by_key: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, ticket: Ticket) -> int:
        """The notes that stand in a ticket: its own and those on its customer."""
        keys = [(about.value, key) for about, key in _keys(ticket)]
        return sum(self.by_key.get(key, 0) for key in keys) if self.by_key else 0

    def of_customer(self, address: str) -> int:
        """The notes on a customer."""
        return self.by_key.get((NoteAbout.CUSTOMER.value, customer_key(address)), 0)


class NoteStore:
    """All private notes. Raises: StoreError when nothing could be kept."""

    def __init__(self, database: OutboxFile, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, ticket: Ticket) -> tuple[PrivateNote, ...]:
        """The notes on a ticket and on its customer, the oldest first."""
        keys = _keys(ticket)
        values = [value for about, key in (*keys, *keys)[:2] for value in (key, about)]
        return await self._database.read(lambda c: tuple(map(_note, c.execute(_OF_TICKET, values))))

    async def counts(self) -> NoteCounts:
        """How many there are."""
        return await self._database.read(_counts)

    async def add(
        self,
        about: NoteAbout,
        key: str,
        text: str,
        *,
        author: str = "",
        author_name: str = "",
        draft: Draft | None = None,
    ) -> None:
        """Keep a note, and forget the draft that holds its text: both or neither.

        Args:
            key: the id of the ticket, or the address of the customer.
        Raises: PrivateNoteError where there are too many.
        """
        key = key if about is NoteAbout.TICKET else customer_key(key)
        row = (about, key, author, author_name, self._clock.now().isoformat(), text)

        def add(connection: sqlite3.Connection) -> bool:
            found = connection.execute(
                "SELECT count(*) FROM private_note WHERE about = ? AND about_key = ?", (about, key)
            )
            if found.fetchone()[0] >= MOST_NOTES:
                return False
            connection.execute(_INSERT, row)
            if draft is not None:
                delete_draft(connection, draft)
            return True

        if not await self._database.write(add):
            raise PrivateNoteError(
                f"This {about.value} has {MOST_NOTES} private notes, and no more are kept. "
                "Remove some of them first."
            )

    async def find(self, number: int) -> PrivateNote | None:
        """A note by its number; None for one that was removed."""
        query = "SELECT * FROM private_note WHERE number = ?"
        row = await self._database.read(lambda c: c.execute(query, (number,)).fetchone())
        return _note(row) if row else None

    async def remove(self, number: int) -> bool:
        """Forget a note; false if it was removed before."""
        statement = "DELETE FROM private_note WHERE number = ?"
        return await self._database.write(lambda c: c.execute(statement, (number,)).rowcount > 0)

    async def count_of(self, ticket_ids: Collection[str], address: str) -> int:
        """How many notes there are on these tickets and on the customer."""
        counts = await self.counts()
        on_tickets = (counts.by_key.get((NoteAbout.TICKET.value, id_), 0) for id_ in ticket_ids)
        return counts.of_customer(address) + sum(on_tickets)

    async def forget(self, ticket_ids: Collection[str], address: str) -> int:
        """Forget every note on these tickets and on the customer; how many they were."""
        keys = [(NoteAbout.TICKET, id_) for id_ in ticket_ids]
        keys.append((NoteAbout.CUSTOMER, customer_key(address)))
        statement = "DELETE FROM private_note WHERE about = ? AND about_key = ?"
        return await self._database.write(lambda c: c.executemany(statement, keys).rowcount)


def _keys(ticket: Ticket) -> list[tuple[NoteAbout, str]]:
    """Under which the notes are kept that stand in a ticket."""
    keys = [(NoteAbout.TICKET, ticket.id)]
    if ticket.customer_email:
        keys.append((NoteAbout.CUSTOMER, customer_key(ticket.customer_email)))
    return keys


def _counts(connection: sqlite3.Connection) -> NoteCounts:
    rows = connection.execute(_COUNT)
    return NoteCounts(
        {(plain(row["about"]), plain(row["about_key"])): row["notes"] for row in rows}
    )


def _note(row: sqlite3.Row) -> PrivateNote:
    written_at = None
    with suppress(ValueError):
        written_at = datetime.fromisoformat(plain(row["written_at"]))
    return PrivateNote(
        number=row["number"],
        about=NoteAbout(row["about"]),
        author=plain(row["author"]),
        author_name=plain(row["author_name"]),
        written_at=written_at,
        text=plain(row["text"]),
    )
