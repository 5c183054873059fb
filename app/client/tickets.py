"""The Tickets API as four calls: what a seller's desk may ask, and what it gets."""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

from app.client.address import ticket_target
from app.client.answers import Asked, check_read, check_write
from app.client.cache import Cache
from app.client.gate import Gate, Lane
from app.client.retry import read_again_once
from app.client.transport import ASGI, USUAL_DEADLINES, Deadlines, Transport, open_transport
from app.client.values import identity
from app.client.wire import conversation_from, page_from
from app.domain.clock import Clock
from app.domain.errors import TicketNotFoundError
from app.domain.ticket import Conversation, Status, TicketPage

T = TypeVar("T")

LONG_BODY = 250_000
"""Bytes; what is longer is read in a thread, so that the screens do not wait for it."""
BYTES_PER_BYTE = 3
"""How much larger an answer is as objects than as JSON, about."""


class TicketsClient:
    """The four documented calls, typed, cached, budgeted; `gate` has the numbers of the traffic."""

    def __init__(self, *, transport: Transport, gate: Gate, clock: Clock) -> None:
        self.gate = gate
        self.proxy = transport.proxy
        self.transport = transport
        self.clock = clock
        self._pages: Cache[TicketPage] = Cache(
            clock=clock, fresh_seconds=2, stale_seconds=10, largest_bytes=16_000_000
        )
        self._conversations: Cache[Conversation] = Cache(
            clock=clock, fresh_seconds=2, stale_seconds=10, largest_bytes=48_000_000
        )

    async def list_tickets(
        self,
        page: int = 1,
        *,
        limit: int = 100,
        status: Status | None = None,
        lane: Lane = Lane.BACKGROUND,
        fresh: bool = True,
    ) -> TicketPage:
        """Fetch one page of tickets.

        Units:  `page` counts from 1; `limit` is 1 to 100 tickets.
        Shape:  at most `limit` tickets in the server's own order, which is documented nowhere;
                `total` counts the filtered tickets, `stats` the whole store. With `fresh` the
                answer of a request that starts now, so that whoever numbers requests by their
                start numbers this one; without it the answer may be 10 s old.
        Errors: any ApiError but TicketNotFoundError.
        Source: Tickets API, "List Tickets".
        """
        query = {"limit": limit, "page": page} | ({"status": status.value} if status else {})
        target = f"/tickets?{urlencode(query)}"
        return await self._pages.get(
            target,
            lambda: self._read(target, lane, Asked.LIST, page_from),
            fresh=fresh,
        )

    async def get_ticket(
        self, ticket_id: str, *, lane: Lane = Lane.PERSON, fresh: bool = False
    ) -> Conversation:
        """Fetch a ticket with all its messages, oldest first.

        Shape:  with `fresh` the answer of a request that starts now; without it one that was asked
                for within the last 10 s will do. `ticket.absent` names what the answer left out.
        Errors: any ApiError but RefusedError of a reply.
        Source: Tickets API, "Get Ticket".
        """
        target = _target(ticket_id)
        return await self._conversations.get(
            target,
            lambda: self._read(
                target, lane, Asked.TICKET, lambda body: conversation_from(body, ticket_id)
            ),
            fresh=fresh,
        )

    async def reply(self, ticket_id: str, text: str, *, idempotency_key: str) -> None:
        """Send a reply, once; returning means accepted, which only a later read proves.

        Errors: NotSentError: nothing has left. RateLimitedError, KeyRefusedError,
                TicketNotFoundError, RefusedError: not applied. UnreachableError, BadAnswerError:
                nobody knows.
        Source: Tickets API, "Reply to Ticket"; the key is honoured where the API has that idea.
        """
        headers = {"Idempotency-Key": idempotency_key}
        await self._write("POST", ticket_id, {"message": text}, headers, Asked.REPLY)

    async def set_status(self, ticket_id: str, status: Status) -> None:
        """Close or reopen a ticket.

        Errors: as for `reply`.
        Source: Tickets API, "Update Ticket Status".
        """
        await self._write("PATCH", ticket_id, {"status": status.value}, {}, Asked.STATUS)

    async def aclose(self) -> None:
        """End what is under way and close every connection."""
        await self._pages.aclose()
        await self._conversations.aclose()
        await self.gate.aclose()
        await self.transport.aclose()

    async def _read(
        self, target: str, lane: Lane, asked: Asked, understand: Callable[[bytes], T]
    ) -> tuple[T, int]:
        answer = await read_again_once(
            self.gate,
            lane,
            lambda seconds: self.transport.read(target, within_seconds=seconds),
            clock=self.clock,
            within_seconds=self.transport.deadlines.whole_read,
        )
        check_read(answer, asked)
        size_bytes = len(answer.body)
        if size_bytes > LONG_BODY:
            value = await asyncio.to_thread(understand, answer.body)
        else:
            value = understand(answer.body)
        return value, size_bytes * BYTES_PER_BYTE

    async def _write(
        self,
        method: str,
        ticket_id: str,
        payload: dict[str, str],
        headers: dict[str, str],
        asked: Asked,
    ) -> None:
        target = _target(ticket_id)
        try:
            answer = await self.gate.run_write(
                lambda: self.transport.write(method, target, payload, headers)
            )
        finally:
            # Also after a failure: what was asked for before now may lack what has been applied.
            self._conversations.drop(target)
            self._pages.drop_all()
        check_write(answer, asked)


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

    Errors: SettingsError when the address, the key, the proxy or the certificates are unusable.
    """
    transport = open_transport(
        url=url, api_key=api_key, clock=clock, app=app, deadlines=deadlines, connections=concurrency
    )
    gate = Gate(
        clock=clock,
        requests_per_second=None if app else requests_per_second,
        concurrency=concurrency,
    )
    return TicketsClient(transport=transport, gate=gate, clock=clock)


def _target(ticket_id: str) -> str:
    """The address of a ticket; an id no ticket can have would ask for something else."""
    if identity(ticket_id) is None:
        raise TicketNotFoundError("There is no ticket with such an id.")
    return ticket_target(ticket_id)
