"""Applies changed tickets: the row, the messages, the counts and the search entries, together."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.bounds import SHORT_TEXT_SEARCHED
from app.domain.metrics import has_all_messages, is_answered, wait_of
from app.domain.ticket import Message, Ticket
from app.store.search.index import (
    IndexEntry,
    index_entry,
    message_text,
    short_text,
    short_texts_of,
    update_index,
)
from app.store.search.normalize import normalize, normalize_name
from app.store.tickets.rollup import FacetGroup, Rollup, facet_group
from app.store.tickets.rows import FIELDS, micros, packed, ticket_from, ticket_row, unpacked

TOMBSTONES_KEPT = timedelta(days=30)
SORT_LENGTH = 60
"""Signs of a subject that decide its place in the list."""

COLUMNS = (
    *("number", *FIELDS, "facet_group", "read_at", "has_all_messages", "backfill_rank"),
    *("answered", "waiting_since", "wait_exactness"),
    *("amount", "subject_key", "product_key"),
)
_INSERT = f"INSERT INTO ticket ({', '.join(COLUMNS)}) VALUES (:{', :'.join(COLUMNS)})"  # noqa: S608 our own names


Row = dict[str, object]
"""Values by column; empty for a ticket that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTicket:
    """What the mirror holds of one ticket."""

    ticket: Ticket
    messages: tuple[Message, ...] | None = None
    read_at: int | None = None
    """the start of the read of its messages"""
    is_stale: bool = True
    """its messages are not stored, or it has moved since they were read"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A ticket before and after; None for one that was, or will be, not there."""

    number: int
    old: StoredTicket | None
    new: StoredTicket | None


def load_tickets(
    connection: sqlite3.Connection, ids: Sequence[str]
) -> dict[str, tuple[int, StoredTicket]]:
    """What is stored of these tickets, with their numbers."""
    rows = connection.execute(
        "SELECT ticket.*, messages FROM ticket LEFT JOIN conversation USING (number)"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return {row["id"]: (row["number"], _stored_from_row(row)) for row in rows}


def apply_changes(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Bring everything in line with `changes`; a ticket appears once in them."""
    rollup = Rollup()
    for change in changes:
        for stored, sign in ((change.old, -1), (change.new, 1)):
            if stored is not None:
                rollup.count(stored.ticket, stored.messages, sign)
    group_ids = rollup.save(connection)
    rows = [(_row(c.number, c.old, group_ids), _row(c.number, c.new, group_ids)) for c in changes]
    _write_rows(connection, rows)
    _write_messages(connection, changes)
    _write_index(connection, changes)
    found = [(c.new.ticket.id,) for c in changes if c.old is None and c.new is not None]
    connection.executemany("DELETE FROM gone WHERE id = ?", found)


def rewrite(connection: sqlite3.Connection, changes: Iterable[StoredTicket]) -> frozenset[str]:
    """Keep these instead of what is stored of the same tickets; the ids of those that differ."""
    by_id = {change.ticket.id: change for change in changes}
    found = load_tickets(connection, [*by_id])
    differing = [
        Change(number=number, old=old, new=by_id[id_])
        for id_, (number, old) in found.items()
        if by_id[id_] != old
    ]
    apply_changes(connection, differing)
    return frozenset(change.new.ticket.id for change in differing if change.new)


def discard(connection: sqlite3.Connection, ticket_id: str, gone_at: int) -> frozenset[str]:
    """Take a ticket that is gone out of the mirror and remember it; its id if that is news."""
    found = load_tickets(connection, [ticket_id])
    if not found and load_discarded(connection, ticket_id):
        return frozenset()
    number, stored = found.get(ticket_id, (0, StoredTicket(ticket=Ticket(id=ticket_id))))
    if found:
        apply_changes(connection, [Change(number=number, old=stored, new=None)])
    body = json.dumps(ticket_row(stored.ticket)).encode()
    messages = None if stored.messages is None else packed(stored.messages)
    connection.execute(
        "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?)", (ticket_id, gone_at, body, messages)
    )
    return frozenset({ticket_id})


def load_discarded(connection: sqlite3.Connection, ticket_id: str) -> StoredTicket | None:
    """What was known of a ticket that is gone; `read_at` is when that was found."""
    row = connection.execute("SELECT * FROM gone WHERE id = ?", (ticket_id,)).fetchone()
    if row is None:
        return None
    messages = None if row["messages"] is None else unpacked(row["messages"])
    ticket = ticket_from(json.loads(row["ticket"]))
    return StoredTicket(ticket=ticket, messages=messages, read_at=row["gone_at"])


def _stored_from_row(row: sqlite3.Row) -> StoredTicket:
    messages = None if row["messages"] is None else unpacked(row["messages"])
    return StoredTicket(
        ticket=ticket_from(row),
        messages=messages,
        read_at=row["read_at"],
        is_stale=row["backfill_rank"] is not None,
    )


def _write_rows(connection: sqlite3.Connection, rows: Sequence[tuple[Row, Row]]) -> None:
    connection.executemany(_INSERT, [new for old, new in rows if not old])
    lost = [old for old, new in rows if not new]
    connection.executemany("DELETE FROM ticket WHERE number = :number", lost)
    connection.executemany("DELETE FROM seen_by_even_scan WHERE number = :number", lost)
    connection.executemany("DELETE FROM seen_by_odd_scan WHERE number = :number", lost)
    for old, new in rows:
        differing = [name for name in new if old and old[name] != new[name]]
        if differing:  # only their indexes are touched
            pairs = ", ".join(f"{name} = :{name}" for name in differing)
            connection.execute(f"UPDATE ticket SET {pairs} WHERE number = :number", new)  # noqa: S608 our own names


def _messages(stored: StoredTicket | None) -> tuple[Message, ...] | None:
    return None if stored is None else stored.messages


def _write_messages(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    pairs = [(c.number, _messages(c.old), _messages(c.new)) for c in changes]
    bodies = [(n, packed(new)) for n, old, new in pairs if new is not None and new != old]
    connection.executemany("INSERT OR REPLACE INTO conversation VALUES (?, ?)", bodies)
    lost = [(n,) for n, old, new in pairs if new is None and old is not None]
    connection.executemany("DELETE FROM conversation WHERE number = ?", lost)


def _write_index(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    update_index(
        connection,
        [
            (c.number, _index_entry(c.old), _index_entry(c.new))
            for c in changes
            if _texts(c.old) != _texts(c.new) or _messages(c.old) != _messages(c.new)
        ],
    )


def _texts(stored: StoredTicket | None) -> tuple[str | None, ...]:
    return () if stored is None else short_texts_of(stored.ticket)


def _index_entry(stored: StoredTicket | None) -> IndexEntry:
    if stored is None:
        return ()
    return index_entry(short_text(*_texts(stored)), message_text(stored.messages))


def _row(number: int, stored: StoredTicket | None, group_ids: dict[FacetGroup, int]) -> Row:
    if stored is None:
        return {}
    ticket, messages = stored.ticket, stored.messages
    wait = wait_of(ticket, messages)
    return ticket_row(ticket) | {
        "number": number,
        "facet_group": group_ids[facet_group(ticket, messages)],
        "read_at": stored.read_at,
        "has_all_messages": has_all_messages(ticket, messages),
        "backfill_rank": _backfill_rank(ticket) if stored.is_stale else None,
        "answered": is_answered(ticket, messages),
        "waiting_since": micros(wait.since) if wait and wait.since else None,
        "wait_exactness": wait.exactness.value if wait else None,
        "amount": None if ticket.order_amount is None else float(ticket.order_amount),
        "subject_key": None
        if ticket.subject is None
        else normalize(ticket.subject[:SHORT_TEXT_SEARCHED])[:SORT_LENGTH],
        "product_key": None if ticket.product_name is None else normalize_name(ticket.product_name),
    }


def _backfill_rank(ticket: Ticket) -> int:
    """How soon its messages are worth reading: 0 while a customer waits, 1 open, 2 the rest."""
    return 0 if ticket.needs_response else 1 if ticket.is_open else 2


def drop_tombstones(connection: sqlite3.Connection, now: datetime) -> None:
    """Forget the tickets that have been gone for long."""
    connection.execute("DELETE FROM gone WHERE gone_at < ?", (micros(now - TOMBSTONES_KEPT),))
