"""Keeps the mirror current: the list's head, what is on a screen, open tickets, a full scan.

What is read depends on the shop and on whether anybody watches, never on how many do.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from app.client.scheduler import Priority
from app.client.tickets import KEEP_SECONDS, TicketsClient
from app.domain.clock import Clock
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import ApiError, StoreDamagedError, StoreError
from app.domain.faults import Faults
from app.domain.signals import Changes, Signal
from app.domain.ticket import Conversation
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.rows import micros
from app.sync.connection_monitor import OFTEN_SECONDS, ConnectionMonitor
from app.sync.full_scan.completeness import lacking
from app.sync.full_scan.planner import head_ranges
from app.sync.full_scan.runner import PAGE_LIMIT, FullScan
from app.sync.message_backfill import MessageBackfill
from app.sync.notifier import ChangeNotifier
from app.sync.open_status_scan import OpenStatusScan
from app.sync.open_tickets import OpenTickets
from app.sync.poll_loop import PollLoop
from app.sync.ticket_fetcher import TicketFetcher

STUCK = (
    "The Tickets API gives the same page again whichever is asked for, "
    "so that tickets are missing here. Ask whoever runs it."
)
PAGES_AT_ONCE = 8
"""requested ahead by the first full scan; the gate lets fewer go at a time, the others wait"""
REQUESTS_A_CYCLE = 3
"""requests for what is on the screens and for the full scan between two reads of the head"""
READS_IN_A_ROW = 2
"""after so many tickets the full scan is next, however many are on the screens"""
FULL_SCAN_SECONDS = 3600.0
"""in so long the whole list is scanned where the budget allows it"""
OPEN_CYCLES = 6
OPEN_PAGES = 20
"""in so many cycles the open tickets are read again, or so many pages of them"""
UNWATCHED_SECONDS = 300.0
WORTH_SAYING_SECONDS = 30.0
"""a longer wait for the next try is said, a shorter one would be over before it is read"""
OPENING = "reading a ticket that was opened"
FAULT_SECONDS = 60.0
"""how long a fault stands that shows only when somebody opens a ticket"""
REST_SHARE = 2
"""without a budget: so many seconds of rest after a second of reading conversations"""

log = logging.getLogger(__name__)


class SyncCoordinator:
    """Owns the loops that keep the mirror current; `run` it, cancel that to stop.

    While `watched` is False everything waits `UNWATCHED_SECONDS`; only the first full scan goes on,
    and the message backfill.
    """

    def __init__(
        self,
        *,
        client: TicketsClient,
        mirror: TicketMirror,
        changes: Signal[Changes],
        clock: Clock,
        faults: Faults | None = None,
        refresh_seconds: float = 15.0,
        watched: Callable[[], bool] = lambda: True,
        keep_messages: timedelta | None = None,
    ) -> None:
        self._client = client
        self._mirror = mirror
        self._clock = clock
        self._cycle = refresh_seconds
        self._watched = watched
        self._monitor = ConnectionMonitor()
        self._open_tickets = OpenTickets()
        self._faults = faults = faults or Faults(clock)
        self._poll_loop = PollLoop(clock, faults=faults, doing="reading the list")
        self._backfill_loop = PollLoop(clock, faults=faults, doing="reading conversations")
        self._notifier = ChangeNotifier(
            changes, mirror=mirror, connection=self.connection, clock=clock
        )
        faults.changed.subscribe(lambda _: self._notifier.flush())
        self._fetcher = TicketFetcher(client=client, mirror=mirror, changes=changes)
        self._full_scan = FullScan(client=client, mirror=mirror, announce=self._announce)
        self._open_scan = OpenStatusScan(client=client, mirror=mirror, announce=self._announce)
        self._backfill = MessageBackfill(
            fetcher=self._fetcher,
            mirror=mirror,
            open_tickets=self._open_tickets,
            clock=clock,
            keep=keep_messages,
        )
        self._scan_problem: str | None = None
        self._reading_head = asyncio.Lock()
        self._head_started = 0
        self._head_at, self._head_wait = -math.inf, 0.0
        self._next_try: datetime | None = None
        self._live = asyncio.Event()
        self._reads_in_a_row = 0
        self._reads: dict[asyncio.Task[None], tuple[object, str]] = {}
        """reads of tickets that were opened, each with its viewer and its ticket"""

    async def run(self) -> None:
        """Read until cancelled."""
        try:
            async with asyncio.TaskGroup() as loops:
                steps = (self._keep_head, self._read_next, self._keep_open)
                loops.create_task(self._poll_loop.run(*steps))
                loops.create_task(self._backfill_loop.run(self._backfill_messages))
        finally:
            reads = tuple(self._reads)
            for read in reads:
                read.cancel()
            await self._full_scan.cancel()
            await asyncio.gather(*reads, return_exceptions=True)

    def wake(self) -> None:
        """Catch up: somebody has begun to watch."""
        self._poll_loop.wake()

    def connection(self) -> ConnectionState:
        """State of the connection to the API; faults of the desk itself come first."""
        scan, unreadable = self._mirror.scan, self._full_scan.unreadable
        missed = lacking(scan, self._mirror.reading, unreadable=unreadable)
        state = replace(
            self._monitor.state,
            unreadable=unreadable,
            lacking=missed,
            next_try=self._next_try,
        )
        problem = self._scan_problem or (STUCK if missed and scan.result.is_stuck else None)
        if problem and not state.problem:
            state = replace(state, status=ConnectionStatus.STALE, problem=problem)
        return self._faults.laid_over(state)

    def next_in(self) -> float | None:
        """Seconds until the next read is due, None while one is under way or nothing runs."""
        return self._poll_loop.next_in()

    def set_open_ticket(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` has this ticket open from now on, None for no ticket.

        It is read at once, unless what is stored is known to be current: then when it is due.
        A read that nobody waits for any more is cancelled, as replies would queue behind it.
        """
        self._open_tickets.set_open(viewer, ticket_id)
        for read, (who, what) in self._reads.items():
            if who == viewer and what != ticket_id:
                read.cancel()
        is_under_way = any(
            opened == (viewer, ticket_id) and not read.cancelling()
            for read, opened in self._reads.items()
        )
        if ticket_id is not None and not is_under_way:
            read = asyncio.create_task(self._read_opened(ticket_id))
            self._reads[read] = (viewer, ticket_id)
            read.add_done_callback(self._read_ended)

    async def read_ticket(self, ticket_id: str) -> Conversation:
        """Read a ticket with a request of its own, past every cache, and store it in the mirror.

        Raises: ApiError, StoreError.
        """
        self._open_tickets.mark_read(ticket_id, self._clock.monotonic())
        return await self._fetcher.fetch(ticket_id)

    async def refresh_now(self) -> None:
        """Read the list and the open tickets now; `connection` tells how it went."""
        asked = self._mirror.request_number()
        self._client.scheduler.probe_now()
        await self._refresh(asked)
        if self._live.is_set() and self._scan_problem:
            self._scan_problem = None  # unless it is met again
            self._notifier.flush()
            self._poll_loop.wake()
        if ticket_id := self._open_tickets.due(self._clock.monotonic(), every=KEEP_SECONDS):
            await self._read_quietly(ticket_id, Priority.INTERACTIVE)

    async def _keep_head(self) -> float:
        wait = self._head_wait if self._watched() else max(self._head_wait, UNWATCHED_SECONDS)
        left = self._head_at + wait - self._clock.monotonic()
        if left > 0:
            return left
        await self._refresh(self._mirror.request_number())
        return self._head_wait if self._watched() else max(self._head_wait, UNWATCHED_SECONDS)

    async def _refresh(self, asked: int) -> None:
        """Read the head of the list, unless somebody else began to after number `asked`."""
        async with self._reading_head:
            if self._head_started > asked:
                return
            self._head_started, self._head_at = (
                self._mirror.request_number(),
                self._clock.monotonic(),
            )
            self._head_wait, self._next_try = self._cycle, None
            try:
                await self._read_head()
            except (ApiError, StoreError) as error:
                self._live.clear()
                self._head_wait = self._monitor.failed(error)
                if isinstance(error, StoreDamagedError):
                    self._head_wait = await self._rebuild()
                if self._head_wait >= WORTH_SAYING_SECONDS:
                    self._next_try = self._clock.now() + timedelta(seconds=self._head_wait)
            else:
                self._monitor.succeeded()
                self._live.set()
            self._notifier.flush()

    async def _read_head(self) -> None:
        """Read pages until one brings nothing new; during the first full scan one is enough."""
        for asked in head_ranges(self._mirror.scan):
            started = self._mirror.request_number()
            page = await self._client.list_tickets(
                asked.page, limit=asked.limit, priority=Priority.BACKGROUND
            )
            changed = await self._mirror.apply_page(page, started=started)
            self._announce(changed)
            if not changed or not self._mirror.scan.is_complete:
                return

    async def _rebuild(self) -> float:
        try:
            await self._mirror.rebuild()
        except StoreError as error:
            return self._monitor.failed(error)
        return 0.0

    async def _read_next(self) -> float:
        """Read what is due most: a ticket on a screen, else the next pages of the full scan."""
        await self._live.wait()
        ticket_id = self._open_tickets.due(self._clock.monotonic(), every=0.9 * self._cycle)
        if ticket_id is None or self._reads_in_a_row >= READS_IN_A_ROW:
            self._reads_in_a_row = 0
            return await self._scan_list()
        self._reads_in_a_row += 1
        await self._read_quietly(ticket_id, Priority.BACKGROUND)
        return self._pause()

    async def _scan_list(self) -> float:
        try:
            await self._full_scan.step(pages=1 if self._mirror.scan.is_complete else PAGES_AT_ONCE)
            self._scan_problem = None
        except ApiError as error:
            log.info("a page of the list could not be read: %s", error)
            self._scan_problem = str(error)
            self._notifier.flush()
            return min(self._cycle, OFTEN_SECONDS)
        if self._mirror.scan.is_complete:
            self._notifier.flush()
            suspects, self._full_scan.suspects = self._full_scan.suspects, ()
            await self._read_each(suspects)
        return self._pause()

    def _pause(self) -> float:
        """Seconds from one turn to the next; the first full scan makes none."""
        if not self._mirror.scan.is_complete:
            return 0.0
        if not self._watched():
            return max(self._cycle, UNWATCHED_SECONDS)
        pages = (self._mirror.reading.expected or 0) / PAGE_LIMIT
        return min(self._cycle / REQUESTS_A_CYCLE, FULL_SCAN_SECONDS / max(pages, 1))

    async def _keep_open(self) -> float:
        await self._live.wait()
        if not self._mirror.scan.is_complete or not self._watched():
            return self._cycle if self._watched() else max(self._cycle, UNWATCHED_SECONDS)
        try:
            await self._open_scan.step()
        except ApiError as error:
            log.info("a page of the open tickets could not be read: %s", error)
        lost, self._open_scan.lost = self._open_scan.lost, ()
        await self._read_each(lost)
        return OPEN_CYCLES * self._cycle / min(self._open_scan.pages, OPEN_PAGES)

    async def _backfill_messages(self) -> float:
        """Read conversations with whatever the budget has left; without one, rest in between."""
        await self._live.wait()
        if not self._mirror.scan.is_complete:
            return min(self._cycle, OFTEN_SECONDS)
        began = self._clock.monotonic()
        try:
            if not await self._backfill.step():
                return self._cycle
        except ApiError as error:
            log.info("a conversation could not be read: %s", error)
            return min(self._cycle, OFTEN_SECONDS)
        if self._client.scheduler.requests_per_second is not None:
            return 0.0
        return REST_SHARE * (self._clock.monotonic() - began)

    async def _read_each(self, ticket_ids: tuple[str, ...]) -> None:
        for ticket_id in ticket_ids:
            await self._read_quietly(ticket_id, Priority.IDLE)

    async def _read_opened(self, ticket_id: str) -> None:
        with suppress(StoreError):  # the read says it better
            since = micros(self._clock.now()) - int(2 * self._cycle * 1_000_000)
            if await self._mirror.is_current(ticket_id, since=since):
                return
        await self._read_quietly(ticket_id, Priority.INTERACTIVE, max_age_seconds=KEEP_SECONDS)

    def _read_ended(self, read: asyncio.Task[None]) -> None:
        del self._reads[read]
        if read.cancelled():
            return
        if isinstance(error := read.exception(), Exception):
            self._faults.met("open ticket", error, doing=OPENING, seconds=FAULT_SECONDS)
        else:
            self._faults.over("open ticket", doing=OPENING)

    async def _read_quietly(
        self, ticket_id: str, priority: Priority, *, max_age_seconds: float = 0.0
    ) -> None:
        self._open_tickets.mark_read(ticket_id, self._clock.monotonic())
        try:
            await self._fetcher.refresh(
                ticket_id, priority=priority, max_age_seconds=max_age_seconds
            )
        except StoreError as error:
            if self._mirror.record_problem(ticket_id, str(error)):
                self._announce(frozenset({ticket_id}))

    def _announce(self, changed: frozenset[str]) -> None:
        self._notifier.add(changed)
        if changed:
            self._backfill_loop.wake()
