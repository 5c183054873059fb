"""Where in a conversation stands what was searched for, and the text with that marked."""

from collections.abc import Sequence
from itertools import pairwise

from app.domain.bounds import MESSAGE_SHOWN
from app.domain.search_query import SearchQuery
from app.domain.ticket import Message
from app.store.search.highlight import pattern, spans
from components.data import Segment

SEARCHED = 300_000
"""signs of the newest messages that are looked at"""


def hits_in(messages: Sequence[Message], query: SearchQuery) -> tuple[str, ...]:
    """The ids of the messages with a hit, oldest first."""
    wanted = pattern(query, "messages")
    found: list[str] = []
    left = SEARCHED
    for message in reversed(messages if wanted else ()):
        left -= len(message.text)
        if left < 0:
            break
        if wanted and spans(message.text, wanted):
            found.append(message.id)
    return tuple(reversed(found))


def begins_with_hit(text: str, query: SearchQuery) -> bool:
    """Whether a hit stands in what is drawn before more of a message is asked for."""
    wanted = pattern(query, "messages")
    return bool(wanted and spans(text[:MESSAGE_SHOWN], wanted))


def with_hits(segments: tuple[Segment, ...], query: SearchQuery) -> tuple[Segment, ...]:
    """Split the text where hits begin and end; a link with one is a hit as a whole."""
    wanted = pattern(query, "messages")
    found = spans("".join(segment.text for segment in segments), wanted) if wanted else []
    if not found:
        return segments
    made: list[Segment] = []
    start = 0
    for segment in segments:
        end = start + len(segment.text)
        here = ((max(a, start), min(b, end)) for a, b in found)
        inside = [(a - start, b - start) for a, b in here if a < b]
        if segment.href:
            made.append(Segment(text=segment.text, href=segment.href, hit=bool(inside)))
        else:
            edges = [0, *(edge for span in inside for edge in span), len(segment.text)]
            pieces = [segment.text[a:b] for a, b in pairwise(edges)]
            made += [Segment(text=text, hit=bool(n % 2)) for n, text in enumerate(pieces) if text]
        start = end
    return tuple(made)
