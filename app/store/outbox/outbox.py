"""The outbox: every reply and status change on its way, durable before any screen says so.

It has its own file, so that a rebuilt copy of the tickets never touches it, and one owner: a lock
keeps a second process out, and the epoch fences off whoever slipped past the lock.
"""

import json
import logging
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from app.domain.clock import Clock
from app.domain.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    UnsettledError,
)
from app.domain.outbox_entry import (
    DeliveryState,
    OutboxEntry,
    Reply,
    StatusChange,
    check_move,
)
from app.domain.ticket import Status
from app.store.outbox.entry_rows import INSERT, UPDATE, from_row, to_row
from app.store.outbox.file import OutboxFile
from app.store.outbox.local import delete_sent_draft, restore_text
from app.store.outbox.mending import plain

E = TypeVar("E", bound=OutboxEntry)

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""how long settled rows stay, for the seller who asks what became of a reply"""

_ACCEPTED = frozenset({DeliveryState.ACCEPTED, DeliveryState.CONFIRMED})
_UNSETTLED = "state NOT IN ('confirmed', 'cancelled')"
_MINE = """
SELECT ticket_id FROM claim WHERE user_id = :author
UNION SELECT ticket_id FROM (
    SELECT ticket_id, author, max(seq) FROM outbox INDEXED BY outbox_answers
    WHERE status IS NULL AND state IN ('queued', 'inflight', 'accepted', 'confirmed')
    GROUP BY ticket_id)
WHERE author = :author
"""
_SENDABLE = """
SELECT * FROM outbox AS this
WHERE state = 'queued' AND review_reason IS NULL AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.ticket_id = this.ticket_id AND earlier.seq < this.seq
      AND earlier.state NOT IN ('confirmed', 'cancelled')
      AND CASE WHEN this.status IS NULL THEN earlier.status IS NULL
               ELSE earlier.state IN ('queued', 'inflight') AND earlier.review_reason IS NULL END)
ORDER BY seq
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What lies over a ticket's row until the API shows it.

    `delivery_state` is that of the first entry that needs a person, else of the newest reply that
    is not settled.
    """

    delivery_state: str | None = None
    """a `DeliveryState` value, "review" with a `ReviewReason`, "waiting" in a pause"""
    status: str | None = None
    """the newest status change's, while it is on its way"""
    needs_person: bool = False


class Outbox:
    """All entries; the only place that knows or changes their state."""

    def __init__(self, database: OutboxFile, lock: FileLock, *, clock: Clock) -> None:
        self.database = database
        self._lock = lock
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, *, clock: Clock) -> "Outbox":
        """Open the file, made if missing, and shut out every other process.

        Raises: StoreBusyError when another process has it; StoreError.
        """
        lock = FileLock(path.with_suffix(".lock"), thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreBusyError(
                f"{path} is in use by another Ticketdesk. Close that one, "
                "or choose another data folder."
            ) from None
        except OSError as error:
            raise StoreFullError(f"{lock.lock_file} cannot be used ({error.strerror}).") from None
        async with AsyncExitStack() as undone:
            undone.callback(lock.release)
            file = await OutboxFile.open(path, clock=clock)
            undone.push_async_callback(file.close)
            oldest = (clock.now() - KEPT).isoformat()
            try:
                file.epoch = await file.write(lambda c: _begin_epoch(c, oldest))
            except StoreDamagedError:  # it is kept as it is, which every command will be told
                log.error("%s", file.trouble)  # noqa: TRY400 the sentence says it all
            undone.pop_all()
        return cls(file, lock, clock=clock)

    async def close(self) -> None:
        """Finish what was asked for, then let others in."""
        await self.database.close()
        self._lock.release()

    async def enqueue(self, entry: E) -> E:
        """Make `entry` durable and clear the draft that holds its text, both or neither.

        A known id is not added a second time; a status change takes the place of older ones of
        its ticket that have not left.

        Returns: the row as it is kept.
        Raises: StoreError; then nothing was changed.
        """
        return await self.database.write(lambda c: self._enqueue(c, entry))

    async def move(self, entry: E, to: DeliveryState, **changes: object) -> E | None:
        """Bring `entry` from the state it has here to `to`, with `changes` of other fields.

        Returns: the row as it is then; None when somebody else moved it first.
        Raises: ValueError unless the machine may do this by itself; StoreError.
        """
        check_move(entry, to, by_person=False)
        return await self.change(entry, state=to, **changes)

    async def approve(self, entry: OutboxEntry) -> OutboxEntry | None:
        """Let `entry` be sent, again or in spite of its `ReviewReason`, as a person said.

        Returns: None when it was moved first.
        """
        if entry.state is DeliveryState.QUEUED:
            return await self.change(entry, review_reason=None, reason=None)
        check_move(entry, DeliveryState.QUEUED, by_person=True)
        return await self.change(
            entry,
            state=DeliveryState.QUEUED,
            approvals=entry.approvals + 1,
            reason=None,
            next_check_at=None,
        )

    async def change(self, entry: E, **changes: object) -> E | None:
        """Change fields of a row; None when it is no longer in that state."""
        return await self.database.write(lambda c: self._change(c, entry, changes))

    async def take_back(self, entry: OutboxEntry) -> str | None:
        """Cancel `entry` for a person and put its text before the draft, both or neither.

        Returns: the reply's text, "" for a status change; None when it was moved first.
        """
        check_move(entry, DeliveryState.CANCELLED, by_person=True)
        return await self.database.write(lambda c: self._take_back(c, entry))

    async def find(self, entry_id: str) -> OutboxEntry | None:
        """The row of an entry, settled or not."""
        return await self.database.read(lambda c: _find(c, entry_id))

    async def pending(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that are not settled, oldest first."""
        return await self._replies(f"ticket_id = ? AND {_UNSETTLED}", ticket_id)

    async def status_changes(self, ticket_id: str) -> tuple[StatusChange, ...]:
        """The ticket's status changes that are not settled, oldest first."""
        found = await self._entries(f"ticket_id = ? AND {_UNSETTLED}", ticket_id)
        return tuple(entry for entry in found if isinstance(entry, StatusChange))

    async def needing_review(self) -> tuple[OutboxEntry, ...]:
        """Everything that waits for a person, in all tickets, oldest first."""
        return tuple(entry for entry in await self.unsettled() if entry.needs_person)

    async def unsettled(self) -> tuple[OutboxEntry, ...]:
        """Everything to which something may still happen, oldest first."""
        return await self._entries(_UNSETTLED)

    async def attempted(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that may have left and that no message is known to be."""
        return await self._replies(
            "ticket_id = ? AND attempts > 0 AND message_id IS NULL"
            " AND (state <> 'refused' OR next_check_at IS NOT NULL)",
            ticket_id,
        )

    async def shown(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that are known messages of it, oldest first."""
        return await self._replies("ticket_id = ? AND message_id IS NOT NULL", ticket_id)

    async def doubled(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that the customer has more than once, oldest first."""
        return await self._replies("ticket_id = ? AND copies > 1", ticket_id)

    async def overlays(self) -> dict[str, Overlay]:
        """What lies over each ticket that has something unsettled, by ticket id."""
        overlays: dict[str, Overlay] = {}
        for entry in await self.unsettled():
            overlays[entry.ticket_id] = _laid_over(overlays.get(entry.ticket_id, Overlay()), entry)
        return overlays

    async def mine(self, author: str) -> frozenset[str]:
        """The tickets a seller has claimed, and those of which the newest reply written here is
        theirs; one that was refused, taken back or never confirmed counts as none.
        """
        rows = await self.database.read(lambda c: c.execute(_MINE, {"author": author}).fetchall())
        return frozenset(plain(row["ticket_id"]) for row in rows)

    async def sendable(self) -> tuple[OutboxEntry, ...]:
        """What may be sent next: of each ticket's replies only the first that is not settled.

        Raises: StoreDamagedError while nothing can be sent; StoreError.
        """
        self.database.check()
        return await self.database.read(lambda c: tuple(map(from_row, c.execute(_SENDABLE))))

    async def watched(self) -> tuple[OutboxEntry, ...]:
        """What may have left and is looked for in its ticket, or was interrupted while leaving."""
        return await self._entries(
            "state IN ('inflight', 'uncertain') OR next_check_at IS NOT NULL"
        )

    async def bound(self, ticket_id: str) -> dict[str, str]:
        """The messages of a ticket that are known replies: reply ids by message id."""
        return {str(reply.message_id): reply.entry_id for reply in await self.shown(ticket_id)}

    async def _replies(self, condition: str, ticket_id: str) -> tuple[Reply, ...]:
        found = await self._entries(condition, ticket_id)
        return tuple(entry for entry in found if isinstance(entry, Reply))

    async def _entries(self, condition: str, *values: str) -> tuple[OutboxEntry, ...]:
        query = f"SELECT * FROM outbox WHERE {condition} ORDER BY seq"  # noqa: S608 only constants of this file
        return await self.database.read(lambda c: tuple(map(from_row, c.execute(query, values))))

    def _enqueue(self, connection: sqlite3.Connection, entry: E) -> E:
        self._check_epoch(connection)
        if isinstance(entry, StatusChange):
            _supersede(connection, entry.ticket_id)
        connection.execute(INSERT, to_row(entry))
        if (kept := _find_kind(connection, entry)) is None:
            raise StoreError(f"Something else in the outbox has the id {entry.entry_id}.")
        if isinstance(kept, Reply) and kept.state is not DeliveryState.CANCELLED:
            delete_sent_draft(connection, kept.ticket_id, kept.author, text=kept.text)
        return kept

    def _change(
        self, connection: sqlite3.Connection, entry: E, changes: Mapping[str, object]
    ) -> E | None:
        self._check_epoch(connection)
        row = _find_kind(connection, entry)
        if row is None or (row.state, row.review_reason) != (entry.state, entry.review_reason):
            return None
        changed = replace(row, **changes)  # type: ignore[arg-type]  # names are checked by replace
        connection.execute(UPDATE, to_row(changed))
        if isinstance(changed, Reply) and changed.then_close and changed.state in _ACCEPTED:
            connection.execute(INSERT, to_row(_closing(changed)))
        return changed

    def _take_back(self, connection: sqlite3.Connection, entry: OutboxEntry) -> str | None:
        changes = {"state": DeliveryState.CANCELLED, "next_check_at": None, "review_reason": None}
        if self._change(connection, entry, changes) is None:
            return None
        if not isinstance(entry, Reply):
            return ""
        at = self._clock.now().isoformat()
        restore_text(connection, entry.ticket_id, entry.author, text=entry.text, at=at)
        return entry.text

    async def held_of(self, ticket_ids: Collection[str]) -> tuple[int, int, int]:
        """How many drafts, replies and unsettled replies there are for these tickets."""
        return await self.database.read(lambda c: _held_of(c, ticket_ids))

    async def forget(self, ticket_ids: Collection[str], *, even_unsettled: bool) -> None:
        """Remove every draft, claim, mark and entry of these tickets.

        Raises: UnsettledError where one is on its way, unless `even_unsettled`.
        """

        def remove(connection: sqlite3.Connection) -> None:
            self._check_epoch(connection)
            _, _, unsettled = _held_of(connection, ticket_ids)
            if unsettled and not even_unsettled:
                raise UnsettledError(unsettled)
            ids = [(id_,) for id_ in ticket_ids]
            connection.executemany("DELETE FROM outbox WHERE ticket_id = ?", ids)
            connection.executemany("DELETE FROM draft WHERE ticket_id = ?", ids)
            connection.executemany("DELETE FROM claim WHERE ticket_id = ?", ids)
            connection.executemany("DELETE FROM mark WHERE ticket_id = ?", ids)

        await self.database.write(remove)

    async def drop_settled(self, *, before: datetime) -> None:
        """Remove what was settled and written before then."""
        await self.database.write(lambda c: _drop_settled(c, before.isoformat()))

    def _check_epoch(self, connection: sqlite3.Connection) -> None:
        opening = connection.execute("SELECT epoch FROM opening").fetchone()
        if opening is None:
            raise StoreDamagedError("The outbox does not know who opened it.")
        if opening["epoch"] != self.database.epoch:
            raise StoreBusyError("Another Ticketdesk took over the outbox. Close this one.")


def _held_of(connection: sqlite3.Connection, ticket_ids: Collection[str]) -> tuple[int, int, int]:
    tables = ("draft", "outbox", f"outbox WHERE {_UNSETTLED}")
    ids = json.dumps([*ticket_ids])
    drafts, entries, unsettled = (
        connection.execute(
            f"SELECT count(*) FROM (SELECT ticket_id FROM {table})"  # noqa: S608 constants
            " WHERE ticket_id IN (SELECT value FROM json_each(?))",
            (ids,),
        ).fetchone()[0]
        for table in tables
    )
    return drafts, entries, unsettled


def _drop_settled(connection: sqlite3.Connection, before: str) -> None:
    connection.execute(f"DELETE FROM outbox WHERE NOT {_UNSETTLED} AND written_at < ?", (before,))  # noqa: S608 a constant


def _begin_epoch(connection: sqlite3.Connection, oldest: str) -> int:
    _drop_settled(connection, oldest)
    connection.execute("UPDATE opening SET epoch = epoch + 1")
    return int(connection.execute("SELECT epoch FROM opening").fetchone()["epoch"])


def _find(connection: sqlite3.Connection, entry_id: str) -> OutboxEntry | None:
    row = connection.execute("SELECT * FROM outbox WHERE entry_id = ?", (entry_id,)).fetchone()
    return from_row(row) if row else None


def _find_kind(connection: sqlite3.Connection, entry: E) -> E | None:
    """The row of `entry`, if it is still of the same kind."""
    found = _find(connection, entry.entry_id)
    return found if isinstance(found, type(entry)) else None


def _supersede(connection: sqlite3.Connection, ticket_id: str) -> None:
    connection.execute(
        "UPDATE outbox SET state = 'cancelled', review_reason = NULL, next_check_at = NULL"
        " WHERE ticket_id = ? AND status IS NOT NULL"
        " AND state IN ('queued', 'refused', 'uncertain')",
        (ticket_id,),
    )


def _closing(reply: Reply) -> StatusChange:
    return StatusChange(
        entry_id=f"{reply.entry_id}/close",
        ticket_id=reply.ticket_id,
        written_at=reply.written_at,
        status=Status.CLOSED,
        author=reply.author,
        seen=reply.baseline or reply.seen,
    )


def _laid_over(overlay: Overlay, entry: OutboxEntry) -> Overlay:
    if isinstance(entry, StatusChange) and not entry.needs_person:
        return replace(overlay, status=entry.status.value)
    if overlay.needs_person:
        return overlay
    state = "review" if entry.review_reason else "waiting" if entry.is_paused else entry.state.value
    return replace(overlay, delivery_state=state, needs_person=entry.needs_person)
