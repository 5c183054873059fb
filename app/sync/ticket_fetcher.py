"""Reads single tickets into the copy: for whoever opens one, while it is open, on suspicion."""

from app.client.pace import Lane
from app.client.tickets import TicketsClient
from app.domain.errors import ApiError, TicketNotFoundError
from app.domain.signals import Changes, Signal
from app.domain.ticket import Conversation
from app.store.tickets.mirror import TicketMirror


class TicketFetcher:
    """Reads tickets; what differs afterwards is announced. Errors: StoreError from both methods."""

    def __init__(
        self, *, client: TicketsClient, mirror: TicketMirror, changes: Signal[Changes]
    ) -> None:
        self._client = client
        self._mirror = mirror
        self._changes = changes
        self._in_flight: set[str] = set()

    async def fetch(self, ticket_id: str, *, lane: Lane = Lane.PERSON) -> Conversation:
        """Read a ticket with a request of its own, past every cache, and keep it in the copy.

        Errors: ApiError; it is not noted anywhere.
        """
        started = self._mirror.request_number()
        read = await self._client.get_ticket(ticket_id, lane=lane, fresh=True)
        had_problem = self._mirror.problem(ticket_id) is not None
        changed = await self._mirror.apply_conversation(read, started=started)
        self._announce(changed | {ticket_id} if had_problem else changed)
        return read

    async def refresh(self, ticket_id: str, *, lane: Lane) -> None:
        """Read a ticket unless that is under way; a failure is told beside the ticket."""
        if ticket_id in self._in_flight:
            return
        self._in_flight.add(ticket_id)
        try:
            await self._fetch_twice(ticket_id, lane)
        except TicketNotFoundError:
            started = self._mirror.request_number()
            self._announce(await self._mirror.mark_gone(ticket_id, started=started))
        except ApiError as error:
            if self._mirror.record_problem(ticket_id, str(error)):
                self._announce(frozenset({ticket_id}))
        finally:
            self._in_flight.discard(ticket_id)

    async def _fetch_twice(self, ticket_id: str, lane: Lane) -> None:
        try:
            await self.fetch(ticket_id, lane=lane)
        except TicketNotFoundError:  # gone only when it is said twice
            await self.fetch(ticket_id, lane=lane)

    def _announce(self, changed: frozenset[str]) -> None:
        if changed:
            self._changes.emit(Changes(tickets=changed))
