"""Which index leads to a page with the fewest entries read; the counts know how many match.

SQLite's own planner knows averages only, and here one status may hold 3 % of all tickets.
"""

import json
import sqlite3
from dataclasses import dataclass, replace

from app.domain.filters import Anchor, Place, SortKey
from app.domain.ticket import Awaiting, Status
from app.store.search.facet_counts import FacetCounts
from app.store.search.filters import Conditions
from app.store.search.normalize import normalize

FEW = 5000
"""Tickets; how far a stretch of time is counted before it is no shortcut."""

COLUMNS = {
    SortKey.UPDATED: ("updated_at", "by_updated"),
    SortKey.CREATED: ("created_at", "by_created"),
    SortKey.STATUS: ("status", "by_state"),
    SortKey.AWAITING: ("awaiting", "by_awaiting"),
    SortKey.SUBJECT: ("subject_key", "by_subject"),
    SortKey.CUSTOMER: ("customer_key", "by_customer"),
    SortKey.PRODUCT: ("product_key", "by_product"),
    SortKey.AMOUNT: ("amount", "by_amount"),
    SortKey.MESSAGES: ("message_count", "by_messages"),
    SortKey.WAITING: ("waiting_since", "by_waiting"),
}
"""The column of each order, and the index that has it so, with what decides between equals."""
TIMES = {SortKey.UPDATED, SortKey.CREATED, SortKey.WAITING}
NUMBERS = {SortKey.AMOUNT, SortKey.MESSAGES}
"""which one looks at with the greatest first, all other words from A on"""
INDEXES = dict(COLUMNS.values())


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement with the values for its places."""

    text: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSlice:
    """A stretch of an ordered list: `limit` rows after the first `offset`.

    Shape: unknown values come last; equals follow the last update, the newest first in the usual
           direction of the list; `backwards` reads the same list from its end.
    """

    sort: SortKey
    descending: bool
    offset: int
    limit: int
    backwards: bool = False

    def from_the_end(self, total: int) -> "PageSlice":
        """The same rows of a list of `total`, in the opposite order."""
        limit = min(self.limit, total - self.offset)
        return replace(self, offset=total - self.offset - limit, limit=limit, backwards=True)

    def sql(self) -> str:
        """The terms of ORDER BY."""
        way = "ASC" if self.descending is self.backwards else "DESC"
        unknown = "FIRST" if self.backwards else "LAST"
        order = f"{COLUMNS[self.sort][0]} {way} NULLS {unknown}"
        if self.sort in TIMES:
            return f"{order}, number {way}"
        among = way if self.sort in NUMBERS else "DESC" if way == "ASC" else "ASC"
        return f"{order}, updated_at {among}, number {among}"

    def place_of(self, row: sqlite3.Row) -> Place:
        """Where a row stands in the list."""
        return Place(row[COLUMNS[self.sort][0]], row["updated_at"], row["number"])

    def until(self, place: Place, *, including: bool) -> Sql:
        """The condition of all rows before a place of the list, read forwards."""
        down = self.descending
        first = _Key(COLUMNS[self.sort][0], place.value, down=down, unknown_first=False)
        if self.sort in TIMES:
            keys = [first, _Key("number", place.number, down=down)]
        else:
            among = down is (self.sort in NUMBERS)
            updated = _Key("updated_at", place.updated_at, down=among, unknown_first=not among)
            keys = [first, updated, _Key("number", place.number, down=among)]
        sql, values = ("1", []) if including else ("0", list[object]())
        for key in reversed(keys):
            before, at = key.before()
            sql, values = f"({before} OR {key.column} IS ? AND {sql})", [*at, key.value, *values]
        if place.value is None:
            return Sql(sql, tuple(values))
        bound = f"{first.column} {'>=' if down else '<='} ?"  # the stretch of the index to read
        return Sql(f"{bound} AND {sql}", (place.value, *values))


@dataclass(frozen=True, slots=True)
class _Key:
    """A term of an order, and its value at a place."""

    column: str
    value: object
    down: bool
    unknown_first: bool = False

    def before(self) -> tuple[str, list[object]]:
        """The condition of a value that comes before, with its values."""
        if self.value is None:
            return ("0" if self.unknown_first else f"{self.column} IS NOT NULL"), []
        before = f"{self.column} {'>' if self.down else '<'} ?"
        if self.unknown_first:
            before = f"({before} OR {self.column} IS NULL)"
        return before, [self.value]


def news_first(part: PageSlice) -> bool:
    """Whether what happens now comes first in the list, so that its beginning is where to look."""
    return part.descending and part.sort in {SortKey.UPDATED, SortKey.CREATED}


def beside(
    connection: sqlite3.Connection, part: PageSlice, anchor: Anchor, listed: Sql
) -> tuple[list[int], PageSlice, int]:
    """The page beside a row that was shown: tickets to begin it with, where the rest of it lies,
    and how many of the list come before it.

    Shape: `listed` is the list, FROM and WHERE.
    """
    until = part.until(anchor.place, including=anchor.forward)
    before = f"{listed.text} AND {until.text}"
    values = [*listed.values, *until.values]
    count = int(connection.execute(f"SELECT count(*) {before}", values).fetchone()[0])
    if not anchor.forward:
        first = max(0, count - part.limit)
        return [], replace(part, offset=first), first
    missed: list[int] = []
    if anchor.seen is not None and not news_first(part):
        rows = connection.execute(
            f"SELECT number {before} AND id NOT IN (SELECT value FROM json_each(?))"  # noqa: S608 fixed words
            f" ORDER BY {part.sql()} LIMIT ?",
            [*values, json.dumps(sorted(anchor.seen)), part.limit],
        )
        missed = [row["number"] for row in rows]
    rest = replace(part, offset=count, limit=part.limit - len(missed))
    return missed, rest, count - len(missed)


@dataclass(frozen=True, slots=True, order=True)
class IndexPlan:
    """An index and about how many of its entries are read."""

    entries: float
    index: str


def best(
    connection: sqlite3.Connection,
    where: Conditions,
    part: PageSlice,
    counts: FacetCounts,
    total: int | None,
) -> IndexPlan:
    """The way to `part` of the tickets that match, which are `total` if that is known."""
    gathering = across(connection, where, counts)
    if total is None:
        total = min(counts.fitting(where), int(gathering.entries))
    return min(along(where, part, counts, total), gathering)


def along(where: Conditions, part: PageSlice, counts: FacetCounts, total: int) -> IndexPlan:
    """Walking in the asked order until `part` of the `total` is full."""
    share = min(1.0, (part.offset + part.limit) / max(total, 1))
    facets = where.facets
    if part.sort is SortKey.WAITING and _is_waiting(where):
        return IndexPlan(share * counts.tickets(_WAITING), "waiting")
    if part.sort is not SortKey.UPDATED or where.status is None:
        return IndexPlan(share * counts.held, COLUMNS[part.sort][1])
    if where.status == Status.OPEN and where.awaiting is not None:
        return IndexPlan(
            share * counts.tickets(_only(facets, "status", "awaiting")), "open_by_awaiting"
        )
    return IndexPlan(share * counts.tickets(_only(facets, "status")), "by_state")


def across(connection: sqlite3.Connection, where: Conditions, counts: FacetCounts) -> IndexPlan:
    """Gathering all that match, whatever their order."""
    facets = where.facets
    ways = [IndexPlan(counts.held, "by_updated")]
    if where.status is not None:
        ways.append(IndexPlan(counts.tickets(_only(facets, "status")), "by_state"))
    if _measures_waits(where):
        ways.append(IndexPlan(counts.tickets(_WAITING), "waiting"))
    elif where.status == Status.OPEN and where.awaiting is not None:
        ways.append(
            IndexPlan(counts.tickets(_only(facets, "status", "awaiting")), "open_by_awaiting")
        )
    if where.product is not None:
        ways.append(IndexPlan(counts.tickets(_only(facets, "product")), "by_product"))
    for column in {bound.column: None for bound in where.bounds if not bound.excluded}:
        if min(ways).entries > FEW and (stretch := _stretch(connection, where, column)) < FEW:
            ways.append(IndexPlan(stretch, INDEXES[column]))
    return min(ways)


def condition(where: Conditions, counts: FacetCounts, index: str = "") -> tuple[str, list[object]]:
    """The WHERE terms that pick the matching tickets out of an index, and their values."""
    terms: list[str] = []
    values: list[object] = []
    if index == "by_state" and where.status is not None:
        terms.append("status = ?")
        values.append(where.status)
    if index == "open_by_awaiting":
        terms.append("status = 'open' AND awaiting = ?")
        values.append(where.awaiting)
    if index == "waiting":
        terms.append("status = 'open' AND awaiting = 'seller'")
    if index == "by_product" and where.product is not None:
        terms.append("product_key = ?")
        values.append(normalize(where.product))
    if not where.is_any_kind:
        # The plus: checked in each entry, never sought one kind at a time.
        terms.append("+facet_group IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(counts.kinds(where)))
    terms += [bound.sql() for bound in where.bounds]
    values += [bound.value for bound in where.bounds]
    return " AND ".join(terms) or "1", values


_WAITING: dict[str, object] = {"status": Status.OPEN.value, "awaiting": Awaiting.SELLER.value}


def _is_waiting(where: Conditions) -> bool:
    """Whether only tickets that wait for the seller can match."""
    waits = where.status == Status.OPEN and where.awaiting == Awaiting.SELLER
    return waits or _measures_waits(where)


def _measures_waits(where: Conditions) -> bool:
    """Whether it is asked for how long tickets have waited, which only those have that do."""
    return any(bound.column == "waiting_since" for bound in where.bounds)


def _only(facets: dict[str, object], *names: str) -> dict[str, object]:
    return {name: facets[name] for name in names}


def _stretch(connection: sqlite3.Connection, where: Conditions, column: str) -> int:
    """How many tickets lie within the bounds of a column, counted up to `FEW`."""
    bounds = [bound for bound in where.bounds if bound.column == column and not bound.excluded]
    terms = " AND ".join(bound.sql() for bound in bounds)
    query = (
        f"SELECT count(*) FROM (SELECT 1 FROM ticket INDEXED BY {INDEXES[column]}"  # noqa: S608 fixed words
        f" WHERE {terms} LIMIT {FEW})"
    )
    return int(connection.execute(query, [bound.value for bound in bounds]).fetchone()[0])
