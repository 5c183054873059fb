"""Every value a component shows, frozen and already worded: the seam between app and screen.

`*_at` are ISO 8601 in UTC, from which the browser shows the age and updates it;
`*_exact` is the same moment in the viewer's zone, in full, for hover and screen readers.
"""

from dataclasses import dataclass, field
from typing import Any

from components.i18n import _

AGE_UNITS = _("y mo d h min s now")
"""what ages are counted in; the last word is an age of less than a minute"""
WIRE_LIMIT = 100_000
"""Letters as the browser counts; a longer text stays in its box and never goes over the socket."""
NOTE_ENDING = "\nnote"
"""what the key of a draft ends with that is one of a private note; the rest is the ticket's id"""
MESSAGES_A_STEP = 50
"""drawn when a conversation opens, and how many more at each press"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """One row of the table; the words and the tone are decided above."""

    id: str
    subject: str
    snippet: str = ""
    status: str = ""
    status_label: str = ""
    awaiting: str = ""
    awaiting_label: str = ""
    tone: str = ""
    """waiting | late | idle | closed | unknown: the badge's colour and shape"""
    customer: str = ""
    product: str = ""
    amount: str = ""
    messages: str = ""
    updated_at: str = ""
    updated_exact: str = ""
    waiting_since: str = ""
    """since when the customer waits; empty when nobody does or the time is not known"""
    waiting_sign: str = ""
    """≈ or ≥ before the age of a wait that is an estimate"""
    waiting_exact: str = ""
    unread: bool = False
    """the customer has written since this seller looked"""
    snoozed_until: str = ""
    """a time, or `reply`; empty while it is not snoozed"""
    note: str = ""
    """a short word on what is on its way or kept: Sending, Closing, Draft, Not confirmed"""
    note_tone: str = ""
    other_open: str = ""
    """"+2 open": further open tickets of this customer"""
    private_notes: str = ""
    """how many there are in the ticket, in words"""
    presence: str = ""
    """who else is at the ticket, in words"""
    claim: str = ""
    """who has the ticket, in words"""
    place: str = ""
    """where it stands in the list, to go on from there; means nothing to the browser"""
    number: int = field(default=0, compare=False)
    """the later a ticket was first met, the greater"""
    hits: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """what was searched for, by subject, snippet, customer or product: the text cut into pieces,
    every second of which is a hit; a text without a hit is not among them"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyData:
    """Nothing to show: one sentence, and the next step where there is one."""

    title: str
    text: str = ""
    action: str = ""
    """the button's words; the caller knows what it does"""
    busy: bool = False
    """more is on its way"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableData:
    """One page of tickets."""

    rows: tuple[TicketRow, ...] = ()
    count: int | None = 0
    """tickets the filter matches, None while they are being counted"""
    range_label: str = ""
    coverage: str = ""
    """how many tickets' messages were searched, while something is searched for"""
    page: int = 1
    pages: int = 1
    sort: str = "updated"
    descending: bool = True
    waits: bool = False
    """only tickets whose customers wait: how long they do stands in place of the last update"""
    loading: bool = False
    empty: EmptyData | None = None
    asked: int = 0
    """grows with each thing the person asked for; only then may rows move under the pointer"""
    stamp: int = field(default=0, compare=False)
    """the number of the last change these rows know of"""
    stamps: dict[str, int] = field(default_factory=dict, compare=False)
    """of those among them that have changed lately the number of the last change, by ticket"""
    newest: int = 0
    """the number of the newest ticket they know of"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTurn:
    """A page turned while these tickets were on the screen; `first` and `last` are their places."""

    forward: bool
    ids: tuple[str, ...] = ()
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatCard:
    """A number that is also a filter. `value` None means unknown."""

    key: str
    """total | open | closed | needs-response"""
    label: str
    value: int | None
    value_label: str
    trend: tuple[int | None, ...] = ()
    note: str = ""
    active: bool = False
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartData:
    """A plotly figure and the same in words."""

    key: str
    title: str
    summary: str
    figure: dict[str, Any]
    choices: tuple["Option", ...] = ()
    """what a click can pick, in words; the `customdata` of the figure's points are the values"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value a list offers."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewItem:
    """A named filter beside the list."""

    key: str
    label: str
    count: str = ""
    indent: int = 0
    active: bool = False
    href: str = "/"
    tone: str = ""
    """waiting when something in it needs a person now"""
    about: str = ""
    """which tickets it holds, where the label does not say it"""
    is_saved: bool = False
    """somebody has saved it; the others are built in"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewItem:
    """A saved view in the list of those that can be changed."""

    key: str
    name: str
    note: str = ""
    """with whom it is shared, or who shares it"""
    is_own: bool = True
    """it has a place among one's own"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewFormData:
    """What the form starts from that gives a list a name, or another one."""

    key: str = ""
    """of the view that is changed; empty for a new one"""
    name: str = ""
    is_shared: bool = False
    may_share: bool = False
    """there are others to share it with"""
    wrong: str = ""
    """why it was not kept, in a sentence"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One known thing about the ticket; `copy` is what the copy button copies, empty for none."""

    label: str
    value: str
    copy: str = ""
    exact: str = ""
    href: str = ""
    """the list that it leads to"""
    link: str = ""
    """the address that the button for a link copies, without the host"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a message: plain text, or a link when `href` is set (http, https or mailto).

    `hit` says that it is what was searched for.
    """

    text: str
    href: str = ""
    hit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageData:
    """One message, or one reply on its way (then `reply_id` and `state` are set)."""

    id: str
    sender: str
    """the raw word, for data-sender"""
    side: str
    """customer | seller | other | private, which is a note and no message"""
    name: str
    segments: tuple[Segment, ...]
    created_at: str = ""
    created_exact: str = ""
    time_label: str = ""
    day_label: str = ""
    """set on the first message of a day"""
    more_label: str = ""
    """what the button says that shows more of it; asking is a callback"""
    reply_id: str = ""
    state: str = ""
    """queued | waiting | sending | accepted | confirmed | unconfirmed | refused"""
    state_label: str = ""
    state_tone: str = ""
    undo_until: str = ""
    """until when it can be undone; the browser counts down"""
    actions: tuple[Option, ...] = ()
    """what a person may decide about it: check, resend, draft, undo; ask, remove, keep"""
    note: int = 0
    """the number of a private note"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTicketData:
    """Another ticket of the same customer."""

    id: str
    subject: str
    status_label: str
    tone: str
    updated_at: str = ""
    updated_exact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDraft:
    """A text for the same reply that was typed in another browser at the same time."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeData:
    """What happened, why, what to do, and what is safe."""

    text: str
    tone: str = "info"
    """info | warning | error"""
    action: str = ""
    undo_until: str = ""
    """until when it can be undone; the browser counts down to it at the end of the text"""
    undo_left: str = ""
    """how long that is, in words"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteEntry:
    """Something to do, or a place to go to."""

    key: str
    label: str
    note: str = ""
    hotkey: str = ""
    """the key that does the same without the palette"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteData:
    """What the palette offers for what was typed."""

    query: str = ""
    entries: tuple[PaletteEntry, ...] = ()
    says: str = ""
    """how many there are, for those who are read to; or that there is none"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimData:
    """Who has the open ticket, in words, and what the button does about it: "" for no button."""

    text: str = ""
    action: str = ""
    whose: str = ""
    """the id of the user who has it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReason:
    """Why a reply should perhaps not go yet; `quote` are somebody's own words about it."""

    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeSendData:
    """What a person is asked before their reply goes."""

    reasons: tuple[SendReason, ...]
    then_close: bool = False
    """whether the ticket was to be closed after it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksData:
    """What a seller has marked on the open ticket for themselves."""

    snoozed_until: str = ""
    """a time, or `reply`; empty while it is not snoozed"""
    pinned: bool = False
    may_be_unread: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteBoxData:
    """The box for private notes; `draft` and its kin are as those of the reply."""

    ticket_id: str = ""
    may_add: bool = False
    limit: int = 20_000
    """characters"""
    customer: str = ""
    """the customer in few letters; empty where the ticket names none"""
    is_on_customer: bool = False
    """what is typed is about the customer, not about the ticket alone"""
    is_begun: bool = False
    """something is typed that was not added"""
    problem: str = ""
    """why it was not added"""
    draft: str = ""
    draft_base: int = 0
    draft_acked_revision: int = 0
    other_drafts: tuple[OtherDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationData:
    """The drawer. `messages` None while they are being read; `ticket_id` empty when it is shut."""

    ticket_id: str = ""
    subject: str = ""
    status_label: str = ""
    tone: str = ""
    facts: tuple[Fact, ...] = ()
    messages: tuple[MessageData, ...] | None = None
    earlier: int = 0
    later: int = 0
    """older and newer messages not drawn; asking for them is a callback"""
    hits_label: str = ""
    """which of the messages that were searched for is shown: "Hit 1 of 3"; empty for none"""
    several_hits: bool = False
    come_to: str = ""
    """the id of the message to bring into sight, once for each `come`"""
    come: str = ""
    others: tuple[OtherTicketData, ...] = ()
    others_label: str = ""
    notice: NoticeData | None = None
    send_to: str = ""
    """whom Send goes to, in few letters"""
    may_reply: bool = True
    reply_limit: int = 100_000
    """characters"""
    status_action: str = ""
    """Close ticket, Reopen ticket, or empty while neither makes sense"""
    status_busy: bool = False
    draft: str = ""
    """put into the box when a ticket opens, and at each new base if nothing was typed since"""
    draft_base: int = 0
    draft_acked_revision: int = 0
    """the newest revision of the box that was stored by then"""
    reply_id: str = ""
    """of the reply that Send would make; one that is sent twice under it is sent once"""
    other_drafts: tuple[OtherDraft, ...] = ()
    presence: str = ""
    """who else is at the ticket, in words"""
    claim: ClaimData | None = None
    """None where nobody can claim it"""
    marks: MarksData = MarksData()
    before_send: BeforeSendData | None = None
    """what is asked before the reply goes; None while nothing is"""
    customer_notes: tuple[MessageData, ...] = ()
    """private notes on the customer, the oldest first"""
    note_box: NoteBoxData = NoteBoxData()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItemData:
    """A reply or a status change that stays as it is until a person decides."""

    reply_id: str
    ticket_id: str
    subject: str
    customer: str
    text: str
    """empty for a status change"""
    written_at: str
    written_exact: str
    state: str
    """unconfirmed | refused | waiting (for a yes or no)"""
    state_label: str
    actions: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewQueueData:
    """Everything that waits for a person, oldest first."""

    title: str
    items: tuple[ReviewItemData, ...] = ()
    recheck_all: bool = False
    """whether reading their tickets again can settle any"""
    notice: NoticeData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessData:
    """How current everything on this screen is. `state` is live, stale, offline or fault."""

    state: str = "stale"
    label: str = "Loading"
    as_of: str = field(default="", compare=False)
    """told beside this by each beat of the server's clock, so that a later one is no difference"""
    progress: str = ""
    """"3,400 of 10,000 tickets", empty once the copy is complete"""
    notice: NoticeData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskTile:
    """A waiting ticket on the wall. `tone` is calm, waiting or late."""

    id: str
    subject: str
    customer: str
    product: str
    waiting_since: str
    tone: str
    badge: str
    waiting_sign: str = ""
    """≈ or ≥ before the age of a wait that is an estimate"""
    waited: str = field(default="", compare=False)
    """how long it waits in words, for a display that does not count by itself"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskBar:
    """A bar on the wall. `tone` is calm, waiting or late."""

    label: str
    count_label: str
    percent: int
    """how long it is, of the longest"""
    tone: str = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskDay:
    """What was opened and closed on one day; `opened_percent` and `closed_percent` of the most."""

    label: str
    opened_percent: int
    closed_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskChart:
    """A panel of the wall beside the tiles: bars that lie, or two for each day."""

    title: str
    bars: tuple[KioskBar, ...] = ()
    days: tuple[KioskDay, ...] = ()
    most: str = ""
    """how many the highest day is, in words"""
    opened: str = ""
    closed: str = ""
    """of all days, in words"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskData:
    """One page of the wall."""

    counts: tuple[StatCard, ...] = ()
    tiles: tuple[KioskTile, ...] = ()
    chart: KioskChart | None = None
    """what stands there instead of tiles"""
    more: str = ""
    colours: str = ""
    """from which wait on a ticket has which colour, in words"""
    size: str = "near"
    """near | far: from how far it is read"""
    is_dim: bool = False
    """it is night in the room"""
    page: int = 1
    pages: int = 1
    freshness: FreshnessData = field(default_factory=FreshnessData)
    why: str = ""
    """why the data is not live, in a sentence"""
    late_after: int = 45
    """seconds; data that is older is late, after `old_after` it is old and is greyed"""
    old_after: int = 300
    empty: EmptyData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainKioskData:
    """One page of the wall for a display on which nothing grows old by itself."""

    board: KioskData = field(default_factory=KioskData)
    state: str = "stale"
    as_of: str = ""
    """the time of the data in words, with its zone"""
    late_in: int = 0
    """seconds until data that is live is late, unless this is shown anew; `old_in` until it is old
    and is greyed"""
    old_in: int = 0
    shift: int = 0
    """to which place it has moved, so that no picture burns in"""
