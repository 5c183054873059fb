"""The facet groups and their sizes, read once for each generation of the mirror."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from app.domain.ticket import name_key
from app.store.search.filters import Conditions, GroupRow
from app.store.tickets.rollup import facet_groups, newest_number, stats_of_groups

T = TypeVar("T")

MEMO_SIZE = 200

GroupCounts = Mapping[int, int]
"""number of tickets by facet group"""


class FacetCounts:
    """All facet groups at one moment; used by several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.newest = newest_number(connection)
        self._rows = [_by_key(row) for row in facet_groups(connection)]
        self.totals = Memo[int]()
        self.group_counts = Memo[GroupCounts]()
        self.sizes: GroupCounts = {row["id"]: row["tickets"] for row in self._rows}
        self.stats = stats_of_groups(self._rows)
        self.held = sum(self.sizes.values())
        self.with_all_messages = sum(row["with_all_messages"] for row in self._rows)

    def matching_groups(self, conditions: Conditions) -> list[int]:
        """The ids of the groups that match."""
        return [row["id"] for row in self._rows if conditions.matches(row)]

    def count(self, conditions: Conditions) -> int:
        """How many tickets are in a group that matches."""
        if conditions.is_any_group:
            return self.held
        return sum(map(self.sizes.__getitem__, self.matching_groups(conditions)))

    def count_with(self, facets: Mapping[str, object]) -> int:
        """How many tickets have these values."""
        wanted = list(facets.items())
        return sum(
            row["tickets"]
            for row in self._rows
            if all(row[name] == value for name, value in wanted)
        )

    def values(
        self, name: str, conditions: Conditions, counts: GroupCounts
    ) -> list[tuple[str, int]]:
        """The known names in a column and how many of the tickets counted in `counts` have each,
        whatever name `conditions` asks for there; most frequent first, those without any last.

        A name that is spelled in several ways stands once, as most of all tickets spell it.
        """
        tickets: Counter[str] = Counter()
        spelled: dict[str, Counter[str]] = {}
        others = conditions.without(name)
        for row in self._rows:
            tickets[row[name]] += counts.get(row["id"], 0) if others.matches(row) else 0
            spelled.setdefault(row[name], Counter())[row["spelled"][name]] += row["tickets"]
        found = [
            (min(spelled[key].items(), key=lambda one: (-one[1], one[0]))[0], count)
            for key, count in tickets.items()
            if key
        ]
        return sorted(found, key=lambda one: (-one[1], one[0]))


class Memo(Generic[T]):
    """A bounded memo of answers that cost a query."""

    def __init__(self) -> None:
        self._found: dict[object, T] = {}

    def get(self, key: object) -> T | None:
        """The answer to `key` if it has been computed."""
        return self._found.get(key)

    def get_or_compute(self, key: object, compute: Callable[[], T]) -> T:
        """The answer to `key`, computed at most once."""
        known = self._found.get(key)
        if known is None:
            if len(self._found) >= MEMO_SIZE:
                self._found = {}
            known = self._found[key] = compute()
        return known


def _by_key(row: sqlite3.Row) -> GroupRow:
    spelled = {name: row[name] for name in ("product", "currency")}
    keys = {name: name_key(value) for name, value in spelled.items()}
    return {**dict(row), **keys, "spelled": spelled}


def count_groups(groups: Iterable[int]) -> GroupCounts:
    """Count the facet groups of some tickets."""
    return Counter(groups)
