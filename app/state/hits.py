"""What was searched for, marked in the words of a row; no markup is ever made from it."""

from itertools import pairwise

from app.domain.search_query import Query
from app.store.search.highlight import pattern, spans

Pieces = tuple[str, ...]
"""A text cut at its hits: every second piece is one; () for a text without any."""


def marked(text: str, query: Query, field: str) -> Pieces:
    """Cut `text` at what `query` looks for in this field; the pieces joined are `text` again."""
    wanted = pattern(query, field)
    found = spans(text, wanted) if wanted else []
    if not found:
        return ()
    edges = [0, *(edge for span in found for edge in span), len(text)]
    return tuple(text[a:b] for a, b in pairwise(edges))
