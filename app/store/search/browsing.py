"""A page of a list without words to look for: walk in its order, or gather a small set and sort."""

import sqlite3

from app.store.search.facet_counts import FacetCounts, GroupCounts, count_groups
from app.store.search.filters import Conditions
from app.store.search.planner import PageSlice, Sql, across, along, best, condition


def browse(
    connection: sqlite3.Connection,
    where: Conditions,
    part: PageSlice,
    counts: FacetCounts,
    total: int | None,
) -> list[int]:
    """Numbers of the tickets in `part` that match, in order; a first page needs no `total`."""
    if total is None:
        return _part(connection, where, part, counts, total)
    rows = min(part.limit, total - part.offset)
    if rows <= 0:
        return []
    if part.offset > total // 2:  # from the end, so that the last page costs what the first does
        return _part(connection, where, part.from_the_end(total), counts, total)[::-1]
    return _part(connection, where, part, counts, total)


def count_matches(connection: sqlite3.Connection, where: Conditions, counts: FacetCounts) -> int:
    """How many tickets match, where the counts cannot tell."""
    source, values = _matching(connection, where, counts)
    return int(connection.execute(f"SELECT count(*) {source}", values).fetchone()[0])


def group_matches(
    connection: sqlite3.Connection, where: Conditions, counts: FacetCounts
) -> GroupCounts:
    """How many of each kind match."""
    source, values = _matching(connection, where, counts)
    return count_groups(
        row[0] for row in connection.execute(f"SELECT facet_group {source}", values)
    )


def _matching(
    connection: sqlite3.Connection, where: Conditions, counts: FacetCounts
) -> tuple[str, list[object]]:
    index = across(connection, where, counts).index
    terms, values = condition(where, counts, index)
    return f"FROM ticket INDEXED BY {index} WHERE {terms}", values


def listed(where: Conditions, part: PageSlice, counts: FacetCounts) -> Sql:
    """All tickets that match, FROM and WHERE, by the index that has them in the asked order."""
    index = along(where, part, counts, counts.fitting(where)).index
    terms, values = condition(where, counts, index)
    return Sql(f"FROM ticket INDEXED BY {index} WHERE {terms}", tuple(values))


def _part(
    connection: sqlite3.Connection,
    where: Conditions,
    part: PageSlice,
    counts: FacetCounts,
    total: int | None,
) -> list[int]:
    index = best(connection, where, part, counts, total).index
    terms, values = condition(where, counts, index)
    found = connection.execute(
        f"SELECT number FROM ticket INDEXED BY {index} WHERE {terms}"  # noqa: S608 fixed words
        f" ORDER BY {part.sql()} LIMIT ? OFFSET ?",
        [*values, part.limit, part.offset],
    )
    return [row["number"] for row in found]
