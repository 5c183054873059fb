"""Reads single tickets into the mirror: for whoever opens one, while it is open, on suspicion."""

from app.client.scheduler import Priority
from app.client.tickets import TicketsClient
from app.domain.errors import ApiError, TicketNotFoundError
from app.domain.signals import Changes, Signal
from app.domain.ticket import Conversation
from app.store.tickets.mirror import TicketMirror


class TicketFetcher:
    """Reads tickets; what differs afterwards is announced. Raises: StoreError from both methods."""

    def __init__(
        self, *, client: TicketsClient, mirror: TicketMirror, changes: Signal[Changes]
    ) -> None:
        self._client = client
        self._mirror = mirror
        self._changes = changes

    async def fetch(
        self,
        ticket_id: str,
        *,
        priority: Priority = Priority.INTERACTIVE,
        max_age_seconds: float | None = None,
    ) -> Conversation:
        """Read a ticket and keep it in the mirror, by the number of the request that brought it.

        Args:
            max_age_seconds: as for `TicketsClient.get_ticket`; None is a request of its own.
        Raises: ApiError; it is not noted anywhere.
        """
        fetched = await self._client.get_ticket(
            ticket_id,
            priority=priority,
            max_age_seconds=max_age_seconds,
            started=self._mirror.request_number(),
        )
        read, started = fetched.conversation, fetched.started
        had_problem = self._mirror.problem(ticket_id) is not None
        changed = await self._mirror.apply_conversation(read, started=started)
        self._announce(changed | {ticket_id} if had_problem else changed)
        return read

    async def refresh(
        self, ticket_id: str, *, priority: Priority, max_age_seconds: float = 0.0
    ) -> None:
        """Read a ticket, with others who do at the moment; a failure is told beside the ticket."""
        try:
            try:
                await self.fetch(ticket_id, priority=priority, max_age_seconds=max_age_seconds)
            except TicketNotFoundError:  # gone only when it is said twice
                await self.fetch(ticket_id, priority=priority, max_age_seconds=0.0)
        except TicketNotFoundError:
            started = self._mirror.request_number()
            self._announce(await self._mirror.mark_gone(ticket_id, started=started))
        except ApiError as error:
            if self._mirror.record_problem(ticket_id, str(error)):
                self._announce(frozenset({ticket_id}))

    def _announce(self, changed: frozenset[str]) -> None:
        if changed:
            self._changes.emit(Changes(tickets=changed))
