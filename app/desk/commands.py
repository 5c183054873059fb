"""What a seller can tell the desk to do: durable on return, delivery does the rest."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from app.desk.activity import ActivityLog
from app.desk.claims import Claims
from app.desk.rights import for_writers
from app.domain.accounts import SignInSession
from app.domain.bounds import whole_characters
from app.domain.clock import Clock
from app.domain.errors import MarkError, NotAllowedError, ReplyError, SettingsError
from app.domain.filters import TicketFilter
from app.domain.marks import MOST_MARKS, Mark, MarkKind
from app.domain.outbox_entry import (
    LONGEST_UNDO,
    UNDO_SECONDS,
    DeliveryState,
    Draft,
    DraftKind,
    OutboxEntry,
    Reply,
    ReviewAction,
    StatusChange,
    readable,
)
from app.domain.saved_views import SavedView, clean_view_name, words_of
from app.domain.signals import Changes, Signal
from app.domain.tasks import carried_out
from app.domain.ticket import Status
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.sync.delivery.sender import Delivery

_DID = {Status.OPEN: "reopened", Status.CLOSED: "closed"}
_REVIEWED = {
    ReviewAction.RESEND: "sent a reply again",
    ReviewAction.DRAFT: "kept a reply as a draft",
    ReviewAction.UNDO: "took a reply back",
}
"""what the log says of a command"""


class Reader(Protocol):
    """What the desk asks of whoever reads the tickets."""

    def set_open_ticket(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` has this ticket open now, None for no ticket."""

    async def refresh_now(self) -> None:
        """Read the list and the open tickets before they are due."""


class Commands:
    """Carries out commands; one that has begun is not cancelled with its caller.

    Raises: NotAllowedError where whoever asks is a reader.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        local: LocalStore,
        delivery: Delivery,
        reader: Reader,
        changes: Signal[Changes],
        clock: Clock,
        undo_window: float = UNDO_SECONDS,
        activity: ActivityLog | None = None,
        claims: Claims | None = None,
    ) -> None:
        self._outbox = outbox
        self._local = local
        self._delivery = delivery
        self._reader = reader
        self._changes = changes
        self._clock = clock
        self._undo_window = undo_window
        self._activity = activity
        self._claims = claims
        self._session: SignInSession | None = None

    def by(self, session: SignInSession | None) -> "Commands":
        """The commands as they are given in this session; None is the one seller before users."""
        own = copy(self)
        own._session = session
        return own

    def set_open_ticket(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` has this ticket open now, so it is read more often; None for no ticket."""
        self._reader.set_open_ticket(viewer, ticket_id)

    @carried_out
    async def refresh_now(self) -> None:
        """Read the list and the open tickets now, and let a reply that waits try to leave."""
        await self._reader.refresh_now()
        await self._delivery.try_now()

    @for_writers
    async def send_reply(
        self,
        ticket_id: str,
        reply_id: str,
        text: str,
        *,
        seen: frozenset[str] = frozenset(),
        then_close: bool = False,
    ) -> datetime | None:
        """Put a reply into the outbox; the draft that holds its text goes with it.

        Args:
            reply_id: made when the reply box was opened, so that a second click is the same reply.
            seen: the message ids shown then, empty when not known.
        Returns: when it leaves, if it can be taken back until then.
        Raises: ReplyError, StoreError; then nothing was sent and the draft is untouched.
        """
        text, now = readable(text), self._clock.now()
        chosen = await self._local.undo_seconds(author=self._author)
        undo_window = timedelta(seconds=self._undo_window if chosen is None else chosen)
        reply = Reply(
            entry_id=reply_id,
            ticket_id=ticket_id,
            written_at=now,
            author=self._author,
            text=text,
            seen=seen,
            then_close=then_close,
            sends_at=now + undo_window if undo_window else None,
        )
        kept = await self._outbox.enqueue(reply)
        if kept.text != reply.text or kept.state is DeliveryState.CANCELLED:
            raise ReplyError("This box has already sent another text. Press Send once more.")
        self._note("replied and closed" if then_close else "replied", ticket_id)
        self._queued(ticket_id)
        return kept.sends_at

    @for_writers
    async def change_status(
        self, ticket_id: str, status: Status, *, seen: frozenset[str] = frozenset()
    ) -> None:
        """Close or reopen a ticket; this replaces an older status change that has not left.

        Args:
            seen: as in `send_reply`.
        Raises: StoreError.
        """
        await self._outbox.enqueue(self._status_change(ticket_id, status, seen=seen))
        self._note(_DID[status], ticket_id)
        self._queued(ticket_id)

    @for_writers
    async def change_statuses(self, ticket_ids: Sequence[str], status: Status) -> None:
        """Close or reopen many tickets.

        Raises: StoreError; the tickets before the failure are then closed or reopened.
        """
        done: list[str] = []
        try:
            for ticket_id in ticket_ids:
                await self._outbox.enqueue(self._status_change(ticket_id, status))
                done.append(ticket_id)
        finally:
            self._note(_DID[status], *done)
            self._queued(*done)

    @for_writers
    async def review(self, entry_id: str, action: ReviewAction) -> str | None:
        """Do what a person decided about a reply or a status change.

        Returns: for DRAFT and UNDO the text that goes back into the reply box, else None.
        Raises: ReplyError when it is too late for that; StoreError.
        """
        entry = await self._outbox.find(entry_id)
        if entry is None:
            raise ReplyError("This reply is no longer kept here.")
        text = await self._review(entry, action)
        if action in _REVIEWED:
            self._note(_REVIEWED[action], entry.ticket_id)
        self._queued(entry.ticket_id)
        if action in {ReviewAction.RESEND, ReviewAction.CHECK}:
            await self._try_api(in_pause=entry.is_paused)
        self._delivery.send_soon(entry_id)
        return text

    @for_writers
    async def recheck_all(self) -> None:
        """Read the tickets of all unconfirmed entries once more, at once.

        Raises: StoreError.
        """
        needing = await self._outbox.needing_review()
        unconfirmed = [e for e in needing if e.state is DeliveryState.UNCONFIRMED]
        for entry in unconfirmed:
            await self._delivery.reconciler.check_now(entry)
        self._queued(*(entry.ticket_id for entry in unconfirmed))
        await self._try_api()
        for entry in unconfirmed:
            self._delivery.send_soon(entry.entry_id)

    @for_writers
    async def save_draft(
        self,
        ticket_id: str,
        text: str,
        *,
        onto: Draft | None = None,
        kind: DraftKind = DraftKind.REPLY,
    ) -> Draft | None:
        """Keep what is in a box and was typed onto the draft `onto`; blank for nothing.

        Returns: the draft that holds it now: another one when `onto` has become another text.
        Raises: StoreError.
        """
        saved = await self._local.save_draft(
            ticket_id, whole_characters(text), onto=onto, author=self._author, kind=kind
        )
        self._told_of_drafts(ticket_id, presence_changed=saved.presence_changed)
        return saved.draft

    @for_writers
    async def join_drafts(self, ticket_id: str, own: Draft, other: Draft) -> Draft | None:
        """Put `other` below `own`; None when either has become another text meanwhile.

        Raises: StoreError.
        """
        joined = await self._local.join_drafts(own, other)
        self._told_of_drafts(ticket_id)
        return joined

    @for_writers
    async def discard_draft(self, ticket_id: str, draft: Draft) -> None:
        """Forget a text that stands beside another one, unless it was changed meanwhile.

        Raises: StoreError.
        """
        await self._local.discard_draft(draft)
        self._told_of_drafts(ticket_id)

    @for_writers
    async def claim(self, ticket_id: str, *, instead_of: str = "") -> None:
        """Say that the seller has this ticket; nothing changes if somebody else has just said so.

        Args:
            instead_of: the id of the user from whom it is taken over.
        Raises: StoreError.
        """
        if self._claims is None or self._session is None:
            return  # without users there is one seller, who has every ticket
        before = self._claims.all().get(ticket_id)
        if await self._claims.claim(ticket_id, self._session.user, instead_of=instead_of):
            self._note(f"took over from {before.name}" if before else "claimed", ticket_id)
            for whose in {self._author, *([before.user_id] if before else [])}:
                self._changes.emit(Changes(marks=whose))

    @for_writers
    async def give_up_claim(self, ticket_id: str) -> None:
        """Say that the seller no longer has this ticket. Raises: StoreError."""
        if self._claims is None or self._session is None:
            return
        if await self._claims.give_up(ticket_id, self._session.user):
            self._note("gave up", ticket_id)
            self._changes.emit(Changes(marks=self._author))

    @for_writers
    async def set_undo_seconds(self, seconds: int) -> None:
        """From now on replies wait so long for an undo; what is on its way keeps its time.

        Raises: SettingsError, StoreError; then nothing is changed.
        """
        if not 0 <= seconds <= LONGEST_UNDO:
            raise SettingsError(
                f"Undo takes 0 to {LONGEST_UNDO} seconds, not {seconds:,}. "
                "Choose a number between; what was set before still holds."
            )
        await self._local.save_undo_seconds(seconds, author=self._author)

    @carried_out
    async def mark_seen(self, ticket_id: str, messages: int) -> None:
        """Note that whoever looks has seen so many messages of a ticket; also for a reader.

        Raises: StoreError.
        """
        await self._mark(MarkKind.SEEN, ticket_id, Mark(messages=messages))

    @for_writers
    async def snooze(self, ticket_id: str, messages: int, until: datetime | None) -> None:
        """Take a ticket out of the seller's own queue until then, a message or a close.

        Raises: MarkError where too many are snoozed; StoreError.
        """
        await self._keep(MarkKind.SNOOZED, ticket_id, Mark(messages=messages, until=until))

    @for_writers
    async def pin(self, ticket_id: str) -> None:
        """Keep a ticket at hand for the seller. Raises: MarkError, StoreError."""
        await self._keep(MarkKind.PINNED, ticket_id, Mark())

    @for_writers
    async def unmark(self, kind: MarkKind, ticket_id: str) -> None:
        """Take a mark away. Raises: StoreError."""
        await self._mark(kind, ticket_id, None)

    @for_writers
    async def save_view(self, name: str, chosen: TicketFilter, *, is_shared: bool) -> None:
        """Keep a list under a name. Raises: ViewError, StoreError; then nothing is kept."""
        view = SavedView(
            view_id=uuid4().hex,
            author=self._author,
            name=clean_view_name(name),
            words=words_of(chosen),
            is_shared=is_shared,
        )
        await self._local.views.add(view)
        self._changes.emit(Changes(views=True))

    @for_writers
    async def change_view(
        self, view: SavedView, *, name: str, is_shared: bool, chosen: TicketFilter | None = None
    ) -> None:
        """Give a view another name, share it, or no longer; `view` is it as it was seen.

        Args:
            chosen: the list that it is from now on; None for the same as before.
        Raises: ViewError, NotAllowedError, StoreError; then nothing is changed.
        """
        self._check_may_change(view)
        words = words_of(chosen) if chosen else None
        await self._local.views.change(
            view, name=clean_view_name(name), is_shared=is_shared, words=words
        )
        self._changes.emit(Changes(views=True))

    @for_writers
    async def move_view(self, view: SavedView, by: int) -> None:
        """Put a view further down among its author's, or up if `by` is negative.

        Raises: NotAllowedError, StoreError.
        """
        self._check_may_change(view)
        await self._local.views.move(view, by)
        self._changes.emit(Changes(views=True))

    @for_writers
    async def remove_view(self, view: SavedView) -> None:
        """Forget a view; `view` is it as it was seen. Raises: as `change_view`."""
        self._check_may_change(view)
        await self._local.views.remove(view)
        self._changes.emit(Changes(views=True))

    @for_writers
    async def put_back_view(self, view: SavedView) -> None:
        """Keep a view again that was removed. Raises: as `change_view`."""
        self._check_may_change(view)
        await self._local.views.add(view)
        self._changes.emit(Changes(views=True))

    @carried_out
    async def remember_list(self, view: str, order: str | None) -> None:
        """Open this view, in this order, when an address names no list; also for a reader.

        Args:
            order: None for a view that has its own.
        Raises: StoreError.
        """
        await self._local.save_list_habit(view, order, author=self._author)

    @property
    def _author(self) -> str:
        """Whose drafts, settings and replies these are."""
        return self._session.user.user_id if self._session else ""

    def _check_may_change(self, view: SavedView) -> None:
        if not view.may_be_changed(self._session):
            raise NotAllowedError("Only whoever made this view, or an owner, may change it.")

    async def _keep(self, kind: MarkKind, ticket_id: str, mark: Mark) -> None:
        """Put on a mark that never gives way to a newer one."""
        marks = await self._local.marks(author=self._author)
        kept = marks.by_ticket(kind).keys() - {ticket_id}
        if len(kept) >= MOST_MARKS:
            raise MarkError(
                f"You have {kind.value} {MOST_MARKS:,} tickets, and no more are kept. "
                "Take the mark from some of them first."
            )
        await self._mark(kind, ticket_id, mark)

    async def _mark(self, kind: MarkKind, ticket_id: str, mark: Mark | None) -> None:
        marks = await self._local.marks(author=self._author)
        if marks.by_ticket(kind).get(ticket_id) == mark:
            return
        await self._local.save_mark(kind, ticket_id, mark, author=self._author)
        self._changes.emit(Changes(marks=self._author))

    def _note(self, what: str, *ticket_ids: str) -> None:
        if self._activity:
            self._activity.note(self._session, what, *ticket_ids)

    async def _try_api(self, *, in_pause: bool = False) -> None:
        """Let one request into whatever pause the client keeps, which may end it."""
        if in_pause or self._delivery.stall or self._delivery.reconciler.fails:
            await self._reader.refresh_now()

    async def _review(self, entry: OutboxEntry, action: ReviewAction) -> str | None:
        text: str | None = None
        match action, entry.state:
            case ReviewAction.CHECK, _:
                await self._delivery.reconciler.check_now(entry)
                return None
            case ReviewAction.RESEND, (
                DeliveryState.QUEUED | DeliveryState.UNCONFIRMED | DeliveryState.REFUSED
            ):
                done: object = await self._outbox.approve(entry)
            case ReviewAction.DRAFT, DeliveryState.UNCONFIRMED | DeliveryState.REFUSED:
                done = text = await self._outbox.take_back(entry)
            case ReviewAction.UNDO | ReviewAction.DRAFT, _:
                done = text = await self._take_back(entry)
            case _:
                done = None
        if done is None:
            raise ReplyError("Too late for that: the reply has moved on. Look at it again.")
        return text

    async def _take_back(self, entry: OutboxEntry) -> str | None:
        """Take back what has not left yet, also if its pause ends at this moment."""
        tried: OutboxEntry | None = None
        now: OutboxEntry | None = entry
        while now is not None and now != tried:
            if now.state is not DeliveryState.QUEUED and not now.is_paused:
                return None
            if (text := await self._outbox.take_back(now)) is not None:
                return text
            tried, now = now, await self._outbox.find(entry.entry_id)
        return None

    def _status_change(
        self, ticket_id: str, status: Status, *, seen: frozenset[str] = frozenset()
    ) -> StatusChange:
        return StatusChange(
            entry_id=uuid4().hex,
            ticket_id=ticket_id,
            written_at=self._clock.now(),
            author=self._author,
            status=status,
            seen=seen,
        )

    def _told_of_drafts(self, ticket_id: str, *, presence_changed: bool = False) -> None:
        named = frozenset({ticket_id})
        self._changes.emit(
            Changes(drafts=named, tickets=named if presence_changed else frozenset())
        )

    def _queued(self, *ticket_ids: str) -> None:
        self._changes.emit(Changes(tickets=frozenset(ticket_ids)))
        self._delivery.wake()
