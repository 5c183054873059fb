"""One page of the tickets that a filter matches; how many there are, and of which kinds."""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.filters import PAGE_SIZE, Anchor, TicketFilter
from app.domain.search_query import parse
from app.store.search.browsing import browse, count_matches, group_matches, listed
from app.store.search.excerpts import excerpts, last_words
from app.store.search.facet_counts import FacetCounts, GroupCounts
from app.store.search.filters import Conditions, where
from app.store.search.planner import PageSlice, Sql, beside
from app.store.search.terms import Terms, TextMatcher, terms
from app.store.search.text_search import (
    count_text_matches,
    find_text,
    group_text_matches,
    select_text_matches,
)

_ROWS = """
SELECT t.*, messages, (
    SELECT count(*) FROM ticket AS other INDEXED BY open_of_customer
    WHERE other.status = 'open' AND other.customer_key = t.customer_key AND other.number <> t.number
) AS other_open
FROM ticket AS t LEFT JOIN conversation USING (number)
WHERE number IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A page of rows.

    Shape: `first` of the list come before them; `total` counts all tickets that match, None while
           that is not known and would take longer than the rows; `held` all there are,
           `with_all_messages` those whose messages are searched; `newest` is the number of the
           newest ticket held; `last_words` by id: how the newest message begins; `excerpts` by
           id: what was said in a ticket that was found for that.
    """

    rows: list[sqlite3.Row]
    total: int | None
    held: int
    with_all_messages: int
    first: int = 0
    newest: int = 0
    last_words: dict[str, str] = field(default_factory=dict)
    excerpts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChoices:
    """How many of the tickets that match have each product and currency, most frequent first."""

    products: list[tuple[str, int]]
    currencies: list[tuple[str, int]]


class Search:
    """Answers filters from the copy; used by several threads, keeps counts until it changes."""

    def __init__(self) -> None:
        self._texts = TextMatcher()
        self._known: tuple[int, FacetCounts] | None = None

    def find(
        self,
        connection: sqlite3.Connection,
        chosen: TicketFilter,
        *,
        zone: ZoneInfo,
        now: datetime,
        generation: int,
        anchor: Anchor | None = None,
    ) -> SearchResult:
        """The page that `chosen` or `anchor` names; one past the end is empty, nothing typed is an
        error.

        Shape: `generation` is the copy's, read before this call.
        """
        query = parse(chosen.query)
        asked = _Asked(where(chosen, zone=zone, now=now), terms(query))
        part = PageSlice(
            sort=chosen.sort,
            descending=chosen.descending,
            offset=PAGE_SIZE * (chosen.page - 1),
            limit=PAGE_SIZE,
        )
        counts = self.counts(connection, generation)
        total = _known_total(asked, counts)
        if total is None and (chosen.page > 1 or anchor is not None):
            total = _total(connection, asked, counts)
        missed, first = list[int](), part.offset
        if anchor is not None:
            missed, part, first = beside(connection, part, anchor, _listed(asked, part, counts))
        if asked.terms:
            numbers = find_text(
                connection, asked.where, part, counts, total, wanted=asked.terms, texts=self._texts
            )
        else:
            numbers = browse(connection, asked.where, part, counts, total)
        if total is None and len(numbers) < PAGE_SIZE:
            total = counts.totals.kept(asked, lambda: len(numbers))
        rows = load_rows(connection, [*missed, *numbers])
        return SearchResult(
            rows=rows,
            last_words=last_words(rows),
            excerpts=excerpts(rows, query, asked.terms),
            total=total,
            held=counts.held,
            with_all_messages=counts.with_all_messages,
            first=first,
            newest=counts.newest,
        )

    def find_all(
        self,
        connection: sqlite3.Connection,
        chosen: TicketFilter,
        *,
        zone: ZoneInfo,
        now: datetime,
        generation: int,
    ) -> list[int]:
        """The numbers of all tickets that `chosen` matches, in its order; it names no page."""
        asked = _Asked(where(chosen, zone=zone, now=now), terms(parse(chosen.query)))
        counts = self.counts(connection, generation)
        total = _total(connection, asked, counts)
        part = PageSlice(sort=chosen.sort, descending=chosen.descending, offset=0, limit=total)
        if not asked.terms:
            return browse(connection, asked.where, part, counts, total)
        return find_text(
            connection, asked.where, part, counts, total, wanted=asked.terms, texts=self._texts
        )

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
        asked = _Asked(where(chosen, zone=zone, now=now), terms(parse(chosen.query)))
        return _total(connection, asked, self.counts(connection, generation))

    def facets(
        self,
        connection: sqlite3.Connection,
        chosen: TicketFilter,
        *,
        zone: ZoneInfo,
        now: datetime,
        generation: int,
    ) -> FacetChoices:
        """What the tickets that `chosen` matches have, each facet as if it were not chosen yet."""
        asked = _Asked(where(chosen, zone=zone, now=now), terms(parse(chosen.query)))
        counts = self.counts(connection, generation)
        tally = _tally(connection, asked, counts)
        return FacetChoices(
            products=counts.values("product", asked.where, tally),
            currencies=counts.values("currency", asked.where, tally),
        )

    def known_counts(self, generation: int) -> FacetCounts | None:
        """The counts of this generation of the copy, if they have been read."""
        known = self._known
        return known[1] if known is not None and known[0] == generation else None

    def counts(self, connection: sqlite3.Connection, generation: int) -> FacetCounts:
        """The counts of this generation of the copy."""
        known = self.known_counts(generation)
        if known is None:
            known = FacetCounts(connection)
            self._known = (generation, known)
        return known


@dataclass(frozen=True, slots=True)
class _Asked:
    where: Conditions
    terms: Terms


def _listed(asked: _Asked, part: PageSlice, counts: FacetCounts) -> Sql:
    if asked.terms:
        return select_text_matches(asked.where, counts, asked.terms)
    return listed(asked.where, part, counts)


def _known_total(asked: _Asked, counts: FacetCounts) -> int | None:
    if not asked.terms and not asked.where.bounds:
        return counts.fitting(asked.where)
    return counts.totals.known(asked)


def _total(connection: sqlite3.Connection, asked: _Asked, counts: FacetCounts) -> int:
    known = _known_total(asked, counts)
    if known is not None:
        return known
    if asked.terms:
        return counts.totals.kept(
            asked, lambda: count_text_matches(connection, asked.where, asked.terms, counts)
        )
    return counts.totals.kept(asked, lambda: count_matches(connection, asked.where, counts))


def _tally(connection: sqlite3.Connection, asked: _Asked, counts: FacetCounts) -> GroupCounts:
    broad = asked.where.without("product", "currency")
    if asked.terms:
        key = (broad, asked.terms)
        return counts.tallies.kept(
            key, lambda: group_text_matches(connection, broad, asked.terms, counts)
        )
    if asked.where.bounds:
        return counts.tallies.kept(broad, lambda: group_matches(connection, broad, counts))
    return counts.tally


def load_rows(connection: sqlite3.Connection, numbers: list[int]) -> list[sqlite3.Row]:
    """The rows of these tickets as the list shows them, with their messages, in this order."""
    rows = {row["number"]: row for row in connection.execute(_ROWS, (json.dumps(numbers),))}
    return [rows[n] for n in numbers]
