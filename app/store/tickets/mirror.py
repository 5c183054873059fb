"""The mirror: a local copy of the API's tickets, and the only way to change it.

It can be had again: a damaged file is set aside and filled again from the API.
"""

import asyncio
import logging
import math
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from app.domain.clock import Clock
from app.domain.errors import StoreDamagedError, StoreError, StoreFullError
from app.domain.tasks import carried_out
from app.domain.ticket import Conversation, Ticket, TicketPage
from app.store.database import Database
from app.store.forgotten import NOBODY, Forgotten, blank, blank_messages
from app.store.search.index import MERGE
from app.store.tickets import scan_state, sync_state
from app.store.tickets.integrity import SCHEMA, UNREADABLE, find_damage
from app.store.tickets.lists import messages_due, open_ids, outdated
from app.store.tickets.rows import micros
from app.store.tickets.scan_state import ScanState, SeenCounts
from app.store.tickets.staleness import StalenessGuard, compare_age
from app.store.tickets.sync_state import Reading
from app.store.tickets.upsert import (
    Change,
    StoredTicket,
    apply_changes,
    discard,
    drop_tombstones,
    load_discarded,
    load_tickets,
    rewrite,
)

T = TypeVar("T")

PROBLEMS_KEPT = 1000
BUILT_SECONDS = 30.0
"""no copy is begun again sooner: the API is asked for all of it each time"""
SOUND_SECONDS = 600.0
"""after so long a copy that was found sound is looked through again when a fault comes up"""

log = logging.getLogger(__name__)


class TicketMirror:
    """All tickets read so far; made by `open`. Raises: StoreError from every method."""

    def __init__(
        self, path: Path, database: Database, *, clock: Clock, forgotten: Forgotten = NOBODY
    ) -> None:
        self._forgotten = forgotten
        self._path = path
        self._database = database
        self._clock = clock
        self._staleness = StalenessGuard()
        self._last_start = 0
        self._problems: dict[str, str] = {}
        self._is_damaged = False
        self._rebuilding = asyncio.Lock()
        self._built_at = self._sound_at = -math.inf
        self._usable = asyncio.Event()
        self._usable.set()
        self.generation = 0
        """grows whenever something that is stored changes"""
        self.reading = Reading()
        self.scan = ScanState()

    @classmethod
    async def open(
        cls, path: Path, *, clock: Clock, forgotten: Forgotten = NOBODY
    ) -> "TicketMirror":
        """Open the mirror at `path`; a missing or damaged one begins empty.

        Args:
            forgotten: customers whose tickets are stored blank.
        """
        try:
            return await cls._open(path, clock, forgotten)
        except (StoreDamagedError, sqlite3.Error, *UNREADABLE):
            await asyncio.to_thread(_set_aside, path)
            return await cls._open(path, clock, forgotten)

    @classmethod
    async def _open(cls, path: Path, clock: Clock, forgotten: Forgotten) -> "TicketMirror":
        database = await Database.open(path, schema=SCHEMA)
        mirror = cls(path, database, clock=clock, forgotten=forgotten)
        try:
            await mirror._load_state()
        except BaseException:
            await mirror._database.close()
            raise
        return mirror

    async def close(self) -> None:
        """Finish writing and let go of the file."""
        with suppress(StoreError):  # then its age is a minute off after the restart
            await self._write(lambda c: sync_state.save_reading(c, self.reading))
        await self._database.close()

    async def rebuild(self) -> None:
        """Start over with an empty file if this one is damaged; the damaged one stays beside it.

        Raises: StoreDamagedError when it has been begun again a moment ago; StoreError.
        """
        if self._is_damaged:
            await self._rebuild(self._database)

    @carried_out
    async def check_integrity(self) -> bool:
        """Check the integrity of the mirror, as a fault may come from it; whether it was rebuilt.

        Raises: StoreError when it is damaged and cannot be begun again.
        """
        await self._usable.wait()
        used, now = self._database, self._clock.monotonic()
        if now - self._sound_at < SOUND_SECONDS:
            return False
        try:
            found = await used.read(find_damage)
        except StoreDamagedError as error:
            found = str(error)
        if found is None:
            self._sound_at = now
            return False
        log.warning("the copy of the tickets: %s", found)
        await self._rebuild(used)
        return True

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a consistent view of the mirror, in another thread.

        A mirror in which it meets damage is rebuilt, and `work` run on the new one.
        """
        await self._usable.wait()
        used = self._database
        try:
            return await used.read(work)
        except StoreDamagedError:
            await self._rebuild(used)
        except (sqlite3.Error, *UNREADABLE):
            if not await self.check_integrity():
                raise
        try:
            return await self._database.read(work)
        except StoreDamagedError:
            self._is_damaged = True
            raise
        except (sqlite3.Error, *UNREADABLE) as error:  # it may have kept something of the old one
            raise StoreDamagedError(f"{self._path} was damaged and is built again.") from error

    @carried_out
    async def _rebuild(self, used: Database) -> None:
        """Rebuild the mirror, unless somebody else has since `used` was found damaged."""
        async with self._rebuilding:
            if self._database is not used:
                return
            self._is_damaged = True
            if self._clock.monotonic() - self._built_at < BUILT_SECONDS:
                raise StoreDamagedError(
                    f"{self._path} is damaged again, a moment after it was begun anew. "
                    "Check the disk."
                )
            self._usable.clear()
            self.reading, self.scan = Reading(), ScanState(mirror_started=self.request_number())
            try:
                await used.close()
                await asyncio.to_thread(_set_aside, self._path)
                self._database = await Database.open(self._path, schema=SCHEMA)
                self._is_damaged, self._built_at = False, self._clock.monotonic()
            finally:
                self.generation += 1
                self._usable.set()

    def request_number(self) -> int:
        """The number for a request that starts now.

        Returns: microseconds since 1970, but always more than any number given before.
        """
        self._last_start = max(self._last_start + 1, micros(self._clock.now()))
        return self._last_start

    def fence(self, ticket_id: str, started: int) -> None:
        """Believe nothing about this ticket that was asked for before number `started`."""
        self._staleness.fence(ticket_id, started)

    async def apply_page(self, page: TicketPage, *, started: int) -> frozenset[str]:
        """Take in a page of the unfiltered list, asked for at number `started`.

        Returns: the ids of tickets that are stored differently now.
        """
        return await self.apply_pages([(page, started)])

    @carried_out
    async def apply_pages(
        self, pages: Sequence[tuple[TicketPage, int]], *, scan: ScanState | None = None
    ) -> frozenset[str]:
        """Take in several pages at once, each with its number; a batch costs less than its pages.

        Args:
            scan: where the full scan stands with these, saved together with them.
        Returns: the ids of tickets that are stored differently now.
        """

        def apply(connection: sqlite3.Connection) -> frozenset[str]:
            reads = [
                ([*map(_without_messages, _distinct(page.tickets))], started)
                for page, started in pages
            ]
            changed = self._apply(connection, reads)
            for page, started in pages:
                self._note_page(connection, page, started)
            if scan is not None and self._is_of_this_mirror(scan):
                scan_state.save_scan(connection, scan)
            return changed

        changed = await self._write(apply)
        if scan is not None and self._is_of_this_mirror(scan):
            self.scan = scan
        return self._publish(changed)

    @carried_out
    async def apply_conversation(self, read: Conversation, *, started: int) -> frozenset[str]:
        """Take in a ticket with its messages, asked for at number `started`.

        Returns: its id if it is stored differently now.
        """
        self._problems.pop(read.ticket.id, None)
        stored = StoredTicket(ticket=read.ticket, messages=read.messages, read_at=started)
        changed = await self._write(lambda c: self._apply(c, [([stored], started)]))
        if changed:  # what a list asked for earlier has counted may lack this
            self._staleness.stats_fence = max(self._staleness.stats_fence, started)
        return self._publish(changed)

    @carried_out
    async def mark_gone(self, ticket_id: str, *, started: int) -> frozenset[str]:
        """Note that the API does not know this ticket any more; its id if that is news."""
        self._problems.pop(ticket_id, None)
        self.fence(ticket_id, started)
        return self._publish(await self._write(lambda c: discard(c, ticket_id, started)))

    async def load_conversation(self, ticket_id: str) -> Conversation | None:
        """The ticket with its messages; None when either is not stored."""
        found = await self.read(lambda c: load_tickets(c, [ticket_id]))
        stored = found[ticket_id][1] if ticket_id in found else None
        if stored is None or stored.messages is None:
            return None
        return Conversation(ticket=stored.ticket, messages=stored.messages)

    def messages_read_at(self, ticket_id: str) -> int | None:
        """The number of the newest read of this ticket's messages since the desk runs."""
        return self._staleness.messages_read_at(ticket_id)

    def problem(self, ticket_id: str) -> str | None:
        """Why the last read of this ticket failed, None if it did not."""
        return self._problems.get(ticket_id)

    def record_problem(self, ticket_id: str, sentence: str) -> bool:
        """Remember why a read of this ticket failed; whether that is news."""
        if len(self._problems) >= PROBLEMS_KEPT:
            self._problems.clear()
        known = self._problems.get(ticket_id)
        self._problems[ticket_id] = sentence
        return known != sentence

    async def messages_due(
        self, shown: Sequence[str], *, limit: int, since: datetime | None = None
    ) -> list[str]:
        """The tickets whose messages are to be read first, as `lists.messages_due` has them."""
        from_on = None if since is None else micros(since)
        return await self.read(lambda c: messages_due(c, shown, limit, since=from_on))

    async def tickets_of(self, customer: Forgotten) -> frozenset[str]:
        """The tickets whose customer is among these, the ones that are gone too."""
        return await self.read(
            lambda c: frozenset((*_stored_of(c, customer), *_gone_of(c, customer)))
        )

    @carried_out
    async def blank_tickets(self, customer: Forgotten) -> frozenset[str]:
        """Keep nothing of what these customers wrote, now and later; the ids of their tickets."""
        self._forgotten = customer

        def blank_all(connection: sqlite3.Connection) -> frozenset[str]:
            lost = [(id_,) for id_ in _gone_of(connection, customer)]
            connection.executemany("DELETE FROM gone WHERE id = ?", lost)
            tickets = load_tickets(connection, _stored_of(connection, customer)).values()
            return rewrite(connection, [_blank(stored) for _, stored in tickets])

        blank = await self._write(blank_all)
        for id_ in blank:
            self._problems.pop(id_, None)
        return self._publish(blank)

    @carried_out
    async def write_anew(self) -> None:
        """Write the file anew, so that nothing that was removed is left in it or beside it."""
        await self._usable.wait()
        await self._database.write_anew(MERGE)

    async def leave_no_trace(self) -> None:
        """Make one of all parts of the search index: nothing is left of what was removed."""
        await self._write(lambda c: c.execute(MERGE).rowcount)

    @carried_out
    async def drop_messages(self, *, before: datetime, limit: int) -> frozenset[str]:
        """Let go of the messages of tickets in which nothing happened since; at most `limit`."""

        def drop(connection: sqlite3.Connection) -> frozenset[str]:
            old = load_tickets(connection, outdated(connection, micros(before), limit)).values()
            return rewrite(
                connection, [replace(stored, messages=None, is_stale=True) for _, stored in old]
            )

        def drop_whole(connection: sqlite3.Connection) -> frozenset[str]:
            connection.execute("PRAGMA secure_delete = ON")  # else the words stay on the disk
            try:
                return drop(connection)
            finally:
                connection.execute("PRAGMA secure_delete = OFF")

        return self._publish(await self._write(drop_whole))

    async def is_current(self, ticket_id: str, *, since: int) -> bool:
        """Whether all of a ticket is stored, and an answer since number `since` vouches for it."""
        if self._staleness.verified_at(ticket_id) < since:
            return False
        stored = (await self.read(lambda c: load_tickets(c, [ticket_id]))).get(ticket_id)
        return stored is not None and not stored[1].is_stale

    async def open_since(self, started: int) -> tuple[str, ...]:
        """Tickets stored as open of which no answer since number `started` was accepted."""
        stored = await self.read(open_ids)
        return tuple(id_ for id_ in stored if self._staleness.accepted_at(id_) < started)

    @carried_out
    async def save_scan(self, scan: ScanState) -> None:
        """Save where the full scan stands, for a restart."""
        if self._is_of_this_mirror(scan):
            await self._write(lambda c: scan_state.save_scan(c, scan))
            self.scan = scan

    def _is_of_this_mirror(self, scan: ScanState) -> bool:
        """Whether the mirror has not been begun again since a scan began."""
        return scan.mirror_started == self.scan.mirror_started

    async def seen_counts(self, *, created_before: int) -> SeenCounts:
        """How many tickets this scan and the one before have seen, of those that both could see."""
        number = self.scan.number
        return await self.read(
            lambda c: scan_state.seen_counts(c, number, created_before=created_before)
        )

    async def unseen(self) -> tuple[str, ...]:
        """Tickets that were stored before this scan began and that it has not seen."""
        scan = self.scan
        return await self.read(lambda c: scan_state.unseen(c, scan))

    def _note_page(self, connection: sqlite3.Connection, page: TicketPage, started: int) -> None:
        self._staleness.observe_page(page, started)
        scan_state.mark_seen(connection, page, self.scan.number)
        if started > self._staleness.stats_fence:
            self.reading = sync_state.update_reading(connection, page, started, self.reading)

    def _apply(
        self, connection: sqlite3.Connection, answers: Iterable[tuple[Sequence[StoredTicket], int]]
    ) -> frozenset[str]:
        """Put away what the answers change, each asked for at its number, one after the other."""
        free = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM ticket").fetchone()[0]
        changes: dict[str, Change] = {}
        for reads, started in answers:
            stored = load_tickets(connection, [read.ticket.id for read in reads])
            for read in reads:
                id_ = read.ticket.id
                number, first = stored.get(id_, (free, None))
                change = changes.get(id_) or Change(number=number, old=first, new=first)
                is_forgotten = self._forgotten.knows(
                    read.ticket, change.new.ticket if change.new else None
                )
                new = self._staleness.resolve(
                    change.new,
                    _blank(read) if is_forgotten else read,
                    started=started,
                    newest=self._last_start,
                )
                if new is not None and new.ticket.forgotten:
                    new = _blank(new)
                if new is not None and new != change.new:
                    free += change.new is None
                    changes[id_] = replace(change, new=new)
        apply_changes(connection, list(changes.values()))
        return frozenset(id_ for id_, change in changes.items() if _is_visible(change))

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        await self._usable.wait()
        if self._is_damaged:  # and could not be begun again
            raise StoreDamagedError(f"{self._path} is damaged and is built again.")
        used = self._database
        try:
            return await used.write(work)
        except StoreDamagedError:
            await self._rebuild(used)
            raise
        except (sqlite3.Error, *UNREADABLE) as error:
            if await self.check_integrity():
                raise StoreDamagedError(f"{self._path} was damaged and is built again.") from error
            raise

    def _publish(self, changed: frozenset[str]) -> frozenset[str]:
        self.generation += bool(changed)
        return changed

    async def _load_state(self) -> None:
        def load(connection: sqlite3.Connection) -> tuple[Reading, ScanState]:
            drop_tombstones(connection, self._clock.now())
            return sync_state.load_reading(connection), scan_state.load_scan(connection)

        self.reading, self.scan = await self._write(load)


def _is_visible(change: Change) -> bool:
    """Whether anybody could see the difference, which that a ticket is to be read again is not."""
    old, new = change.old, change.new
    return not (old and new) or (old.ticket, old.messages) != (new.ticket, new.messages)


def _blank(stored: StoredTicket) -> StoredTicket:
    messages = None if stored.messages is None else blank_messages(stored.messages)
    return replace(stored, ticket=blank(stored.ticket), messages=messages)


def _stored_of(connection: sqlite3.Connection, customers: Forgotten) -> list[str]:
    rows = connection.execute(
        "SELECT id, customer_email FROM ticket WHERE customer_email IS NOT NULL"
    )
    return [row["id"] for row in rows if row["customer_email"] in customers]


def _gone_of(connection: sqlite3.Connection, customers: Forgotten) -> list[str]:
    ids = [row["id"] for row in connection.execute("SELECT id FROM gone")]
    discarded = ((id_, load_discarded(connection, id_)) for id_ in ids)
    return [id_ for id_, stored in discarded if stored and customers.knows(stored.ticket, None)]


def _without_messages(ticket: Ticket) -> StoredTicket:
    return StoredTicket(ticket=ticket)


def _distinct(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Each ticket once; of several the one updated last, of equals the last on the page."""
    distinct: dict[str, Ticket] = {}
    for ticket in tickets:
        known = distinct.get(ticket.id)
        if known is None or compare_age(known, ticket) >= 0:
            distinct[ticket.id] = ticket
    return list(distinct.values())


def _set_aside(path: Path) -> None:
    """Move a damaged file away; what was set aside before makes room."""
    log.warning("the copy of the tickets is damaged and is built again")
    try:
        with suppress(FileNotFoundError):
            path.replace(path.with_suffix(".damaged"))
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    except OSError as error:
        raise StoreFullError(f"{path} cannot be replaced ({error.strerror}).") from None
