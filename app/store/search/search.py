"""One page of the tickets that a filter matches; how many there are, and in which facet groups."""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.filters import PAGE_SIZE, Anchor, TicketFilter
from app.domain.search_query import parse_query
from app.store.search.excerpts import excerpts, last_words
from app.store.search.facet_counts import FacetCounts
from app.store.search.filters import conditions_of
from app.store.search.planner import (
    MarkedMatches,
    Matches,
    NamedMatches,
    PageSlice,
    Pairs,
    page_beside,
)
from app.store.search.text_search import TextMatcher, TextMatches, terms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What is asked for: `filter`, its days in `zone` and its ages at `now`.

    Args:
        ids: where given, the tickets of these ids are asked for, whatever else `filter` says.
        only: where given, those of the filter that have just so many messages, by id.
        without: those of the filter that have just so many messages are left out.
        generation: the mirror's, read before the request is answered.
    """

    filter: TicketFilter
    zone: ZoneInfo
    now: datetime
    generation: int
    ids: frozenset[str] | None = None
    only: Pairs | None = None
    without: Pairs = ()

    @property
    def page(self) -> PageSlice:
        """Where in the list its page lies."""
        chosen = self.filter
        return PageSlice(
            sort=chosen.sort,
            descending=chosen.descending,
            offset=PAGE_SIZE * (chosen.page - 1),
            limit=PAGE_SIZE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A page of rows."""

    rows: list[sqlite3.Row]
    total: int | None
    """all tickets that match, None while that is not known and would take longer than the rows"""
    held: int
    """all tickets in the mirror"""
    with_all_messages: int
    """those of them whose messages are searched"""
    first: int = 0
    """rows of the list that come before these"""
    newest: int = 0
    """the number of the newest ticket in the mirror"""
    last_words: dict[str, str] = field(default_factory=dict)
    """how the newest message begins, by ticket id"""
    excerpts: dict[str, str] = field(default_factory=dict)
    """the part of a message in which a ticket was found, by ticket id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChoices:
    """How many of the tickets that match have each product and currency, most frequent first."""

    products: list[tuple[str, int]]
    currencies: list[tuple[str, int]]


class Search:
    """Answers requests from the mirror; used by several threads, keeps counts until it changes."""

    def __init__(self) -> None:
        self._matcher = TextMatcher()
        self._known: tuple[int, FacetCounts] | None = None

    def clear(self) -> None:
        """Let go of the texts and counts in memory."""
        self._matcher, self._known = TextMatcher(), None

    def find(
        self, connection: sqlite3.Connection, request: SearchRequest, anchor: Anchor | None = None
    ) -> SearchResult:
        """The page that `request` or `anchor` names; one past the end is empty, nothing typed is
        an error.
        """
        query, counts = (
            parse_query(request.filter.query),
            self.counts(connection, request.generation),
        )
        matches, page = self._matches(connection, request), request.page
        total = matches.known_total
        if total is None and (page.offset or anchor is not None):
            total = matches.total()
        missed, first = list[int](), page.offset
        if anchor is not None:
            missed, page, first = page_beside(connection, page, anchor, matches.select(page))
        numbers = matches.numbers(page, total)
        if total is None and len(numbers) < PAGE_SIZE:
            total = matches.learn_total(len(numbers))
        rows = load_rows(connection, [*missed, *numbers])
        return SearchResult(
            rows=rows,
            last_words=last_words(rows),
            excerpts=excerpts(rows, query, terms_of(query)),
            total=total,
            held=counts.held,
            with_all_messages=counts.with_all_messages,
            first=first,
            newest=counts.newest if request.ids is None and request.only is None else 0,
        )

    def find_all(self, connection: sqlite3.Connection, request: SearchRequest) -> list[int]:
        """The numbers of all tickets that match, in the order asked for, whatever the page."""
        chosen, matches = request.filter, self._matches(connection, request)
        total = matches.total()
        page = PageSlice(sort=chosen.sort, descending=chosen.descending, offset=0, limit=total)
        return matches.numbers(page, total)

    def count(self, connection: sqlite3.Connection, request: SearchRequest) -> int:
        """How many tickets match."""
        return self._matches(connection, request).total()

    def facets(self, connection: sqlite3.Connection, request: SearchRequest) -> FacetChoices:
        """What the tickets that match have, each facet as if it were not chosen yet."""
        found = self._matches(connection, request).group_counts()
        counts = self.counts(connection, request.generation)
        conditions = conditions_of(request.filter, zone=request.zone, now=request.now)
        return FacetChoices(
            products=counts.values("product", conditions, found),
            currencies=counts.values("currency", conditions, found),
        )

    def known_counts(self, generation: int) -> FacetCounts | None:
        """The counts of this generation of the mirror, if they have been read."""
        known = self._known
        return known[1] if known is not None and known[0] == generation else None

    def counts(self, connection: sqlite3.Connection, generation: int) -> FacetCounts:
        """The counts of this generation of the mirror."""
        known = self.known_counts(generation)
        if known is None:
            known = FacetCounts(connection)
            self._known = (generation, known)
        return known

    def _matches(self, connection: sqlite3.Connection, request: SearchRequest) -> Matches:
        counts = self.counts(connection, request.generation)
        if request.ids is not None:
            return NamedMatches(connection, request.ids, counts)
        conditions = conditions_of(request.filter, zone=request.zone, now=request.now)
        if terms := terms_of(parse_query(request.filter.query)):
            return TextMatches(connection, conditions, counts, terms=terms, matcher=self._matcher)
        if request.only is not None:
            return MarkedMatches(connection, conditions, counts, request.only, inside=True)
        if request.without:
            return MarkedMatches(connection, conditions, counts, request.without, inside=False)
        return Matches(connection, conditions, counts)


_ROWS = """
SELECT t.*, messages, (
    SELECT count(*) FROM ticket AS other INDEXED BY open_of_customer
    WHERE other.status = 'open' AND other.customer_key = t.customer_key AND other.number <> t.number
) AS other_open
FROM ticket AS t LEFT JOIN conversation USING (number)
WHERE number IN (SELECT value FROM json_each(?))
"""


def load_rows(connection: sqlite3.Connection, numbers: list[int]) -> list[sqlite3.Row]:
    """The rows of these tickets as the list shows them, with their messages, in this order."""
    rows = {row["number"]: row for row in connection.execute(_ROWS, (json.dumps(numbers),))}
    return [rows[number] for number in numbers]
