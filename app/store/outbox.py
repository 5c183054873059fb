"""The outbox: every reply and order on its way, durable before any screen says so.

It has its own file, so that a rebuilt copy of the tickets never touches it, and one owner: a lock
keeps a second process out, and the epoch fences off whoever slipped past the lock.
"""

import logging
import sqlite3
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from app.domain.clock import Clock
from app.domain.errors import StoreBusyError, StoreDamagedError, StoreFullError
from app.domain.reply import Reply, ReplyState, check_move
from app.domain.ticket import Status
from app.store.drafts import drop_sent, give_back
from app.store.outbox_file import OutboxFile
from app.store.reply_rows import INSERT, UPDATE, from_row, to_row

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""how long settled rows stay, for the seller who asks what became of a reply"""

_UNSETTLED = "state NOT IN ('confirmed', 'cancelled')"
_SENDABLE = """
SELECT * FROM outbox AS this
WHERE state = 'queued' AND question IS NULL AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.ticket_id = this.ticket_id AND earlier.seq < this.seq
      AND earlier.state NOT IN ('confirmed', 'cancelled')
      AND CASE WHEN this."order" IS NULL THEN earlier."order" IS NULL
               ELSE earlier.state IN ('queued', 'inflight') AND earlier.question IS NULL END)
ORDER BY seq
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What lies over a ticket's row until the API shows it.

    Shape: `reply_state` is a `ReplyState` value, "asked" for what waits for an answer or "waiting"
           for what waits out a pause: of the first reply that needs a person, else of the newest
           that is not settled; `status` the newest order's, while it is on its way.
    """

    reply_state: str | None = None
    status: str | None = None
    needs_person: bool = False


class Outbox:
    """All replies and orders; the only place that knows or changes their state."""

    def __init__(self, database: OutboxFile, lock: FileLock, *, clock: Clock) -> None:
        self.database = database
        self._lock = lock
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, *, clock: Clock) -> "Outbox":
        """Open the file, made if missing, and shut out every other process.

        Errors: StoreBusyError when another process has it; StoreError.
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
            except StoreDamagedError:  # it is kept as it is, which every order will be told
                log.error("%s", file.trouble)  # noqa: TRY400 the sentence says it all
            undone.pop_all()
        return cls(file, lock, clock=clock)

    async def close(self) -> None:
        """Finish what was asked for, then let others in."""
        await self.database.close()
        self._lock.release()

    async def enqueue(self, reply: Reply) -> Reply:
        """Make `reply` durable and clear the draft that holds its text, both or neither.

        Shape:  the row as it is kept; a reply whose id is known is not added a second time,
                an order takes the place of older orders of its ticket that have not left.
        Errors: StoreError; then nothing was changed.
        """
        return await self.database.write(lambda c: self._enqueue(c, reply))

    async def move(self, reply: Reply, to: ReplyState, **changes: object) -> Reply | None:
        """Bring `reply` from the state it has here to `to`, with `changes` of other fields.

        Shape:  the row as it is then; None when somebody else moved it first.
        Errors: ValueError unless the machine may do this by itself; StoreError.
        """
        check_move(reply, to, by_person=False)
        return await self.note(reply, state=to, **changes)

    async def approve(self, reply: Reply) -> Reply | None:
        """Queue `reply` once more because a person said so; None when it was moved first."""
        check_move(reply, ReplyState.QUEUED, by_person=True)
        return await self.note(
            reply,
            state=ReplyState.QUEUED,
            approvals=reply.approvals + 1,
            reason=None,
            next_check_at=None,
        )

    async def answer(self, reply: Reply) -> Reply | None:
        """Let a reply with a question go because a person said so; None when it was moved first."""
        return await self.note(reply, question=None, reason=None)

    async def note(self, reply: Reply, **changes: object) -> Reply | None:
        """Change other fields of a row; None when it is no longer in that state."""
        return await self.database.write(lambda c: self._change(c, reply, changes))

    async def take_back(self, reply: Reply) -> str | None:
        """Cancel `reply` for a person and put its text before the draft, both or neither.

        Shape: the reply's text, "" for an order; None when the reply was moved first.
        """
        check_move(reply, ReplyState.CANCELLED, by_person=True)
        return await self.database.write(lambda c: self._take_back(c, reply))

    async def find(self, reply_id: str) -> Reply | None:
        """The row of a reply, settled or not."""
        return await self.database.read(lambda c: _find(c, reply_id))

    async def pending(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that are not settled, oldest first."""
        return await self._select(
            f'ticket_id = ? AND "order" IS NULL AND {_UNSETTLED} ORDER BY seq', ticket_id
        )

    async def orders(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's orders to close or reopen that are not settled, oldest first."""
        return await self._select(
            f'ticket_id = ? AND "order" IS NOT NULL AND {_UNSETTLED} ORDER BY seq', ticket_id
        )

    async def undecided(self) -> tuple[Reply, ...]:
        """Everything that waits for a person, in all tickets, oldest first."""
        return tuple(reply for reply in await self.unsettled() if reply.needs_person)

    async def unsettled(self) -> tuple[Reply, ...]:
        """Everything to which something may still happen, oldest first."""
        return await self._select(f"{_UNSETTLED} ORDER BY seq")

    async def attempted(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that may have left and that no message is known to be."""
        return await self._select(
            'ticket_id = ? AND "order" IS NULL AND attempts > 0 AND message_id IS NULL'
            " AND (state <> 'refused' OR next_check_at IS NOT NULL) ORDER BY seq",
            ticket_id,
        )

    async def shown(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that are known messages of it, oldest first."""
        known = "ticket_id = ? AND message_id IS NOT NULL"
        return await self._select(f"{known} ORDER BY seq", ticket_id)

    async def doubled(self, ticket_id: str) -> tuple[Reply, ...]:
        """The ticket's replies that the customer has more than once, oldest first."""
        return await self._select("ticket_id = ? AND copies > 1 ORDER BY seq", ticket_id)

    async def overlays(self) -> dict[str, Overlay]:
        """What lies over each ticket that has something unsettled, by ticket id."""
        overlays: dict[str, Overlay] = {}
        for reply in await self.unsettled():
            overlays[reply.ticket_id] = _laid_over(overlays.get(reply.ticket_id, Overlay()), reply)
        return overlays

    async def sendable(self) -> tuple[Reply, ...]:
        """What may be sent next: of each ticket's replies only the first that is not settled.

        Errors: StoreDamagedError while nothing can be sent; StoreError.
        """
        self.database.check()
        return await self.database.read(lambda c: tuple(map(from_row, c.execute(_SENDABLE))))

    async def watched(self) -> tuple[Reply, ...]:
        """What may have left and is looked for in its ticket, or was interrupted while leaving."""
        return await self._select(
            "state IN ('inflight', 'uncertain') OR next_check_at IS NOT NULL ORDER BY seq"
        )

    async def bound(self, ticket_id: str) -> dict[str, str]:
        """The messages of a ticket that are known replies: reply ids by message id."""
        return {str(reply.message_id): reply.reply_id for reply in await self.shown(ticket_id)}

    async def _select(self, condition: str, *values: str) -> tuple[Reply, ...]:
        query = f"SELECT * FROM outbox WHERE {condition}"  # noqa: S608 only constants of this file
        return await self.database.read(lambda c: tuple(map(from_row, c.execute(query, values))))

    def _enqueue(self, connection: sqlite3.Connection, reply: Reply) -> Reply:
        self._check_epoch(connection)
        if reply.order is not None:
            _supersede(connection, reply.ticket_id)
        connection.execute(INSERT, to_row(reply))
        kept = _find(connection, reply.reply_id) or reply
        if reply.order is None and kept.state is not ReplyState.CANCELLED:
            drop_sent(connection, reply.ticket_id, reply.author, text=kept.text)
        return kept

    def _change(
        self, connection: sqlite3.Connection, reply: Reply, changes: Mapping[str, object]
    ) -> Reply | None:
        self._check_epoch(connection)
        row = _find(connection, reply.reply_id)
        if row is None or row.state is not reply.state or row.question is not reply.question:
            return None
        changed = replace(row, **changes)  # type: ignore[arg-type]  # names are checked by replace
        connection.execute(UPDATE, to_row(changed))
        if changed.then_close and changed.state in {ReplyState.ACCEPTED, ReplyState.CONFIRMED}:
            connection.execute(INSERT, to_row(_closing(changed)))
        return changed

    def _take_back(self, connection: sqlite3.Connection, reply: Reply) -> str | None:
        changes = {"state": ReplyState.CANCELLED, "next_check_at": None, "question": None}
        if self._change(connection, reply, changes) is None:
            return None
        if reply.order is not None:
            return ""
        at = self._clock.now().isoformat()
        give_back(connection, reply.ticket_id, reply.author, text=reply.text, at=at)
        return reply.text

    def _check_epoch(self, connection: sqlite3.Connection) -> None:
        opening = connection.execute("SELECT epoch FROM opening").fetchone()
        if opening is None:
            raise StoreDamagedError("The outbox does not know who opened it.")
        if opening["epoch"] != self.database.epoch:
            raise StoreBusyError("Another Ticketdesk took over the outbox. Close this one.")


def _begin_epoch(connection: sqlite3.Connection, oldest: str) -> int:
    connection.execute(f"DELETE FROM outbox WHERE NOT {_UNSETTLED} AND written_at < ?", (oldest,))  # noqa: S608 a constant
    connection.execute("UPDATE opening SET epoch = epoch + 1")
    return int(connection.execute("SELECT epoch FROM opening").fetchone()["epoch"])


def _find(connection: sqlite3.Connection, reply_id: str) -> Reply | None:
    row = connection.execute("SELECT * FROM outbox WHERE reply_id = ?", (reply_id,)).fetchone()
    return from_row(row) if row else None


def _supersede(connection: sqlite3.Connection, ticket_id: str) -> None:
    connection.execute(
        "UPDATE outbox SET state = 'cancelled', question = NULL, next_check_at = NULL"
        ' WHERE ticket_id = ? AND "order" IS NOT NULL'
        " AND state IN ('queued', 'refused', 'uncertain')",
        (ticket_id,),
    )


def _closing(reply: Reply) -> Reply:
    return Reply(
        reply_id=f"{reply.reply_id}/close",
        ticket_id=reply.ticket_id,
        written_at=reply.written_at,
        order=Status.CLOSED,
        author=reply.author,
        seen=reply.baseline or reply.seen,
    )


def _laid_over(overlay: Overlay, reply: Reply) -> Overlay:
    if reply.order is not None and not reply.needs_person:
        return replace(overlay, status=reply.order.value)
    if overlay.needs_person:
        return overlay
    state = "asked" if reply.question else "waiting" if reply.is_paused else reply.state.value
    return replace(overlay, reply_state=state, needs_person=reply.needs_person)
