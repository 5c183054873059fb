"""The integrity check of a mirror: is every table in order, can every value be read?"""

import sqlite3
import zlib
from pathlib import Path

from app.store.database import faults, lacks_a_part
from app.store.tickets import scan_state, sync_state
from app.store.tickets.rollup import SLOT
from app.store.tickets.rows import moment
from app.store.tickets.upsert import load_discarded, load_tickets

BATCH = 500

UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    zlib.error,
)
"""what comes of a value that is not what was written"""


SCHEMA = Path(__file__).parent / "schema"


def find_damage(connection: sqlite3.Connection) -> str | None:
    """What is wrong with the mirror, None if nothing is.

    Raises: StoreDamagedError, for the same.
    """
    if lacks_a_part(connection, SCHEMA):
        return "a part is missing"
    if found := [*faults(connection), *_odd_values(connection)]:
        return found[0]
    try:
        _read_all(connection)
    except UNREADABLE as error:
        return f"a value cannot be read ({type(error).__name__})"
    counted, tallied = (
        {tuple(row) for row in connection.execute(query)} for query in (_GROUPS, _GROUPED)
    )
    return None if counted == tallied else "its counts are not those of its tickets"


_GROUPS = """
SELECT id, tickets, with_all_messages FROM facet_group
WHERE tickets <> 0 OR with_all_messages <> 0
"""
_GROUPED = "SELECT facet_group, count(*), sum(has_all_messages) FROM ticket GROUP BY 1"


_COLUMNS = """
SELECT t.name, c.name, lower(c.type) FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.type <> ''
"""


def _odd_values(connection: sqlite3.Connection) -> list[str]:
    """Columns that hold values of another kind than they are for."""
    return [
        f"{table}.{column} is no {kind}"
        for table, column, kind in connection.execute(_COLUMNS).fetchall()
        if connection.execute(
            f'SELECT 1 FROM "{table}" WHERE typeof("{column}") NOT IN (?, \'null\') LIMIT 1',  # noqa: S608 our own names
            (kind,),
        ).fetchone()
    ]


def _read_all(connection: sqlite3.Connection) -> None:
    sync_state.load_reading(connection)
    scan_state.load_scan(connection)
    for (slot,) in connection.execute("SELECT slot FROM activity"):
        moment(slot * SLOT)
    last = -1
    while ids := _ids_after(connection, last):
        last = ids[-1][0]
        load_tickets(connection, [id_ for _, id_ in ids])
    for (id_,) in connection.execute("SELECT id FROM gone").fetchall():
        load_discarded(connection, id_)


def _ids_after(connection: sqlite3.Connection, number: int) -> list[tuple[int, str]]:
    query = "SELECT number, id FROM ticket WHERE number > ? ORDER BY number LIMIT ?"
    return [(row["number"], row["id"]) for row in connection.execute(query, (number, BATCH))]
