"""Write fencing: no answer from before a write takes back in the mirror what it has done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.domain.ticket import Status
from app.store.tickets.mirror import TicketMirror
from app.sync.delivery.sender import Writer


class WriteFence:
    """Sends to `client`; what was read of a ticket before a write of it ended counts as old."""

    def __init__(self, client: Writer, mirror: TicketMirror) -> None:
        self._client = client
        self._mirror = mirror

    async def reply(self, ticket_id: str, text: str, *, idempotency_key: str) -> None:
        """Add a message from the seller. Raises: those of the client."""
        async with self._fence(ticket_id):
            await self._client.reply(ticket_id, text, idempotency_key=idempotency_key)

    async def set_status(self, ticket_id: str, status: Status) -> None:
        """Close or reopen. Raises: those of the client."""
        async with self._fence(ticket_id):
            await self._client.set_status(ticket_id, status)

    @asynccontextmanager
    async def _fence(self, ticket_id: str) -> AsyncIterator[None]:
        try:
            yield
        finally:  # also after a failure: it may have been applied all the same
            self._mirror.fence(ticket_id, self._mirror.request_number())
