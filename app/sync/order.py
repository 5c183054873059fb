"""In which order the API lists the tickets: documented nowhere, so the rows themselves tell.

Every order is possible until a page contradicts it; when none is left the order is unknown.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.domain.ticket import Ticket
from app.store.tickets.rows import micros
from app.store.walks import Mark

CREATED_DESC, UPDATED_DESC = "created, newest first", "updated, newest first"
CREATED_ASC, UPDATED_ASC = "created, oldest first", "updated, oldest first"
ORDERS = (UPDATED_DESC, CREATED_DESC, UPDATED_ASC, CREATED_ASC)
NEWEST_FIRST = frozenset({CREATED_DESC, UPDATED_DESC})
BY_CREATION = frozenset({CREATED_DESC, CREATED_ASC})


def mark_of(ticket: Ticket) -> Mark:
    """What tells where a ticket stands in any of the orders."""
    return Mark(
        ticket.id,
        None if ticket.created_at is None else micros(ticket.created_at),
        None if ticket.updated_at is None else micros(ticket.updated_at),
    )


def holding(orders: Iterable[str], marks: Sequence[Mark]) -> tuple[str, ...]:
    """Those of `orders` that rows which came in one answer do not contradict."""
    return tuple(order for order in orders if _is_held(order, marks))


def is_before(one: Mark, other: Mark, orders: Iterable[str]) -> bool:
    """Whether `one` stands before `other` in each of these orders, equal times being no proof."""
    places = [(_place(order, one), _place(order, other)) for order in orders]
    return all(a is not None and b is not None and a < b for a, b in places)


def is_newest_first(orders: Sequence[str]) -> bool | None:
    """Where new rows come in: first or, for False, last; None when that cannot be told."""
    found = {order in NEWEST_FIRST for order in orders}
    return found.pop() if len(found) == 1 else None


def _is_held(order: str, marks: Sequence[Mark]) -> bool:
    """Rows without the time hold no order by it, though one of them alone breaks none."""
    places = [place for mark in marks if (place := _place(order, mark)) is not None]
    return bool(places or not marks) and all(a <= b for a, b in pairwise(places))


def _place(order: str, mark: Mark) -> int | None:
    """A number that grows along the list."""
    at = mark.created if order in BY_CREATION else mark.updated
    return -at if at is not None and order in NEWEST_FIRST else at
