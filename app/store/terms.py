"""What a seller typed into the search box, as terms, and which texts have them.

A ticket has the terms when each begins a word somewhere in it, or each is a part of its short texts
(subject, address, ids, product); a term of one or two signs only ever begins a word of those.
"""

import sqlite3

from app.domain.inbox import MAX_QUERY_LENGTH
from app.store.folding import fold
from app.store.indexing import HEAD, said
from app.store.rows import unpacked

HEAD_LENGTH = 2
TEXTS_KEPT = 4000

Terms = tuple[str, ...]


def terms(query: str) -> Terms:
    """The folded terms of a query; () for nothing to look for."""
    folded = (fold(word) for word in query[:MAX_QUERY_LENGTH].split())
    return tuple(dict.fromkeys(term for term in folded if term))


def set_of(wanted: Terms) -> tuple[str, list[object]]:
    """A query for the numbers of the tickets that have the terms, in column `n`, and its values."""
    words = " AND ".join(
        f'"{term}" *' if len(term) > HEAD_LENGTH else f'"{HEAD}{term}"' for term in wanted
    )
    having_words = "SELECT rowid AS n FROM words WHERE words MATCH ?"
    if any(len(term) <= HEAD_LENGTH for term in wanted):
        return having_words, [words]
    parts = " AND ".join(f'"{term}"' for term in wanted)
    # In one order, both sides are merged as they come, without a table in between.
    having_parts = "SELECT rowid FROM parts WHERE parts MATCH ?"
    return f"{having_words} UNION {having_parts} ORDER BY 1", [words, parts]


class Texts:
    """Looks into tickets one by one; what was said in those looked at lately is kept folded."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, str]] = {}  # used by several threads, an item at a time
        self.unpacked = 0
        """how many conversations had to be unpacked so far, by whomever"""

    def have(self, connection: sqlite3.Connection, row: sqlite3.Row, wanted: Terms) -> bool:
        """Whether the ticket of `row` (n, short, read_at) has the terms."""
        short: str = row["short"]
        if all(len(term) > HEAD_LENGTH and term in short for term in wanted):
            return True
        missing = [term for term in wanted if f" {term}" not in short]
        if not missing:
            return True
        if row["read_at"] is None or any(len(term) <= HEAD_LENGTH for term in missing):
            return False
        text = self._said(connection, row["n"], row["read_at"])
        return all(f" {term}" in text for term in missing)

    def _said(self, connection: sqlite3.Connection, n: int, read_at: int) -> str:
        known = self._kept.get(n)
        if known is not None and known[0] == read_at:
            return known[1]
        query = "SELECT messages FROM conversation WHERE n = ?"
        row = connection.execute(query, (n,)).fetchone()
        text = " " + said(unpacked(row["messages"]))
        self.unpacked += 1
        if len(self._kept) >= TEXTS_KEPT:
            self._kept = {}
        self._kept[n] = read_at, text
        return text
