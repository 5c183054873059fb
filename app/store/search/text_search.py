"""A page of the tickets that have some words: common words by walking, rare ones by the index."""

import sqlite3
from dataclasses import replace
from math import isqrt

from app.store.search.facet_counts import FacetCounts, GroupCounts, count_groups
from app.store.search.filters import Conditions
from app.store.search.index import FIELDS
from app.store.search.planner import TIMES, IndexPlan, PageSlice, Sql, best, condition
from app.store.search.terms import Terms, TextMatcher, match

LONGEST_WALK = 3000
"""Tickets looked at for one page before the index is asked instead."""
MOST_UNPACKED = 150
"""Conversations unpacked for that; the next letter finds them folded."""
UNPACKING = 6
"""Tickets that are looked at without unpacking count as one that is unpacked."""
MOST_ENTRIES = 20_000
"""Entries of an index passed on the way to them."""
FURTHEST = 100
"""Rows to find, those of earlier pages included."""

_NARROW = "by_number"
"""has what conditions and the usual orders need, so that no rows are read"""


def find_text(
    connection: sqlite3.Connection,
    where: Conditions,
    part: PageSlice,
    counts: FacetCounts,
    total: int | None,
    *,
    wanted: Terms,
    texts: TextMatcher,
) -> list[int]:
    """Numbers of the tickets in `part` that match and have the terms, in order.

    Shape: `total` counts these tickets; it may be unknown at the start.
    """
    if total is not None and part.offset >= total:
        return []
    last = part.offset + part.limit if total is None else min(part.offset + part.limit, total)
    # What matches has the words or not, so the walk goes over a longer stretch than the page.
    stretch = replace(part, offset=0, limit=_patience(counts))
    way = best(connection, where, stretch, counts, None)
    if way.entries < MOST_ENTRIES and last <= FURTHEST:
        having = _walked(connection, where, part, counts, way=way, wanted=wanted, texts=texts)
        if len(having) >= last:
            return having[part.offset : last]
    return _gathered(connection, where, part, counts, wanted)


def count_text_matches(
    connection: sqlite3.Connection, where: Conditions, wanted: Terms, counts: FacetCounts
) -> int:
    """How many tickets match and have the terms."""
    terms, values = condition(where, counts)
    if terms == "1":
        query = "SELECT count(*) FROM words WHERE words MATCH ?"
        return int(connection.execute(query, (match(wanted),)).fetchone()[0])
    query = f"SELECT count(*) {_HAVING} WHERE {terms}"
    return int(connection.execute(query, [match(wanted), *values]).fetchone()[0])


def group_text_matches(
    connection: sqlite3.Connection, where: Conditions, wanted: Terms, counts: FacetCounts
) -> GroupCounts:
    """How many of each kind match and have the terms."""
    terms, values = condition(where, counts)
    found = connection.execute(
        f"SELECT facet_group {_HAVING} WHERE {terms}", [match(wanted), *values]
    )
    return count_groups(row[0] for row in found)


def select_text_matches(where: Conditions, counts: FacetCounts, wanted: Terms) -> Sql:
    """All tickets that match and have the terms, FROM and WHERE."""
    terms, values = condition(where, counts)
    return Sql(f"{_FOUND} USING (number) WHERE {terms}", (match(wanted), *values))


# A cross join keeps the order of the tables: first those found, then what is asked of them.
_FOUND = (
    "FROM (SELECT rowid AS number FROM words WHERE words MATCH ? ORDER BY rowid) CROSS JOIN ticket"
)
_HAVING = f"{_FOUND} INDEXED BY {_NARROW} USING (number)"


def _walked(
    connection: sqlite3.Connection,
    where: Conditions,
    part: PageSlice,
    counts: FacetCounts,
    *,
    way: IndexPlan,
    wanted: Terms,
    texts: TextMatcher,
) -> list[int]:
    """What a short walk in the asked order finds, from its beginning on; it may be too little."""
    terms, values = condition(where, counts, way.index)
    rows = connection.execute(
        f"SELECT number, read_at, {', '.join(FIELDS)} FROM ticket INDEXED BY {way.index}"  # noqa: S608 fixed words
        f" WHERE {terms} ORDER BY {part.sql()} LIMIT ?",
        [*values, LONGEST_WALK],
    )
    having: list[int] = []
    before, patience = texts.unpacked, _patience(counts)
    for seen, row in enumerate(rows, start=1):
        unpacked = texts.unpacked - before
        if texts.have(connection, row, wanted):
            having.append(row["number"])
            if len(having) == part.offset + part.limit:
                break
        elif unpacked > MOST_UNPACKED or seen + UNPACKING * unpacked > patience * (1 + len(having)):
            break
    return having


def _patience(counts: FacetCounts) -> int:
    """Tickets looked at in vain, for each row found, before the index is asked.

    After so many, about one in so many has the words: fetching and sorting all of those costs
    no more than looking on.
    """
    return isqrt(counts.held) // 2


def _gathered(
    connection: sqlite3.Connection,
    where: Conditions,
    part: PageSlice,
    counts: FacetCounts,
    wanted: Terms,
) -> list[int]:
    terms, values = condition(where, counts)
    source = _HAVING if part.sort in TIMES else f"{_FOUND} USING (number)"
    rows = connection.execute(
        f"SELECT number {source} WHERE {terms} ORDER BY {part.sql()} LIMIT ? OFFSET ?",
        [match(wanted), *values, part.limit, part.offset],
    )
    return [row["number"] for row in rows]
