"""Where in a text as people wrote it the terms of a query stand."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from app.domain.query import Query, Term
from app.store.folding import fold, spaced
from app.store.terms import HEAD_LENGTH

Spans = list[tuple[int, int]]
"""Beginning and end of each hit, in signs of the text, in order and apart."""

LONGEST = 20_000
"""Signs of a text that are looked at."""


@lru_cache(maxsize=500)
def pattern(query: Query, field: str) -> re.Pattern[str] | None:
    """What to spot in a field; None for nothing.

    Shape: `field` is subject, customer or product, any of whose parts can be a hit, or `said`, in
           which a hit begins a word.
    """
    found = [_term(term, field) for term in query.terms if not term.excluded]
    if field == "product":
        traits = (trait for has in query.has if not has.excluded for trait in has.traits)
        found += [_words(fold(str(value))) for name, value in traits if name == "product"]
    alternatives = sorted(filter(None, found), key=len, reverse=True)
    return re.compile("|".join(alternatives)) if alternatives else None


def spans(text: str, wanted: re.Pattern[str]) -> Spans:
    """Where `wanted` stands in `text`."""
    text = text[:LONGEST]
    if text.isascii() and "$" not in text:  # then each sign is folded to one
        return [(m.start() - 1, m.end() - 1) for m in wanted.finditer(f" {spaced(text)} ")]
    folded, owners = [" "], [(0, 0)]
    for begin, end in _clusters(text):
        piece = _spaced(text[begin:end])
        folded.append(piece)
        owners += [(begin, end)] * len(piece)
    found = wanted.finditer("".join(folded) + " ")
    return _apart((owners[m.start()][0], owners[m.end() - 1][1]) for m in found)


def _term(term: Term, field: str) -> str:
    text = fold(term.text)
    if not text or term.field not in ("any", field):
        return ""
    is_head, is_said = len(text) <= HEAD_LENGTH, field == "said"
    begins = "(?<= )" if term.whole or is_head or is_said else ""
    ends = "(?= )" if term.whole or (is_head and is_said) else ""
    return f"{begins}{_words(text)}{ends}"


def _words(folded: str) -> str:
    return " +".join(map(re.escape, folded.split()))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Each sign with the accents, vowel signs and halves of letters that belong to it."""
    begin = 0
    for at, sign in enumerate(text):
        if at and not _joins(sign):
            yield begin, at
            begin = at
    if text:
        yield begin, len(text)


@lru_cache(maxsize=10_000)
def _joins(sign: str) -> bool:
    is_half = "\u1160" <= sign <= "\u11ff" or sign in "\uff9e\uff9f"  # Korean, narrow kana
    return is_half or unicodedata.category(sign)[0] == "M"


_spaced = lru_cache(maxsize=10_000)(spaced)


def _apart(found: Iterator[tuple[int, int]]) -> Spans:
    """The same, without what one sign that folds to several would count twice."""
    kept: Spans = []
    for begin, end in found:
        if not kept or begin >= kept[-1][1]:
            kept.append((begin, end))
    return kept
