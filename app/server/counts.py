"""The counts over the whole store, kept beside the tickets and changed in the same transaction."""

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy import delete as delete_from

from app.server.contract import Stats
from app.server.tables import ticket_counts, tickets

Kind = tuple[str, str]
"""a status and whose answer is awaited"""

_C = ticket_counts.c


def read_counts(connection: Connection) -> Stats:
    """The four numbers of the API."""
    kinds = {
        (row.status, row.awaiting_response_from): row.tickets
        for row in connection.execute(select(ticket_counts))
    }
    open_tickets = sum(number for (status, _), number in kinds.items() if status == "open")
    total = sum(kinds.values())
    return Stats(
        total=total,
        open=open_tickets,
        closed=total - open_tickets,
        needs_response=kinds.get(("open", "owner"), 0),
    )


def count_change(
    connection: Connection, *, before: Kind | None = None, after: Kind | None = None
) -> None:
    """Count one ticket that was of one kind and is of another."""
    if before == after:
        return
    steps = [(kind, step) for kind, step in ((before, -1), (after, 1)) if kind]
    for (status, turn), step in sorted(steps):  # always in one order: two writers cannot deadlock
        connection.execute(
            update(ticket_counts)
            .where(_C.status == status, _C.awaiting_response_from == turn)
            .values(tickets=_C.tickets + step)
        )


def count_again(connection: Connection) -> None:
    """Take the counts from the tickets, after many were written at once."""
    kind = (tickets.c.status, tickets.c.awaiting_response_from)
    counted = {
        (status, turn): number
        for status, turn, number in connection.execute(select(*kind, func.count()).group_by(*kind))
    }
    connection.execute(delete_from(ticket_counts))
    connection.execute(
        insert(ticket_counts),
        [
            {
                "status": status,
                "awaiting_response_from": turn,
                "tickets": counted.get((status, turn), 0),
            }
            for status in ("open", "closed")
            for turn in ("owner", "customer")
        ],
    )
