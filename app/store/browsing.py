"""A page of a list without words to look for: walk in its order, or gather a small set and sort."""

import sqlite3

from app.store.counts import Counts
from app.store.filters import Where
from app.store.plan import Slice, across, along, condition


def browsed(
    connection: sqlite3.Connection, where: Where, part: Slice, counts: Counts, total: int
) -> list[int]:
    """Numbers of the tickets in `part` of the `total` that match, in order."""
    rows = min(part.limit, total - part.offset)
    if rows <= 0:
        return []
    if part.offset > total // 2:  # from the end, so that the last page costs what the first does
        return _part(connection, where, part.from_the_end(total), counts, total)[::-1]
    return _part(connection, where, part, counts, total)


def count_matching(connection: sqlite3.Connection, where: Where, counts: Counts) -> int:
    """How many tickets match, where the counts cannot tell."""
    index = across(connection, where, counts).index
    terms, values = condition(where, counts, index)
    query = f"SELECT count(*) FROM ticket INDEXED BY {index} WHERE {terms}"  # noqa: S608 fixed words
    return int(connection.execute(query, values).fetchone()[0])


def _part(
    connection: sqlite3.Connection, where: Where, part: Slice, counts: Counts, total: int
) -> list[int]:
    ways = (along(where, part, counts, total), across(connection, where, counts))
    index = min(ways).index
    terms, values = condition(where, counts, index)
    found = connection.execute(
        f"SELECT n FROM ticket INDEXED BY {index} WHERE {terms}"  # noqa: S608 fixed words
        f" ORDER BY {part.sql()} LIMIT ? OFFSET ?",
        [*values, part.limit, part.offset],
    )
    return [row["n"] for row in found]
