"""How drafts lie in the outbox's file. Everything here runs inside a transaction of its caller.

Several browsers may have one reply open. A save says which draft it was typed onto, as its box knew
it; what another browser has made of that draft since is never written over, but kept beside it.
"""

import sqlite3

from app.domain.outbox_entry import Draft
from app.store.mending import plain

BETWEEN = "\n\n"

_INSERT = "INSERT INTO draft (ticket_id, author, text, saved_at) VALUES (?, ?, ?, ?)"
_SELECT = (
    "SELECT number, text FROM draft WHERE ticket_id = ? AND author = ?"
    " ORDER BY saved_at DESC, number DESC"
)


def read_drafts(connection: sqlite3.Connection, ticket_id: str, author: str) -> tuple[Draft, ...]:
    """The drafts of one reply, the newest first; two only when two browsers typed at once."""
    rows = connection.execute(_SELECT, (ticket_id, author))
    return tuple(Draft(number=row["number"], text=plain(row["text"])) for row in rows)


def keep_draft(
    connection: sqlite3.Connection,
    ticket_id: str,
    author: str,
    *,
    text: str,
    onto: Draft | None,
    at: str,
) -> Draft | None:
    """Keep `text` in place of `onto`, or beside what has become of it; None for a blank text."""
    if onto is not None and _stands(connection, onto):
        return _write(connection, Draft(number=onto.number, text=text), at=at)
    if not text.strip():
        return None
    kept = read_drafts(connection, ticket_id, author)
    if same := next((draft for draft in kept if draft.text == text), None):
        return same
    number = connection.execute(_INSERT, (ticket_id, author, text, at)).lastrowid
    return Draft(number=number or 0, text=text)


def drop_draft(connection: sqlite3.Connection, draft: Draft) -> bool:
    """Forget a draft, unless it has become another text."""
    return _stands(connection, draft) and _forget(connection, draft.number)


def drop_sent(connection: sqlite3.Connection, ticket_id: str, author: str, *, text: str) -> None:
    """Forget the draft of what is being sent, and no other."""
    forget = "DELETE FROM draft WHERE ticket_id = ? AND author = ? AND text = ?"
    connection.execute(forget, (ticket_id, author, text))


def join_drafts(
    connection: sqlite3.Connection, own: Draft, other: Draft, *, at: str
) -> Draft | None:
    """Make one draft of two, under the number of the first; None when either has moved on."""
    if not (_stands(connection, own) and _stands(connection, other)):
        return None
    _forget(connection, other.number)
    both = f"{own.text}{BETWEEN}{other.text}"
    return _write(connection, Draft(number=own.number, text=both), at=at)


def give_back(
    connection: sqlite3.Connection, ticket_id: str, author: str, *, text: str, at: str
) -> None:
    """Put a text that was not sent back into the draft, before what was typed since."""
    kept = read_drafts(connection, ticket_id, author)
    if not kept:
        connection.execute(_INSERT, (ticket_id, author, text, at))
    elif all(draft.text.strip() != text.strip() for draft in kept):
        whole = f"{text}{BETWEEN}{kept[0].text}"
        _write(connection, Draft(number=kept[0].number, text=whole), at=at)


def _stands(connection: sqlite3.Connection, draft: Draft) -> bool:
    look = "SELECT 1 FROM draft WHERE number = ? AND text = ?"
    return connection.execute(look, (draft.number, draft.text)).fetchone() is not None


def _write(connection: sqlite3.Connection, draft: Draft, *, at: str) -> Draft | None:
    if not draft.text.strip():
        _forget(connection, draft.number)
        return None
    change = "UPDATE draft SET text = ?, saved_at = ? WHERE number = ?"
    connection.execute(change, (draft.text, at, draft.number))
    return draft


def _forget(connection: sqlite3.Connection, number: int) -> bool:
    return connection.execute("DELETE FROM draft WHERE number = ?", (number,)).rowcount > 0
