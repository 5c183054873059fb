"""The texts a query looks for, and which tickets have them.

A ticket has a term when a word in it begins so, or when it is any part of its short texts (subject,
address, ids, product). One of one or two signs begins a word of subject, address or product, or is
a word.
"""

import sqlite3
from dataclasses import dataclass

from app.domain.bounds import REMEMBERED_SEARCHED
from app.domain.search_query import Query
from app.store.search.index import FIELDS, HEAD, LINES, NAMED, parts, said, short
from app.store.search.normalize import normalize
from app.store.tickets.rows import unpacked

HEAD_LENGTH = 2
TEXTS_KEPT = 4000


@dataclass(frozen=True, slots=True)
class IndexTerm:
    """A folded term; `column` is the one of the index that has it, "" for any of them."""

    text: str
    column: str
    whole: bool
    excluded: bool


Terms = tuple[IndexTerm, ...]


def terms(query: Query) -> Terms:
    """The folded terms of a query; () for nothing to look for."""
    folded = (
        IndexTerm(
            normalize(term.text), _COLUMN.get(term.field, term.field), term.whole, term.excluded
        )
        for term in query.terms
    )
    return tuple(dict.fromkeys(term for term in folded if term.text))


_COLUMN = {"any": "", "order": "orders"}


def match(wanted: Terms) -> str:
    """The question to the index for the tickets that have the terms; nothing in it is syntax."""
    asked = [_match(term) for term in wanted if not term.excluded] or [f'"{HEAD}"']
    lacking = [_match(term) for term in wanted if term.excluded]
    without = f" NOT ({' OR '.join(lacking)})" if lacking else ""
    return f"({' AND '.join(asked)}){without}"


def _match(term: IndexTerm) -> str:
    begins, column = f'"{term.text}"', f"{term.column} : " if term.column else ""
    if term.whole:
        return column + begins
    if len(term.text) <= HEAD_LENGTH:
        head = f'"{HEAD}{term.text}"'
        if column:
            return column + (head if NAMED[LINES.index(term.column)] else f"{begins} *")
        return f"({head} OR {begins})"
    part = f'"{parts(term.text)}"'
    return column + part if column else f"({begins} * OR {part})"


class TextMatcher:
    """Looks into tickets one by one; what was said in those looked at lately is kept folded."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, str]] = {}  # used by several threads, an item at a time
        self._length = 0
        self.unpacked = 0
        """how many conversations had to be unpacked so far, by whomever"""

    def have(self, connection: sqlite3.Connection, row: sqlite3.Row, wanted: Terms) -> bool:
        """Whether the ticket of `row` (number, read_at, the short columns) has the terms."""
        texts = short_of(row)
        unsaid = []
        for term in wanted:
            if in_short(texts, term):
                if term.excluded:
                    return False
            elif term.column or row["read_at"] is None:
                if not term.excluded:
                    return False
            else:
                unsaid.append(term)
        if not unsaid:
            return True
        text = self._said(connection, row["number"], row["read_at"])
        return all(_in_said(text, term) is not term.excluded for term in unsaid)

    def _said(self, connection: sqlite3.Connection, number: int, read_at: int) -> str:
        known = self._kept.get(number)
        if known is not None and known[0] == read_at:
            return known[1]
        query = "SELECT messages FROM conversation WHERE number = ?"
        row = connection.execute(query, (number,)).fetchone()
        text = f" {said(unpacked(row['messages']))} "
        self.unpacked += 1
        if len(self._kept) >= TEXTS_KEPT or self._length > REMEMBERED_SEARCHED:
            self._kept, self._length = {}, 0
        self._kept[number] = read_at, text
        self._length += len(text)
        return text


def short_of(row: sqlite3.Row) -> str:
    """The short texts of a row that has their columns."""
    return short(*(row[name] for name in FIELDS))


def in_short(texts: str, term: IndexTerm) -> bool:
    """Whether the short texts of a ticket, or the one asked for, have a term."""
    if term.column:
        texts = texts.split("\n")[LINES.index(term.column)]
    if len(term.text) > HEAD_LENGTH and not term.whole:
        return term.text in texts
    begun = f" {term.text}"
    is_word = f"{begun} " in texts.replace("\n", " \n") + " "
    if is_word or term.whole or begun not in texts:
        return is_word
    return bool(term.column) or any(
        begun in line for line, named in zip(texts.split("\n"), NAMED, strict=True) if named
    )


def _in_said(said: str, term: IndexTerm) -> bool:
    ends = " " if term.whole or len(term.text) <= HEAD_LENGTH else ""
    return f" {term.text}{ends}" in said
