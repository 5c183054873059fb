"""Read models: what is known, as of when, and how much of the whole it covers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.domain.connection import ConnectionStatus
from app.domain.filters import Place, TicketFilter
from app.domain.marks import Mark
from app.domain.metrics import Wait
from app.domain.outbox_entry import Draft, Stall
from app.domain.private_notes import PrivateNote
from app.domain.ticket import Message, Stats, Ticket
from app.store.tickets.scan_state import ScanCounters


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanProgress:
    """Where the full scan stands, and what the scans before it prove."""

    list_order: str = ""
    """in words, empty while it is not known"""
    position: int = 0
    """rows read by the scan under way, of `total`"""
    total: int | None = None
    api_counts: Stats = field(default_factory=Stats)
    own_counts: Stats = field(default_factory=Stats)
    """the mirror's own, at the moment of the API's"""
    estimated_missing: float | None = None
    """tickets that neither of two scans saw; None before a second one"""
    verified_at: datetime | None = None
    """the last end of a scan that proved the mirror whole"""
    counters: ScanCounters = field(default_factory=ScanCounters)


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class Freshness:
    """Age and coverage of the mirror."""

    status: ConnectionStatus
    as_of: datetime | None
    """the start of the last read of the list that succeeded"""
    problem: str | None
    """a sentence for the seller"""
    held: int
    """tickets in the mirror, of `expected`"""
    expected: int | None
    """None when the API gave no total"""
    complete: bool
    """a full scan has ended, and the API counts no more than the mirror"""
    messages_held: int = 0
    unreadable: int = 0
    lacking: int = 0
    """tickets that the API counts and does not give"""
    next_try: datetime | None = None
    refresh: timedelta = timedelta(seconds=15)
    """how long after one read of the list the next begins, while somebody looks"""
    scan: ScanProgress = field(default_factory=ScanProgress)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A ticket as the list shows it, with what is on its way to the API laid over it."""

    ticket: Ticket
    snippet: str | None = None
    """the beginning of the newest message, or what was searched for in another"""
    pending_reply: str | None = None
    """where the reply is that matters most here: see `Overlay`"""
    pending_status: str | None = None
    """the status that was asked for and is not yet confirmed"""
    has_draft: bool = False
    drafts_of: tuple[str, ...] = ()
    """the names of the other users who have one here"""
    wait: Wait | None = None
    """how long the customer has waited; None when nobody waits"""
    other_open: int = 0
    """further open tickets of the same customer"""
    place: Place | None = None
    """where it stands in the list"""
    unread: bool = False
    pinned: bool = False
    snooze: Mark | None = None
    """the seller's own, while it holds"""
    private_notes: int = 0
    """on the ticket and on its customer"""


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class InboxSnapshot:
    """One page of the list."""

    chosen: TicketFilter
    rows: tuple[InboxRow, ...]
    total: int | None
    """all tickets the filter matches, None while that is not known"""
    held: int
    """tickets in the mirror, whatever the filter"""
    heard: int = 0
    """those of them whose messages are stored and searched"""
    first: int = 0
    """rows of the list that come before these"""
    newest: int = 0
    """the number of the newest ticket in the mirror"""
    snoozed: int = 0
    """tickets that the seller has snoozed, which such a list leaves out"""
    next_wake: datetime | None = None
    """when the next of them wakes by its time"""
    skew: timedelta = timedelta(0)
    """how far the shop's clock, which its times come from, is ahead of ours"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Tickets opened and closed on one day of the viewer's zone."""

    day: date
    opened: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBand:
    """Tickets whose customers have waited this long: both limits None where it is not known."""

    label: str
    count: int
    at_least: timedelta | None = None
    below: timedelta | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class DashboardStats:
    """The numbers above the list."""

    stats: Stats
    """the API's own counts, overlaid with what this desk has done since"""
    counted: Stats
    """the mirror's counts"""
    days: tuple[DayCount, ...]
    """the last 30 days, oldest first"""
    waiting: tuple[AgeBand, ...]
    trends: dict[str, tuple[int | None, ...]]
    """for each number one value a day, oldest first, None where the mirror cannot know"""
    views: dict[str, int]
    """tickets in each view, by its key; replies in the one of those that need review"""
    estimated: int = 0
    """tickets in `waiting` whose wait is not known exactly"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value a filter can take and how many tickets would be shown."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class Choices:
    """What the product and currency filters offer, most frequent first."""

    products: tuple[Choice, ...] = ()
    currencies: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingReply:
    """A reply that is not yet seen in the ticket, or was refused."""

    reply_id: str
    text: str
    state: str
    """a `DeliveryState` value"""
    written_at: datetime
    reason: str | None = None
    """why it was refused, or what is uncertain, in a sentence"""
    sends_at: datetime | None = None
    """end of the window in which it can be undone"""
    then_close: bool = False
    review_reason: str | None = None
    """a `ReviewReason` value: queued, and waits for a person's yes (resend) or no (draft)"""
    checked_at: datetime | None = None
    """the last good look at the ticket that did not show it"""
    next_check_at: datetime | None = None
    """when the ticket is looked at next; past while that is being done"""
    status: str | None = None
    """not a reply but a status change that needs a person: the status it asks for"""
    attempts: int = 0
    """how often it may have left"""
    waits_for: str = ""
    """"reply" while an earlier reply of the ticket goes first, "review" if that needs a person"""
    stall: Stall | None = None
    """why it does not leave although it is its turn"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """A reply or a status change that waits for a person, with what is stored of its ticket."""

    ticket: Ticket
    reply: PendingReply


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSnapshot:
    """The open ticket."""

    ticket: Ticket
    messages: tuple[Message, ...] | None
    """None while none have been read"""
    read_at: datetime | None
    pending: tuple[PendingReply, ...] = ()
    pending_status: str | None = None
    others: tuple[Ticket, ...] = ()
    others_total: int = 0
    drafts: tuple[Draft, ...] = ()
    """what is typed and not sent, the newest first"""
    drafts_of: tuple[str, ...] = ()
    """the names of the other users who have one here"""
    gone: bool = False
    """the API no longer knows the ticket"""
    problem: str | None = None
    """a sentence when the last read of it failed"""
    doubled: Mapping[str, int] = field(default_factory=dict)
    """how often the customer has a reply that arrived more than once, by the id of its message"""
    changed: Mapping[str, str] = field(default_factory=dict)
    """what the seller had written, where the shop shows a reply otherwise, by message id"""
    skew: timedelta = timedelta(0)
    """how far the shop's clock is ahead of ours"""
    unread: bool = False
    pinned: bool = False
    snooze: Mark | None = None
    """the seller's own, while it holds"""
    private_notes: tuple[PrivateNote, ...] = ()
    """on the ticket and on its customer, the oldest first"""
    note_drafts: tuple[Draft, ...] = ()
    """what is typed into the box for notes and not added, the newest first"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskTicket:
    """A waiting ticket as a wall shows it: no field here can hold a full address or a message."""

    id: str
    subject: str | None
    masked_email: str | None
    product_name: str | None
    amount: Decimal | None
    currency: str | None
    wait: Wait
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCount:
    """Tickets that wait for a product, as a wall may name it, or for `others`."""

    name: str | None
    count: int
    others: int = 0
    """how many products these are, where they are not named; else 0"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskSnapshot:
    """What the wall shows: counts and the oldest waiting tickets first.

    Of the panels that do not take turns on it there is nothing.
    """

    stats: Stats
    waiting: tuple[KioskTicket, ...]
    freshness: Freshness
    products: tuple[ProductCount, ...] = ()
    """how many wait for each product, most first; the last may stand for all others"""
    ages: tuple[AgeBand, ...] = ()
    days: tuple[DayCount, ...] = ()
    """of the viewer's zone, today last"""
    skew: timedelta = timedelta(0)
    """how far the shop's clock is ahead of ours"""
