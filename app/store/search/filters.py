"""A filter as conditions on tickets: what the counts know of, and stretches of a number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.filters import TicketFilter
from app.domain.search_query import Comparison, HasTraits, SearchQuery, Trait, parse_query
from app.domain.ticket import Awaiting, Status, name_key
from app.store.search.normalize import normalize, normalize_name
from app.store.tickets.rows import micros

FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 28)
"""every zone has these days, and the day after"""

GroupRow = Mapping[str, Any]
"""A row of the facet groups; `product` and `currency` by their key, see `FacetCounts`."""

FACETS = ("status", "awaiting", "answered", "product", "currency")


@dataclass(frozen=True, slots=True)
class RangeCondition:
    """A column compared with a number."""

    column: str
    compare: str
    value: float
    """of a time the microseconds since 1970"""
    excluded: bool = False

    def sql(self) -> str:
        """The condition, with a place for the value; what is unknown is never so."""
        holds = f"{self.column} {self.compare} ?"
        return f"NOT coalesce({holds}, 0)" if self.excluded else holds


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions on a ticket, all of which hold.

    `status` to `currency` are what facet groups differ in, None for any, names by their key.
    """

    status: str | None = None
    awaiting: str | None = None
    answered: bool | None = None
    product: str | None = None
    currency: str | None = None
    typed: tuple[HasTraits, ...] = ()
    """further conditions on the facet group"""
    ranges: tuple[RangeCondition, ...] = ()

    @property
    def facets(self) -> dict[str, object]:
        """The values a kind has, by the name of its column."""
        return {name: value for name in FACETS if (value := getattr(self, name)) is not None}

    @property
    def is_any_group(self) -> bool:
        """Whether no kind is left out."""
        return not self.facets and not self.typed

    def matches(self, group: GroupRow) -> bool:
        """Whether tickets of this kind can match."""
        return all(group[name] == value for name, value in self.facets.items()) and all(
            _has(group, asked) is not asked.excluded for asked in self.typed
        )

    @property
    def only_waiting(self) -> bool:
        """Whether only tickets that wait for the seller can match."""
        waits = self.status == Status.OPEN and self.awaiting == Awaiting.SELLER
        return waits or self.compares_waits

    @property
    def compares_waits(self) -> bool:
        """Whether it is asked for how long tickets have waited, which only those have that do."""
        return any(one.column == "waiting_since" for one in self.ranges)

    def without(self, *names: str) -> "Conditions":
        """The same with any value of these."""
        return replace(self, **dict.fromkeys(names))  # type: ignore[arg-type]  # facets may be None


_NO_KNOWN_STATUS = tuple(
    HasTraits(traits=(("status", status.value),), excluded=True) for status in Status
)


def conditions_of(chosen: TicketFilter, *, zone: ZoneInfo, now: datetime) -> Conditions:
    """The conditions of a filter; whose answer is awaited counts only while a ticket is open."""
    query = parse_query(chosen.query)
    status, awaiting = chosen.status, chosen.awaiting
    if status is None and awaiting is not None:
        status = Status.OPEN
    typed = {
        name: value
        for asked in query.traits
        for name, value in asked.traits
        if not asked.excluded and isinstance(value, str)
    }
    return Conditions(
        # What is typed is tested with `typed`; here it only shows the way to a smaller index.
        status=status or typed.get("status"),
        awaiting=awaiting or typed.get("awaiting"),
        answered=chosen.answered,
        product=None if chosen.product is None else name_key(chosen.product),
        currency=None if chosen.currency is None else name_key(chosen.currency),
        typed=(*query.traits, *(_NO_KNOWN_STATUS if chosen.other_status else ())),
        ranges=tuple(_ranges(chosen, query, zone, now)),
    )


def _has(group: GroupRow, asked: HasTraits) -> bool:
    return all(_is(group, name, value, whole=asked.whole) for name, value in asked.traits)


def _is(group: GroupRow, name: Trait, value: object, *, whole: bool) -> bool:
    if name == "product" and not whole:
        return normalize(str(value)) in normalize_name(group["product"])
    if name in ("product", "currency"):
        return bool(group[name] == name_key(str(value)))
    return bool(group[name] == value)


def _ranges(
    chosen: TicketFilter, query: SearchQuery, zone: ZoneInfo, now: datetime
) -> Iterator[RangeCondition]:
    if chosen.created_from is not None:
        yield RangeCondition("created_at", ">=", _begin(chosen.created_from, zone))
    if chosen.created_to is not None:
        end = min(chosen.created_to, LAST_DAY) + timedelta(days=1)
        yield RangeCondition("created_at", "<", _begin(end, zone))
    if chosen.waits_longer_than is not None:
        yield RangeCondition("waiting_since", "<=", micros(now) - _length(chosen.waits_longer_than))
    if chosen.waits_less_than is not None:
        yield RangeCondition("waiting_since", ">", micros(now) - _length(chosen.waits_less_than))
    if chosen.amount_from is not None:
        yield RangeCondition("amount", ">=", float(chosen.amount_from))
    yield from (_range_of(one, now) for one in query.comparisons)


_COLUMNS = {"amount": "amount", "messages": "message_count"}
_EARLIER = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "="}
"""idle for longer means updated earlier"""


def _range_of(one: Comparison, now: datetime) -> RangeCondition:
    if isinstance(one.value, timedelta):
        at = micros(now) - _length(one.value)
        return RangeCondition("updated_at", _EARLIER[one.compare], at, one.excluded)
    return RangeCondition(_COLUMNS[one.measure], one.compare, float(one.value), one.excluded)


def _length(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def _begin(day: date, zone: ZoneInfo) -> int:
    day = min(max(day, FIRST_DAY), LAST_DAY + timedelta(days=1))
    return micros(datetime.combine(day, time.min, tzinfo=zone))
