"""A desk whose answers a test holds back, releases in any order, and counts."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from app.desk.desk import Desk
from app.desk.read_models import (
    AgeBand,
    Choices,
    ConversationSnapshot,
    DashboardStats,
    DayCount,
    Freshness,
    InboxRow,
    InboxSnapshot,
    KioskSnapshot,
    KioskTicket,
    PendingReply,
    ReviewItem,
)
from app.domain.accounts import SignInSession
from app.domain.clock import UTC_ZONE, SystemClock
from app.domain.connection import ConnectionStatus
from app.domain.errors import DeskError
from app.domain.filters import PAGE_SIZE, Anchor, ListHabits, TicketFilter
from app.domain.metrics import Exactness, Wait
from app.domain.outbox_entry import Draft, DraftKind, ReviewAction
from app.domain.saved_views import SavedView
from app.domain.signals import Changes, Signal
from app.domain.ticket import Message, Stats, Status, Ticket
from app.domain.wall_links import USUAL, WallBoard
from app.state.conversation import ConversationState
from components.data import ConversationData
from tests.doubles.papers import Papers

if TYPE_CHECKING:
    from app.desk.commands import Commands
    from app.desk.queries import Queries
    from app.domain.private_notes import PrivateNote

NOON = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)


class FastClock(SystemClock):
    """Noon for ever; a sleep lasts one turn of the loop, so that nothing waits in a test."""

    def now(self) -> datetime:
        return NOON

    async def sleep(self, _seconds: float) -> None:
        await asyncio.sleep(0)


class ScriptedQueries:
    """Answers from `tickets`; with `held` set, only when the test releases the question."""

    def __init__(self, papers: Papers) -> None:
        self.papers = papers
        self.tickets: dict[str, Ticket] = {}
        self.messages: dict[str, tuple[Message, ...]] = {}
        self.said: int | None = None
        self.wait: Wait | None = None
        self.counts_late = False
        self.error: Exception | None = None
        self.known = Freshness(
            status=ConnectionStatus.LIVE,
            as_of=NOON,
            problem=None,
            held=1,
            expected=1,
            complete=True,
        )
        self.waiting: tuple[ReviewItem, ...] = ()
        self.replies: dict[str, PendingReply] = {}
        self.undo = 5
        self.habits = ListHabits()
        self.saved: tuple[SavedView, ...] = ()
        self.asked: list[str] = []
        self.zones: list[ZoneInfo] = []
        self.ages: tuple[AgeBand, ...] = ()
        self.days: tuple[DayCount, ...] = ()
        self.held: list[asyncio.Future[None]] | None = None
        self.unread = False
        self.notes: tuple[PrivateNote, ...] = ()

    def by(self, session: SignInSession | None) -> "ScriptedQueries":
        self.session = session
        return self

    async def inbox(
        self,
        chosen: TicketFilter,
        *,
        zone: ZoneInfo,  # noqa: ARG002  # as the desk has it
        anchor: Anchor | None = None,  # noqa: ARG002  # as the desk has it
    ) -> InboxSnapshot:
        await self._asked(f"inbox {chosen.query} {chosen.page}".strip())
        found = [t for t in self.tickets.values() if chosen.query in (t.subject or "")]
        start = (chosen.page - 1) * PAGE_SIZE
        rows = tuple(InboxRow(ticket=t, wait=self.wait) for t in found[start : start + PAGE_SIZE])
        total = None if self.counts_late else len(found) if self.said is None else self.said
        return InboxSnapshot(
            chosen=chosen, rows=rows, total=total, held=len(self.tickets), first=start
        )

    async def dashboard_stats(self, *, zone: ZoneInfo) -> DashboardStats:  # noqa: ARG002  # as the desk has it
        await self._asked("dashboard_stats")
        waiting = sum(t.needs_response for t in self.tickets.values())
        counted = Stats(total=len(self.tickets), needs_response=waiting)
        return DashboardStats(
            stats=counted,
            counted=counted,
            days=(),
            waiting=(),
            trends={},
            views={"all": len(self.tickets)},
        )

    async def saved_views(self) -> tuple[SavedView, ...]:
        return self.saved

    async def totals(self, chosen: tuple[TicketFilter, ...], *, zone: ZoneInfo) -> tuple[int, ...]:  # noqa: ARG002  # as the desk has it
        await self._asked("totals")
        return tuple(
            sum(one.query in (t.subject or "") for t in self.tickets.values()) for one in chosen
        )

    async def review_queue(self) -> tuple[ReviewItem, ...]:
        await self._asked("review_queue")
        return self.waiting

    async def reply(self, reply_id: str) -> PendingReply | None:
        await self._asked(f"reply {reply_id}")
        return self.replies.get(reply_id)

    async def undo_seconds(self) -> int:
        await self._asked("undo seconds")
        return self.undo

    async def list_habits(self) -> ListHabits:
        return self.habits

    async def total(self, chosen: TicketFilter, *, zone: ZoneInfo) -> int:  # noqa: ARG002  # as the desk has it
        await self._asked(f"total {chosen.query}".strip())
        return sum(chosen.query in (t.subject or "") for t in self.tickets.values())

    async def choices(self, chosen: TicketFilter, *, zone: ZoneInfo) -> Choices:  # noqa: ARG002  # as the desk has it
        await self._asked(f"choices {chosen.query}".strip())
        return Choices(products=(), currencies=())

    @property
    def as_of(self) -> datetime | None:
        return self.known.as_of

    async def freshness(self) -> Freshness:
        try:
            await self._asked("freshness")
        except DeskError as error:  # as the desk has it: an answer in any case
            return replace(self.known, status=ConnectionStatus.FAULT, problem=str(error))
        return self.known

    async def conversation(self, ticket_id: str) -> ConversationSnapshot | None:
        drafts = self.papers.of(ticket_id)  # as they were when it was asked for
        note_drafts = self.papers.of(ticket_id, DraftKind.NOTE)
        await self._asked(f"conversation {ticket_id}")
        if ticket_id not in self.tickets:
            return None
        return ConversationSnapshot(
            ticket=self.tickets[ticket_id],
            messages=self.messages.get(ticket_id, ()),
            read_at=NOON,
            drafts=drafts,
            note_drafts=note_drafts,
            private_notes=self.notes,
            unread=self.unread,
        )

    async def drafts(
        self, ticket_id: str, *, kind: DraftKind = DraftKind.REPLY
    ) -> tuple[Draft, ...]:
        drafts = self.papers.of(ticket_id, kind)
        await self._asked(f"drafts {ticket_id}")
        return drafts

    async def unreadable_values(self) -> dict[str, int]:
        return {}

    async def kiosk(
        self,
        *,
        limit: int = 64,
        shows: WallBoard = USUAL,  # noqa: ARG002  # as the desk has it
        zone: ZoneInfo = UTC_ZONE,
    ) -> KioskSnapshot:
        await self._asked("kiosk")
        self.zones.append(zone)
        waiting = tuple(
            KioskTicket(
                id=t.id,
                subject=t.subject,
                masked_email="a…@example.com",
                product_name=None,
                amount=None,
                currency=None,
                wait=Wait(since=t.updated_at, exactness=Exactness.EXACT),
                answered=False,
            )
            for t in self.tickets.values()
        )
        return KioskSnapshot(
            stats=Stats(),
            waiting=waiting[:limit],
            freshness=self.known,
            ages=self.ages,
            days=self.days,
        )

    async def _asked(self, question: str) -> None:
        self.asked.append(question)
        error = self.error
        if self.held is not None:
            release = asyncio.get_running_loop().create_future()
            self.held.append(release)
            await release
        if error is not None:
            raise error


class ScriptedCommands:
    """Writes down what was ordered; `error` is raised instead when it is set."""

    def __init__(self, papers: Papers, changes: Signal[Changes]) -> None:
        self.papers, self.changes = papers, changes
        self.given: list[tuple[Any, ...]] = []
        self.looked: list[str | None] = []
        self.error: Exception | None = None
        self.sends_at: datetime | None = None
        self.returned: tuple[str, str] | None = None
        """the ticket and the text of a reply that can be taken back"""
        self.replies: dict[str, PendingReply] | None = None
        """where replies are kept by their ids, if they are"""

    def by(self, session: SignInSession | None) -> "ScriptedCommands":
        self.session = session
        return self

    def set_open_ticket(self, viewer: object, ticket_id: str | None) -> None:  # noqa: ARG002  # as the desk has it
        self.looked.append(ticket_id)

    async def refresh_now(self) -> None:
        self._record("refresh")

    async def send_reply(
        self,
        ticket_id: str,
        reply_id: str,
        text: str,
        *,
        seen: frozenset[str] = frozenset(),
        then_close: bool = False,
    ) -> datetime | None:
        await asyncio.sleep(0)
        if self.replies is not None:
            if reply_id in self.replies:
                return self.sends_at
            self.replies[reply_id] = PendingReply(
                reply_id=reply_id, text=text, state="queued", written_at=NOON
            )
        self._record("send_reply", ticket_id, reply_id, text, seen, then_close)
        self.papers.sent(ticket_id, text)
        return self.sends_at

    async def change_status(
        self,
        ticket_id: str,
        status: Status,
        *,
        seen: frozenset[str] = frozenset(),  # noqa: ARG002  # so
    ) -> None:
        await asyncio.sleep(0)
        self._record("change_status", ticket_id, status)

    async def mark_seen(self, ticket_id: str, messages: int) -> None:
        self._record("mark_seen", ticket_id, messages)

    async def snooze(self, ticket_id: str, messages: int, until: datetime | None) -> None:
        self._record("snooze", ticket_id, messages, until)

    async def pin(self, ticket_id: str) -> None:
        self._record("pin", ticket_id)

    async def unmark(self, kind: str, ticket_id: str) -> None:
        self._record("unmark", kind, ticket_id)

    async def claim(self, ticket_id: str, *, instead_of: str = "") -> None:
        self._record("claim", ticket_id, instead_of)

    async def give_up_claim(self, ticket_id: str) -> None:
        self._record("give_up_claim", ticket_id)

    async def save_view(self, name: str, chosen: TicketFilter, *, is_shared: bool) -> None:
        self._record("save_view", name, chosen, is_shared)

    async def change_view(
        self, view: SavedView, *, name: str, is_shared: bool, chosen: TicketFilter | None
    ) -> None:
        self._record("change_view", view, name, is_shared, chosen)

    async def move_view(self, view: SavedView, by: int) -> None:
        self._record("move_view", view, by)

    async def remove_view(self, view: SavedView) -> None:
        self._record("remove_view", view)

    async def put_back_view(self, view: SavedView) -> None:
        self._record("put_back_view", view)

    async def change_statuses(self, ticket_ids: Sequence[str], status: Status) -> None:
        self._record("change_statuses", tuple(ticket_ids), status)

    async def recheck_all(self) -> None:
        self._record("recheck_all")

    async def review(self, entry_id: str, action: ReviewAction) -> str | None:
        self._record("review", entry_id, action)
        if self.returned is None:
            return None
        self.papers.give_back(*self.returned)
        self.changes.emit(Changes(tickets=frozenset({self.returned[0]})))
        return self.returned[1]

    async def save_draft(
        self,
        ticket_id: str,
        text: str,
        *,
        onto: Draft | None = None,
        kind: DraftKind = DraftKind.REPLY,
    ) -> Draft | None:
        for _ in range(5):  # longer than a reply takes
            await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        draft = self.papers.keep(ticket_id, text, onto, kind)
        self.changes.emit(Changes(drafts=frozenset({ticket_id})))
        return draft

    async def join_drafts(self, ticket_id: str, own: Draft, other: Draft) -> Draft | None:
        await asyncio.sleep(0)
        joined = self.papers.join(own, other)
        self.changes.emit(Changes(drafts=frozenset({ticket_id})))
        return joined

    async def discard_draft(self, ticket_id: str, draft: Draft) -> None:
        await asyncio.sleep(0)
        self.papers.drop(draft)
        self.changes.emit(Changes(drafts=frozenset({ticket_id})))

    def _record(self, *given: Any) -> None:
        if self.error is not None:
            raise self.error
        self.given.append(given)


class ScriptedDesk:
    """A desk made of the two, and the signal they would send."""

    def __init__(self) -> None:
        self.papers = Papers()
        self.changes: Signal[Changes] = Signal()
        self.queries = ScriptedQueries(self.papers)
        self.commands = ScriptedCommands(self.papers, self.changes)
        self.desk = Desk(
            queries=cast("Queries", self.queries),
            commands=cast("Commands", self.commands),
            changes=self.changes,
        )

    def put(self, *tickets: Ticket) -> None:
        """Let the copy hold these tickets as well, and say so."""
        self.queries.tickets |= {ticket.id: ticket for ticket in tickets}
        self.changes.emit(Changes(tickets=frozenset(ticket.id for ticket in tickets)))

    def many(self, count: int) -> None:
        """Let the copy hold `count` tickets that wait for the seller."""
        made = [
            Ticket(id=f"t{n}", subject=f"No {n}", status="open", awaiting="seller")
            for n in range(count)
        ]
        self.queries.tickets |= {ticket.id: ticket for ticket in made}

    def release(self, chance: Random | None = None) -> None:
        """Answer some of the questions held back; all of them, and from now on at once, without."""
        held = [release for release in self.queries.held or () if not release.done()]
        released = chance.sample(held, chance.randrange(len(held) + 1)) if chance else held
        for release in released:
            release.set_result(None)
        self.queries.held = None if chance is None else [r for r in held if r not in released]

    @property
    def listeners(self) -> int:
        """How many hear of changes."""
        return len(self.changes._listeners)


async def until_quiet() -> None:
    """Let everything that can run run."""
    for _ in range(30):
        await asyncio.sleep(0)


async def opened(state: ConversationState, ticket_id: str) -> None:
    """Open a ticket and wait until it is on the screen."""
    task = state.open(ticket_id)
    assert task is not None
    await task


def shown(state: ConversationState) -> ConversationData:
    """What the drawer shows."""
    assert state.drawer.value is not None
    return state.drawer.value
