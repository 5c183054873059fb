"""Where in a text as people wrote it the terms of a query stand."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from app.domain.bounds import LONGEST_MARKS
from app.domain.search_query import SearchQuery, Term
from app.store.search.normalize import normalize, spaced
from app.store.search.text_search import PREFIX_LENGTH

Spans = list[tuple[int, int]]
"""Beginning and end of each hit, in signs of the text, in order and apart."""

LONGEST = 20_000
"""Signs of a text that are looked at."""


@lru_cache(maxsize=500)
def pattern(query: SearchQuery, field: str) -> re.Pattern[str] | None:
    """What to highlight in a field; None for nothing.

    Args:
        field: subject, customer or product, any of whose parts can be a hit, or `messages`, in
            which a hit begins a word.
    """
    found = [_term(term, field) for term in query.terms if not term.excluded]
    if field == "product":
        traits = (trait for asked in query.traits if not asked.excluded for trait in asked.traits)
        found += [_words(normalize(str(value))) for name, value in traits if name == "product"]
    alternatives = sorted(filter(None, found), key=len, reverse=True)
    return re.compile("|".join(alternatives)) if alternatives else None


def spans(text: str, wanted: re.Pattern[str]) -> Spans:
    """Where `wanted` stands in `text`."""
    text = text[:LONGEST]
    plain = f" {spaced(text)} "
    if wanted.search(plain) is None:
        return []
    if _SIMPLE.fullmatch(text):  # then each sign becomes one
        return [(m.start() - 1, m.end() - 1) for m in wanted.finditer(plain)]
    normalized, begins = _normalized(text)
    found = ((m.start() - 1, m.end() - 1) for m in wanted.finditer(f" {normalized} "))
    return _apart((begins[a], _end(begins, b - 1)) for a, b in found)


def _term(term: Term, field: str) -> str:
    text = normalize(term.text)
    if not text or term.field not in ("any", field):
        return ""
    is_prefix, in_messages = len(text) <= PREFIX_LENGTH, field == "messages"
    begins = "(?<= )" if term.whole or is_prefix or in_messages else ""
    ends = "(?= )" if term.whole or (is_prefix and in_messages) else ""
    return f"{begins}{_words(text)}{ends}"


def _words(normalized: str) -> str:
    return " +".join(map(re.escape, normalized.split()))


_SIMPLE = re.compile(r"[\0-#%-\x7f]*")
"""Signs that are normalized one to one; a dollar is a word of its own."""


def _normalized(text: str) -> tuple[str, list[int]]:
    """`text` normalized, and for each sign of that where what it was made from begins.

    Returns: as the last number the length of `text`.
    """
    pieces: list[str] = []
    begins: list[int] = []
    at = 0
    while at < len(text):
        end = _SIMPLE.match(text, at).end()  # type: ignore[union-attr]  # it may be empty
        end -= end > at and _joins(text[end : end + 1])  # an accent takes the letter before it
        if end > at:
            pieces.append(spaced(text[at:end]))
            begins += range(at, end)
        else:
            end = at + 1
            while _joins(text[end : end + 1]):
                end += 1
            sign = text[at:end]
            pieces.append(_spaced(sign) if len(sign) <= LONGEST_MARKS else spaced(sign))
            begins += [at] * len(pieces[-1])
        at = end
    return "".join(pieces), [*begins, len(text)]


def _end(begins: list[int], at: int) -> int:
    """Where what the sign at `at` was made from ends."""
    return begins[bisect_right(begins, begins[at])]


@lru_cache(maxsize=10_000)
def _joins(sign: str) -> bool:
    if not sign:
        return False
    is_half = "\u1160" <= sign <= "\u11ff" or sign in "\uff9e\uff9f"  # Korean, narrow kana
    return is_half or unicodedata.category(sign)[0] == "M"


_spaced = lru_cache(maxsize=10_000)(spaced)


def _apart(found: Iterator[tuple[int, int]]) -> Spans:
    """The same, without what one sign that becomes several would count twice."""
    apart: Spans = []
    for begin, end in found:
        if not apart or begin >= apart[-1][1]:
            apart.append((begin, end))
    return apart
