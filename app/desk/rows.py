"""How rows of the copy and of the outbox become what a screen gets. (pure)"""

import sqlite3
from collections.abc import Sequence

from app.desk.masking import masked, without_identifiers
from app.desk.snapshots import (
    Choice,
    InboxRow,
    OtherTicket,
    PendingReply,
    Undecided,
    Walked,
    WallTicket,
)
from app.domain.filters import Place
from app.domain.metrics import Exactness, Wait
from app.domain.reply import Reply, ReplyState, Stall, same_text
from app.domain.ticket import Message, Stats, Ticket
from app.store.notes import Reading
from app.store.outbox import Overlay
from app.store.tickets.rows import moment, ticket_from, wait_from
from app.store.tickets.upsert import StoredTicket
from app.store.walks import Walk


def inbox_row(
    row: sqlite3.Row,
    overlay: Overlay,
    *,
    has_draft: bool,
    place: Place,
    snippet: str | None = None,
) -> InboxRow:
    """A row of the list with what is on its way laid over it."""
    return InboxRow(
        ticket=ticket_from(row),
        snippet=snippet,
        pending_reply=overlay.reply_state,
        pending_status=overlay.status,
        has_draft=has_draft,
        wait=wait_from(row),
        other_open=row["other_open"],
        place=place,
    )


def choices(values: list[tuple[str, int]]) -> tuple[Choice, ...]:
    """What a filter offers."""
    return tuple(Choice(value=value, count=count) for value, count in values)


def pending(
    reply: Reply, *, earlier: Sequence[Reply] = (), stall: Stall | None = None
) -> PendingReply:
    """A reply, or an order that waits for a person, beside the conversation.

    Shape: `earlier` are the ticket's replies that go before it, `stall` holds all that are queued.
    """
    is_waiting = reply.state is ReplyState.QUEUED and reply.question is None
    needs_person = any(before.needs_person for before in earlier)
    return PendingReply(
        reply_id=reply.reply_id,
        text=reply.text,
        state=reply.state.value,
        written_at=reply.written_at,
        reason=reply.reason,
        send_at=reply.send_at,
        then_close=reply.then_close,
        question=reply.question.value if reply.question else None,
        checked_at=reply.checked_at,
        next_check_at=reply.next_check_at,
        order=reply.order.value if reply.order else None,
        attempts=reply.attempts,
        waits_for=("decision" if needs_person else "reply") if is_waiting and earlier else "",
        stall=stall if is_waiting and not earlier else None,
    )


def pending_of(replies: Sequence[Reply], *, stall: Stall | None) -> tuple[PendingReply, ...]:
    """The replies of one ticket that are not settled, oldest first."""
    return tuple(
        pending(reply, earlier=replies[:place], stall=stall) for place, reply in enumerate(replies)
    )


def changed(shown: Sequence[Reply], messages: Sequence[Message]) -> dict[str, str]:
    """What was written, by message id, where a message is a reply and reads otherwise."""
    texts = {message.id: message.text for message in messages}
    return {
        reply.message_id: reply.text
        for reply in shown
        if reply.message_id in texts and not same_text(texts[reply.message_id], reply.text)
    }


def undecided(reply: Reply, held: tuple[int, StoredTicket] | None) -> Undecided:
    """What waits for a person; of a ticket that is not held only the id is known."""
    ticket = held[1].ticket if held else Ticket(id=reply.ticket_id)
    return Undecided(ticket=ticket, reply=pending(reply))


def other(row: sqlite3.Row) -> OtherTicket:
    """Another ticket of the same customer."""
    ticket = ticket_from(row)
    return OtherTicket(
        id=ticket.id, subject=ticket.subject, status=ticket.status, updated_at=ticket.updated_at
    )


def wall_ticket(row: sqlite3.Row) -> WallTicket:
    """A ticket as a wall may show it."""
    ticket = ticket_from(row)
    ids = (ticket.id, ticket.order_id, ticket.invoice_id)
    return WallTicket(
        id=ticket.id,
        subject=without_identifiers(ticket.subject, ids),
        masked_email=masked(ticket.customer_email),
        product_name=without_identifiers(ticket.product_name, ids),
        amount=ticket.order_amount,
        currency=ticket.order_currency,
        wait=wait_from(row) or Wait(since=None, exactness=Exactness.UNKNOWN),
        answered=bool(row["answered"]),
    )


def walked(walk: Walk, reading: Reading) -> Walked:
    """How the reading of the whole list goes; its order once a page of this walk has told it."""
    return Walked(
        order=" or ".join(walk.orders) if walk.windows else "",
        read=walk.end,
        expected=walk.total,
        said=reading.stats or Stats(),
        counted=reading.counted,
        missing=walk.missing,
        agreed_at=moment(walk.verified) if walk.verified else None,
        findings=walk.findings,
    )
