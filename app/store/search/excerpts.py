"""What of a conversation is shown beside a ticket that was found for what was said in it."""

import re
import sqlite3
from collections.abc import Iterable
from functools import lru_cache

from app.domain.search_query import SearchQuery
from app.domain.ticket import Message
from app.store.search.highlight import LONGEST, pattern, spans
from app.store.search.text_search import IndexTerm, Terms, is_in_short_text, short_text_of
from app.store.tickets.rows import last_text, unpacked

SNIPPET_LENGTH = 140
REMEMBERED_SIZE = 10_000
"""bytes of a packed conversation"""
LENGTH = 200
BEFORE = 24
"""Signs shown before the hit."""
MOST_MESSAGES = 100
"""The newest that are looked at."""


def excerpts(rows: Iterable[sqlite3.Row], query: SearchQuery, wanted: Terms) -> dict[str, str]:
    """By id of a ticket: the place in its messages that has what its short texts do not have."""
    wanted_pattern = pattern(query, "messages")
    if wanted_pattern is None:
        return {}
    found = {}
    for row in rows:
        body = row["messages"]
        if body is None or not any(_is_elsewhere(short_text_of(row), term) for term in wanted):
            continue
        if excerpt := _excerpt(unpacked(body)[-MOST_MESSAGES:], wanted_pattern):
            found[row["id"]] = excerpt
    return found


def last_words(rows: Iterable[sqlite3.Row]) -> dict[str, str]:
    """By id of a ticket: how its newest message begins."""
    begun = {row["id"]: _last_words(row["messages"]) for row in rows if row["messages"]}
    return {id_: text for id_, text in begun.items() if text}


def _last_words(body: bytes) -> str:
    return _remembered(body) if len(body) <= REMEMBERED_SIZE else _begun(body)


def _begun(body: bytes) -> str:
    return " ".join(last_text(body)[: 4 * SNIPPET_LENGTH].split())[:SNIPPET_LENGTH]


# The same rows are asked for at each change of any; unpacking them is most of the work.
_remembered = lru_cache(maxsize=2000)(_begun)


def _is_elsewhere(texts: str, term: IndexTerm) -> bool:
    return not (term.excluded or term.column or is_in_short_text(texts, term))


def _excerpt(messages: tuple[Message, ...], wanted: re.Pattern[str]) -> str:
    """The place of the first hit in the message with most different ones, the newest of those."""
    best, most = "", 0
    for message in reversed(messages):
        text = " ".join(message.text[:LONGEST].split())
        hits = spans(text, wanted)
        different = len({text[begin:end].casefold() for begin, end in hits})
        if different > most:
            best, most = _around(text, hits[0][0]), different
    return best


def _around(text: str, hit: int) -> str:
    begin = max(hit - BEFORE, 0)
    if begin:
        begin = text.find(" ", begin, hit) + 1 or begin
    shown = text[begin : begin + LENGTH]
    return f"… {shown}" if begin else shown
