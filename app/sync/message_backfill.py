"""Which messages are stored: read before anybody opens a ticket, and dropped when they are old."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from app.client.scheduler import Priority
from app.domain.clock import Clock
from app.domain.errors import (
    ApiError,
    KeyRefusedError,
    RateLimitedError,
    TicketNotFoundError,
    UnreachableError,
)
from app.domain.metrics import has_all_messages
from app.domain.signals import Changes, Signal
from app.domain.ticket import Ticket
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.upsert import StoredTicket, load_tickets
from app.sync.open_tickets import OpenTickets
from app.sync.ticket_fetcher import TicketFetcher

AT_ONCE = 3
CANDIDATES = 200
REST_SECONDS = 60.0
"""a ticket whose list and messages never agree is not read more often than this"""
FAILURE_SECONDS = 600.0
"""one that cannot be read is left alone for so long"""
REMEMBERED = 20_000
RETENTION_SECONDS = 86_400.0
DROPPED_AT_ONCE = 200
"""tickets: between two batches others may write"""

V = TypeVar("V")
Mark = tuple[datetime | None, int | None]
"""what a row says of its messages: when something last moved, and how many there are"""

log = logging.getLogger(__name__)


class MessageBackfill:
    """Fetches missing messages in order of use: on a screen, waiting, open, newest closed."""

    def __init__(
        self,
        *,
        fetcher: TicketFetcher,
        mirror: TicketMirror,
        open_tickets: OpenTickets,
        clock: Clock,
        keep: timedelta | None = None,
    ) -> None:
        self._keep = keep
        self._fetcher = fetcher
        self._mirror = mirror
        self._open_tickets = open_tickets
        self._clock = clock
        self._not_before: dict[str, float] = {}
        self._read_for: dict[str, Mark] = {}
        """the row a ticket was last read for: when that stands there again, reading did not help"""

    async def step(self) -> bool:
        """Read the next ones; False when there is none.

        Raises: StoreError, and the ApiErrors that have nothing to do with one ticket.
        """
        ids = await self._next()
        stored = await self._stored(ids)
        reads = [self._read(id_, _mark(stored.get(id_))) for id_ in ids]
        failures = await asyncio.gather(*reads, return_exceptions=True)
        for failure in failures:
            if failure is not None:
                raise failure
        return bool(ids)

    async def _next(self) -> list[str]:
        now = self._clock.monotonic()
        since = None if self._keep is None else self._clock.now() - self._keep
        due = await self._mirror.messages_due(
            self._open_tickets.tickets(), limit=CANDIDATES, since=since
        )
        return [id_ for id_ in due if self._not_before.get(id_, now) <= now][:AT_ONCE]

    async def _read(self, ticket_id: str, before: Mark | None) -> None:
        self._rest(ticket_id, REST_SECONDS)
        if self._read_for.pop(ticket_id, None) == before:
            return
        priority = (
            Priority.BACKGROUND if ticket_id in self._open_tickets.tickets() else Priority.IDLE
        )
        try:
            read = await self._fetcher.fetch(ticket_id, priority=priority)
        except TicketNotFoundError:
            await self._fetcher.refresh(
                ticket_id, priority=priority
            )  # gone only when it is said twice
        except (UnreachableError, RateLimitedError, KeyRefusedError):
            self._not_before.pop(ticket_id)
            raise
        except ApiError as error:
            log.info("a conversation could not be read: %s", error)
            self._rest(ticket_id, FAILURE_SECONDS)
        else:
            await self._end_rest(ticket_id, before, read.ticket)

    async def _end_rest(self, ticket_id: str, before: Mark | None, read: Ticket) -> None:
        """End the rest of a ticket whose list and messages agree, or whose row has moved meanwhile:
        when its customer writes once more, that is read at once.
        """
        stored = (await self._stored([ticket_id])).get(ticket_id)
        if stored is None:
            return
        agrees = not stored.is_stale and has_all_messages(stored.ticket, stored.messages)
        if agrees and before is not None:
            _remember(self._read_for, ticket_id, before)
        if agrees or _mark(stored) not in {before, _mark(StoredTicket(ticket=read))}:
            self._not_before.pop(ticket_id, None)

    async def _stored(self, ids: Sequence[str]) -> dict[str, StoredTicket]:
        if not ids:
            return {}
        found = await self._mirror.read(lambda c: load_tickets(c, ids))
        return {id_: stored for id_, (_, stored) in found.items()}

    def _rest(self, ticket_id: str, seconds: float) -> None:
        _remember(self._not_before, ticket_id, self._clock.monotonic() + seconds)


class Retention:
    """Drops old messages once a day; a ticket that is opened is read again. `run` it."""

    def __init__(
        self,
        *,
        keep: timedelta,
        mirror: TicketMirror,
        outbox: Outbox,
        changes: Signal[Changes],
        clock: Clock,
    ) -> None:
        self._keep = keep
        self._mirror = mirror
        self._outbox = outbox
        self._changes = changes
        self._clock = clock

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self.drop_old()
            await self._clock.sleep(RETENTION_SECONDS)

    async def drop_old(self) -> None:
        """Drop what is older than is kept, settled replies of our own too."""
        before = self._clock.now() - self._keep
        await self._outbox.drop_settled(before=before)
        is_clean = True
        while dropped := await self._mirror.drop_messages(before=before, limit=DROPPED_AT_ONCE):
            is_clean = False
            self._changes.emit(Changes(tickets=dropped))
        if not is_clean:
            await self._mirror.leave_no_trace()


def _mark(stored: StoredTicket | None) -> Mark | None:
    return (stored.ticket.updated_at, stored.ticket.message_count) if stored else None


def _remember(memory: dict[str, V], ticket_id: str, value: V) -> None:
    memory.pop(ticket_id, None)
    memory[ticket_id] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
