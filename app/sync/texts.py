"""Reads conversations before anybody opens them, so that search and the numbers cover them."""

import asyncio
import logging

from app.client.pace import Lane
from app.domain.clock import Clock
from app.domain.errors import (
    ApiError,
    KeyRefusedError,
    RateLimitedError,
    TicketNotFoundError,
    UnreachableError,
)
from app.store.mirror import Mirror
from app.sync.attention import Attention
from app.sync.ticket_reader import TicketReader

AT_ONCE = 3
CANDIDATES = 200
REST_SECONDS = 60.0
"""a ticket whose list and messages never agree is not read more often than this"""
FAILURE_SECONDS = 600.0
"""one that cannot be read is left alone for so long"""
REMEMBERED = 20_000

log = logging.getLogger(__name__)


class Texts:
    """Those on a screen first, then where customers wait, then the open, then the newest closed."""

    def __init__(
        self, *, tickets: TicketReader, mirror: Mirror, attention: Attention, clock: Clock
    ) -> None:
        self._tickets = tickets
        self._mirror = mirror
        self._attention = attention
        self._clock = clock
        self._not_before: dict[str, float] = {}

    async def step(self) -> bool:
        """Read the next ones; False when there is none.

        Errors: StoreError, and the ApiErrors that have nothing to do with one ticket.
        """
        ids = await self._next()
        failures = await asyncio.gather(*map(self._read, ids), return_exceptions=True)
        for failure in failures:
            if failure is not None:
                raise failure
        return bool(ids)

    async def _next(self) -> list[str]:
        now = self._clock.monotonic()
        due = await self._mirror.texts_due(self._attention.tickets(), limit=CANDIDATES)
        return [id_ for id_ in due if self._not_before.get(id_, now) <= now][:AT_ONCE]

    async def _read(self, ticket_id: str) -> None:
        self._rest(ticket_id, REST_SECONDS)
        lane = Lane.BACKGROUND if ticket_id in self._attention.tickets() else Lane.SPARE
        try:
            await self._tickets.read(ticket_id, lane=lane)
        except TicketNotFoundError:
            await self._tickets.look(ticket_id, lane=lane)  # gone only when it is said twice
        except (UnreachableError, RateLimitedError, KeyRefusedError):
            self._not_before.pop(ticket_id)
            raise
        except ApiError as error:
            log.info("a conversation could not be read: %s", error)
            self._rest(ticket_id, FAILURE_SECONDS)

    def _rest(self, ticket_id: str, seconds: float) -> None:
        self._not_before.pop(ticket_id, None)
        self._not_before[ticket_id] = self._clock.monotonic() + seconds
        if len(self._not_before) > REMEMBERED:
            del self._not_before[next(iter(self._not_before))]
