"""Splits a customer's text into plain segments and links; no markup is ever made from it."""

import re
import unicodedata
from functools import lru_cache

from linkify_it import LinkifyIt

from app.domain.bounds import LINKS_SHOWN, MESSAGE_SHOWN
from components.data import Segment

LINKED_LENGTH = 20_000
"""characters searched for links; what follows stays plain"""
LONGEST_LINK = 2_000
"""characters; the search for the end of a link takes quadratic time, so longer words are none"""

_TOO_LONG = re.compile(rf"(?<!\S)\S{{{LONGEST_LINK + 1},}}+")

_ENDS_LINK = str.maketrans(
    dict.fromkeys(
        "、。〃〈〉《》「」『』【】\u3014\u3015“”„«»…\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f",
        " ",
    )
)
"""signs that follow a link without a space where none are written; no address holds them"""

_SCHEMES = ("http://", "https://", "mailto:")


def _only_named_schemes() -> LinkifyIt:
    # Without the fuzzy links "foo.py" and "//evil.example" would become links too.
    finder = LinkifyIt(options={"fuzzy_link": False, "fuzzy_ip": False, "fuzzy_email": True})
    return finder.add("//", None).add("ftp:", None)


_finder = _only_named_schemes()


def segments(text: str) -> tuple[Segment, ...]:
    """Split `text` into segments whose texts joined are `text` again."""
    return _remembered(text) if len(text) <= MESSAGE_SHOWN else _long(text)


def _split(text: str) -> tuple[Segment, ...]:
    found: list[Segment] = []
    end = 0
    searched = text[:LINKED_LENGTH].translate(_ENDS_LINK)
    searched = _TOO_LONG.sub(lambda word: " " * len(word[0]), searched)
    for match in (_finder.match(searched) or ())[:LINKS_SHOWN]:
        cut = match.last_index == LINKED_LENGTH < len(text)
        if cut or not _may_be_followed(match.raw, match.url):
            continue
        if match.index > end:
            found.append(Segment(text=text[end : match.index]))
        end = match.last_index
        found.append(Segment(text=text[match.index : end], href=match.url))
    if end < len(text):
        found.append(Segment(text=text[end:]))
    return tuple(found)


# A conversation is drawn again with each message that comes; the others have not changed.
_remembered = lru_cache(maxsize=1024)(_split)
_long = lru_cache(maxsize=8)(_split)


def _may_be_followed(shown: str, href: str) -> bool:
    """Whether the link goes where it seems to: a scheme we allow, and nothing invisible in it."""
    invisible = any(unicodedata.category(c) in {"Cf", "Cc"} for c in shown)
    return href.lower().startswith(_SCHEMES) and not invisible
