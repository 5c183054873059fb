"""The Tickets API without a wire, on a clock by hand: each request meets the fate set for it."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.domain.errors import TicketNotFoundError
from app.domain.ticket import Conversation, Message, Status, Ticket
from tests.doubles.clock import HandClock
from tests.doubles.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one write."""

    late: float | None = 0.0
    """seconds until it is applied, None for never"""
    error: BaseException | None = None
    departs: bool = True
    """False when no byte leaves"""
    rewrite: Callable[[str], str] = str
    before: Callable[[], None] = lambda: None
    """runs when the request arrives"""


WELL = Fate()


class Shop:
    """Reads and writes as delivery knows them, on the truth."""

    def __init__(self, clock: HandClock, truth: Truth) -> None:
        self._clock = clock
        self.truth = truth
        self.fates: deque[Fate] = deque()
        self.reads: deque[BaseException | None] = deque()
        self.gone: set[str] = set()
        self.hidden: Callable[[str], bool] = lambda _: False
        self.while_reading: Callable[[], Awaitable[None]] | None = None
        self.while_writing: Callable[[], Awaitable[None]] | None = None
        self.read_count = 0
        self._late: list[tuple[float, Callable[[], object]]] = []

    async def read(self, ticket_id: str) -> Conversation:
        """The ticket now, unless the next read is to fail."""
        self.read_count += 1
        if self.while_reading is not None:
            await self.while_reading()
        self.catch_up()
        failure = self.reads.popleft() if self.reads else None
        if failure is not None:
            raise failure
        if ticket_id in self.gone:
            raise TicketNotFoundError("The Tickets API does not know this ticket (any more).")
        ticket = self.truth.tickets[ticket_id]
        return Conversation(
            ticket=Ticket(id=ticket.id, status=ticket.status, updated_at=ticket.updated_at),
            messages=tuple(
                Message(id=message_id, sender=sender, text=text, created_at=at)
                for message_id, sender, text, at in ticket.messages
                if not self.hidden(message_id)
            ),
        )

    async def reply(self, ticket_id: str, text: str, *, idempotency_key: str) -> None:
        """Add a message, as the next fate says."""
        if self.while_writing is not None:
            await self.while_writing()
        fate = self._arrive(idempotency_key)
        sent = fate.rewrite(text)
        self._apply(fate, lambda: self.truth.reply(ticket_id, sent, idempotency_key))

    async def set_status(self, ticket_id: str, status: Status) -> None:
        """Close or reopen, as the next fate says."""
        fate = self._arrive("")
        self._apply(fate, lambda: self.truth.set_status(ticket_id, status.value))

    def catch_up(self) -> None:
        """Apply what was late and is due."""
        due = [work for at, work in self._late if at <= self._clock.monotonic()]
        self._late = [(at, work) for at, work in self._late if at > self._clock.monotonic()]
        for work in due:
            work()

    def _arrive(self, key: str) -> Fate:
        fate = self.fates.popleft() if self.fates else WELL
        fate.before()
        if fate.departs:
            self.truth.arrived[key] += 1
        return fate

    def _apply(self, fate: Fate, work: Callable[[], object]) -> None:
        if fate.late is not None:
            self._late.append((self._clock.monotonic() + fate.late, work))
            self.catch_up()
        if fate.error is not None:
            raise fate.error
