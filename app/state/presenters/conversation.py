"""Presenter of the open ticket."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.desk.read_models import ConversationSnapshot, PendingReply
from app.domain.bounds import (
    HEADING_SHOWN,
    SENTENCE_SHOWN,
)
from app.domain.filters import TicketFilter, address
from app.domain.metrics import wait_of
from app.domain.outbox_entry import MAX_LENGTH
from app.domain.private_notes import NoteAbout, PrivateNote
from app.domain.search_query import SearchQuery, parse_query
from app.domain.ticket import Message, Sender, Ticket
from app.state.drafts import DraftBuffer
from app.state.formatting import (
    UNKNOWN,
    UNREADABLE,
    Formatter,
    awaiting_label,
    iso,
    since,
    status_label,
    subject_of,
    tone,
    visible,
)
from app.state.presenters import reply_labels
from app.state.presenters.hits import with_hits
from app.state.presenters.linkify import segments
from app.state.presenters.long_text import more_label, shown_part
from app.state.presenters.private_notes import NotesShown
from app.state.presenters.stretch import Stretch
from components.data import (
    ConversationData,
    Fact,
    MessageData,
    NoticeData,
    OtherDraft,
    OtherTicketData,
)
from components.i18n import _

NEWEST = Stretch()
NO_QUERY = SearchQuery()
NO_NOTES = NotesShown()
WHOLE_SUBJECT = "subject"
"""stands for the id of a message"""

NO_SUCH_TICKET = NoticeData(
    text=_("The Tickets API knows no ticket with this id. It may have been deleted."),
    tone="warning",
)

_SIDES = {Sender.CUSTOMER: "customer", Sender.SELLER: "seller"}
_DRAWN_STATES = frozenset({"queued", "inflight", "accepted", "unknown", "uncertain", "refused"})


def conversation(
    snapshot: ConversationSnapshot,
    *,
    fmt: Formatter,
    now: datetime,
    stretch: Stretch = NEWEST,
    asked: Mapping[str, int] | None = None,
    query: SearchQuery = NO_QUERY,
    notice: NoticeData | None = None,
    status_busy: bool = False,
    notes: NotesShown = NO_NOTES,
) -> ConversationData:
    """The drawer for a ticket.

    Args:
        asked: how often more of a message was asked for, by its id.
    """
    ticket, messages = snapshot.ticket, snapshot.messages
    if snapshot.gone and messages is None and ticket.subject is None:
        return not_here(ticket.id, notice=notice or NO_SUCH_TICKET)
    status = snapshot.pending_status or ticket.status
    wait = wait_of(ticket, messages)
    first, end = stretch.places(len(messages or ()))
    return ConversationData(
        ticket_id=ticket.id,
        subject=subject_of(ticket, HEADING_SHOWN),
        status_label=awaiting_label(status, ticket.awaiting),
        tone=tone(
            status, ticket.awaiting, waited=wait.length(now + snapshot.skew) if wait else None
        ),
        facts=tuple(_facts(ticket, fmt)),
        messages=_messages(snapshot, fmt, now, stretch, asked or {}, query=query, notes=notes),
        customer_notes=tuple(
            notes.data(note, fmt, asked=asked or {}) for note in notes.on(NoteAbout.CUSTOMER)
        ),
        earlier=first,
        later=len(messages or ()) - end,
        others=tuple(_other(other, fmt, snapshot.skew) for other in snapshot.others),
        others_label=_others_label(snapshot, fmt),
        notice=notice or _notice(snapshot),
        send_to=_short_name(ticket.customer_email),
        may_reply=not snapshot.gone,
        reply_limit=MAX_LENGTH,
        status_action="" if snapshot.gone else _status_action(status),
        status_busy=status_busy or snapshot.pending_status is not None,
    )


def with_draft(data: ConversationData, buffer: DraftBuffer, *, reply_id: str) -> ConversationData:
    """The drawer with what belongs into its reply box."""
    return replace(
        data,
        reply_id=reply_id,
        draft=buffer.pushed,
        draft_acked_revision=buffer.pushed_after,
        draft_base=buffer.base,
        other_drafts=tuple(OtherDraft(number=d.number, text=d.text) for d in buffer.others),
    )


def not_here(ticket_id: str, *, notice: NoticeData | None = None) -> ConversationData:
    """The drawer for a ticket of which nothing is known, or not yet."""
    unknown = NoticeData(
        text=_(
            "The desk does not know this ticket. If it exists, it appears here once it is read."
        ),
        tone="warning",
    )
    return ConversationData(
        ticket_id=ticket_id,
        subject=visible(ticket_id, 80),
        messages=(),
        notice=notice or unknown,
        may_reply=False,
    )


def _facts(ticket: Ticket, fmt: Formatter) -> Iterator[Fact]:
    for label, text in (
        (_("Customer"), ticket.customer_email),
        (_("Order"), ticket.order_id),
        (_("Invoice"), ticket.invoice_id),
        (_("Product"), ticket.product_name),
    ):
        href = their_tickets(text) if text and text == ticket.customer_email else ""
        yield Fact(label=label, value=visible(text) or UNKNOWN, copy=text or "", href=href)
    amount = fmt.order_amount(ticket)
    yield Fact(
        label=_("Amount"), value=amount, copy="" if amount in (UNKNOWN, UNREADABLE) else amount
    )
    for label, moment in (
        (_("Created"), ticket.created_at),
        (_("Updated"), ticket.updated_at),
        (_("Closed"), ticket.closed_at),
    ):
        if moment or label != _("Closed"):
            value = fmt.moment(moment)
            yield Fact(label=label, value=value, copy=iso(moment), exact=fmt.exact(moment))
    link = address(None, ticket.id)
    yield Fact(label=_("Ticket"), value=visible(ticket.id), copy=ticket.id, link=link)


def their_tickets(customer: str) -> str:
    """The list of a customer's tickets; empty where the search could not name them."""
    query = f"from:{customer}"
    found = parse_query(query).terms
    named = [(term.field, term.text) for term in found] == [("customer", customer)]
    return address(TicketFilter(query=query)) if named else ""


def _messages(
    snapshot: ConversationSnapshot,
    fmt: Formatter,
    now: datetime,
    stretch: Stretch,
    asked: Mapping[str, int],
    *,
    query: SearchQuery,
    notes: NotesShown,
) -> tuple[MessageData, ...] | None:
    if snapshot.messages is None and not snapshot.gone:
        return None
    days = _DayLabels(fmt, now + snapshot.skew)
    drawn: list[MessageData] = []
    messages = snapshot.messages or ()
    first, end = stretch.places(len(messages))
    placed = notes.before(messages, snapshot.skew)

    def note_data(note: PrivateNote) -> MessageData:
        at = note.written_at + snapshot.skew if note.written_at else None
        return notes.data(note, fmt, asked=asked, day_label=days.of(at))

    for place in range(first, end):
        if place > first or not first:  # else they stand in what is left out
            drawn += map(note_data, placed.get(place, ()))
        message = messages[place]
        label = days.of(message.created_at)
        shown = _message(message, fmt, label, snapshot, asked=asked.get(message.id, 0))
        drawn.append(replace(shown, segments=with_hits(shown.segments, query)))
    last = [(note.written_at or now, note_data(note)) for note in placed.get(end, ())]
    if end == len(messages):
        last += [
            (reply.written_at, _pending(reply, fmt, now, asked=asked.get(reply.reply_id, 0)))
            for reply in snapshot.pending
            if reply.state in _DRAWN_STATES
        ]
        last.sort(key=lambda timed: timed[0])
    below = (shown for _at, shown in last)
    return (*_whole_subject(snapshot.ticket, fmt, asked), *drawn, *below)


class _DayLabels:
    """Says the day of the first message of each day."""

    def __init__(self, fmt: Formatter, now: datetime) -> None:
        self._fmt = fmt
        self._today = fmt.day_of(now) or now.date()
        self._last: date | None = None

    def of(self, at: datetime | None) -> str:
        """The day's words, where it is another than that of the one before."""
        day = self._fmt.day_of(at)
        if day is None or day == self._last:
            return ""
        self._last = day
        return self._fmt.day(day, today=self._today)


def _whole_subject(
    ticket: Ticket, fmt: Formatter, asked: Mapping[str, int]
) -> Iterator[MessageData]:
    """A subject that is too long for the heading, to be read like a message."""
    subject = (ticket.subject or "").strip()
    if len(subject) > HEADING_SHOWN:
        text = shown_part(subject, asked.get(WHOLE_SUBJECT, 0))
        yield MessageData(
            id=WHOLE_SUBJECT,
            sender="",
            side="other",
            name=_("The whole subject"),
            segments=segments(text),
            more_label=more_label(len(subject) - len(text), fmt),
        )


def _message(
    message: Message,
    fmt: Formatter,
    day_label: str,
    snapshot: ConversationSnapshot,
    *,
    asked: int,
) -> MessageData:
    copies, written = snapshot.doubled.get(message.id, 0), snapshot.changed.get(message.id)
    labels = (
        [_("The customer received this {copies} times").format(copies=copies)] if copies else []
    )
    labels += [reply_labels.changed_label(written, message.text)] if written is not None else []
    side = _SIDES.get(message.sender or "", "other")  # type: ignore[call-overload]  # any word
    names = {"customer": _("Customer"), "seller": _("You")}
    text = shown_part(message.text, asked)
    return MessageData(
        id=message.id,
        sender=message.sender or "",
        side=side,
        name=names.get(side, visible(message.sender) or _("Unknown sender")),
        segments=segments(text),
        created_at=iso(message.created_at),
        created_exact=fmt.exact(message.created_at),
        time_label=fmt.clock(message.created_at),
        day_label=day_label,
        more_label=more_label(len(message.text) - len(text), fmt),
        state="confirmed" if labels else "",
        state_label=". ".join(labels),
        state_tone="waiting" if copies else "",
    )


def _pending(reply: PendingReply, fmt: Formatter, now: datetime, *, asked: int) -> MessageData:
    text = shown_part(reply.text, asked)
    return MessageData(
        id=reply.reply_id,
        sender=Sender.SELLER.value,
        side="seller",
        name=_("You"),
        segments=segments(text),
        created_at=iso(reply.written_at),
        created_exact=fmt.exact(reply.written_at),
        time_label=fmt.clock(reply.written_at),
        more_label=more_label(len(reply.text) - len(text), fmt),
        reply_id=reply.reply_id,
        state=reply_labels.shown_state(reply),
        state_label=reply_labels.state_label(reply, fmt=fmt, now=now),
        state_tone=reply_labels.state_tone(reply),
        undo_until=iso(reply.sends_at) if reply_labels.seconds_to_send(reply, now) else "",
        actions=reply_labels.actions(reply),
    )


def _other(other: Ticket, fmt: Formatter, skew: timedelta) -> OtherTicketData:
    return OtherTicketData(
        id=other.id,
        subject=subject_of(other),
        status_label=status_label(other.status),
        tone="closed" if other.status == "closed" else "idle",
        updated_at=since(other.updated_at, skew),
        updated_exact=fmt.exact(other.updated_at),
    )


def _others_label(snapshot: ConversationSnapshot, fmt: Formatter) -> str:
    if not snapshot.others_total:
        return ""
    return fmt.counted(snapshot.others_total, "other ticket", "other tickets")


def _notice(snapshot: ConversationSnapshot) -> NoticeData | None:
    if snapshot.gone:
        text = _("The Tickets API no longer knows this ticket. Your draft is kept.")
        return NoticeData(text=text, tone="warning")
    if snapshot.problem:
        kept = _("What was read before is shown; your draft is kept.")
        return NoticeData(
            text=f"{visible(snapshot.problem, SENTENCE_SHOWN)} {kept}", tone="warning"
        )
    if snapshot.doubled:
        text = _("The customer received one of your replies more than once; it is marked below.")
        return NoticeData(text=text, tone="warning")
    return None


def _status_action(status: str | None) -> str:
    return {"open": _("Close ticket"), "closed": _("Reopen ticket")}.get(status or "", "")


def _short_name(email: str | None) -> str:
    """Whom a reply goes to, in few letters: "anna@…"."""
    name = visible(email).partition("@")[0]
    if not name:
        return "customer"
    return f"{name[:16]}@\u2026" if len(name) <= 16 else f"{name[:15]}\u2026"
