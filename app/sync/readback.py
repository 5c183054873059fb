"""Is this our reply among these messages, and has the ticket changed since it was written? Pure."""

import html
import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.domain.bounds import normalized
from app.domain.reply import Question, Reply
from app.domain.ticket import Conversation, Message, Sender, Status

OURS = frozenset({Sender.SELLER, "owner", "agent", "shop", "support"})
ALIKE = 0.95
SHORT = 300
"""characters; longer texts are compared by their words, which costs next to nothing"""
SHORTEST_BEGINNING = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one successful read says about a reply.

    Shape: `found` holds the messages that are it, exact ones first; `alike` those a person must
           judge; `complete` is False when the read lacks messages that were there before, so
           that nothing follows from what it does not show.
    """

    found: tuple[Message, ...] = ()
    alike: tuple[Message, ...] = ()
    complete: bool = True


def look_for(reply: Reply, thread: Conversation, *, taken: Container[str] = ()) -> Sighting:
    """Look for `reply` in a read of its ticket; `taken` are messages that are other replies."""
    if reply.order is not None:
        return Sighting(complete=thread.ticket.status is not None)
    before = reply.baseline or frozenset()
    ids = {message.id for message in thread.messages}
    fresh = [
        message
        for message in thread.messages
        if message.sender in OURS and message.id not in before and message.id not in taken
    ]
    wanted = _plain(reply.text)
    found = [message for message in fresh if _plain(message.text) == wanted]
    found.sort(key=lambda message: message.text != reply.text)
    alike = [message for message in fresh if message not in found and _alike(message.text, wanted)]
    return Sighting(found=tuple(found), alike=tuple(alike), complete=before <= ids)


def is_done(order: Reply, thread: Conversation) -> bool:
    """Whether the ticket has the status that was ordered."""
    return thread.ticket.status == order.order


def question_before(
    reply: Reply, thread: Conversation, *, own: Container[str] = ()
) -> Question | None:
    """What a person must be asked before `reply` leaves; `own` are messages this desk sent.

    Without knowing what the seller had seen, only what happened since an earlier attempt counts.
    """
    known = reply.seen or reply.baseline
    new = [] if known is None else [m for m in thread.messages if m.id not in known]
    if any(message.sender == Sender.CUSTOMER for message in new):
        return None if reply.order is Status.OPEN else Question.WROTE_AGAIN
    if reply.order is None:
        others = [m for m in new if m.sender in OURS and m.id not in own]
        return Question.ANSWERED if others else None
    moved = reply.touched_at is not None and thread.ticket.updated_at != reply.touched_at
    return Question.CHANGED if moved else None


_ENDLESS = re.compile(r"&#[0-9]{8,}+")
"""no sign has such a number, and from 4,300 digits on Python refuses to read one"""


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same once a server has tidied them."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    text = html.unescape(_ENDLESS.sub("\ufffd", text))
    return " ".join(normalized("NFC", text).split())


def _alike(text: str, wanted: str) -> bool:
    seen = _plain(text)
    beginning = seen.removesuffix("…").removesuffix("...").rstrip()
    if len(beginning) >= SHORTEST_BEGINNING and wanted.startswith(beginning):
        return True
    if max(len(seen), len(wanted)) > SHORT:
        return _share(Counter(seen.split()), Counter(wanted.split())) >= ALIKE
    return SequenceMatcher(None, seen, wanted, autojunk=False).ratio() >= ALIKE


def _share(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max((one + other).total(), 1)
