"""Which tickets are asked for: the filter, the views built on it, and both as an address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from app.domain.search_query import MAX_QUERY_LENGTH
from app.domain.ticket import Awaiting, Status

E = TypeVar("E", bound=StrEnum)

PAGE_SIZE = 25


class SortKey(StrEnum):
    """A column the list can be ordered by; ties go by ticket id."""

    UPDATED = "updated"
    CREATED = "created"
    STATUS = "status"
    AWAITING = "awaiting"
    SUBJECT = "subject"
    CUSTOMER = "customer"
    PRODUCT = "product"
    AMOUNT = "amount"
    MESSAGES = "messages"
    WAITING = "waiting"
    """since when the customer waits; whoever does not comes last"""


class Own(StrEnum):
    """Tickets that are picked by what only this desk knows of them."""

    DRAFTS = "drafts"
    """a reply to them was begun"""
    NEEDS_REVIEW = "needs-review"
    """a reply to them, or a status change, needs a person"""
    UNREAD = "unread"
    """the customer has written since this seller looked"""
    SNOOZED = "snoozed"
    """this seller wants them out of the queue until later"""
    PINNED = "pinned"
    """this seller wants them at hand"""
    MINE = "mine"
    """this seller has claimed them, or was the last here to answer"""


_WITHIN_OWN = frozenset({"page", "sort", "descending"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Everything that decides which rows are shown, and where in the list."""

    view: str = ""
    own: Own | None = None
    """stands alone: whoever searches or filters looks through all tickets"""
    query: str = ""
    status: Status | None = None
    other_status: bool = False
    """those that are neither open nor closed"""
    awaiting: Awaiting | None = None
    answered: bool | None = None
    waits_longer_than: timedelta | None = None
    """the customer has waited at least this long"""
    waits_less_than: timedelta | None = None
    """the customer has not waited this long yet"""
    amount_from: int | None = None
    """at least so much was paid, in whatever currency"""
    product: str | None = None
    currency: str | None = None
    created_from: date | None = None
    """the first day, in the viewer's zone"""
    created_to: date | None = None
    """the last day, itself included"""
    sort: SortKey = SortKey.UPDATED
    descending: bool = True
    page: int = 1
    """counts from 1"""

    @property
    def needs_response(self) -> bool:
        """Whether only tickets that wait for the seller are asked for."""
        return self.awaiting is Awaiting.SELLER

    @property
    def only_waiting(self) -> bool:
        """Whether everybody in the list waits for the seller; who is closed waits for nobody."""
        waits = self.needs_response and self.status in (None, Status.OPEN)
        is_compared = not (self.waits_longer_than is None and self.waits_less_than is None)
        return waits or is_compared or self.own is Own.UNREAD

    @property
    def hides_snoozed(self) -> bool:
        """Whether it is a queue, from which a seller's snoozed tickets are absent until they wake;
        whoever searches finds them.
        """
        return self.only_waiting and not self.query

    def changed(self, **changes: object) -> "TicketFilter":
        """The same filter with `changes`, back on its first page unless a page is named."""
        if self.own and not changes.keys() <= _WITHIN_OWN:
            changes = {"view": "", "own": None} | changes
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # names are checked by replace


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stood in an ordered list: what it was ordered by, also once it has left."""

    value: str | float | None
    updated_at: int | None
    """microseconds since 1970"""
    number: int
    """the ticket's own in the mirror"""

    def text(self) -> str:
        """The place as the browser keeps it with the row."""
        return json.dumps([self.value, self.updated_at, self.number])


def place_from(text: str) -> Place | None:
    """The place that `Place.text` gave; None for anything else."""
    try:
        value, updated_at, number = json.loads(text)
    except (ValueError, TypeError):
        return None
    known = isinstance(value, str | int | float | None) and isinstance(updated_at, int | None)
    return Place(value, updated_at, number) if known and isinstance(number, int) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A page that begins after the row that stood at `place`, or ends before it.

    Unseen tickets that have moved before the place since come first on the page after it.
    """

    place: Place
    forward: bool
    seen: frozenset[str] | None = None
    """the tickets shown since the first page, None if that is not known"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """A filter with a name, offered beside the list."""

    key: str
    label: str
    filter: TicketFilter
    indent: int = 0


OTHER_STATUS = "other-status"
"""the view of tickets that the API's document has no status for; offered once there are any"""

HIGH_VALUE = 100
"""in any currency"""

_OPEN = TicketFilter(status=Status.OPEN)
_WAITS = _OPEN.changed(awaiting=Awaiting.SELLER, sort=SortKey.WAITING, descending=False)
_ALL = "all"
VIEWS: dict[str, TicketView] = {
    key: TicketView(
        key=key,
        label=label,
        indent=indent,
        filter=replace(chosen, view="" if key == _ALL else key),
    )
    for key, label, indent, chosen in (
        ("needs-response", "Needs response", 0, _WAITS),
        ("never-answered", "Never answered", 1, _WAITS.changed(answered=False)),
        ("customer-replied", "Customer replied", 1, _WAITS.changed(answered=True)),
        ("over-a-day", "Waiting > 24 h", 1, _WAITS.changed(waits_longer_than=timedelta(hours=24))),
        ("high-value", f"High value ({HIGH_VALUE}+)", 1, _WAITS.changed(amount_from=HIGH_VALUE)),
        (
            "waiting-on-customer",
            "Waiting on customer",
            0,
            _OPEN.changed(awaiting=Awaiting.CUSTOMER),
        ),
        ("open", "Open", 0, _OPEN),
        ("closed", "Closed", 0, TicketFilter(status=Status.CLOSED)),
        (OTHER_STATUS, "Other status", 0, TicketFilter(other_status=True)),
        (_ALL, "All tickets", 0, TicketFilter()),
    )
}
"""The views every seller has, in the order shown; those that wait show the longest wait first."""

OWN_VIEWS: dict[str, TicketView] = {
    own.value: TicketView(
        key=own.value,
        label=label,
        filter=replace(chosen, view=own.value, own=own),
    )
    for own, label, chosen in (
        (Own.NEEDS_REVIEW, "Needs review", TicketFilter()),
        (Own.UNREAD, "Unread", TicketFilter(sort=SortKey.WAITING, descending=False)),
        (Own.MINE, "Mine", TicketFilter()),
        (Own.SNOOZED, "Snoozed", TicketFilter()),
        (Own.PINNED, "Pinned", TicketFilter()),
        (Own.DRAFTS, "Drafts", TicketFilter()),
    )
}
"""The views of what lies in this desk alone: unsent words, replies nobody can vouch for, what each
seller has marked, and what is theirs.
"""

FIRST_VIEW = "needs-response"
"""what `/` opens for whoever has looked at no other view yet"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHabits:
    """The view a seller looked at last, and the order they chose in each, as an address says it."""

    view: str = ""
    orders: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> TicketFilter:
        """The list of an address that names none."""
        return self.opened(self.view if view_named(self.view) else FIRST_VIEW)

    def opened(self, key: str) -> TicketFilter:
        """A view in the order it was last looked at; all tickets for what is no view."""
        view = view_named(key)
        return _in_order(view.filter if view else TicketFilter(), self.orders.get(key, ""))


NOT_OF_THE_LIST = frozenset({"page", "ticket"})
"""words of an address that choose no tickets"""
_CHANGES_NOTHING = frozenset(
    {("status", "all"), ("awaiting", "all"), ("turn", "all"), ("sort", "-updated"), ("view", "all")}
)
"""words that are right all the same"""
_OTHER = "other"
_WAITS_IN_HOURS = {"waits_longer_than": "waiting_hours", "waits_less_than": "waiting_below"}
_FORMER_WORDS = {"turn": "awaiting", "idle_hours": "waiting_hours"}
"""words of an address as older links say them"""
_FORMER_KEYS = {"wrote-again": "customer-replied", "to-decide": "needs-review"}
"""views as older links name them"""


def view_named(key: str) -> TicketView | None:
    """The view of that name, wherever its tickets come from."""
    key = _FORMER_KEYS.get(key, key)
    return VIEWS.get(key) or OWN_VIEWS.get(key)


def names_list(words: Mapping[str, str]) -> bool:
    """Whether an address says which list it wants; one that does not wants the seller's own."""
    return bool(words.keys() - {"ticket"})


def filter_from_query(words: dict[str, str]) -> TicketFilter:
    """Read a filter from an address; whatever cannot be understood is left out, never an error."""
    words = {_FORMER_WORDS.get(word, word): value for word, value in words.items()}
    view = view_named(words.get("view", ""))
    chosen: dict[str, object] = {}
    if query := words.get("q", "").strip()[:MAX_QUERY_LENGTH]:
        chosen["query"] = query
    if "status" in words:
        chosen["status"] = _member(Status, words["status"])
        chosen["other_status"] = words["status"].lower() == _OTHER
    if "awaiting" in words:
        chosen["awaiting"] = _member(Awaiting, words["awaiting"])
    if words.get("answered") in {"yes", "no"}:
        chosen["answered"] = words["answered"] == "yes"
    for name, word in _WAITS_IN_HOURS.items():
        hours = words.get(word, "")
        if hours.isascii() and hours.isdigit():
            chosen[name] = timedelta(hours=min(int(hours[:6]), 87_600))
    amount = words.get("amount_from", "")
    if amount.isascii() and amount.isdigit():
        chosen["amount_from"] = int(amount[:12])
    for name in ("product", "currency"):
        if words.get(name):
            chosen[name] = words[name]
    for name, word in (("created_from", "from"), ("created_to", "to")):
        if day := _day(words.get(word, "")):
            chosen[name] = day
    if words.get("page", "").isascii() and words.get("page", "").isdigit():
        chosen["page"] = max(1, int(words["page"][:9]))
    base = _in_order(view.filter if view else TicketFilter(), words.get("sort", ""))
    return base.changed(**chosen)


def words_without_meaning(words: Mapping[str, str]) -> list[str]:
    """Those words of an address that choose nothing, as `status=lost`."""
    return [
        f"{name}={value}" if value else name
        for name, value in words.items()
        if name not in NOT_OF_THE_LIST
        and (name, value) not in _CHANGES_NOTHING
        and filter_from_query({name: value}) == TicketFilter()
    ]


def _in_order(chosen: TicketFilter, word: str) -> TicketFilter:
    """The same list in an order as an address says it; what is no order changes nothing."""
    key = _member(SortKey, word.removeprefix("-").replace("turn", SortKey.AWAITING.value))
    return replace(chosen, sort=key, descending=word.startswith("-")) if key else chosen


def filter_to_query(chosen: TicketFilter) -> dict[str, str]:
    """Write a filter as an address: only what differs from its view, or from no filter at all;
    that is called the view of all tickets, as an address without words is each seller's own list.
    """
    view = view_named(chosen.view)
    base = view.filter if view else TicketFilter()
    changed = {f.name for f in fields(chosen) if getattr(chosen, f.name) != getattr(base, f.name)}
    words: dict[str, str] = {"view": chosen.view} if view else {}
    if chosen.query:
        words["q"] = chosen.query
    if "status" in changed:
        words["status"] = chosen.status.value if chosen.status else "all"
    if "other_status" in changed and chosen.other_status:
        words["status"] = _OTHER
    if "awaiting" in changed:
        words["awaiting"] = chosen.awaiting.value if chosen.awaiting else "all"
    if "answered" in changed and chosen.answered is not None:
        words["answered"] = "yes" if chosen.answered else "no"
    words |= {
        word: str(hours // timedelta(hours=1))
        for name, word in _WAITS_IN_HOURS.items()
        if name in changed and (hours := getattr(chosen, name)) is not None
    }
    if "amount_from" in changed and chosen.amount_from is not None:
        words["amount_from"] = str(chosen.amount_from)
    for name in ("product", "currency"):
        if name in changed:
            words[name] = getattr(chosen, name)
    for name, word in (("created_from", "from"), ("created_to", "to")):
        if name in changed:
            words[word] = getattr(chosen, name).isoformat()
    if changed & {"sort", "descending"}:
        words["sort"] = order_word(chosen)
    if chosen.page > 1:
        words["page"] = str(chosen.page)
    return words or {"view": _ALL}


def order_word(chosen: TicketFilter) -> str:
    """The order of a list as an address says it: `-amount` is the greatest first."""
    return ("-" if chosen.descending else "") + chosen.sort.value


def address(chosen: TicketFilter | None, ticket_id: str | None = None) -> str:
    """The dashboard's address for a filter, None for the seller's own list, and the ticket open
    beside it.
    """
    words = filter_to_query(chosen) if chosen else {}
    words |= {"ticket": ticket_id} if ticket_id else {}
    return "/?" + urlencode(words) if words else "/"


def _member(kind: type[E], word: str) -> E | None:
    try:
        return kind(word.lower())
    except ValueError:
        return None


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None
