"""What a screen can ask: answered from the mirror, what is on its way laid over it; reads only."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from app.desk.dashboard_stats import (
    BANDS,
    DAYS,
    Numbers,
    age_bands,
    by_day,
    dashboard_stats,
    day_counts,
    last_days,
    shown_stats,
)
from app.desk.masking import without_identifiers
from app.desk.read_models import (
    Choices,
    ConversationSnapshot,
    DashboardStats,
    Freshness,
    InboxSnapshot,
    KioskSnapshot,
    PendingReply,
    ReviewItem,
)
from app.desk.rows import (
    changed,
    choices,
    inbox_row,
    kiosk_ticket,
    pending,
    pending_of,
    product_counts,
    review_item,
    scan_progress,
)
from app.desk.sharing import Sharing
from app.domain.accounts import SignInSession, User
from app.domain.clock import UTC_ZONE, Clock
from app.domain.connection import ConnectionState
from app.domain.errors import DeskError
from app.domain.faults import Faults
from app.domain.filters import OTHER_STATUS, OWN_VIEWS, VIEWS, Anchor, ListHabits, Own, TicketFilter
from app.domain.marks import Mark, MarkKind, Marks
from app.domain.outbox_entry import UNDO_SECONDS, Draft, DraftKind, Stall, StatusChange
from app.domain.saved_views import SavedView
from app.domain.ticket import Awaiting, Status
from app.domain.wall_links import USUAL, WallBoard, WallPanel, WallView
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox, Overlay
from app.store.outbox.private_notes import NoteStore
from app.store.search.facet_counts import FacetCounts
from app.store.search.planner import Pairs
from app.store.search.search import Search, SearchRequest, SearchResult
from app.store.tickets.lists import (
    kept_blank,
    newest_incomplete,
    other_tickets_of,
    unreadable_values,
    waiting_by_product,
    waiting_counts,
    waiting_longest,
    waits_estimated,
)
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.rollup import activity_since
from app.store.tickets.rows import micros, moment, ticket_from
from app.store.tickets.upsert import StoredTicket, load_discarded, load_tickets

T = TypeVar("T")
P = ParamSpec("P")
Question = Callable[Concatenate["Queries", P], Awaitable[T]]

Overlays = Mapping[str, Overlay]

_PERSONAL = {Own.DRAFTS, Own.UNREAD, Own.SNOOZED, Own.PINNED, Own.MINE}
_ANSWERED = {
    WallView.WAITING: None,
    WallView.NEVER_ANSWERED: False,
    WallView.CUSTOMER_REPLIED: True,
}
OTHERS_SHOWN = 10
PRODUCTS_SHOWN = 7
"""named on a wall; all others are one"""
WALL_DAYS = 14
"""in the trend on a wall"""
FAULT_SECONDS = 60.0
"""how long a question that failed counts as a fault, unless it is asked again"""
LOOKING = "reading what it holds"


def told(question: Question[P, T]) -> Callable[Concatenate["Queries", P], Coroutine[Any, Any, T]]:
    """The question; that it could not be answered is told everywhere, until it can be."""

    @wraps(question)
    async def asked(self: "Queries", /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            answer = await question(self, *args, **kwargs)
        except Exception as error:
            self.faults.met(question.__name__, error, doing=LOOKING, seconds=FAULT_SECONDS)
            if not isinstance(error, DeskError):
                await self._mirror.check_integrity()
            raise
        self.faults.over(question.__name__, doing=LOOKING)
        return answer

    return asked


class Queries:
    """Answers from the mirror; no question ever waits for the API. Raises: StoreError."""

    def __init__(
        self,
        *,
        mirror: TicketMirror,
        outbox: Outbox,
        local: LocalStore,
        connection: Callable[[], ConnectionState],
        clock: Clock,
        skew: Callable[[], timedelta] = lambda: timedelta(0),
        stall: Callable[[], Stall | None] = lambda: None,
        faults: Faults | None = None,
        refresh_seconds: float = 15.0,
        users: Callable[[], Mapping[str, User]] = dict,
    ) -> None:
        self._refresh = timedelta(seconds=refresh_seconds)
        self.faults = faults or Faults(clock)
        self._mirror = mirror
        self._outbox = outbox
        self._local = local
        self._notes = NoteStore(outbox.database, clock=clock)
        self._connection = connection
        self._clock = clock
        self._skew = skew
        self._stall = stall
        self._users = users
        self._search = Search()
        self._sharing = Sharing()
        self._held, self._heard = 0, 0
        self._author = ""

    def by(self, session: SignInSession | None) -> "Queries":
        """The questions as they are asked in this session: each seller has drafts of their own."""
        own = copy(self)
        own._author = session.user.user_id if session else ""
        return own

    def clear(self) -> None:
        """Let go of every answer in memory; the next question asks the mirror."""
        self._sharing.clear()
        self._search.clear()

    async def close(self) -> None:
        """Give up the questions that are being answered."""
        await self._sharing.close()

    @told
    async def inbox(
        self, chosen: TicketFilter, *, zone: ZoneInfo, anchor: Anchor | None = None
    ) -> InboxSnapshot:
        """The page of the list that `chosen` names, or `anchor` if there is one; if it does not
        know the total, `total` does.
        """
        return await self._shared("inbox", self._inbox, chosen, zone, anchor, self._author)

    async def _inbox(
        self, chosen: TicketFilter, zone: ZoneInfo, anchor: Anchor | None, author: str
    ) -> InboxSnapshot:
        marks, now = await self._local.marks(author=author), self._clock.now()
        asleep = _pairs(marks.asleep(now))
        whose = await self._whose(chosen, author)
        found, overlays, drafts, notes = await asyncio.gather(
            self._shared("found", self._find, chosen, zone, anchor, whose),
            # The same for every letter that is typed.
            self._shared("overlays", self._outbox.overlays),
            self._shared("draft_authors", self._local.draft_authors),
            self._shared("private_notes", self._notes.counts),
        )
        place_of = self._request(chosen, zone).page.place_of
        rows = tuple(
            inbox_row(
                row,
                overlays.get(row["id"], Overlay()),
                has_draft=not drafts.get(row["id"], frozenset()).isdisjoint({author, ""}),
                drafts_of=self._others(drafts, row["id"], author),
                snippet=found.excerpts.get(row["id"]) or found.last_words.get(row["id"]),
                place=place_of(row),
                marks=marks,
                now=now,
                notes=notes,
            )
            for row in found.rows
        )
        return InboxSnapshot(
            skew=self._skew(),
            chosen=chosen,
            rows=rows,
            first=found.first,
            total=found.total,
            held=found.held,
            heard=found.with_all_messages,
            newest=found.newest,
            snoozed=len(asleep) if chosen.hides_snoozed else 0,
            next_wake=marks.next_wake(now),
        )

    @told
    async def total(self, chosen: TicketFilter, *, zone: ZoneInfo) -> int:
        """How many tickets `chosen` matches; it may take longer than the rows."""
        whose = await self._whose(chosen, self._author)
        return await self._shared("total", self._total, chosen, zone, whose)

    @told
    async def totals(self, chosen: tuple[TicketFilter, ...], *, zone: ZoneInfo) -> tuple[int, ...]:
        """How many tickets each of these matches: counted one after the other, so that other
        questions are answered between.
        """
        return await self._shared("totals", self._totals, chosen, zone, self._author)

    async def _totals(
        self, chosen: tuple[TicketFilter, ...], zone: ZoneInfo, author: str
    ) -> tuple[int, ...]:
        whose = [await self._whose(one, author) for one in chosen]
        return tuple(
            [await self._total(one, zone, who) for one, who in zip(chosen, whose, strict=True)]
        )

    async def _total(self, chosen: TicketFilter, zone: ZoneInfo, whose: str | None) -> int:
        request = await self._personal(self._request(chosen, zone), whose)
        return await self._mirror.read(lambda c: self._search.count(c, request))

    @told
    async def choices(self, chosen: TicketFilter, *, zone: ZoneInfo) -> Choices:
        """What the product and currency filters offer, and how many tickets each would show."""
        whose = await self._whose(chosen, self._author)
        return await self._shared("choices", self._choices, chosen, zone, whose)

    async def _choices(self, chosen: TicketFilter, zone: ZoneInfo, whose: str | None) -> Choices:
        request = await self._personal(self._request(chosen, zone), whose)
        facets = await self._mirror.read(lambda c: self._search.facets(c, request))
        return Choices(products=choices(facets.products), currencies=choices(facets.currencies))

    @told
    async def dashboard_stats(self, *, zone: ZoneInfo) -> DashboardStats:
        """The numbers above the list; worked out again only when something has changed."""
        return await self._shared("dashboard_stats", self._dashboard_stats, zone, self._author)

    async def _dashboard_stats(self, zone: ZoneInfo, author: str) -> DashboardStats:
        now, overlays = self._shops_now(), await self._outbox.overlays()
        asked = {
            key: await self._personal(self._request(view.filter, zone), author)
            for key, view in (VIEWS | OWN_VIEWS).items()
            if key != Own.NEEDS_REVIEW  # of which the replies are counted
        }
        numbers = await self._mirror.read(lambda c: self._numbers(c, overlays, asked, zone))
        waiting = len(await self._outbox.needing_review())
        views = numbers.views | {Own.NEEDS_REVIEW.value: waiting}
        return dashboard_stats(replace(numbers, views=views), now=now, zone=zone)

    @told
    async def conversation(self, ticket_id: str) -> ConversationSnapshot | None:
        """A ticket with what is stored of it; None for one that is not known."""
        marks = await self._local.marks(author=self._author)
        found, replies, changes, overlays, drafts, shown = await asyncio.gather(
            self._mirror.read(lambda c: _look(c, ticket_id)),
            self._outbox.pending(ticket_id),
            self._outbox.status_changes(ticket_id),
            self._outbox.overlays(),
            self._local.drafts(ticket_id, author=self._author),
            self._outbox.shown(ticket_id),
        )
        if found is None:
            return None
        kept, is_gone, (others, others_total) = found
        heard = self._mirror.messages_read_at(ticket_id) or kept.read_at
        notes, authors, note_drafts = await asyncio.gather(
            self._notes.of(kept.ticket),
            self._shared("draft_authors", self._local.draft_authors),
            self._local.drafts(ticket_id, author=self._author, kind=DraftKind.NOTE),
        )
        return ConversationSnapshot(
            skew=self._skew(),
            ticket=kept.ticket,
            messages=kept.messages,
            read_at=None if heard is None else moment(heard),
            pending=(
                *pending_of(replies, stall=self._stall()),
                *(pending(change) for change in changes if change.needs_person),
            ),
            pending_status=overlays.get(ticket_id, Overlay()).status,
            others=tuple(map(ticket_from, others)),
            others_total=others_total,
            drafts=drafts,
            drafts_of=self._others(authors, ticket_id, self._author),
            gone=is_gone,
            problem=self._mirror.problem(ticket_id),
            doubled={str(reply.message_id): reply.copies for reply in shown if reply.copies > 1},
            changed=changed(shown, kept.messages or ()),
            unread=marks.is_unread(kept.ticket),
            pinned=marks.is_pinned(kept.ticket),
            snooze=marks.snooze_of(kept.ticket, self._clock.now()),
            private_notes=notes,
            note_drafts=note_drafts,
        )

    @told
    async def drafts(
        self, ticket_id: str, *, kind: DraftKind = DraftKind.REPLY
    ) -> tuple[Draft, ...]:
        """What is typed for a ticket and not sent or added, the newest first."""
        return await self._local.drafts(ticket_id, author=self._author, kind=kind)

    @told
    async def reply(self, reply_id: str) -> PendingReply | None:
        """Where a reply is now; None for one that is no longer kept."""
        found = await self._outbox.find(reply_id)
        if found is None or found.is_settled or isinstance(found, StatusChange):
            return None if found is None else pending(found)
        replies = await self._outbox.pending(found.ticket_id)
        shown = pending_of(replies, stall=self._stall())
        return next((reply for reply in shown if reply.reply_id == reply_id), None)

    @told
    async def review_queue(self) -> tuple[ReviewItem, ...]:
        """All replies and status changes that wait for a person, oldest first."""
        entries = await self._outbox.needing_review()
        ids = [entry.ticket_id for entry in entries]
        held = await self._mirror.read(lambda c: load_tickets(c, ids)) if ids else {}
        return tuple(review_item(entry, held.get(entry.ticket_id)) for entry in entries)

    @told
    async def undo_seconds(self) -> int:
        """How long a reply can be undone."""
        chosen = await self._local.undo_seconds(author=self._author)
        return UNDO_SECONDS if chosen is None else chosen

    @told
    async def list_habits(self) -> ListHabits:
        """Which view whoever asks looked at last, and in which order."""
        return await self._local.list_habits(author=self._author)

    @told
    async def saved_views(self) -> tuple[SavedView, ...]:
        """The views of whoever asks in their order, then those that others share."""
        return await self._local.views.seen_by(self._author)

    @property
    def as_of(self) -> datetime | None:
        """The moment as of which everything the mirror says holds."""
        return self._mirror.reading.as_of

    async def freshness(self) -> Freshness:
        """How current and how complete the mirror is; an answer also when it cannot be read."""
        with suppress(Exception):  # then the last numbers, and the fault beside them
            counts = await self._counts()
            self._held, self._heard = counts.held, counts.with_all_messages
        state, reading = self._connection(), self._mirror.reading
        return Freshness(
            status=state.status,
            as_of=reading.as_of,
            problem=state.problem,
            held=self._held,
            expected=reading.expected,
            complete=self._mirror.scan.is_complete and not state.lacking,
            messages_held=self._heard,
            unreadable=state.unreadable,
            lacking=state.lacking,
            next_try=state.next_try,
            refresh=self._refresh,
            scan=scan_progress(self._mirror.scan, reading),
        )

    @told
    async def unreadable_values(self) -> dict[str, int]:
        """How many tickets came with a value nobody could read, by the name of its field."""
        return await self._mirror.read(unreadable_values)

    @told
    async def kept_blank(self) -> int:
        """How many tickets are those of customers who were forgotten."""
        return await self._mirror.read(kept_blank)

    @told
    async def kiosk(
        self, *, limit: int = 64, shows: WallBoard = USUAL, zone: ZoneInfo = UTC_ZONE
    ) -> KioskSnapshot:
        """What the kiosk shows: at most `limit` waiting tickets, the longest wait first."""
        about = (limit, shows.view, shows.rotation, zone)
        snapshot, known = await self._shared("kiosk", self._kiosk, *about), await self.freshness()
        # What the API wrote about a failure may name whom it failed for.
        known = replace(known, problem=without_identifiers(known.problem))
        return replace(snapshot, skew=self._skew(), freshness=known)

    async def _kiosk(
        self, limit: int, view: WallView, rotation: tuple[WallPanel, ...], zone: ZoneInfo
    ) -> KioskSnapshot:
        """The part that is the same for all walls which show the same."""
        overlays, known = await self._outbox.overlays(), await self.freshness()

        def read(connection: sqlite3.Connection) -> KioskSnapshot:
            stats = shown_stats(self._standing(connection, overlays))
            snapshot = KioskSnapshot(stats=stats, waiting=(), freshness=known)
            for panel in rotation:
                snapshot = self._with_panel(
                    snapshot, panel, connection, view=view, limit=limit, zone=zone
                )
            return snapshot

        return await self._mirror.read(read)

    def _with_panel(
        self,
        snapshot: KioskSnapshot,
        panel: WallPanel,
        connection: sqlite3.Connection,
        *,
        view: WallView,
        limit: int,
        zone: ZoneInfo,
    ) -> KioskSnapshot:
        """The snapshot, and what it needs for a panel that takes turns on the wall."""
        now, answered = self._shops_now(), _ANSWERED[view]
        match panel:
            case WallPanel.OLDEST:
                longest = waiting_longest(connection, limit, answered=answered)
                return replace(snapshot, waiting=tuple(map(kiosk_ticket, longest)))
            case WallPanel.PRODUCTS:
                found = waiting_by_product(connection, PRODUCTS_SHOWN, answered=answered)
                return replace(snapshot, products=product_counts(*found))
            case WallPanel.AGES:
                bounds = [micros(now - age) for _, age in BANDS]
                counts = waiting_counts(connection, bounds, answered=answered)
                return replace(snapshot, ages=age_bands(counts))
            case WallPanel.TREND:
                happened = activity_since(connection, now - timedelta(days=WALL_DAYS + 1))
                days = last_days(now, zone)[-WALL_DAYS:]
                return replace(snapshot, days=day_counts(days, by_day(days, zone, happened)))

    async def _shared(
        self, name: str, question: Callable[..., Coroutine[Any, Any, T]], *about: Hashable
    ) -> T:
        """Ask once for all screens that ask the same before anything changes."""
        reading = self._mirror.reading
        state = (
            self._mirror.generation,
            self._outbox.database.changes,
            (reading.stats, reading.counted, self._mirror.scan.is_complete),
            self._shops_now().replace(second=0, microsecond=0),  # ages are part of filters
        )
        return await self._sharing.ask((name, *about), lambda: question(*about), state=state)

    async def _find(
        self, chosen: TicketFilter, zone: ZoneInfo, anchor: Anchor | None, whose: str | None
    ) -> SearchResult:
        request = await self._personal(self._request(chosen, zone), whose)
        return await self._mirror.read(lambda c: self._search.find(c, request, anchor))

    def _request(self, chosen: TicketFilter, zone: ZoneInfo) -> SearchRequest:
        return SearchRequest(
            filter=chosen, zone=zone, now=self._shops_now(), generation=self._mirror.generation
        )

    async def _whose(self, chosen: TicketFilter, author: str) -> str | None:
        """Whose list it is; None where it is the same for everybody."""
        if chosen.own in _PERSONAL:
            return author
        if not chosen.hides_snoozed:
            return None
        marks = await self._local.marks(author=author)
        return author if any(marks.asleep(self._clock.now())) else None

    async def _personal(self, request: SearchRequest, whose: str | None) -> SearchRequest:
        """The request with what the desk alone knows of a seller's tickets."""
        own, chosen = request.filter.own, request.filter
        if own is Own.NEEDS_REVIEW:
            needing = await self._outbox.needing_review()
            return replace(request, ids=frozenset(entry.ticket_id for entry in needing))
        if whose is None or not (own or chosen.hides_snoozed):
            return request
        if own is Own.DRAFTS:
            return replace(request, ids=await self._draft_ids(whose))
        if own is Own.MINE:
            return replace(request, ids=await self._outbox.mine(whose))
        marks = await self._local.marks(author=whose)
        return _marked(request, marks, _pairs(marks.asleep(self._clock.now())))

    def _others(
        self, drafts: Mapping[str, frozenset[str]], ticket_id: str, author: str
    ) -> tuple[str, ...]:
        """The names of the other users of whom a draft lies at this ticket."""
        users = self._users()
        others = drafts.get(ticket_id, frozenset()) - {author}
        return tuple(sorted(users[one].name for one in others if one in users))

    async def _draft_ids(self, author: str) -> frozenset[str]:
        return await self._local.draft_ids(author=author)

    def _shops_now(self) -> datetime:
        """Now by the shop's clock, which its times are counted from."""
        return self._clock.now() + self._skew()

    @told
    async def _counts(self) -> FacetCounts:
        generation = self._mirror.generation
        known = self._search.known_counts(generation)
        if known is not None:
            return known
        return await self._mirror.read(lambda c: self._search.counts(c, generation))

    def _standing(self, connection: sqlite3.Connection, overlays: Overlays) -> Numbers:
        """The part of the numbers that the stats need."""
        orders = {id_: overlay.status for id_, overlay in overlays.items() if overlay.status}
        held = load_tickets(connection, list(orders))
        counts = self._search.counts(connection, self._mirror.generation)
        return Numbers(
            said=self._mirror.reading.stats,
            counted_then=self._mirror.reading.counted,
            counted=counts.stats,
            complete=self._mirror.scan.is_complete,
            orders=tuple((kept.ticket, orders[id_]) for id_, (_, kept) in held.items()),
        )

    def _numbers(
        self,
        connection: sqlite3.Connection,
        overlays: Overlays,
        asked: Mapping[str, SearchRequest],
        zone: ZoneInfo,
    ) -> Numbers:
        request = self._request(TicketFilter(), zone)
        bounds = [micros(request.now - age) for _, age in BANDS]
        heard = newest_incomplete(connection)
        stats = self._search.counts(connection, request.generation).stats
        has_other = (stats.total or 0) > (stats.open or 0) + (stats.closed or 0)
        return replace(
            self._standing(connection, overlays),
            happened=activity_since(connection, request.now - timedelta(days=DAYS + 1)),
            heard_since=None if heard is None else moment(heard),
            waiting=waiting_counts(connection, bounds),
            estimated=waits_estimated(connection),
            views={
                key: self._search.count(connection, one)
                for key, one in asked.items()
                if key != OTHER_STATUS or has_other
            },
        )


def _pairs(marked: Iterable[tuple[str, Mark]]) -> Pairs:
    """Tickets as they were when they were marked."""
    return tuple((ticket_id, mark.messages) for ticket_id, mark in marked)


def _marked(request: SearchRequest, marks: Marks, asleep: Pairs) -> SearchRequest:
    """The request for what a seller has marked, or for what is not asleep."""
    chosen = request.filter
    match chosen.own:
        case Own.UNREAD:
            seen = _pairs(marks.by_ticket(MarkKind.SEEN).items())
            waiting = replace(chosen, awaiting=Awaiting.SELLER)
            return replace(request, filter=waiting, without=tuple(dict.fromkeys((*seen, *asleep))))
        case Own.SNOOZED:
            return replace(request, filter=replace(chosen, status=Status.OPEN), only=asleep)
        case Own.PINNED:
            return replace(request, ids=frozenset(marks.by_ticket(MarkKind.PINNED)))
    return replace(request, without=asleep)


def _look(
    connection: sqlite3.Connection, ticket_id: str
) -> tuple[StoredTicket, bool, tuple[list[sqlite3.Row], int]] | None:
    """What is stored of a ticket, whether it is gone, and the customer's others."""
    found = load_tickets(connection, [ticket_id])
    kept = found[ticket_id][1] if found else load_discarded(connection, ticket_id)
    if kept is None:
        return None
    others = other_tickets_of(connection, kept.ticket.customer_email, ticket_id, OTHERS_SHOWN)
    return kept, not found, others
