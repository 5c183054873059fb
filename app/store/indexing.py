"""What of a ticket is searched, and the two indexes that hold it (see schema/mirror)."""

import sqlite3
from collections.abc import Iterable, Sequence

from app.domain.ticket import Message, Ticket
from app.store.folding import fold, fold_lines

Texts = Sequence[tuple[int, str, str]]
"""number of a ticket, its text before, its text now; "" for none"""

BREAK = "\N{PILCROW SIGN}"
"""A word of its own between fields, so that no phrase is found across them; never typed."""
HEAD = "\N{PILCROW SIGN}"
"""Before the first one or two signs of a word: looking those up must not mean merging thousands."""


def short(ticket: Ticket) -> str:
    """What is found by any part: each field's folded words after a space, one field a line."""
    fields = (
        *(ticket.subject, ticket.customer_email, ticket.id),
        *(ticket.order_id, ticket.invoice_id, ticket.product_name),
    )
    return fold_lines("\n".join(field for field in fields if field))


def said(messages: Iterable[Message] | None) -> str:
    """What is found by the beginning of any word: the messages, folded."""
    return fold("\n".join(message.text for message in messages or ()))


def index_parts(connection: sqlite3.Connection, shorts: Texts) -> None:
    """Bring the index over `short` texts in line."""
    _index(connection, "parts", shorts)


def index_words(connection: sqlite3.Connection, texts: Texts) -> None:
    """Bring the index over what `all_words` gave in line."""
    _index(connection, "words", texts)


def all_words(short: str, said: str) -> str:
    """Every word of a ticket, and the heads of those in its short texts."""
    words = short.split()
    heads = {word[:1] for word in words} | {word[:2] for word in words}
    marked = " ".join(f"{HEAD}{head}" for head in sorted(heads))
    fields = short.replace("\n", f" {BREAK}")
    return f"{fields} {BREAK} {said} {BREAK} {marked}"


def _index(connection: sqlite3.Connection, name: str, texts: Texts) -> None:
    # These indexes keep no copy of the text, so they must be told what to forget.
    forget = f"INSERT INTO {name} ({name}, rowid, text) VALUES ('delete', ?, ?)"  # noqa: S608 our own names
    learn = f"INSERT INTO {name} (rowid, text) VALUES (?, ?)"  # noqa: S608 our own names
    changed = [(n, old, new) for n, old, new in texts if old != new]
    connection.executemany(forget, [(n, old) for n, old, _ in changed if old])
    connection.executemany(learn, [(n, new) for n, _, new in changed if new])
