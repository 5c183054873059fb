"""Keeps the copy current: the head of the list, what is on a screen, a walk over all the rest."""

import asyncio
import logging
from dataclasses import replace

from app.client.pace import Lane
from app.client.tickets import TicketsClient
from app.domain.clock import Clock
from app.domain.errors import ApiError, StoreDamagedError, StoreError
from app.domain.link import Link, LinkState
from app.domain.signals import Changes, Signal
from app.domain.ticket import Conversation, Stats
from app.store.mirror import Mirror
from app.store.rows import micros
from app.sync.attention import Attention
from app.sync.contact import OFTEN_SECONDS, Contact
from app.sync.sweep import PAGE_LIMIT, Sweep
from app.sync.ticket_reader import TicketReader

PAGES_AT_ONCE = 4
TELL_SECONDS = 0.25
"""how often at most the screens hear of pages while the first walk runs"""
FRESH_SECONDS = 3.0
"""what was read no longer ago is not read again because somebody opens it"""

log = logging.getLogger(__name__)


class Refresher:
    """Reads in the background and announces what differs; `run` it, cancel that to stop."""

    def __init__(
        self,
        *,
        client: TicketsClient,
        mirror: Mirror,
        changes: Signal[Changes],
        clock: Clock,
        refresh_seconds: float = 15.0,
    ) -> None:
        self._client = client
        self._mirror = mirror
        self._changes = changes
        self._clock = clock
        self._cycle = refresh_seconds
        self._contact = Contact()
        self._attention = Attention()
        self._tickets = TicketReader(client=client, mirror=mirror, changes=changes)
        self._sweep = Sweep(client=client, mirror=mirror, announce=self._announce)
        self._walk_problem: str | None = None
        self._reading_head = asyncio.Lock()
        self._live = asyncio.Event()
        self._looks: set[asyncio.Task[None]] = set()
        self._untold: frozenset[str] = frozenset()
        self._told: tuple[Stats | None, object] = (None, None)
        self._told_at = 0.0

    async def run(self) -> None:
        """Read until cancelled."""
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._keep_head())
                loops.create_task(self._keep_walking())
                loops.create_task(self._keep_looking())
        finally:
            for look in self._looks:
                look.cancel()
            await asyncio.gather(*self._looks, return_exceptions=True)

    def link(self) -> LinkState:
        """How the desk gets on with the API."""
        state = replace(self._contact.state, unreadable=self._sweep.unreadable)
        if self._walk_problem and not state.problem:
            state = replace(state, link=Link.STALE, problem=self._walk_problem)
        return state

    def look_at(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` has this ticket open from now on, None for no ticket; it is read at once."""
        self._attention.look(viewer, ticket_id)
        if ticket_id is not None and not self._is_fresh(ticket_id, FRESH_SECONDS):
            look = asyncio.create_task(self._look(ticket_id, Lane.PERSON))
            self._looks.add(look)
            look.add_done_callback(self._looks.discard)

    async def read_ticket(self, ticket_id: str) -> Conversation:
        """Read a ticket with a request of its own, past every cache, and keep it in the copy.

        Errors: ApiError, StoreError.
        """
        return await self._tickets.read(ticket_id)

    async def refresh_now(self) -> None:
        """Read the list and the open tickets without waiting for their turn; `link` tells how."""
        await self._refresh()
        await self._look_around()

    async def _keep_head(self) -> None:
        while True:
            await self._clock.sleep(await self._refresh())

    async def _refresh(self) -> float:
        """Read the head of the list; the seconds until that is due again."""
        async with self._reading_head:
            wait = self._cycle
            try:
                await self._read_head()
            except (ApiError, StoreError) as error:
                self._live.clear()
                wait = self._contact.failed(error)
                if isinstance(error, StoreDamagedError):
                    wait = await self._rebuild()
            else:
                self._contact.succeeded()
                self._live.set()
            self._tell()
            return wait

    async def _read_head(self) -> None:
        """Read pages until one brings nothing new; while the walk is on the way one is enough."""
        for number in range(1, 1_000_000):
            started = self._mirror.start()
            page = await self._client.list_tickets(number, limit=PAGE_LIMIT, lane=Lane.BACKGROUND)
            changed = await self._mirror.apply_page(page, started=started)
            self._announce(changed)
            if not changed or not self._mirror.walk.complete:
                return

    async def _rebuild(self) -> float:
        try:
            await self._mirror.rebuild()
        except StoreError as error:
            return self._contact.failed(error)
        return 0.0

    async def _keep_walking(self) -> None:
        while True:
            await self._live.wait()
            try:
                await self._sweep.step(pages=1 if self._mirror.walk.complete else PAGES_AT_ONCE)
                self._walk_problem = None
            except (ApiError, StoreError) as error:
                log.info("a page of the list could not be read: %s", error)
                self._walk_problem = str(error)
                self._tell()
                await self._clock.sleep(min(self._cycle, OFTEN_SECONDS))
                continue
            if self._mirror.walk.complete:
                self._tell()
                await self._check_suspects()
                await self._clock.sleep(self._cycle)

    async def _check_suspects(self) -> None:
        suspects, self._sweep.suspects = self._sweep.suspects, ()
        for ticket_id in suspects:
            await self._look(ticket_id, Lane.BACKGROUND)

    async def _keep_looking(self) -> None:
        while True:
            await self._clock.sleep(self._cycle)
            await self._live.wait()
            await self._look_around()

    async def _look_around(self) -> None:
        for ticket_id in self._attention.tickets():
            if not self._is_fresh(ticket_id, min(FRESH_SECONDS, self._cycle / 2)):
                await self._look(ticket_id, Lane.BACKGROUND)

    async def _look(self, ticket_id: str, lane: Lane) -> None:
        try:
            await self._tickets.look(ticket_id, lane=lane)
        except StoreError as error:
            if self._mirror.note_problem(ticket_id, str(error)):
                self._announce(frozenset({ticket_id}))

    def _is_fresh(self, ticket_id: str, seconds: float) -> bool:
        heard = self._mirror.heard_at(ticket_id)
        return heard is not None and micros(self._clock.now()) - heard < seconds * 1_000_000

    def _announce(self, changed: frozenset[str]) -> None:
        """Tell the screens of changed tickets, in bundles while there are very many."""
        self._untold |= changed
        is_due = self._clock.monotonic() - self._told_at >= TELL_SECONDS
        if changed and (is_due or self._mirror.walk.complete):
            self._tell()

    def _tell(self) -> None:
        """Tell the screens everything that differs from what they were told last."""
        reading, is_complete = self._mirror.reading, self._mirror.walk.complete
        now = (reading.stats, (self.link(), reading.as_of, is_complete))
        changes = Changes(
            tickets=self._untold,
            stats=now[0] != self._told[0],
            link=now[1] != self._told[1] or (bool(self._untold) and not is_complete),
        )
        self._untold, self._told, self._told_at = frozenset(), now, self._clock.monotonic()
        if changes:
            self._changes.emit(changes)
