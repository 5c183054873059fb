"""Pre-computed counts beside the tickets: no number on the screen means counting them."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.domain.metrics import closed_at, has_all_messages, is_answered, waits
from app.domain.ticket import Awaiting, Message, Stats, Status, Ticket
from app.store.tickets.rows import micros, moment

SLOT = 900_000_000
"""microseconds"""

FacetGroup = tuple[str, str, int, str, str]
"""status, awaiting, answered, product, currency; '' and -1 are unknown"""


class Rollup:
    """The differences that a batch of changed tickets makes to the counts."""

    def __init__(self) -> None:
        self._tickets: Counter[FacetGroup] = Counter()
        self._with_all_messages: Counter[FacetGroup] = Counter()
        self._activity: Counter[tuple[int, str]] = Counter()

    def count(self, ticket: Ticket, messages: tuple[Message, ...] | None, sign: int) -> None:
        """Add a ticket as it is now (`sign` 1), or take it away as it was (-1)."""
        group = facet_group(ticket, messages)
        self._tickets[group] += sign
        self._with_all_messages[group] += sign * has_all_messages(ticket, messages)
        for what, at, difference in _happened(ticket, messages):
            self._activity[micros(at) // SLOT, what] += sign * difference

    def save(self, connection: sqlite3.Connection) -> dict[FacetGroup, int]:
        """Write the differences; the id of each group that was counted."""
        group_ids = {
            key: connection.execute(
                _COUNT, (*key, change, self._with_all_messages[key])
            ).fetchone()["id"]
            for key, change in self._tickets.items()
        }
        for what, statement in _ADD.items():
            changes = [
                (slot, change)
                for (slot, column), change in self._activity.items()
                if column == what and change
            ]
            connection.executemany(statement, changes)
        return group_ids


_COUNT = """
INSERT INTO facet_group
    (status, awaiting, answered, product, currency, tickets, with_all_messages)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET tickets = tickets + excluded.tickets,
    with_all_messages = with_all_messages + excluded.with_all_messages
RETURNING id
"""
_ADD = {
    "opened": "INSERT INTO activity VALUES (?, ?, 0, 0)"
    " ON CONFLICT DO UPDATE SET opened = opened + excluded.opened",
    "closed": "INSERT INTO activity VALUES (?, 0, ?, 0)"
    " ON CONFLICT DO UPDATE SET closed = closed + excluded.closed",
    "waits": "INSERT INTO activity VALUES (?, 0, 0, ?)"
    " ON CONFLICT DO UPDATE SET waits = waits + excluded.waits",
}


def facet_groups(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Every facet group that a ticket is in; columns as in the table, `tickets` how many."""
    return connection.execute("SELECT * FROM facet_group WHERE tickets > 0").fetchall()


def newest_number(connection: sqlite3.Connection) -> int:
    """The number of the newest ticket."""
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM ticket").fetchone()[0])


def count_stats(connection: sqlite3.Connection) -> Stats:
    """What the API counts, counted in the mirror."""
    return stats_of_groups(
        connection.execute(
            "SELECT status, awaiting, sum(tickets) AS tickets FROM facet_group GROUP BY 1, 2"
        )
    )


def stats_of_groups(rows: Iterable[Mapping[str, Any] | sqlite3.Row]) -> Stats:
    """What the API counts, counted from facet groups."""
    tickets: Counter[tuple[str, bool]] = Counter()
    for row in rows:
        tickets[row["status"], row["awaiting"] == Awaiting.SELLER] += row["tickets"]
    waiting = tickets[Status.OPEN, True]
    return Stats(
        total=tickets.total(),
        open=waiting + tickets[Status.OPEN, False],
        closed=tickets[Status.CLOSED, True] + tickets[Status.CLOSED, False],
        needs_response=waiting,
    )


def activity_since(
    connection: sqlite3.Connection, since: datetime
) -> list[tuple[datetime, dict[str, int]]]:
    """What happened from `since` on: the beginning of each quarter of an hour, and how many
    tickets were opened, closed and began to wait (waits, less those that ceased to) in it.
    """
    rows = connection.execute(
        "SELECT * FROM activity WHERE slot >= ? ORDER BY slot", (micros(since) // SLOT,)
    )
    names = ("opened", "closed", "waits")
    return [(moment(row["slot"] * SLOT), {name: row[name] for name in names}) for row in rows]


def facet_group(ticket: Ticket, messages: tuple[Message, ...] | None) -> FacetGroup:
    """The facet group a ticket is in."""
    answered = is_answered(ticket, messages)
    return (
        ticket.status or "",
        ticket.awaiting or "",
        -1 if answered is None else int(answered),
        (ticket.product_name or "").strip(),
        (ticket.order_currency or "").strip(),
    )


def _happened(
    ticket: Ticket, messages: tuple[Message, ...] | None
) -> Iterable[tuple[str, datetime, int]]:
    if ticket.created_at:
        yield "opened", ticket.created_at, 1
    if closed := closed_at(ticket):
        yield "closed", closed, 1
    for at, difference in waits(ticket, messages):
        yield "waits", at, difference
