"""A copy in plain dictionaries: what the walk needs of the real one, a hundred times as fast."""

from collections.abc import Sequence

from app.domain.ticket import Conversation, Stats, Ticket, TicketPage
from app.store.notes import Reading
from app.store.walks import Catch, Walk


class Shelf:
    """Tickets by id; an answer that was asked for later wins, and a newer ticket always."""

    def __init__(self) -> None:
        self.walk = Walk()
        self.reading = Reading()
        self.tickets: dict[str, Ticket] = {}
        self._asked: dict[str, int] = {}
        self._met: tuple[set[str], set[str]] = (set(), set())
        self._last_start = 0
        self._open = 0

    def start(self) -> int:
        self._last_start += 1
        return self._last_start

    async def apply_pages(
        self, pages: Sequence[tuple[TicketPage, int]], *, walk: Walk | None = None
    ) -> frozenset[str]:
        changed: set[str] = set()
        for page, started in pages:
            changed |= {one.id for one in page.tickets if self._take_in(one, started)}
            self._met[self.walk.number % 2].update(one.id for one in page.tickets)
            if started > self.reading.started:
                self.reading = Reading(
                    started=started, stats=page.stats, counted=self._counted(), total=page.total
                )
        self.walk = walk or self.walk
        return frozenset(changed)

    async def apply_page(self, page: TicketPage, *, started: int) -> frozenset[str]:
        return await self.apply_pages([(page, started)])

    async def apply_conversation(self, read: Conversation, *, started: int) -> frozenset[str]:
        self._take_in(read.ticket, started)
        return frozenset({read.ticket.id})

    async def mark_gone(self, ticket_id: str, **_how: object) -> frozenset[str]:
        gone = self.tickets.pop(ticket_id, None)
        self._open -= bool(gone and gone.is_open)
        self._asked.pop(ticket_id, None)
        for met in self._met:
            met.discard(ticket_id)
        return frozenset({ticket_id})

    async def save_walk(self, walk: Walk) -> None:
        if walk.windows == 0:
            self._met[walk.number % 2].clear()
        self.walk = walk

    async def catch(self, **_how: object) -> Catch:
        now, before = self._met[self.walk.number % 2], self._met[(self.walk.number + 1) % 2]
        both = len(now & before)
        return Catch(
            held=len(self.tickets),
            both=both,
            only_now=len(now) - both,
            only_before=len(before) - both,
        )

    async def unmet(self) -> tuple[str, ...]:
        return tuple(self.tickets.keys() - self._met[self.walk.number % 2])

    def _take_in(self, ticket: Ticket, started: int) -> bool:
        held = self.tickets.get(ticket.id)
        if held and held.updated_at and ticket.updated_at:
            if ticket.updated_at < held.updated_at:
                return False
            is_newer = ticket.updated_at > held.updated_at
            if not is_newer and started < self._asked[ticket.id]:
                return False
        self._open += ticket.is_open - bool(held and held.is_open)
        self.tickets[ticket.id] = ticket
        self._asked[ticket.id] = started
        return held != ticket

    def _counted(self) -> Stats:
        total = len(self.tickets)
        return Stats(total=total, open=self._open, closed=total - self._open)
