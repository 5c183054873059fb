"""The short lists beside the main one: who waits longest, what else a customer wrote."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence

from app.domain.ticket import name_key

_WAITING = "FROM ticket INDEXED BY waiting WHERE status = 'open' AND awaiting = 'seller'"


def waiting_longest(
    connection: sqlite3.Connection, limit: int, *, answered: bool | None = None
) -> list[sqlite3.Row]:
    """Tickets that wait for the seller, the longest wait first, as the list has them.

    Args:
        answered: only those that were answered before, or never; None for all.
    """
    return connection.execute(
        f"SELECT * {_WAITING} AND (:answered IS NULL OR answered = :answered)"
        " ORDER BY waiting_since ASC NULLS LAST, number LIMIT :limit",
        {"answered": answered, "limit": limit},
    ).fetchall()


def waiting_by_product(
    connection: sqlite3.Connection, limit: int, *, answered: bool | None = None
) -> tuple[list[tuple[int, sqlite3.Row]], list[int]]:
    """How many wait for each product.

    Args:
        answered: as in `waiting_longest`.
    Returns: the most frequent, at most `limit`, each with its count and a ticket that waits for
        it; the counts of all others.
    """
    groups = connection.execute(
        "SELECT found.tickets, number, product FROM (SELECT facet_group, count(*) AS tickets,"  # noqa: S608  # ours
        f" min(number) AS number {_WAITING} GROUP BY facet_group) AS found"
        " JOIN facet_group ON facet_group.id = found.facet_group"
        " WHERE :answered IS NULL OR answered = :answered ORDER BY found.tickets DESC, number",
        {"answered": answered},
    )
    counts: Counter[str] = Counter()
    examples: dict[str, int] = {}
    for group in groups:
        product = name_key(group["product"])
        counts[product] += group["tickets"]
        examples.setdefault(product, group["number"])
    found = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    one_ticket = "SELECT * FROM ticket WHERE number = ?"
    named = [
        (count, connection.execute(one_ticket, (examples[product],)).fetchone())
        for product, count in found[:limit]
    ]
    return named, [count for _, count in found[limit:]]


def waiting_counts(
    connection: sqlite3.Connection, bounds: Sequence[int], *, answered: bool | None = None
) -> list[int]:
    """How many wait since after each bound, each ticket once; since before the last; since nobody
    knows when. Together they are all that wait.

    Args:
        bounds: microseconds since 1970, latest first.
        answered: as in `waiting_longest`.
    """
    those = "" if answered is None else f" AND answered = {answered:d}"
    since = [_waiting(connection, f"waiting_since > ?{those}", bound) for bound in bounds]
    since.append(_waiting(connection, f"waiting_since IS NOT NULL{those}"))
    since.append(_waiting(connection, f"1{those}"))
    return [count - before for count, before in zip(since, [0, *since], strict=False)]


def waits_estimated(connection: sqlite3.Connection) -> int:
    """How many tickets wait whose wait is an estimate."""
    return _waiting(connection, "waiting_since IS NOT NULL AND wait_exactness <> 'exact'")


def _waiting(connection: sqlite3.Connection, condition: str, *values: int) -> int:
    found = connection.execute(f"SELECT count(*) {_WAITING} AND {condition}", values)
    return int(found.fetchone()[0])


def unreadable_values(connection: sqlite3.Connection) -> dict[str, int]:
    """How many tickets came with a value nobody could read, by the name of its field."""
    query = "SELECT unreadable, count(*) FROM ticket WHERE unreadable IS NOT NULL GROUP BY 1"
    count_with: Counter[str] = Counter()
    for names, count in connection.execute(query):
        count_with.update(dict.fromkeys(names.split(), count))
    return count_with


def other_tickets_of(
    connection: sqlite3.Connection, email: str | None, ticket_id: str, limit: int
) -> tuple[list[sqlite3.Row], int]:
    """The customer's other tickets, newest first, and how many there are in all."""
    values = (email, ticket_id)
    other = "FROM ticket INDEXED BY by_customer WHERE customer_key = lower(trim(?)) AND id <> ?"
    total = connection.execute(f"SELECT count(*) {other}", values).fetchone()[0]
    rows = connection.execute(
        f"SELECT * {other} ORDER BY updated_at DESC, number DESC LIMIT ?",
        (*values, limit),
    ).fetchall()
    return rows, int(total)


def newest_incomplete(connection: sqlite3.Connection) -> int | None:
    """The last update of a ticket whose messages are not all stored; None when all are.

    Returns: microseconds since 1970.
    """
    query = "SELECT max(updated_at) FROM ticket INDEXED BY incomplete WHERE has_all_messages = 0"
    found: int | None = connection.execute(query).fetchone()[0]
    return found


def messages_due(
    connection: sqlite3.Connection, shown: Sequence[str], limit: int, *, since: int | None = None
) -> list[str]:
    """At most `limit` tickets whose messages are to be read, those in `shown` before the others.

    Then those that wait for the seller, the other open ones, the closed ones, newest first.

    Args:
        since: microseconds since 1970; what was not updated since then is not read ahead.
    """
    rows = connection.execute(
        "SELECT id FROM ticket"
        " WHERE id IN (SELECT value FROM json_each(?)) AND backfill_rank IS NOT NULL"
        " UNION ALL SELECT * FROM (SELECT id FROM ticket INDEXED BY by_backfill_rank"
        " WHERE backfill_rank IS NOT NULL AND (? IS NULL OR updated_at IS NULL OR updated_at >= ?)"
        " ORDER BY backfill_rank, updated_at DESC LIMIT ?)",
        (json.dumps(shown), since, since, limit),
    )
    return list(dict.fromkeys(row["id"] for row in rows))


def kept_blank(connection: sqlite3.Connection) -> int:
    """How many tickets are those of customers who were forgotten."""
    query = "SELECT count(*) FROM ticket INDEXED BY kept_blank WHERE forgotten = 1"
    return int(connection.execute(query).fetchone()[0])


def outdated(connection: sqlite3.Connection, before: int, limit: int) -> list[str]:
    """Tickets whose messages are stored though nothing has happened in them since `before`.

    Args:
        before: microseconds since 1970.
    """
    rows = connection.execute(
        "SELECT id FROM ticket INDEXED BY by_updated JOIN conversation USING (number)"
        " WHERE updated_at < ? ORDER BY updated_at DESC LIMIT ?",
        (before, limit),
    )
    return [row["id"] for row in rows]


def open_ids(connection: sqlite3.Connection) -> list[str]:
    """The tickets stored as open."""
    query = "SELECT id FROM ticket INDEXED BY by_state WHERE status = 'open'"
    return [row["id"] for row in connection.execute(query)]
