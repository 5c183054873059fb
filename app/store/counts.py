"""How many tickets there are of each kind, read once for each state of the copy."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping

from app.store.rollup import combinations, counted

TOTALS_KEPT = 200


class Counts:
    """The kinds of tickets and their numbers at one moment; used by several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows = combinations(connection)
        self._totals: dict[object, int] = {}
        self.stats = counted(self._rows)
        self.held = sum(row["tickets"] for row in self._rows)
        self.heard = sum(row["heard"] for row in self._rows)

    def kinds(self, facets: Mapping[str, object]) -> list[int]:
        """The kinds that have these values."""
        return [row["kind"] for row in self._matching(facets)]

    def tickets(self, facets: Mapping[str, object]) -> int:
        """How many tickets have these values."""
        return sum(row["tickets"] for row in self._matching(facets))

    def values(self, name: str) -> list[tuple[str, int]]:
        """The known values of a column and how many tickets have each, most frequent first."""
        tickets: Counter[str] = Counter()
        for row in self._rows:
            tickets[row[name]] += row["tickets"]
        found = [(value, count) for value, count in tickets.items() if value]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def total(self, key: object, count: Callable[[], int]) -> int:
        """What `count` gave for `key`, counted once."""
        known = self._totals.get(key)
        if known is None:
            if len(self._totals) >= TOTALS_KEPT:
                self._totals = {}
            known = self._totals[key] = count()
        return known

    def _matching(self, facets: Mapping[str, object]) -> list[sqlite3.Row]:
        wanted = list(facets.items())
        return [row for row in self._rows if all(row[name] == value for name, value in wanted)]
