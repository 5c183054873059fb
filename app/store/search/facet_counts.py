"""How many tickets there are of each kind, read once for each state of the copy."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from app.domain.ticket import name_key
from app.store.search.filters import Conditions, Kind
from app.store.tickets.rollup import facet_groups, newest_number, stats_of_groups

T = TypeVar("T")

ANSWERS_KEPT = 200

GroupCounts = Mapping[int, int]
"""number of tickets by kind"""


class FacetCounts:
    """The kinds of tickets and their numbers at one moment; used by several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.newest = newest_number(connection)
        self._rows = [_by_key(row) for row in facet_groups(connection)]
        self.totals = Memo[int]()
        self.tallies = Memo[GroupCounts]()
        self.tally: GroupCounts = {row["id"]: row["tickets"] for row in self._rows}
        self.stats = stats_of_groups(self._rows)
        self.held = sum(self.tally.values())
        self.with_all_messages = sum(row["with_all_messages"] for row in self._rows)

    def kinds(self, where: Conditions) -> list[int]:
        """The kinds that fit."""
        return [row["id"] for row in self._rows if where.fits(row)]

    def fitting(self, where: Conditions) -> int:
        """How many tickets are of a kind that fits."""
        if where.is_any_kind:
            return self.held
        return sum(map(self.tally.__getitem__, self.kinds(where)))

    def tickets(self, facets: Mapping[str, object]) -> int:
        """How many tickets have these values."""
        wanted = list(facets.items())
        return sum(
            row["tickets"]
            for row in self._rows
            if all(row[name] == value for name, value in wanted)
        )

    def values(self, name: str, where: Conditions, tally: GroupCounts) -> list[tuple[str, int]]:
        """The known names in a column and how many of the tickets counted in `tally` have each,
        whatever name `where` asks for there; most frequent first, those without any last.

        Shape: a name that is spelled in several ways stands once, as most of all tickets spell it.
        """
        tickets: Counter[str] = Counter()
        spelled: dict[str, Counter[str]] = {}
        others = where.without(name)
        for row in self._rows:
            tickets[row[name]] += tally.get(row["id"], 0) if others.fits(row) else 0
            spelled.setdefault(row[name], Counter())[row["spelled"][name]] += row["tickets"]
        found = [
            (min(spelled[key].items(), key=lambda one: (-one[1], one[0]))[0], count)
            for key, count in tickets.items()
            if key
        ]
        return sorted(found, key=lambda one: (-one[1], one[0]))


class Memo(Generic[T]):
    """Answers that cost something, each found once."""

    def __init__(self) -> None:
        self._kept: dict[object, T] = {}

    def known(self, key: object) -> T | None:
        """The answer to `key` if it was found before."""
        return self._kept.get(key)

    def kept(self, key: object, find: Callable[[], T]) -> T:
        """What `find` gave for `key`."""
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) >= ANSWERS_KEPT:
                self._kept = {}
            known = self._kept[key] = find()
        return known


def _by_key(row: sqlite3.Row) -> Kind:
    spelled = {name: row[name] for name in ("product", "currency")}
    keys = {name: name_key(value) for name, value in spelled.items()}
    return {**dict(row), **keys, "spelled": spelled}


def count_groups(kinds: Iterable[int]) -> GroupCounts:
    """Count the kinds of some tickets."""
    return Counter(kinds)
