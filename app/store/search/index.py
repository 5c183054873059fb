"""What of a ticket is searched, and the index that holds it (see tickets/schema).

A column of the index holds the words of a field as they are. In those of the short texts two more
kinds of words stand beside them, told apart by a sign nobody can type, as `normalize` removes it:
every three signs in a row, so that a run of those is any part of the text; and, but for the ids,
the heads, one or two signs long, so that looking up few letters does not merge thousands of words.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter

from app.domain.bounds import CONVERSATION_SEARCHED, MESSAGE_SEARCHED, SHORT_TEXT_SEARCHED
from app.domain.ticket import Message, Ticket
from app.store.search.normalize import normalize, normalize_lines

FIELDS = ("subject", "customer_email", "order_id", "invoice_id", "id", "product_name")
"""Of a ticket and of the mirror: the short texts, which are found by any part."""
LINES = ("subject", "customer", "orders", "invoice", "", "")
"""The column of each of them; those that nobody asks for alone lie with the messages."""
COLUMNS = ("said", "subject", "customer", "orders", "invoice")
"""Of the index; a word in any but the first costs two bytes more."""
HAS_PREFIXES = (True, True, False, False, False, True)
"""Which of them are words somebody chose: all ids begin alike, so their heads tell nothing."""
PREFIX_MARK = "\N{PILCROW SIGN}"
"""before the first signs of a word; alone it is a word of every ticket and between messages"""
TRIGRAM_MARK = "\N{NOT SIGN}"
"""before three signs in a row"""
SPACE = "\N{MIDDLE DOT}"
"""a space among them"""

IndexEntry = tuple[str, ...]
"""The text of each column; () for a ticket that is not there."""


short_texts_of: Callable[[Ticket], tuple[str | None, ...]] = attrgetter(*FIELDS)
"""The short texts of a ticket."""


def short_text(*texts: str | None) -> str:
    """The short texts as they are searched: a line for each, its normalized words after a space."""
    return _short(*((text or "")[:SHORT_TEXT_SEARCHED] for text in texts))


@lru_cache(maxsize=5000)  # each letter that is typed looks at the same tickets
def _short(*texts: str) -> str:
    return normalize_lines("\n".join(text.replace("\n", " ") for text in texts))


def message_text(messages: Iterable[Message] | None) -> str:
    """What is found by the beginning of any word: the messages, normalized, no phrase across two.

    Of each message its beginning is taken, and of many messages the newest.
    """
    texts, room = [], CONVERSATION_SEARCHED
    for message in reversed(tuple(messages or ())):
        texts.append(normalize(message.text[: min(MESSAGE_SEARCHED, room)]))
        room -= min(MESSAGE_SEARCHED, len(message.text))
        if room <= 0:
            break
    return f" {PREFIX_MARK} ".join(reversed(texts))


def index_entry(short_text: str, message_text: str) -> IndexEntry:
    """What the index holds of a ticket with these texts."""
    lines = [
        _line(line, named) for line, named in zip(short_text.split("\n"), HAS_PREFIXES, strict=True)
    ]
    return (f"{' '.join(lines[4:])} {PREFIX_MARK} {message_text}", *lines[:4])


def trigrams(text: str) -> str:
    """Each three signs in a row of a normalized text, as words."""
    joined = text.replace(" ", SPACE)
    found = map("".join, zip(joined, joined[1:], joined[2:], strict=False))
    return TRIGRAM_MARK + f" {TRIGRAM_MARK}".join(found) if len(joined) > 2 else ""


def update_index(
    connection: sqlite3.Connection, texts: Sequence[tuple[int, IndexEntry, IndexEntry]]
) -> None:
    """Bring the index in line, by number of a ticket: what it held before, what it has now."""
    changed = [(n, old, new) for n, old, new in texts if old != new]
    connection.executemany(_DELETE, [(n, *old) for n, old, _ in changed if old])
    connection.executemany(_INSERT, [(n, *new) for n, _, new in changed if new])


MERGE = "INSERT INTO words (words) VALUES ('optimize')"
"""makes one of all parts of the index, in which nothing is left of what was removed"""
_NAMES, _VALUES = ", ".join(COLUMNS), ", ?" * len(COLUMNS)
_INSERT = f"INSERT INTO words (rowid, {_NAMES}) VALUES (?{_VALUES})"  # noqa: S608 our own names
# The index keeps no copy of the text, so it must be told what to forget.
_DELETE = f"INSERT INTO words (words, rowid, {_NAMES}) VALUES ('delete', ?{_VALUES})"  # noqa: S608 our own names


@lru_cache(maxsize=2000)  # many tickets are about one product, and subjects come again
def _line(line: str, named: bool) -> str:  # noqa: FBT001  # a key of the cache
    """The words of a line, their heads if it is `named`, and its parts."""
    words = line.split() if named else []
    prefixes = dict.fromkeys([word[:1] for word in words] + [word[:2] for word in words])
    return f"{line} {' '.join([PREFIX_MARK + prefix for prefix in prefixes])} {trigrams(line[1:])}"
