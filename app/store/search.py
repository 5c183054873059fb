"""One page of the tickets that a filter matches, and how many there are."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.inbox import PAGE_SIZE, TicketFilter
from app.store.browsing import browsed, count_matching
from app.store.counts import Counts
from app.store.filters import Where, where
from app.store.looking import count_having, looked_for
from app.store.plan import Slice
from app.store.terms import Terms, Texts, terms

_ROWS = """
SELECT t.*, (
    SELECT count(*) FROM ticket AS other INDEXED BY open_of_customer
    WHERE other.status = 'open' AND other.customer_key = t.customer_key AND other.n <> t.n
) AS other_open
FROM ticket AS t WHERE n IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of rows; `total` counts all tickets that match, `held` all there are."""

    rows: list[sqlite3.Row]
    total: int
    held: int


class Search:
    """Answers filters from the copy; used by several threads, keeps counts until it changes."""

    def __init__(self) -> None:
        self._texts = Texts()
        self._known: tuple[int, Counts] | None = None

    def find(
        self,
        connection: sqlite3.Connection,
        chosen: TicketFilter,
        *,
        zone: ZoneInfo,
        now: datetime,
        generation: int,
    ) -> Found:
        """The page that `chosen` names; one past the end is empty, nothing typed is an error.

        Shape: `generation` is the copy's, read before this call.
        """
        conditions = where(chosen, zone=zone, now=now)
        wanted = terms(chosen.query)
        part = Slice(
            sort=chosen.sort,
            descending=chosen.descending,
            offset=PAGE_SIZE * (chosen.page - 1),
            limit=PAGE_SIZE,
        )
        counts = self.counts(connection, generation)
        total = _total(connection, conditions, wanted, counts)
        if wanted:
            numbers = looked_for(
                connection, conditions, part, counts, total, wanted=wanted, texts=self._texts
            )
        else:
            numbers = browsed(connection, conditions, part, counts, total)
        return Found(rows=rows_of(connection, numbers), total=total, held=counts.held)

    def count(
        self,
        connection: sqlite3.Connection,
        chosen: TicketFilter,
        *,
        zone: ZoneInfo,
        now: datetime,
        generation: int,
    ) -> int:
        """How many tickets `chosen` matches."""
        conditions = where(chosen, zone=zone, now=now)
        counts = self.counts(connection, generation)
        return _total(connection, conditions, terms(chosen.query), counts)

    def counts(self, connection: sqlite3.Connection, generation: int) -> Counts:
        """The counts of this generation of the copy."""
        known = self._known
        if known is None or known[0] != generation:
            known = self._known = (generation, Counts(connection))
        return known[1]


def _total(connection: sqlite3.Connection, conditions: Where, wanted: Terms, counts: Counts) -> int:
    if wanted:
        key = (wanted, conditions)
        return counts.total(key, lambda: count_having(connection, conditions, wanted, counts))
    if conditions.is_timeless:
        return counts.tickets(conditions.facets)
    return counts.total(conditions, lambda: count_matching(connection, conditions, counts))


def rows_of(connection: sqlite3.Connection, numbers: list[int]) -> list[sqlite3.Row]:
    """The rows of these tickets as the list shows them, in this order."""
    rows = {row["n"]: row for row in connection.execute(_ROWS, (json.dumps(numbers),))}
    return [rows[n] for n in numbers]
