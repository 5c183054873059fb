"""A page of the tickets that have some words: common words by walking, rare ones by the indexes."""

import sqlite3

from app.domain.inbox import SortKey
from app.store.counts import Counts
from app.store.filters import Where
from app.store.plan import Slice, Way, along, condition
from app.store.terms import Terms, Texts, set_of

LONGEST_WALK = 3000
"""Tickets whose texts are looked at before the search indexes are asked instead."""
MOST_UNPACKED = 40
"""Conversations unpacked for that; the next letter finds them folded."""

_NARROW = "by_number"
"""has what conditions and the usual orders need, so that no rows are read"""


def looked_for(
    connection: sqlite3.Connection,
    where: Where,
    part: Slice,
    counts: Counts,
    total: int,
    *,
    wanted: Terms,
    texts: Texts,
) -> list[int]:
    """Numbers of the tickets in `part` of the `total` that match and have the terms, in order."""
    if part.offset >= total:
        return []
    way = along(where, part, counts, total)
    if way.entries < LONGEST_WALK / 2:
        having = _walked(connection, where, part, counts, way=way, wanted=wanted, texts=texts)
        if len(having) == min(part.limit, total - part.offset):
            return having
    return _gathered(connection, where, part, counts, wanted)


def count_having(
    connection: sqlite3.Connection, where: Where, wanted: Terms, counts: Counts
) -> int:
    """How many tickets match and have the terms."""
    numbers, values = set_of(wanted)
    terms, more = condition(where, counts)
    query = f"SELECT count(*) FROM ({numbers})"  # noqa: S608 fixed words
    if terms != "1":
        query = f"{query} AS found CROSS JOIN ticket INDEXED BY {_NARROW} USING (n) WHERE {terms}"
    return int(connection.execute(query, [*values, *more]).fetchone()[0])


def _walked(
    connection: sqlite3.Connection,
    where: Where,
    part: Slice,
    counts: Counts,
    *,
    way: Way,
    wanted: Terms,
    texts: Texts,
) -> list[int]:
    """What a short walk in the asked order finds; it may be too little."""
    terms, values = condition(where, counts, way.index)
    rows = connection.execute(
        f"SELECT n, short, read_at FROM ticket INDEXED BY {way.index}"  # noqa: S608 fixed words
        f" WHERE {terms} ORDER BY {part.sql()} LIMIT ?",
        [*values, LONGEST_WALK],
    )
    having: list[int] = []
    most = texts.unpacked + MOST_UNPACKED
    for row in rows:
        if texts.unpacked > most:
            break
        if texts.have(connection, row, wanted):
            having.append(row["n"])
            if len(having) == part.offset + part.limit:
                break
    return having[part.offset :]


def _gathered(
    connection: sqlite3.Connection, where: Where, part: Slice, counts: Counts, wanted: Terms
) -> list[int]:
    numbers, values = set_of(wanted)
    terms, more = condition(where, counts)
    narrow = part.sort in {SortKey.UPDATED, SortKey.CREATED}
    # A cross join keeps the order of the tables: first the few found, then what is asked of them.
    rows = connection.execute(
        f"SELECT n FROM ({numbers}) AS found"  # noqa: S608 fixed words
        f" CROSS JOIN ticket {f'INDEXED BY {_NARROW}' if narrow else ''} USING (n)"
        f" WHERE {terms} ORDER BY {part.sql()} LIMIT ? OFFSET ?",
        [*values, *more, part.limit, part.offset],
    )
    return [row["n"] for row in rows]
