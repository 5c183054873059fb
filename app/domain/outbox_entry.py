"""What the outbox holds: replies and status changes on their way to the API, and saved drafts.

The tables of states say who may move an entry from one to the next: the machine, or a person.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.bounds import normalized, whole_characters
from app.domain.errors import BlankReplyError, ReplyTooLongError
from app.domain.ticket import Status

MAX_LENGTH = 40_000
"""Characters; a text without a single Latin letter still fits the 256 kB a request may have."""

UNDO_SECONDS, LONGEST_UNDO = 5, 30
"""Whole seconds in which a reply can be taken back: when nobody said how many, and at most."""

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f")


class DeliveryState(StrEnum):
    """Where an entry is; only `confirmed` and `cancelled` are final. The values are on disk."""

    QUEUED = "queued"
    INFLIGHT = "inflight"
    ACCEPTED = "accepted"
    OUTCOME_UNKNOWN = "unknown"
    """it may have left, and the ticket is being read for it"""
    REFUSED = "refused"
    UNCONFIRMED = "uncertain"
    """it may have left, is not seen in the ticket, and was given to a person"""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


FINAL = frozenset({DeliveryState.CONFIRMED, DeliveryState.CANCELLED})


class ReviewAction(StrEnum):
    """What a person can do with an entry that is not settled."""

    CHECK = "check"
    """read the ticket again now"""
    RESEND = "resend"
    """send it (again), in spite of its `ReviewReason` if it has one"""
    DRAFT = "draft"
    """do not send it; its text becomes the draft again"""
    UNDO = "undo"
    """take it back before it has left"""


class ReviewReason(StrEnum):
    """Why a queued entry waits for a person: a mark on the row, not a state of its own.

    It stays `queued` and is not sent until somebody chooses RESEND or DRAFT; so the table of
    states keeps exactly the edges that were proven. The values are on disk.
    """

    CUSTOMER_REPLIED = "wrote-again"
    """the customer wrote after the reply box was opened"""
    ANSWERED = "answered"
    """somebody else answered after the reply box was opened"""
    SIMILAR = "similar"
    """an earlier attempt may be in the ticket: much alike, not the same"""
    CHANGED = "changed"
    """the ticket changed since the status change was first sent"""
    GONE = "gone"
    """the API no longer knows the ticket"""


_Q, _I, _A, _U = (
    DeliveryState.QUEUED,
    DeliveryState.INFLIGHT,
    DeliveryState.ACCEPTED,
    DeliveryState.OUTCOME_UNKNOWN,
)
_R, _N, _C, _X = (
    DeliveryState.REFUSED,
    DeliveryState.UNCONFIRMED,
    DeliveryState.CONFIRMED,
    DeliveryState.CANCELLED,
)
Edges = frozenset[tuple[DeliveryState, DeliveryState]]

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
"""What a machine may do with a status change besides: closing twice is closing once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What every row of the outbox has.

    Times are aware UTC and only for people; waiting is measured on the monotonic clock.
    """

    entry_id: str
    """also the idempotency key of what is sent"""
    ticket_id: str
    written_at: datetime
    author: str = ""
    state: DeliveryState = DeliveryState.QUEUED
    review_reason: ReviewReason | None = None
    reason: str | None = None
    """what is known of it, in a sentence"""
    seen: frozenset[str] = frozenset()
    """ids of the messages on screen when it was written; empty when unknown"""
    sends_at: datetime | None = None
    """the end of the undo window"""
    baseline: frozenset[str] | None = None
    """ids of the messages in the ticket before the first byte that may have left; None before"""
    ticket_updated_at: datetime | None = None
    """the ticket's own `updated_at` at that moment"""
    sent_at: datetime | None = None
    checked_at: datetime | None = None
    next_check_at: datetime | None = None
    attempts: int = 0
    """how often a byte of it may have left"""
    approvals: int = 0
    """how often a person sent it again"""
    pauses: int = 0
    """how often it was answered with 429"""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINAL

    @property
    def is_paused(self) -> bool:
        """Whether it was answered with a pause, after which it is tried again by itself."""
        return self.state is DeliveryState.REFUSED and self.next_check_at is not None

    @property
    def needs_person(self) -> bool:
        """Whether it stays as it is until somebody decides."""
        if self.state is DeliveryState.REFUSED:
            return not self.is_paused
        return self.state is DeliveryState.UNCONFIRMED or (
            self.state is DeliveryState.QUEUED and self.review_reason is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(_Entry):
    """A text for the customer."""

    text: str = ""
    then_close: bool = False
    message_id: str | None = None
    """the message of the ticket that it has become"""
    copies: int = 0
    """how often the ticket shows it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange(_Entry):
    """A command to close or reopen a ticket."""

    status: Status


OutboxEntry = Reply | StatusChange
"""one row of the outbox"""


class DraftKind(StrEnum):
    """What a draft is to become; the values are on disk."""

    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Saved text that was not sent; `number` is its own for ever, whatever the text becomes."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Why no queued entry leaves at the moment; all of them go by themselves once it is over."""

    reason: str
    next_try_at: datetime | None = None
    """None while it is tried again every few seconds"""


def check_move(entry: OutboxEntry, to: DeliveryState, *, by_person: bool) -> None:
    """Refuse a move the tables do not have.

    Raises: ValueError; it is a mistake in the program, never in the input.
    """
    allowed = BY_PERSON if by_person else BY_MACHINE
    if isinstance(entry, StatusChange) and not by_person:
        allowed |= REPEATING
    if (entry.state, to) not in allowed:
        who = "a person" if by_person else "the machine"
        raise ValueError(f"{entry.entry_id}: {who} cannot move {entry.state} to {to}")


def readable(text: str) -> str:
    """The text as it will be sent: unchanged, but for halves of characters no encoding can carry.

    Raises: BlankReplyError, ReplyTooLongError.
    """
    whole = whole_characters(text)
    if is_blank(whole):
        raise BlankReplyError
    if len(whole) > MAX_LENGTH:
        raise ReplyTooLongError(len(whole), MAX_LENGTH)
    return whole


def is_blank(text: str) -> bool:
    """Whether nobody can see anything of it."""
    return all(unicodedata.category(c) in _UNSEEN or c in _BLANK_LETTERS for c in text)


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
