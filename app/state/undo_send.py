"""The reply that was sent a moment ago and can still be taken back, from wherever the seller is."""

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from app.desk.desk import Desk
from app.domain.clock import Clock
from app.domain.errors import StoreError
from app.domain.outbox_entry import ReviewAction, unescaped
from app.domain.signals import Changes, Signal
from app.state.formatting import error_notice, iso, visible
from app.state.presenters.reply_labels import seconds_to_send, undo_seconds
from app.state.reactive import Debouncer, LatestTask, Observable
from components.data import NoticeData
from components.i18n import _

TOLD_SECONDS = 10.0
"""how long it is said what became of a reply that was taken back"""
MISSED_SECONDS = 30.0
"""how long it is said that one was not sent"""
LONGEST_SUBJECT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReply:
    """A reply of this tab that leaves at `sends_at` and not before."""

    ticket_id: str
    reply_id: str
    subject: str
    sends_at: datetime


class UndoSend:
    """One line: over the list while no ticket is open, else over the box of the one that is.

    It is about the newest reply of this tab whose own ticket is not on the screen, for there it
    has its own button. `opened` asks for a ticket.
    """

    def __init__(self, desk: Desk, *, clock: Clock) -> None:
        self.over_list = Observable[NoticeData | None]()
        self.over_box = Observable[NoticeData | None]()
        self.opened = Signal[str]()
        self._desk, self._clock = desk, clock
        self._undoable: tuple[SentReply, ...] = ()
        self._waiting: frozenset[str] = frozenset()
        """the replies of these that will not leave even when their time is over"""
        self._told: NoticeData | None = None
        self._about = ""
        self._open_id = ""
        self._leaving, self._fading, self._asking = LatestTask(), LatestTask(), LatestTask()
        self._again = Debouncer(self._check, clock=clock)
        self._leave = desk.changes.subscribe(self._changed)

    def add(self, sent: SentReply) -> None:
        """A reply was sent from this tab."""
        self._undoable += (sent,)
        self._leaving.start(self._watch())
        self._asking.start(self._ask())
        self._draw()

    def miss(self, ticket_id: str) -> None:
        """Send was pressed, and nothing was sent, since another ticket was on its way already."""
        self._fading.start(self._tell_missed(ticket_id))

    def look(self, ticket_id: str) -> None:
        """This ticket is open now; empty for none."""
        self._open_id = ticket_id
        if ticket_id == self._about:
            self._told = None
        self._draw()

    async def act(self) -> None:
        """Do what the line offers: take the reply back, then open its ticket."""
        if self._told is not None:
            self.opened.emit(self._about)
        elif (newest := self._newest()) is not None:
            await self._take_back(newest)

    async def close(self) -> None:
        """Hear of nothing more and stop what runs."""
        self._leave()
        for work in (self._leaving, self._fading, self._asking, self._again):
            await work.close()

    async def _take_back(self, sent: SentReply) -> None:
        self._about = sent.ticket_id
        try:
            await self._desk.commands.review(sent.reply_id, ReviewAction.UNDO)
        except Exception as error:  # noqa: BLE001  # said where it was asked for
            self._told = error_notice(error, kept=_("The reply is as it was."))
        else:
            text = _("Not sent. Your words are in the draft of {subject}.").format(
                subject=_named(sent.subject)
            )
            self._told = NoticeData(text=text, action=_("Open"))
        self._undoable = tuple(other for other in self._undoable if other != sent)
        self._fading.start(self._fade())
        self._draw()

    async def _tell_missed(self, ticket_id: str) -> None:
        subject: str | None = ticket_id
        with suppress(StoreError):  # it is said all the same
            found = await self._desk.queries.conversation(ticket_id)
            subject = found.ticket.subject if found else ticket_id
        self._about = ticket_id
        text = _(
            "Not sent: another ticket was on its way already. "
            "Your words are in the draft of {subject}."
        ).format(subject=_named(subject))
        self._told = NoticeData(text=text, tone="warning", action=_("Open"))
        self._draw()
        await self._fade(MISSED_SECONDS)

    async def _watch(self) -> None:
        """Let go of each reply as it leaves; nothing runs while there is none."""
        while self._undoable:
            first = min(self._undoable, key=lambda sent: sent.sends_at)
            left = (first.sends_at - self._clock.now()).total_seconds()
            await self._clock.sleep(max(left, 0))
            self._undoable = tuple(sent for sent in self._undoable if sent != first)
            self._draw()

    async def _fade(self, seconds: float = TOLD_SECONDS) -> None:
        await self._clock.sleep(seconds)
        self._told = None
        self._draw()

    def _changed(self, changes: Changes) -> None:
        if any(sent.ticket_id in changes.tickets for sent in self._undoable):
            self._again.trigger()

    async def _check(self) -> None:
        """Let go of what was taken back, or sent, elsewhere."""
        for sent in self._undoable:
            reply = await self._desk.queries.reply(sent.reply_id)
            if reply is None or not undo_seconds(reply, self._clock.now()):
                self._undoable = tuple(other for other in self._undoable if other != sent)
        await self._ask()

    async def _ask(self) -> None:
        """Find out which of them something else holds back as well."""
        now, waiting = self._clock.now(), set[str]()
        for sent in self._undoable:
            reply = await self._desk.queries.reply(sent.reply_id)
            if reply is not None and not seconds_to_send(reply, now):
                waiting.add(sent.reply_id)
        self._waiting = frozenset(waiting)
        self._draw()

    def _newest(self) -> SentReply | None:
        away = [sent for sent in self._undoable if sent.ticket_id != self._open_id]
        return away[-1] if away else None

    def _draw(self) -> None:
        notice, newest = self._told, self._newest()
        if notice is None and newest is not None:
            waits = newest.reply_id in self._waiting
            text = (
                _("Reply to {subject} waits to be sent.")
                if waits
                else _("Reply to {subject} leaves in")
            )
            text = text.format(subject=_named(newest.subject))
            notice = NoticeData(text=text, action=_("Undo"))
            if not waits:
                left = (newest.sends_at - self._clock.now()).total_seconds()
                seconds = _("{} s").format(max(math.ceil(left), 1))
                notice = replace(notice, undo_left=seconds, undo_until=iso(newest.sends_at))
        self.over_list.set(None if self._open_id else notice)
        self.over_box.set(notice if self._open_id else None)


def _named(subject: str | None) -> str:
    subject = visible(unescaped(subject or "")) or _("(no subject)")
    if len(subject) > LONGEST_SUBJECT:
        subject = f"{subject[:LONGEST_SUBJECT].rstrip()}\u2026"
    return f"\u201c\u2068{subject}\u2069\u201d"
