"""A Tickets API of nothing but a list that moves while it is read, in any of five orders."""

import asyncio
import math
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from app.domain.errors import ApiError, TicketNotFoundError
from app.domain.ticket import Awaiting, Conversation, Stats, Status, Ticket, TicketPage

Place = tuple[float | str, ...]
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def _created(ticket: Ticket) -> float:
    return ticket.created_at.timestamp() if ticket.created_at else 0.0


def _updated(ticket: Ticket) -> float:
    return ticket.updated_at.timestamp() if ticket.updated_at else 0.0


ORDERS: dict[str, Callable[[Ticket], Place]] = {
    "created desc": lambda ticket: (-_created(ticket), ticket.id),
    "updated desc": lambda ticket: (-_updated(ticket), ticket.id),
    "created asc": lambda ticket: (_created(ticket), ticket.id),
    "updated asc": lambda ticket: (_updated(ticket), ticket.id),
    "open first": lambda ticket: (not ticket.is_open, -_updated(ticket), ticket.id),
}
SIMPLE = tuple(ORDERS)[:4]
OTHERS: tuple[Callable[[Ticket], Place], ...] = (
    ORDERS["open first"],
    lambda ticket: (not ticket.is_open, -_created(ticket), ticket.id),
    lambda ticket: (ticket.subject or "", ticket.id),
)
"""orders that are none of the simple ones, all tried under the name of the fifth"""


AT_ONCE = 3
"""requests that the client lets go at a time; the others of those asked ahead wait"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """How often something happens on average between two requests."""

    new: float = 0.1
    changed: float = 0.5
    toggled: float = 0.05
    """closed or reopened"""
    deleted: float = 0.02


QUIET = Churn(new=0, changed=0, toggled=0, deleted=0)


@dataclass
class MovingList:
    """The API; `churn` happens before every answer, `requests` counts those for the list."""

    chance: Random
    place: Callable[[Ticket], Place]
    churn: Churn = QUIET
    fails: Callable[[], ApiError | None] = lambda: None
    tickets: dict[str, Ticket] = field(default_factory=dict)
    requests: int = 0

    def __post_init__(self) -> None:
        self._now = BEGAN
        self._made = 0
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._list: list[tuple[Place, str]] = []
        self._open = 0

    def fill(self, number: int) -> None:
        """Let `number` tickets be there, half of them touched since, most of those closed."""
        chance = self.chance
        for _ in range(number):
            self._pass(int(chance.random() * 4) * 40)
            ticket = self._new()
            if chance.random() < 0.5:
                moved = self._now + timedelta(seconds=int(chance.random() * number * 60))
                status = Status.CLOSED if chance.random() < 0.8 else Status.OPEN
                ticket = replace(ticket, updated_at=moved, status=status)
            self.tickets[ticket.id] = ticket
            self._open += ticket.is_open
        self._pass(number * 60)
        self._list = sorted((self.place(ticket), id_) for id_, ticket in self.tickets.items())

    async def list_tickets(self, page: int, *, limit: int, **_how: object) -> TicketPage:
        """A page as it is at some moment while the request is under way."""
        async with self._slots:
            self.requests += 1
            await self._travel()
            if error := self.fails():
                raise error
            self._live()
            start, total = (page - 1) * limit, len(self._list)
            answer = TicketPage(
                tickets=tuple(self.tickets[id_] for _, id_ in self._list[start : start + limit]),
                total=total,
                limit=limit,
                offset=start,
                stats=Stats(total=total, open=self._open, closed=total - self._open),
            )
            await self._travel()
            return answer

    async def get_ticket(self, ticket_id: str, **_how: object) -> Conversation:
        """One ticket."""
        if ticket_id not in self.tickets:
            raise TicketNotFoundError("There is no such ticket.")
        return Conversation(ticket=self.tickets[ticket_id], messages=())

    async def _travel(self) -> None:
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            await asyncio.sleep(0)

    def _live(self) -> None:
        """Let happen what happens between two answers."""
        self._pass(self.chance.choice((0, 1, 1, 2)))
        for _ in range(self._often(self.churn.new)):
            self._put(self._new())
        for mean, happen in (
            (self.churn.changed, self._change),
            (self.churn.toggled, self._toggle),
            (self.churn.deleted, self._take),
        ):
            for _ in range(self._often(mean)):
                if self._list:
                    happen(self.tickets[self.chance.choice(self._list)[1]])

    def _often(self, mean: float) -> int:
        """How often something happens that does so `mean` times on average."""
        times, left = 0, self.chance.random()
        while mean and left > (share := math.exp(-mean) * mean**times / math.factorial(times)):
            left -= share
            times += 1
        return times

    def _pass(self, seconds: int) -> None:
        self._now += timedelta(seconds=seconds)

    def _new(self) -> Ticket:
        self._made += 1
        return Ticket(
            # As in many APIs the id says nothing of the time.
            id=f"tkt_{(self._made * 2654435761) % 2**32:08x}",
            subject=f"{self._made * 7 % 40}",
            status=Status.OPEN,
            awaiting=Awaiting.SELLER,
            message_count=1,
            created_at=self._now,
            updated_at=self._now,
        )

    def _change(self, ticket: Ticket, status: Status | None = None) -> None:
        count = (ticket.message_count or 0) + 1
        self._take(ticket)
        self._put(
            replace(
                ticket,
                updated_at=self._now,
                message_count=count,
                status=status or ticket.status,
            )
        )

    def _toggle(self, ticket: Ticket) -> None:
        """Close a ticket, or reopen it."""
        self._change(ticket, Status.CLOSED if ticket.is_open else Status.OPEN)

    def _put(self, ticket: Ticket) -> None:
        self.tickets[ticket.id] = ticket
        self._open += ticket.is_open
        insort(self._list, (self.place(ticket), ticket.id))

    def _take(self, ticket: Ticket) -> None:
        del self.tickets[ticket.id]
        self._open -= ticket.is_open
        del self._list[bisect_left(self._list, (self.place(ticket), ticket.id))]
