"""The conversation one tab has open: what it shows, what is typed into it, what is sent."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from app.desk.desk import Desk
from app.domain.accounts import Right
from app.domain.clock import Clock
from app.domain.errors import ReplyError, StoreError
from app.domain.marks import MarkKind, messages_of, wakes_at
from app.domain.outbox_entry import Draft, DraftKind, ReviewAction
from app.domain.search_query import parse_query
from app.domain.signals import Changes, Signal
from app.domain.ticket import Status, Ticket
from app.state.collision import SAME_ANSWER, Answer, answered_meanwhile
from app.state.drafts import TabDrafts
from app.state.formatting import Formatter, error_notice
from app.state.opening import Opening, new_reply_id
from app.state.presenters import conversation as presenter
from app.state.presenters.claims import claim_data, claimed_by_another
from app.state.presenters.marks import marks_data
from app.state.presenters.presence import presence_words
from app.state.private_notes import NoteWriting
from app.state.reactive import RETRY_SECONDS, Debouncer, LatestTask, Observable
from app.state.undo_send import SentReply
from components.data import BeforeSendData, ConversationData, NoticeData, SendReason
from components.i18n import _

KEPT = _("Your text is kept.")
TYPING_SECONDS = 4.0
"""whoever has typed nothing for one to two of these has stopped to"""
_HIT_STEPS = {"previous-hit": -1, "next-hit": 1}


@dataclass(frozen=True, slots=True)
class StatusTurn:
    """The open ticket was closed or reopened, perhaps over a text that was not sent."""

    ticket_id: str
    status: Status
    has_draft: bool


class ConversationState:
    """At most one ticket is open; orders go to the one on the screen, whatever was asked since.

    `sent` says that the box may be emptied, `saved` which ticket's box was saved as it was at which
    word of its browser, `draft_returned` that a text came back into it, `reply_sent`
    names a reply that can be taken back for some seconds, `missed` the ticket of one that was not
    sent, `status_turned` a ticket that was closed or reopened here.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        viewer: str,
        fmt: Formatter,
        clock: Clock,
        query: Callable[[], str] = str,
    ) -> None:
        self._query = query
        self.drawer = Observable[ConversationData]()
        self.ready = Signal[ConversationData]()
        self.sent = Signal[None]()
        self.saved = Signal[tuple[str, int]]()
        self.draft_returned = Signal[None]()
        self.reply_sent = Signal[SentReply]()
        self.missed = Signal[str]()
        self.status_turned = Signal[StatusTurn]()
        self._desk, self._viewer, self._fmt, self._clock = desk, viewer, fmt, clock
        self._wanted: Opening | None = None
        self._drawn: Opening | None = None
        self._latest = LatestTask()
        self._preparing = LatestTask()
        self._marking = LatestTask()
        self._author = desk.session.user.user_id if desk.session else ""
        self._again = Debouncer(self._reload, clock=clock)
        self._drafts_again = Debouncer(self._follow_drafts, clock=clock)
        self._retry = Debouncer(self._reload, clock=clock, delay=RETRY_SECONDS)
        self.notes = NoteWriting(desk, clock=clock, draw=self._draw, say=self._say)
        self._drafts = TabDrafts(
            desk.commands, clock=clock, on_trouble=self._say, on_saved=self._acknowledge
        )
        self._leave = desk.changes.subscribe(self._changed)
        self._who = desk.session.user.name if desk.session else ""
        self._is_looked_at, self._typed_again = False, False
        self._rest = Debouncer(self._stop_typing, clock=clock, delay=TYPING_SECONDS)
        people = [desk.presence.changed, *([desk.claims.changed] if desk.claims else [])]
        self._unsubscribe = [signal.subscribe(self._somebody_moved) for signal in people]

    @property
    def ticket_id(self) -> str:
        """The ticket asked for last; empty when none is."""
        return self._wanted.ticket_id if self._wanted else ""

    def open(self, ticket_id: str) -> asyncio.Task[None] | None:
        """Show a ticket in place of what is open; an empty id shuts the drawer."""
        if ticket_id == self.ticket_id:
            return None
        self._desk.commands.set_open_ticket(self._viewer, ticket_id or None)
        self._wanted = self._opening(ticket_id) if ticket_id else None
        self._tell_presence()
        if self._wanted is not None:
            return self._latest.start(self._load(self._wanted))
        self._latest.cancel()
        self._drawn = None
        self.drawer.set(ConversationData())
        return None

    def come(self) -> None:
        """Somebody looks: from now on the others know what is open here."""
        self._is_looked_at = True
        self._tell_presence()
        if self._drawn is not None:
            self._note_seen(self._drawn)

    def go_away(self) -> None:
        """Nobody looks any more: the window was closed, or its line is cut."""
        self._is_looked_at = False
        self._tell_presence()

    def _tell_presence(self) -> None:
        if self._is_looked_at and self.ticket_id:
            self._desk.presence.open(self._viewer, self._who, self.ticket_id)
        else:
            self._desk.presence.leave(self._viewer)

    def _opening(self, ticket_id: str) -> Opening:
        return Opening(ticket_id=ticket_id, query=parse_query(self._query()))

    def prepare(self, ticket_id: str) -> None:
        """Lay a ticket ready that may be opened next: from the mirror alone, one at a time."""
        if ticket_id and ticket_id != self.ticket_id:
            self._preparing.start(self._prepare(ticket_id))

    async def _prepare(self, ticket_id: str) -> None:
        opening = self._opening(ticket_id)
        with suppress(Exception):  # whoever opens it is told
            opening.snapshot = await self._desk.queries.conversation(ticket_id)
        opening.find_hits()
        if not opening.is_bare and ticket_id != self.ticket_id:
            self.ready.emit(self._shown(opening))

    def edit_draft(self, ticket_id: str, text: str, base: int, revision: int) -> None:
        """Keep what is in the box of a ticket, which is saved within a second."""
        if ticket_id:
            self._type(text)
            is_begun = not self._drafts.buffer(ticket_id).text.strip()
            self._drafts.edit(ticket_id, text, base, revision)
            if is_begun and self._drawn is not None and self._drawn.ticket_id == ticket_id:
                self._drawn.collision.begin(self._drawn.snapshot, anew=True)

    async def send(
        self, text: str, base: int, revision: int, reply_id: str, *, then_close: bool = False
    ) -> None:
        """Order a reply; the box is emptied once it is durable, and keeps its text if it is not.

        It is a draft first: so what the reply takes away is that very text, wherever it stands. A
        browser that has heard no answer asks again under the same id. Where there is a reason to
        look up before it goes, that is asked first, and nothing is sent.
        """
        opening = self._drawn
        if opening is None or (buffer := self._drafts.buffer(opening.ticket_id)).sending:
            return
        if reply_id != opening.reply_id and await self._desk.queries.reply(reply_id):
            self.sent.emit(None)
            return
        self._drafts.edit(opening.ticket_id, text, base, revision)
        buffer.sending = True
        await self._drafts.save()
        if reasons := await self._reasons_not_to_send(opening):
            buffer.sending = False
            opening.before_send = BeforeSendData(reasons=reasons, then_close=then_close)
            self._draw(opening)
            return
        try:
            sends_at = await self._desk.commands.send_reply(
                opening.ticket_id,
                opening.reply_id,
                text,
                seen=opening.seen,
                then_close=then_close,
            )
        except Exception as error:  # noqa: BLE001  # whatever happened, the text is safe in the box
            if isinstance(error, ReplyError):
                opening.reply_id = new_reply_id()
            buffer.sending = False
            self._drafts.edit(opening.ticket_id, buffer.text, buffer.base, buffer.revision)
            self._say(error_notice(error, kept=KEPT), opening)
            return
        buffer.clear_sent(text)
        opening.collision.sent(text)
        if sends_at is not None:
            self.reply_sent.emit(opening.sent_reply(sends_at))
        opening.reply_id, opening.notice = new_reply_id(), None
        opening.stretch = opening.stretch if opening.stretch.end is None else presenter.NEWEST
        self.sent.emit(None)
        await self._load(opening)

    def go_on_with_reply(self) -> None:
        """The person has read what was asked before the reply goes, which they may now send."""
        opening = self._drawn
        if opening is not None and opening.before_send is not None:
            opening.collision.acknowledge()
            opening.read_reasons |= {*opening.before_send.reasons}
            opening.before_send = None
            self._draw(opening)

    async def _reasons_not_to_send(self, opening: Opening) -> tuple[SendReason, ...]:
        """Why the reply should perhaps not go yet; each is told until the person has read it."""
        reasons = []
        if (answer := opening.collision.check(opening.snapshot)) is not None:
            who = ""
            with suppress(Exception):  # then the reason names nobody
                who = await self._who_answered(opening.ticket_id, answer)
            now = self._clock.now()
            reasons.append(answered_meanwhile(answer, who, now=now, fmt=self._fmt))
        reasons += claimed_by_another(self._desk, opening.snapshot)
        return tuple(reason for reason in reasons if reason not in opening.read_reasons)

    async def _who_answered(self, ticket_id: str, answer: Answer) -> str:
        """Whom the log names for it; nobody where it came from outside of this desk."""
        if self._desk.doors is None or answer.at is None:
            return ""
        log = self._desk.doors.activity
        for done in await log.find(what="replied", ticket_id=ticket_id, limit=1):
            if abs(done.at - answer.at) < SAME_ANSWER:
                return done.who
        return ""

    async def miss(
        self, ticket_id: str, text: str, base: int, revision: int, reply_id: str
    ) -> None:
        """Send was pressed for a ticket that was left before this was heard: nothing is sent to
        one that is not on the screen, its text is kept, and that is said.
        """
        if await self._desk.queries.reply(reply_id):
            self.sent.emit(None)  # it had been heard, and its answer was not
            return
        self._drafts.edit(ticket_id, text, base, revision)
        await self._drafts.save()
        self.missed.emit(ticket_id)

    async def toggle_status(self) -> None:
        """Close the ticket on the screen, or reopen it if it is closed."""
        opening = self._drawn
        shown = self.drawer.value
        if opening is None or shown is None or not shown.status_action or opening.status_busy:
            return
        status = Status.OPEN if shown.tone == "closed" else Status.CLOSED
        opening.status_busy = True
        try:
            await self._desk.commands.change_status(opening.ticket_id, status, seen=opening.seen)
        except Exception as error:  # noqa: BLE001  # said in the drawer
            self._say(error_notice(error, kept=_("Nothing was changed.")), opening)
        else:
            has_draft = bool(self._drafts.buffer(opening.ticket_id).text.strip())
            self.status_turned.emit(StatusTurn(opening.ticket_id, status, has_draft))
        finally:
            opening.status_busy = False
        await self._load(opening)

    async def turn_claim(self, whose: str) -> None:
        """Claim the ticket on the screen, take it over, or give it up where it is one's own.

        Args:
            whose: the id of the user who had it, as it was shown; "" for nobody.
        """
        opening, session = self._drawn, self._desk.session
        if opening is None or session is None:
            return
        try:
            if whose == session.user.user_id:
                await self._desk.commands.give_up_claim(opening.ticket_id)
            else:
                await self._desk.commands.claim(opening.ticket_id, instead_of=whose)
        except Exception as error:  # noqa: BLE001  # said in the drawer
            self._say(error_notice(error, kept=_("Nothing was changed.")), opening)

    async def mark(self, what: str, until: str = "") -> None:
        """Snooze the ticket on the screen or wake it, pin or unpin it, or call it unread.

        Args:
            until: of a snooze, as `wakes_at` reads it.
        """
        opening = self._drawn
        if opening is None or opening.snapshot is None:
            return
        try:
            await self._mark(opening, opening.snapshot.ticket, what, until)
        except Exception as error:  # noqa: BLE001  # said in the drawer
            self._say(error_notice(error, kept=_("Nothing was changed.")), opening)
        else:
            self._say(None, opening)

    async def _mark(self, opening: Opening, ticket: Ticket, what: str, until: str) -> None:
        commands = self._desk.commands
        match what:
            case "snooze":
                wakes = wakes_at(until, now=self._clock.now(), zone=self._fmt.zone)
                await commands.snooze(ticket.id, messages_of(ticket), wakes)
            case "pin":
                await commands.pin(ticket.id)
            case "unread":
                opening.stays_unread = True
                await commands.unmark(MarkKind.SEEN, ticket.id)
            case "wake" | "unpin":
                kind = MarkKind.SNOOZED if what == "wake" else MarkKind.PINNED
                await commands.unmark(kind, ticket.id)

    async def review(self, reply_id: str, action: str) -> None:
        """Do with a reply what the person decided; a text that comes back goes into the box."""
        opening = self._drawn
        if opening is None or action not in set(ReviewAction):
            return
        await self._drafts.save()  # a text that comes back stands before what was typed
        try:
            text = await self._desk.commands.review(reply_id, ReviewAction(action))
        except Exception as error:  # noqa: BLE001  # said in the drawer
            self._say(error_notice(error, kept=_("The reply is as it was.")), opening)
            return
        await self._load(opening)
        if text and opening is self._drawn:
            self.draft_returned.emit(None)

    async def take_other(self, seen: Draft, *, insert: bool) -> None:
        """Put a text that was typed elsewhere below the one in the box, or forget it.

        What has become another text since it was seen stays as it is, and is shown.
        """
        opening = self._drawn
        if opening is None:
            return
        try:
            if insert:
                await self._drafts.append(self._drafts.buffer(opening.ticket_id), seen)
            else:
                await self._desk.commands.discard_draft(opening.ticket_id, seen)
        except Exception as error:  # noqa: BLE001  # said in the drawer
            self._say(error_notice(error, kept=_("Both texts are kept.")), opening)
        await self._follow_drafts()

    def edit_note(self, ticket_id: str, text: str, base: int, revision: int) -> None:
        """Keep what is in the box for private notes, which is saved within a second."""
        self.notes.edit(self._drawn, ticket_id, text, base, revision)

    def choose_note(self, about: str) -> None:
        """What is typed there is about the `customer`, or about the `ticket` alone."""
        if self._drawn is not None:
            self.notes.choose(self._drawn, about)

    async def add_note(self) -> None:
        """Make a private note of what is in its box; nothing is sent."""
        if self._drawn is not None:
            await self.notes.add(self._drawn)

    async def act_on_note(self, number: int, action: str) -> None:
        """`ask` whether a private note is to go, then `remove` or `keep` it."""
        if self._drawn is not None:
            await self.notes.act(self._drawn, number, action)

    async def take_other_note(self, seen: Draft, *, insert: bool) -> None:
        """As `take_other`, for a private note."""
        if self._drawn is not None:
            await self.notes.take_other(self._drawn, seen, insert=insert)
            await self._follow_drafts()

    def turn(self, where: str) -> None:
        """Draw other messages of a long conversation: `earlier`, `later`, `beginning`, `end`; or go
        to the `previous-hit` or the `next-hit` of what was searched for.
        """
        opening = self._drawn
        if opening is None or opening.snapshot is None:
            return
        if where in _HIT_STEPS and opening.hits:
            opening.go_to_hit(opening.hit + _HIT_STEPS[where])
        else:
            opening.hit = -1
            opening.stretch = opening.stretch.moved(where, len(opening.held))
        self._draw(opening)

    def show_more(self, message_id: str) -> None:
        """Draw more of a long message."""
        if self._drawn is not None:
            self._drawn.asked[message_id] += 1
            self._draw(self._drawn)

    def dismiss(self) -> None:
        """Take the notice away; a standing one comes back with its reason."""
        self._say(None)

    def set_formatter(self, fmt: Formatter) -> None:
        """Say everything again in the viewer's own zone."""
        self._fmt = fmt
        if self._drawn is not None:
            self._draw(self._drawn)

    async def close(self) -> None:
        """Save what is typed, look at nothing, hear of nothing more."""
        self._leave()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self.go_away()
        self._desk.commands.set_open_ticket(self._viewer, None)
        for work in (
            *(self._latest, self._preparing, self._marking),
            *(self._again, self._drafts_again, self._retry, self._rest, self._drafts, self.notes),
        ):
            await work.close()

    def _changed(self, changes: Changes) -> None:
        opening = self._wanted
        if opening is None or not changes:
            return
        others = opening.snapshot.others if opening.snapshot else ()
        if changes.private_notes or changes.marks == self._author:
            self._again.trigger()
        if opening.is_bare and opening.ticket_id in changes.tickets:
            self._latest.start(self._load(opening))  # the one thing this person waits for
        elif not changes.tickets.isdisjoint({opening.ticket_id, *(o.id for o in others)}):
            self._again.trigger()
        elif opening.ticket_id in changes.drafts:
            self._drafts_again.trigger()

    def _somebody_moved(self, ticket_ids: frozenset[str]) -> None:
        if self._drawn is not None and self._drawn.ticket_id in ticket_ids:
            self._draw(self._drawn)

    def _type(self, text: str) -> None:
        """Let the others know that somebody writes, until the keys have rested for a while."""
        if text.strip() and self._desk.may(Right.WRITE):
            self._typed_again = True
            self._desk.presence.set_typing(self._viewer, is_typing=True)
            self._rest.trigger()
        else:
            self._desk.presence.set_typing(self._viewer, is_typing=False)

    async def _stop_typing(self) -> None:
        if self._typed_again:
            self._typed_again = False
            self._rest.trigger()
        else:
            self._desk.presence.set_typing(self._viewer, is_typing=False)

    async def _reload(self) -> None:
        if self._wanted is not None:
            await self._load(self._wanted)

    async def _follow_drafts(self) -> None:
        """Follow what other browsers make of the open draft."""
        opening = self._drawn
        if opening is None or opening.snapshot is None:
            return
        version = self._drafts.buffer(opening.ticket_id).version
        note_version = self.notes.version(opening.ticket_id)
        queries = self._desk.queries
        drafts = await queries.drafts(opening.ticket_id)
        note_drafts = await queries.drafts(opening.ticket_id, kind=DraftKind.NOTE)
        self._drafts.follow(opening.ticket_id, drafts, version=version)
        self.notes.follow(opening.ticket_id, note_drafts, version=note_version)
        self._draw(opening)

    async def _load(self, opening: Opening) -> None:
        """Ask for the ticket; an answer for one no longer wanted is dropped."""
        version = self._drafts.buffer(opening.ticket_id).version
        note_version = self.notes.version(opening.ticket_id)
        try:
            snapshot = await self._desk.queries.conversation(opening.ticket_id)
        except Exception as error:  # noqa: BLE001  # a screen never dies of one answer
            opening.unread = error_notice(error, kept=KEPT)
            self._draw(opening)
            if opening is self._wanted:
                self._retry.trigger()
            return
        opening.unread = None
        if opening is not self._wanted:
            return
        if snapshot is None and opening.snapshot is not None:
            snapshot = replace(opening.snapshot, gone=True)
        elif snapshot is not None:
            self._drafts.follow(opening.ticket_id, snapshot.drafts, version=version)
            self.notes.follow(opening.ticket_id, snapshot.note_drafts, version=note_version)
        opening.snapshot = snapshot
        opening.find_hits()
        self._draw(opening)
        self._note_seen(opening)

    def _note_seen(self, opening: Opening) -> None:
        """What stands before somebody's eyes is no longer unread for them."""
        if self._is_looked_at and (seen := opening.seen_anew) is not None:
            self._marking.start(self._mark_seen(opening.ticket_id, seen))

    async def _mark_seen(self, ticket_id: str, messages: int) -> None:
        with suppress(StoreError):  # then it stays unread
            await self._desk.commands.mark_seen(ticket_id, messages)

    def _draw(self, opening: Opening) -> None:
        if opening is not self._wanted:
            return
        buffer = self._drafts.buffer(opening.ticket_id)
        if self._drawn is None or self._drawn.ticket_id != opening.ticket_id:
            buffer.push_again()
            self.notes.show_anew(opening.ticket_id)
        self._drawn = opening
        opening.collision.begin(opening.snapshot)
        shown = self._shown(opening)
        here = self._desk.presence.others(self._viewer).get(opening.ticket_id, ())
        shown = replace(
            shown,
            presence=presence_words(
                here,
                own=self._who,
                drafts_of=opening.snapshot.drafts_of if opening.snapshot else (),
            ),
            before_send=opening.before_send,
            note_box=self.notes.box(opening),
        )
        self.drawer.set(presenter.with_draft(shown, buffer, reply_id=opening.reply_id))

    def _shown(self, opening: Opening) -> ConversationData:
        if opening.snapshot is None:
            return presenter.not_here(opening.ticket_id, notice=opening.unread)
        shown = presenter.conversation(
            opening.snapshot,
            fmt=self._fmt,
            now=self._clock.now(),
            stretch=opening.stretch,
            asked=opening.asked,
            query=opening.query,
            notice=opening.notice or opening.unread,
            status_busy=opening.status_busy,
            notes=self.notes.shown(opening),
        )
        shown = replace(shown, marks=marks_data(opening.snapshot, self._fmt))
        shown = replace(shown, claim=claim_data(self._desk, opening.snapshot))
        if not opening.hits:
            return shown
        return replace(
            shown,
            hits_label=self._fmt.hit(opening.hit, len(opening.hits)),
            several_hits=len(opening.hits) > 1,
            come_to=opening.hits[opening.hit] if opening.hit >= 0 else "",
            come=str(opening.jumps),
        )

    def _acknowledge(self, ticket_id: str, revision: int) -> None:
        self.saved.emit((ticket_id, revision))

    def _say(self, notice: NoticeData | None, opening: Opening | None = None) -> None:
        """Show a notice in the drawer it belongs to."""
        about = opening or self._drawn
        if about is not None:
            about.notice = notice
            self._draw(about)
