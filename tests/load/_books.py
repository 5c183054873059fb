"""What the API's own database says: the judge of what the screens show."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.store.search.normalize import normalize

Row = dict[str, Any]
SHORT = ("subject", "customer_email", "id", "order_id", "invoice_id", "product_name")
NAMED = ("subject", "customer_email", "product_name")


@dataclass(frozen=True, slots=True)
class Entry:
    """A ticket as the API holds it, folded once for all that is searched."""

    row: Row
    heard: bool
    shorts: tuple[str, ...]
    named: tuple[str, ...]
    said: tuple[str, ...]

    def has(self, word: str) -> bool:
        """Whether it has a word as it is typed without quotes."""
        if len(word) <= 2:
            begins = any(f" {word}" in text for text in self.named)
            return begins or any(f" {word} " in text for text in (*self.shorts, *self.said))
        return any(word in text for text in self.shorts) or any(
            f" {word}" in text for text in self.said
        )


@dataclass(slots=True)
class Books:
    """Every ticket that a desk holds, by the API's own words."""

    entries: list[Entry] = field(default_factory=list)

    def find(self, query: str) -> set[str]:
        """The ids of the tickets that have every word of a query without signs and quotes."""
        words = [normalize(word) for word in query.split()]
        return {e.row["id"] for e in self.entries if all(e.has(word) for word in words)}


def read_books(api: Path, copy: Path) -> Books:
    """Read both databases, of a desk that is at rest; texts only where the desk has read them."""
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as held:
        heard = {
            row[0]: bool(row[1]) for row in held.execute("SELECT id, has_all_messages FROM ticket")
        }
    with closing(sqlite3.connect(f"file:{api}?mode=ro", uri=True)) as shop:
        shop.row_factory = sqlite3.Row
        said: dict[str, list[str]] = {}
        for row in shop.execute("SELECT ticket_id, message FROM messages ORDER BY 1, position"):
            if heard.get(row["ticket_id"]):
                said.setdefault(row["ticket_id"], []).append(row["message"])
        rows = [dict(row) for row in shop.execute("SELECT * FROM tickets")]
    return Books([_entry(row, heard, said) for row in rows if row["id"] in heard])


def _entry(row: Row, heard: dict[str, bool], said: dict[str, list[str]]) -> Entry:
    return Entry(
        row=row,
        heard=heard[row["id"]],
        shorts=_normalized(row[name] for name in SHORT),
        named=_normalized(row[name] for name in NAMED),
        said=_normalized(said.get(row["id"], ())),
    )


def _normalized(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(f" {normalize(text)} " for text in texts if text)
