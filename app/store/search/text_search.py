"""Which tickets have the words of a query: frequent words by a scan, rare ones by the index.

A ticket has a term when a word in it begins so, or when it is any part of its short texts (subject,
address, ids, product). One of one or two signs begins a word of subject, address or product, or is
a word.
"""

import sqlite3
from dataclasses import dataclass, replace
from math import isqrt

from app.domain.bounds import REMEMBERED_SEARCHED
from app.domain.search_query import SearchQuery
from app.store.search.facet_counts import FacetCounts, GroupCounts, count_groups
from app.store.search.filters import Conditions
from app.store.search.index import (
    FIELDS,
    HAS_PREFIXES,
    LINES,
    PREFIX_MARK,
    message_text,
    short_text,
    trigrams,
)
from app.store.search.normalize import normalize
from app.store.search.planner import TIMES, Matches, PageSlice, Sql
from app.store.tickets.rows import unpacked

PREFIX_LENGTH = 2
TEXTS_KEPT = 4000
MAX_SCANNED = 3000
"""Tickets looked at for one page before the index is asked instead."""
MAX_UNPACKED = 150
"""Conversations unpacked for that; the next letter finds them normalized."""
UNPACK_COST = 6
"""Tickets that are looked at without unpacking count as one that is unpacked."""
MAX_ENTRIES = 20_000
"""Entries of an index passed on the way to them."""
MAX_ROWS = 100
"""Rows to find, those of earlier pages included."""


@dataclass(frozen=True, slots=True)
class IndexTerm:
    """A normalized term; `column` is the one of the index that has it, "" for any of them."""

    text: str
    column: str
    whole: bool
    excluded: bool


Terms = tuple[IndexTerm, ...]


def terms_of(query: SearchQuery) -> Terms:
    """The normalized terms of a query; () for nothing to look for."""
    normalized = (
        IndexTerm(
            normalize(term.text), _COLUMN.get(term.field, term.field), term.whole, term.excluded
        )
        for term in query.terms
    )
    return tuple(dict.fromkeys(term for term in normalized if term.text))


_COLUMN = {"any": "", "order": "orders"}


def match(wanted: Terms) -> str:
    """The question to the index for the tickets that have the terms; nothing in it is syntax."""
    asked = [_match_term(term) for term in wanted if not term.excluded] or [f'"{PREFIX_MARK}"']
    lacking = [_match_term(term) for term in wanted if term.excluded]
    without = f" NOT ({' OR '.join(lacking)})" if lacking else ""
    return f"({' AND '.join(asked)}){without}"


def _match_term(term: IndexTerm) -> str:
    begins, column = f'"{term.text}"', f"{term.column} : " if term.column else ""
    if term.whole:
        return column + begins
    if len(term.text) <= PREFIX_LENGTH:
        head = f'"{PREFIX_MARK}{term.text}"'
        if column:
            return column + (head if HAS_PREFIXES[LINES.index(term.column)] else f"{begins} *")
        return f"({head} OR {begins})"
    run = f'"{trigrams(term.text)}"'
    return column + run if column else f"({begins} * OR {run})"


class TextMatcher:
    """Looks into tickets one by one; the messages of the last ones are cached, normalized."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, str]] = {}  # used by several threads, an item at a time
        self._length = 0
        self.unpacked = 0
        """how many conversations had to be unpacked so far, by whomever"""

    def matches(self, connection: sqlite3.Connection, row: sqlite3.Row, wanted: Terms) -> bool:
        """Whether the ticket of `row` (number, read_at, the short columns) has the terms."""
        texts = short_text_of(row)
        others = []
        for term in wanted:
            if is_in_short_text(texts, term):
                if term.excluded:
                    return False
            elif term.column or row["read_at"] is None:
                if not term.excluded:
                    return False
            else:
                others.append(term)
        if not others:
            return True
        text = self._message_text(connection, row["number"], row["read_at"])
        return all(_is_in_messages(text, term) is not term.excluded for term in others)

    def _message_text(self, connection: sqlite3.Connection, number: int, read_at: int) -> str:
        known = self._kept.get(number)
        if known is not None and known[0] == read_at:
            return known[1]
        query = "SELECT messages FROM conversation WHERE number = ?"
        row = connection.execute(query, (number,)).fetchone()
        text = f" {message_text(unpacked(row['messages']))} "
        self.unpacked += 1
        if len(self._kept) >= TEXTS_KEPT or self._length > REMEMBERED_SEARCHED:
            self._kept, self._length = {}, 0
        self._kept[number] = read_at, text
        self._length += len(text)
        return text


def short_text_of(row: sqlite3.Row) -> str:
    """The short texts of a row that has their columns."""
    return short_text(*(row[name] for name in FIELDS))


def is_in_short_text(texts: str, term: IndexTerm) -> bool:
    """Whether the short texts of a ticket, or the one asked for, have a term."""
    if term.column:
        texts = texts.split("\n")[LINES.index(term.column)]
    if len(term.text) > PREFIX_LENGTH and not term.whole:
        return term.text in texts
    begun = f" {term.text}"
    is_word = f"{begun} " in texts.replace("\n", " \n") + " "
    if is_word or term.whole or begun not in texts:
        return is_word
    return bool(term.column) or any(
        begun in line for line, named in zip(texts.split("\n"), HAS_PREFIXES, strict=True) if named
    )


def _is_in_messages(message_text: str, term: IndexTerm) -> bool:
    ends = " " if term.whole or len(term.text) <= PREFIX_LENGTH else ""
    return f" {term.text}{ends}" in message_text


class TextMatches(Matches):
    """Those of them that have the terms."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        conditions: Conditions,
        counts: FacetCounts,
        *,
        terms: Terms,
        matcher: TextMatcher,
    ) -> None:
        super().__init__(connection, conditions, counts)
        self._terms = terms
        self._matcher = matcher
        self._key = conditions, terms

    @property
    def known_total(self) -> int | None:
        """How many there are, once that has been counted."""
        return self._counts.totals.get(self._key)

    def numbers(self, page: PageSlice, total: int | None) -> list[int]:
        """Those in `page`, in order; `total` counts them all and may be unknown at the start."""
        if total is not None and page.offset >= total:
            return []
        last = page.offset + page.limit if total is None else min(page.offset + page.limit, total)
        # What matches has the words or not, so the scan goes over a longer stretch than the page.
        stretch = replace(page, offset=0, limit=self._patience)
        plan = self._planner.best(stretch, None)
        if plan.entries < MAX_ENTRIES and last <= MAX_ROWS:
            found = self._scan(page, plan.index)
            if len(found) >= last:
                return found[page.offset : last]
        return page.fetch(self._connection, self.select(page))

    def group_counts(self) -> GroupCounts:
        """How many there are in each facet group, whatever product and currency are asked for."""
        broad = self._conditions.without("product", "currency")
        matches = TextMatches(
            self._connection, broad, self._counts, terms=self._terms, matcher=self._matcher
        )
        key = broad, self._terms
        return self._counts.group_counts.get_or_compute(key, matches.count_groups)

    def select(self, page: PageSlice) -> Sql:
        """All of them, FROM and WHERE."""
        return self._select(_NARROW if page.sort in TIMES else "")

    def count_groups(self) -> GroupCounts:
        """How many there are in each facet group."""
        source = self._select(_NARROW)
        found = self._connection.execute(f"SELECT facet_group {source.text}", source.values)
        return count_groups(row[0] for row in found)

    def _count(self) -> int:
        source = self._select(_NARROW)
        if self._planner.where().text == "1":
            source = Sql("FROM words WHERE words MATCH ?", (match(self._terms),))
        found = self._connection.execute(f"SELECT count(*) {source.text}", source.values)
        return int(found.fetchone()[0])

    def _select(self, index: str) -> Sql:
        where = self._planner.where()
        by = f"INDEXED BY {index}" if index else ""
        return Sql(
            f"{_FOUND} {by} USING (number) WHERE {where.text}", (match(self._terms), *where.values)
        )

    def _scan(self, page: PageSlice, index: str) -> list[int]:
        """What a short scan in the asked order finds, from its start on; it may be too little."""
        where = self._planner.where(index)
        rows = self._connection.execute(
            f"SELECT number, read_at, {', '.join(FIELDS)} FROM ticket INDEXED BY {index}"  # noqa: S608 fixed words
            f" WHERE {where.text} ORDER BY {page.sql()} LIMIT ?",
            [*where.values, MAX_SCANNED],
        )
        found: list[int] = []
        before, patience = self._matcher.unpacked, self._patience
        for seen, row in enumerate(rows, start=1):
            unpacked = self._matcher.unpacked - before
            if self._matcher.matches(self._connection, row, self._terms):
                found.append(row["number"])
                if len(found) == page.offset + page.limit:
                    break
            elif unpacked > MAX_UNPACKED or (
                seen + UNPACK_COST * unpacked > patience * (1 + len(found))
            ):
                break
        return found

    @property
    def _patience(self) -> int:
        """Tickets looked at in vain, for each row found, before the index is asked.

        After so many, about one in so many has the words: fetching and sorting all of those costs
        no more than looking on.
        """
        return isqrt(self._counts.held) // 2


# A cross join keeps the order of the tables: first those found, then what is asked of them.
_FOUND = (
    "FROM (SELECT rowid AS number FROM words WHERE words MATCH ? ORDER BY rowid) CROSS JOIN ticket"
)
_NARROW = "by_number"
"""has what conditions and the usual orders need, so that no rows are read"""
