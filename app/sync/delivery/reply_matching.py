"""Is this our reply among these messages, and has the ticket changed since it was written? Pure."""

import re
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.domain.bounds import MESSAGE_SEARCHED, cut, normalized
from app.domain.outbox_entry import (
    OutboxEntry,
    Reply,
    ReviewReason,
    StatusChange,
    plain,
    same_text,
    unescaped,
)
from app.domain.ticket import Conversation, Message, Sender, Status

OURS = frozenset({Sender.SELLER, "owner", "agent", "shop", "support"})
SIMILARITY = 0.95
SHORT = 300
"""characters; longer texts are compared by their words, which costs next to nothing"""
SHORTEST_BEGINNING, SHORTEST_PART = 20, 12
LIKELY, SURE, CLEARLY = 0.5, 0.7, 0.2
"""how alike an accepted reply and the only new message must be; one of several new messages; and
by how much more than the next one"""
LOST = 0.1
"""the share of a reply's letters without which it is cut, and no longer that reply"""
LONGEST_QUOTE = 80

_TAG = re.compile(r"<[^<>]{0,200}+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """What one successful read says about a reply."""

    found: tuple[Message, ...] = ()
    """the messages that are it, exact ones first"""
    similar: tuple[Message, ...] = ()
    """those a person must judge"""
    fresh: tuple[Message, ...] = ()
    """all of our side since it left that are no other reply, the likest first"""
    complete: bool = True
    """False when messages are missing that were there before: then absence proves nothing"""


def find_reply(reply: Reply, thread: Conversation, *, taken: Container[str] = ()) -> MatchResult:
    """Look for `reply` in a read of its ticket; `taken` are messages that are other replies.

    One that was found under a text the shop had changed is also found again under that text.
    """
    before = reply.baseline or frozenset()
    ids = {message.id for message in thread.messages}
    fresh = [
        message
        for message in thread.messages
        if message.sender in OURS and message.id not in before and message.id not in taken
    ]
    wanted = plain(reply.text)
    bound = {plain(message.text) for message in fresh if message.id == reply.message_id}
    found = [message for message in fresh if plain(message.text) in {wanted, *bound}]
    found.sort(key=lambda message: message.text != reply.text)
    fresh.sort(key=lambda message: -_likeness(message.text, reply.text))
    similar = [m for m in fresh if m not in found and _is_similar(m.text, wanted)]
    return MatchResult(
        found=tuple(found), similar=tuple(similar), fresh=tuple(fresh), complete=before <= ids
    )


def changed_by_the_shop(
    reply: Reply, fresh: tuple[Message, ...], *, rivals: Iterable[str] = ()
) -> tuple[Message, ...]:
    """The message an accepted reply has become, though its text was changed, and its copies.

    A message that is the only one may differ more than one of several.

    Args:
        fresh: as in `MatchResult`.
        rivals: texts of other replies that may still appear.
    Returns: nothing where a person must judge, as over one that was cut.
    """
    if not fresh or _is_cut(fresh[0].text, reply.text):
        return ()
    best = fresh[0]
    copies = tuple(message for message in fresh if same_text(message.text, best.text))
    others = [_likeness(m.text, reply.text) for m in fresh if m not in copies]
    others += [_likeness(best.text, rival) for rival in rivals]
    likeness = _likeness(best.text, reply.text)
    is_it = likeness >= SURE and likeness >= max(others) + CLEARLY if others else likeness >= LIKELY
    return copies if is_it else ()


def quoted(message: Message) -> str:
    """The beginning of a message as a quotation within a sentence."""
    text = " ".join(message.text[: 4 * LONGEST_QUOTE].split())
    return f"\u201c\u2068{cut(text, LONGEST_QUOTE)}\u2069\u201d"


def is_done(change: StatusChange, thread: Conversation) -> bool:
    """Whether the ticket has the status that was asked for."""
    return thread.ticket.status == change.status


def review_reason_for(
    entry: OutboxEntry, thread: Conversation, *, own: Container[str] = ()
) -> ReviewReason | None:
    """Why a person must decide before `entry` leaves; `own` are messages this desk sent.

    Without knowing what the seller had seen, only what happened since an earlier attempt counts.
    """
    known = entry.seen or entry.baseline
    new = [] if known is None else [m for m in thread.messages if m.id not in known]
    if any(message.sender == Sender.CUSTOMER for message in new):
        reopens = isinstance(entry, StatusChange) and entry.status is Status.OPEN
        return None if reopens else ReviewReason.CUSTOMER_REPLIED
    if isinstance(entry, Reply):
        others = [m for m in new if m.sender in OURS and m.id not in own]
        return ReviewReason.ANSWERED if others else None
    before = entry.ticket_updated_at
    moved = before is not None and thread.ticket.updated_at != before
    return ReviewReason.CHANGED if moved else None


def _is_similar(text: str, wanted: str) -> bool:
    seen = plain(text)
    beginning = seen.removesuffix("…").removesuffix("...").rstrip()
    if len(beginning) >= SHORTEST_BEGINNING and wanted.startswith(beginning):
        return True
    if max(len(seen), len(wanted)) > SHORT:
        return _share(Counter(seen.split()), Counter(wanted.split())) >= SIMILARITY
    return SequenceMatcher(None, seen, wanted, autojunk=False).ratio() >= SIMILARITY


def _likeness(one: str, other: str) -> float:
    """How much two texts have in common apart from markup, signs, emoji and case: 0 to 1.

    By its stretches of three letters; a text that holds the other whole is nearly the same.
    """
    short, long = sorted((_bare(one), _bare(other)), key=len)
    if short == long:
        return 1.0
    share = _share(_stretches(short), _stretches(long))
    return max(share, SIMILARITY) if len(short) >= SHORTEST_PART and short in long else share


def _is_cut(text: str, wanted: str) -> bool:
    shown, whole = _bare(text), _bare(wanted)
    return whole.startswith(shown) and len(shown) < (1 - LOST) * len(whole)


def _bare(text: str) -> str:
    whole = normalized("NFKC", _TAG.sub("", unescaped(text[:MESSAGE_SEARCHED]))).casefold()
    return "".join(filter(str.isalnum, whole))


def _stretches(bare: str) -> Counter[str]:
    padded = f" {bare} "
    return Counter(padded[at : at + 3] for at in range(len(padded) - 2))


def _share(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max((one + other).total(), 1)
