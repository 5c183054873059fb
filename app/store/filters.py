"""A filter as conditions on tickets: what the counts know of, and stretches of time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.inbox import TicketFilter
from app.domain.ticket import Status
from app.store.rows import micros

FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 28)
"""every zone has these days, and the day after"""


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions on a ticket, all of which hold. Units: times are microseconds since 1970.

    Shape: `created` is a half-open stretch of time, None at an open end; the first five are what
           the kinds of tickets differ in.
    """

    status: str | None
    turn: str | None
    answered: bool | None
    product: str | None
    currency: str | None
    created: tuple[int | None, int | None]
    idle_before: int | None

    @property
    def facets(self) -> dict[str, object]:
        """The conditions on the kind, by the name of its column."""
        names = ("status", "turn", "answered", "product", "currency")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @property
    def is_timeless(self) -> bool:
        """Whether only the kind decides."""
        return self.created == (None, None) and self.idle_before is None


def where(chosen: TicketFilter, *, zone: ZoneInfo, now: datetime) -> Where:
    """The conditions of a filter; whose turn it is counts only while a ticket is open."""
    status = chosen.status
    if status is None and chosen.turn is not None:
        status = Status.OPEN
    idle = chosen.idle_longer_than
    return Where(
        status=status,
        turn=chosen.turn,
        answered=chosen.answered,
        product=chosen.product,
        currency=chosen.currency,
        created=(_begin(chosen.created_from, zone), _end(chosen.created_to, zone)),
        idle_before=None if idle is None else micros(now - idle),
    )


def _begin(day: date | None, zone: ZoneInfo) -> int | None:
    if day is None:
        return None
    day = min(max(day, FIRST_DAY), LAST_DAY)
    return micros(datetime.combine(day, time.min, tzinfo=zone))


def _end(day: date | None, zone: ZoneInfo) -> int | None:
    return None if day is None else _begin(min(day, LAST_DAY) + timedelta(days=1), zone)
