"""The Tickets API as four calls: what a seller's desk may ask, and what it gets."""

import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from app.client.base_url import ticket_target
from app.client.cache import Cache
from app.client.parsing import parse_id
from app.client.responses import Operation, check_read, check_write
from app.client.scheduler import Priority, RequestScheduler, Urgency
from app.client.transport import ASGI, USUAL_DEADLINES, Deadlines, Transport, open_transport
from app.client.wire import conversation_from, page_from
from app.domain.clock import Clock
from app.domain.errors import ApiError, NotSentError, TicketNotFoundError
from app.domain.ticket import Conversation, Status, TicketPage

T = TypeVar("T")

LONG_BODY = 250_000
"""bytes; what is longer is read in a thread, so that the screens do not wait for it"""
BYTES_PER_BYTE = 3
"""how much larger a response is as objects than as JSON, about"""
KEEP_SECONDS = 3.0
"""a ticket asked for no longer ago is not asked for again because one more person opens it"""
CACHE_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """A ticket, and the number of the request that brought it, which may be another caller's."""

    conversation: Conversation
    started: int


class TicketsClient:
    """The four documented calls, typed and cached; `scheduler` has the numbers of the traffic.

    A ticket is cached for a moment. The list is not: each of its readers needs the answer of a
    request that starts now, and screens read the local copy.
    """

    def __init__(self, *, transport: Transport, scheduler: RequestScheduler, clock: Clock) -> None:
        self.scheduler = scheduler
        self.transport = transport
        self.cache: Cache[Fetched] = Cache(
            clock=clock, keep_seconds=KEEP_SECONDS, largest_bytes=CACHE_BYTES
        )
        self._check: Callable[[], Awaitable[None]] | None = None

    def behind(self, check: Callable[[], Awaitable[None]]) -> "TicketsClient":
        """This client, with `check` before each request; what that raises becomes its error."""
        checked = copy(self)
        checked._check = check
        return checked

    async def list_tickets(
        self,
        page: int = 1,
        *,
        limit: int = 100,
        status: Status | None = None,
        priority: Priority = Priority.BACKGROUND,
    ) -> TicketPage:
        """Fetch one page of tickets, always with a request that starts now.

        Args:
            page: counts from 1.
            limit: 1 to 100 tickets.
        Returns: at most `limit` tickets in the server's own order, which is documented nowhere;
            `total` counts the filtered tickets, `stats` the whole store.
        Raises: any ApiError but TicketNotFoundError.
        Source: Tickets API, "List Tickets".
        """
        query = {"limit": limit, "page": page} | ({"status": status.value} if status else {})
        target = f"/tickets?{urlencode(query)}"
        found, _ = await self._read(target, Urgency(priority), Operation.LIST, page_from)
        return found

    async def get_ticket(
        self,
        ticket_id: str,
        *,
        priority: Priority = Priority.INTERACTIVE,
        max_age_seconds: float | None = KEEP_SECONDS,
        started: int = 0,
    ) -> Fetched:
        """Fetch a ticket with all its messages, oldest first; `ticket.absent` names what is left
        out.

        Args:
            max_age_seconds: how long ago the answer may have been asked for, KEEP_SECONDS at most;
                a request under way is shared, but with None, which makes one of its own.
            started: the number of a request that starts now.
        Raises: any ApiError but RefusedError of a reply.
        Source: Tickets API, "Get Ticket".
        """
        target, urgency = _target(ticket_id), Urgency(priority)

        async def fetch() -> tuple[Fetched, int]:
            conversation, size_bytes = await self._read(
                target, urgency, Operation.TICKET, lambda body: conversation_from(body, ticket_id)
            )
            return Fetched(conversation, started), size_bytes * BYTES_PER_BYTE

        return await self.cache.get(target, fetch, max_age_seconds=max_age_seconds, urgency=urgency)

    async def reply(self, ticket_id: str, text: str, *, idempotency_key: str) -> None:
        """Send a reply, once; returning means accepted, which only a later read proves.

        Raises: NotSentError: nothing has left. RateLimitedError, KeyRefusedError,
            TicketNotFoundError, RefusedError: not applied. UnreachableError, BadAnswerError:
            nobody knows.
        Source: Tickets API, "Reply to Ticket"; the key is honoured where the API has that idea.
        """
        headers = {"Idempotency-Key": idempotency_key}
        await self._write("POST", ticket_id, {"message": text}, headers, Operation.REPLY)

    async def set_status(self, ticket_id: str, status: Status) -> None:
        """Close or reopen a ticket.

        Raises: as for `reply`.
        Source: Tickets API, "Update Ticket Status".
        """
        await self._write("PATCH", ticket_id, {"status": status.value}, {}, Operation.STATUS)

    async def aclose(self) -> None:
        """End what is under way and close every connection."""
        await self.cache.aclose()
        await self.scheduler.aclose()
        await self.transport.aclose()

    async def _read(
        self, target: str, urgency: Urgency, operation: Operation, understand: Callable[[bytes], T]
    ) -> tuple[T, int]:
        if self._check:
            await self._check()
        response = await self.scheduler.run_read(
            urgency,
            lambda seconds: self.transport.read(target, within_seconds=seconds),
            within_seconds=self.transport.deadlines.whole_read,
        )
        check_read(response, operation)
        size_bytes = len(response.body)
        if size_bytes > LONG_BODY:
            value = await asyncio.to_thread(understand, response.body)
        else:
            value = understand(response.body)
        return value, size_bytes

    async def _write(
        self,
        method: str,
        ticket_id: str,
        payload: dict[str, str],
        headers: dict[str, str],
        operation: Operation,
    ) -> None:
        target = _target(ticket_id)
        if self._check:
            try:
                await self._check()
            except ApiError as error:
                raise NotSentError(str(error)) from error
        try:
            response = await self.scheduler.run_write(
                lambda: self.transport.write(method, target, payload, headers)
            )
        finally:
            # Also after a failure: what was asked for before now may lack what has been applied.
            self.cache.drop(target)
        check_write(response, operation)


def open_client(
    *,
    url: str,
    api_key: str,
    clock: Clock,
    app: ASGI | None = None,
    requests_per_second: float | None = 2.0,
    concurrency: int = 4,
    deadlines: Deadlines = USUAL_DEADLINES,
) -> TicketsClient:
    """Open the API at `url`; with `app` the one in this process, then without any budget.

    Raises: SettingsError when the address, the key, the proxy or the certificates are unusable.
    """
    transport = open_transport(
        url=url, api_key=api_key, clock=clock, app=app, deadlines=deadlines, connections=concurrency
    )
    scheduler = RequestScheduler(
        clock=clock,
        requests_per_second=None if app else requests_per_second,
        concurrency=concurrency,
    )
    return TicketsClient(transport=transport, scheduler=scheduler, clock=clock)


def _target(ticket_id: str) -> str:
    """The address of a ticket; an id no ticket can have would ask for something else."""
    if parse_id(ticket_id) is None:
        raise TicketNotFoundError("There is no ticket with such an id.")
    return ticket_target(ticket_id)
