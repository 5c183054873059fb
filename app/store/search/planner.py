"""Query planning: which index leads to a page with the fewest entries read.

SQLite's own planner knows averages only, and here one status may hold 3 % of all tickets.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf

from app.domain.filters import Anchor, Place, SortKey
from app.domain.ticket import Awaiting, Status
from app.store.search.facet_counts import FacetCounts, GroupCounts, count_groups
from app.store.search.filters import Conditions
from app.store.search.normalize import normalize

RANGE_LIMIT = 5000
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

Pairs = tuple[tuple[str, int], ...]
"""ids of tickets, each with a number of messages"""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement with the values for its places."""

    text: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSlice:
    """A stretch of an ordered list: `limit` rows after the first `offset`.

    Unknown values come last; equals follow the last update, the newest first in the usual direction
    of the list.
    """

    sort: SortKey
    descending: bool
    offset: int
    limit: int
    backwards: bool = False
    """reads the same list from its end"""

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

    @property
    def is_newest_first(self) -> bool:
        """Whether what happens now comes first in the list, so that its start is where to look."""
        return self.descending and self.sort in {SortKey.UPDATED, SortKey.CREATED}

    def fetch(self, connection: sqlite3.Connection, listed: Sql) -> list[int]:
        """The numbers of its tickets; `listed` is the list, FROM and WHERE."""
        rows = connection.execute(
            f"SELECT number {listed.text} ORDER BY {self.sql()} LIMIT ? OFFSET ?",
            [*listed.values, self.limit, self.offset],
        )
        return [row["number"] for row in rows]

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


def page_beside(
    connection: sqlite3.Connection, page: PageSlice, anchor: Anchor, listed: Sql
) -> tuple[list[int], PageSlice, int]:
    """The page beside a row that was shown: tickets to begin it with, where the rest of it lies,
    and how many of the list come before it.

    Args:
        listed: the list, FROM and WHERE.
    """
    until = page.until(anchor.place, including=anchor.forward)
    before = f"{listed.text} AND {until.text}"
    values = [*listed.values, *until.values]
    count = int(connection.execute(f"SELECT count(*) {before}", values).fetchone()[0])
    if not anchor.forward:
        first = max(0, count - page.limit)
        return [], replace(page, offset=first), first
    missed: list[int] = []
    if anchor.seen is not None and not page.is_newest_first:
        rows = connection.execute(
            f"SELECT number {before} AND id NOT IN (SELECT value FROM json_each(?))"  # noqa: S608 fixed words
            f" ORDER BY {page.sql()} LIMIT ?",
            [*values, json.dumps(sorted(anchor.seen)), page.limit],
        )
        missed = [row["number"] for row in rows]
    rest = replace(page, offset=count, limit=page.limit - len(missed))
    return missed, rest, count - len(missed)


@dataclass(frozen=True, slots=True, order=True)
class IndexPlan:
    """An index and about how many of its entries are read."""

    entries: float
    index: str


class Planner:
    """Chooses the index for one set of conditions; the facet counts are its statistics."""

    def __init__(
        self, connection: sqlite3.Connection, conditions: Conditions, counts: FacetCounts
    ) -> None:
        self._connection = connection
        self._conditions = conditions
        self._counts = counts

    def best(self, page: PageSlice, total: int | None) -> IndexPlan:
        """The plan for `page` of the tickets that match, which are `total` if that is known."""
        any_order = self.any_order()
        if total is None:
            total = min(self._counts.count(self._conditions), int(any_order.entries))
        return min(self.in_order(page, total), any_order)

    def in_order(self, page: PageSlice, total: int) -> IndexPlan:
        """Scan an index that has the asked order until `page` of the `total` is full."""
        share, conditions = min(1.0, (page.offset + page.limit) / max(total, 1)), self._conditions
        if page.sort is SortKey.WAITING and conditions.only_waiting:
            return IndexPlan(share * self._counts.count_with(_WAITING), "waiting")
        if page.sort is not SortKey.UPDATED or conditions.status is None:
            return IndexPlan(share * self._counts.held, COLUMNS[page.sort][1])
        if conditions.status == Status.OPEN and conditions.awaiting is not None:
            return IndexPlan(share * self._count_with("status", "awaiting"), "open_by_awaiting")
        return IndexPlan(share * self._count_with("status"), "by_state")

    def any_order(self) -> IndexPlan:
        """Fetch all that match, and sort them."""
        conditions = self._conditions
        plans = [IndexPlan(self._counts.held, "by_updated")]
        if conditions.status is not None:
            plans.append(IndexPlan(self._count_with("status"), "by_state"))
        if conditions.compares_waits:
            plans.append(IndexPlan(self._counts.count_with(_WAITING), "waiting"))
        elif conditions.status == Status.OPEN and conditions.awaiting is not None:
            plans.append(IndexPlan(self._count_with("status", "awaiting"), "open_by_awaiting"))
        if conditions.product is not None:
            plans.append(IndexPlan(self._count_with("product"), "by_product"))
        for column in {one.column: None for one in conditions.ranges if not one.excluded}:
            if min(plans).entries > RANGE_LIMIT:
                plans.append(IndexPlan(self._count_range(column), INDEXES[column]))
        return min(plans)

    def where(self, index: str = "") -> Sql:
        """The terms after WHERE that pick the matching tickets out of an index."""
        conditions, terms, values = self._conditions, list[str](), list[object]()
        if index == "by_state" and conditions.status is not None:
            terms.append("status = ?")
            values.append(conditions.status)
        if index == "open_by_awaiting":
            terms.append("status = 'open' AND awaiting = ?")
            values.append(conditions.awaiting)
        if index == "waiting":
            terms.append("status = 'open' AND awaiting = 'seller'")
        if index == "by_product" and conditions.product is not None:
            terms.append("product_key = ?")
            values.append(normalize(conditions.product))
        if not conditions.is_any_group:
            # The plus: checked in each entry, never sought one group at a time.
            terms.append("+facet_group IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(self._counts.matching_groups(conditions)))
        terms += [one.sql() for one in conditions.ranges]
        values += [one.value for one in conditions.ranges]
        return Sql(" AND ".join(terms) or "1", tuple(values))

    def _count_with(self, *names: str) -> int:
        facets = self._conditions.facets
        return self._counts.count_with({name: facets[name] for name in names})

    def _count_range(self, column: str) -> float:
        """How many tickets lie within the range of a column; past `RANGE_LIMIT` any number."""
        ranges = [
            one for one in self._conditions.ranges if one.column == column and not one.excluded
        ]
        terms = " AND ".join(one.sql() for one in ranges)
        query = (
            f"SELECT count(*) FROM (SELECT 1 FROM ticket INDEXED BY {INDEXES[column]}"  # noqa: S608 fixed words
            f" WHERE {terms} LIMIT {RANGE_LIMIT})"
        )
        found = self._connection.execute(query, [one.value for one in ranges]).fetchone()[0]
        return int(found) if found < RANGE_LIMIT else inf


_WAITING: dict[str, object] = {"status": Status.OPEN.value, "awaiting": Awaiting.SELLER.value}


class Matches:
    """The tickets that fit conditions: by a scan in order, or by sorting a small set."""

    def __init__(
        self, connection: sqlite3.Connection, conditions: Conditions, counts: FacetCounts
    ) -> None:
        self._connection = connection
        self._conditions = conditions
        self._counts = counts
        self._planner = Planner(connection, conditions, counts)
        self._key: object = conditions

    @property
    def known_total(self) -> int | None:
        """How many there are, if that is known without a query."""
        if not self._conditions.ranges:
            return self._counts.count(self._conditions)
        return self._counts.totals.get(self._key)

    def total(self) -> int:
        """How many there are."""
        known = self.known_total
        return self.learn_total(self._count()) if known is None else known

    def learn_total(self, total: int) -> int:
        """Remember how many there are, for as long as nothing changes."""
        return self._counts.totals.get_or_compute(self._key, lambda: total)

    def numbers(self, page: PageSlice, total: int | None) -> list[int]:
        """Those in `page`, in order; a first page needs no `total`."""
        if total is not None and page.offset >= total:
            return []
        if total is not None and page.offset > total // 2:  # from the end
            return self._fetch(page.from_the_end(total), total)[::-1]
        return self._fetch(page, total)

    def group_counts(self) -> GroupCounts:
        """How many there are in each facet group, whatever product and currency are asked for."""
        broad = self._conditions.without("product", "currency")
        if not broad.ranges:
            return self._counts.sizes
        matches = Matches(self._connection, broad, self._counts)
        return self._counts.group_counts.get_or_compute(broad, matches.count_groups)

    def select(self, page: PageSlice) -> Sql:
        """All of them, FROM and WHERE, by the index that has them in the order of `page`."""
        plan = self._planner.in_order(page, self._counts.count(self._conditions))
        return self._select(plan.index)

    def count_groups(self) -> GroupCounts:
        """How many there are in each facet group."""
        source = self._select(self._planner.any_order().index)
        found = self._connection.execute(f"SELECT facet_group {source.text}", source.values)
        return count_groups(row[0] for row in found)

    def _fetch(self, page: PageSlice, total: int | None) -> list[int]:
        return page.fetch(self._connection, self._select(self._planner.best(page, total).index))

    def _count(self) -> int:
        source = self._select(self._planner.any_order().index)
        found = self._connection.execute(f"SELECT count(*) {source.text}", source.values)
        return int(found.fetchone()[0])

    def _select(self, index: str) -> Sql:
        where = self._planner.where(index)
        return Sql(f"FROM ticket INDEXED BY {index} WHERE {where.text}", where.values)


class NamedMatches(Matches):
    """The tickets of these ids that are in the mirror."""

    def __init__(
        self, connection: sqlite3.Connection, ids: Iterable[str], counts: FacetCounts
    ) -> None:
        super().__init__(connection, Conditions(), counts)
        self._key = json.dumps(sorted(ids))

    @property
    def known_total(self) -> int | None:
        """How many there are, once that has been counted."""
        return self._counts.totals.get(self._key)

    def select(self, page: PageSlice) -> Sql:  # noqa: ARG002  # no index has them in any order
        """All of them, FROM and WHERE."""
        return self._select("")

    def _fetch(self, page: PageSlice, total: int | None) -> list[int]:  # noqa: ARG002  # few
        return page.fetch(self._connection, self._select(""))

    def _select(self, index: str) -> Sql:  # noqa: ARG002  # found by their ids
        return Sql("FROM ticket WHERE id IN (SELECT value FROM json_each(?))", (self._key,))


class MarkedMatches(Matches):
    """Those of them whose id and number of messages are among the pairs, or are not."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        conditions: Conditions,
        counts: FacetCounts,
        pairs: Pairs,
        *,
        inside: bool,
    ) -> None:
        super().__init__(connection, conditions, counts)
        self._pairs, self._inside = pairs, inside
        self._key = conditions, pairs, inside
        self._all = Matches(connection, conditions, counts)

    @property
    def known_total(self) -> int | None:
        """How many there are, where that takes no longer than to look the pairs up."""
        known = self._counts.totals.get(self._key)
        if known is None and (self._inside or self._all.known_total is not None):
            known = self.learn_total(self._count())
        return known

    def group_counts(self) -> GroupCounts:
        """How many there are in each facet group, whatever product and currency are asked for."""
        broad = self._conditions.without("product", "currency")
        matches = MarkedMatches(
            self._connection, broad, self._counts, self._pairs, inside=self._inside
        )
        return self._counts.group_counts.get_or_compute(matches._key, matches.count_groups)

    def _count(self) -> int:
        marked = self._marked()
        found = self._connection.execute(f"SELECT count(*) {marked.text}", marked.values)
        count = int(found.fetchone()[0])
        return count if self._inside else self._all.total() - count

    def _select(self, index: str) -> Sql:
        if self._inside:
            return self._marked()
        listed = super()._select(index)
        among = f"(id, coalesce(message_count, 0)) NOT IN ({_PAIRS})"
        return Sql(f"{listed.text} AND {among}", (*listed.values, json.dumps(self._pairs)))

    def _marked(self) -> Sql:
        """Those that are among the pairs, found by their ids."""
        where = self._planner.where()
        return Sql(
            f"FROM ({_PAIRS}) AS pair CROSS JOIN ticket ON ticket.id = pair.ticket_id"
            f" WHERE coalesce(message_count, 0) = pair.messages AND {where.text}",
            (json.dumps(self._pairs), *where.values),
        )


_PAIRS = (
    "SELECT json_extract(value, '$[0]') AS ticket_id, json_extract(value, '$[1]') AS messages"
    " FROM json_each(?)"
)
