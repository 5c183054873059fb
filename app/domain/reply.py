"""A reply on its way to the customer: its states, and who may move it from one to the next.

An order to close or reopen a ticket travels the same way; it is a `Reply` whose `order` is set.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.bounds import normalized
from app.domain.errors import BlankReplyError, ReplyTooLongError
from app.domain.ticket import Status

MAX_LENGTH = 40_000
"""Characters; a text without a single Latin letter still fits the 256 kB a request may have."""

UNDO_SECONDS, LONGEST_UNDO = 5, 30
"""Whole seconds in which a reply can be taken back: when nobody said how many, and at most."""

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")


class ReplyState(StrEnum):
    """Where a reply is; only `confirmed` and `cancelled` are final."""

    QUEUED = "queued"
    INFLIGHT = "inflight"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


FINAL = frozenset({ReplyState.CONFIRMED, ReplyState.CANCELLED})


class Decision(StrEnum):
    """What a person can say about a reply that is not settled."""

    CHECK = "check"
    """read the ticket again now"""
    RESEND = "resend"
    """send it (again); also the answer "yes, send" to a question"""
    DRAFT = "draft"
    """do not send it; its text becomes the draft again"""
    UNDO = "undo"
    """take it back before it has left"""


class Question(StrEnum):
    """Why a queued reply waits for a person: a mark on the row, not a state of its own.

    A reply with a question stays `queued` and is not sent until somebody answers with RESEND or
    DRAFT; so the table of states keeps exactly the edges that were proven.
    """

    WROTE_AGAIN = "wrote-again"
    """the customer wrote after the box was opened"""
    ANSWERED = "answered"
    """somebody else answered after the box was opened"""
    SIMILAR = "similar"
    """an earlier attempt may be in the ticket: much alike, not the same"""
    CHANGED = "changed"
    """the ticket changed since the order was first sent"""
    GONE = "gone"
    """the API no longer knows the ticket"""


_Q, _I, _A, _U = ReplyState.QUEUED, ReplyState.INFLIGHT, ReplyState.ACCEPTED, ReplyState.UNKNOWN
_R, _N, _C, _X = (
    ReplyState.REFUSED,
    ReplyState.UNCERTAIN,
    ReplyState.CONFIRMED,
    ReplyState.CANCELLED,
)
Edges = frozenset[tuple[ReplyState, ReplyState]]

BY_MACHINE: Edges = frozenset(
    {
        (_Q, _I),
        (_I, _A),
        (_I, _U),
        (_I, _R),
        (_I, _Q),  # only when no byte has left
        (_A, _C),
        (_A, _N),
        (_U, _C),
        (_U, _N),
        (_N, _C),  # seen later
        (_R, _Q),  # only after 429 and its pause
    }
)
BY_PERSON: Edges = frozenset({(_Q, _X), (_N, _Q), (_N, _X), (_R, _Q), (_R, _X)})
REPEATING: Edges = frozenset({(_U, _Q)})
"""What a machine may do with an order besides: closing twice is closing once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One row of the outbox.

    Units: times are aware UTC and only for people; waiting is measured on the monotonic clock.
    Shape: `seen` are the message ids on screen when the box was opened, empty when unknown;
           `baseline` the ids in the ticket before the first byte that may have left, None before;
           `touched_at` the ticket's own `updated_at` at that moment;
           `attempts` counts sends of which a byte may have left, `approvals` the person's resends,
           `pauses` the 429s; `copies` how often the ticket shows the text.
    """

    reply_id: str
    ticket_id: str
    written_at: datetime
    text: str = ""
    order: Status | None = None
    then_close: bool = False
    author: str = ""
    state: ReplyState = ReplyState.QUEUED
    question: Question | None = None
    reason: str | None = None
    seen: frozenset[str] = frozenset()
    send_at: datetime | None = None
    baseline: frozenset[str] | None = None
    touched_at: datetime | None = None
    sent_at: datetime | None = None
    checked_at: datetime | None = None
    next_check_at: datetime | None = None
    attempts: int = 0
    approvals: int = 0
    pauses: int = 0
    message_id: str | None = None
    copies: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINAL

    @property
    def is_paused(self) -> bool:
        """Whether it was answered with a pause, after which it is tried again by itself."""
        return self.state is ReplyState.REFUSED and self.next_check_at is not None

    @property
    def needs_person(self) -> bool:
        """Whether it stays as it is until somebody decides."""
        if self.state is ReplyState.REFUSED:
            return not self.is_paused
        return self.state is ReplyState.UNCERTAIN or (
            self.state is ReplyState.QUEUED and self.question is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Why no queued reply leaves at the moment; all of them go by themselves once it is over.

    Shape: `next_try_at` is None while it is tried again every few seconds.
    """

    reason: str
    next_try_at: datetime | None = None


def check_move(reply: Reply, to: ReplyState, *, by_person: bool) -> None:
    """Refuse a move the tables do not have.

    Errors: ValueError; it is a mistake in the program, never in the input.
    """
    allowed = BY_PERSON if by_person else BY_MACHINE
    if reply.order is not None and not by_person:
        allowed |= REPEATING
    if (reply.state, to) not in allowed:
        who = "a person" if by_person else "the machine"
        raise ValueError(f"{reply.reply_id}: {who} cannot move {reply.state} to {to}")


def readable(text: str) -> str:
    """The text as it will be sent: unchanged, but for halves of characters no encoding can carry.

    Errors: BlankReplyError, ReplyTooLongError.
    """
    whole = whole_characters(text)
    if all(unicodedata.category(c) in _UNSEEN or c in _BLANK_LETTERS for c in whole):
        raise BlankReplyError
    if len(whole) > MAX_LENGTH:
        raise ReplyTooLongError(len(whole), MAX_LENGTH)
    return whole


def whole_characters(text: str) -> str:
    """The text with halves of characters put together or, where one is missing, replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


_ENDLESS = re.compile(r"&#[0-9]{8,}+")
"""no sign has such a number, and from 4,300 digits on Python refuses to read one"""


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same once a server has tidied them."""
    return plain(one) == plain(other)


def plain(text: str) -> str:
    """A text without what servers tidy: entities, spaces, and how accents are written."""
    return " ".join(normalized("NFC", unescaped(text)).split())


def unescaped(text: str) -> str:
    """A text with its HTML entities read."""
    return html.unescape(_ENDLESS.sub("\ufffd", text))
