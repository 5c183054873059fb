"""How rows of the mirror and of the outbox become what a screen gets. (pure)"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from app.desk.masking import masked, names_of, without_identifiers
from app.desk.read_models import (
    Choice,
    InboxRow,
    KioskTicket,
    PendingReply,
    ProductCount,
    ReviewItem,
    ScanProgress,
)
from app.domain.filters import Place
from app.domain.marks import Marks
from app.domain.metrics import Exactness, Wait
from app.domain.outbox_entry import (
    DeliveryState,
    OutboxEntry,
    Reply,
    Stall,
    StatusChange,
    same_text,
)
from app.domain.ticket import Message, Stats, Ticket
from app.store.outbox.outbox import Overlay
from app.store.outbox.private_notes import NoteCounts
from app.store.tickets.rows import moment, ticket_from, wait_from
from app.store.tickets.scan_state import ScanState
from app.store.tickets.sync_state import Reading
from app.store.tickets.upsert import StoredTicket


def inbox_row(
    row: sqlite3.Row,
    overlay: Overlay,
    *,
    has_draft: bool,
    drafts_of: tuple[str, ...],
    place: Place,
    marks: Marks,
    now: datetime,
    notes: NoteCounts,
    snippet: str | None = None,
) -> InboxRow:
    """A row of the list with what is on its way, and the seller's marks, laid over it."""
    ticket = ticket_from(row)
    return InboxRow(
        ticket=ticket,
        snippet=snippet,
        pending_reply=overlay.delivery_state,
        pending_status=overlay.status,
        has_draft=has_draft,
        drafts_of=drafts_of,
        wait=wait_from(row),
        other_open=row["other_open"],
        place=place,
        unread=marks.is_unread(ticket),
        pinned=marks.is_pinned(ticket),
        snooze=marks.snooze_of(ticket, now),
        private_notes=notes.of(ticket),
    )


def choices(values: list[tuple[str, int]]) -> tuple[Choice, ...]:
    """What a filter offers."""
    return tuple(Choice(value=value, count=count) for value, count in values)


def pending(
    entry: OutboxEntry, *, earlier: Sequence[Reply] = (), stall: Stall | None = None
) -> PendingReply:
    """A reply, or a status change that needs review, beside the conversation.

    Args:
        earlier: the ticket's replies that go before it.
        stall: why nothing that is queued leaves.
    """
    is_waiting = entry.state is DeliveryState.QUEUED and entry.review_reason is None
    needs_person = any(before.needs_person for before in earlier)
    return PendingReply(
        reply_id=entry.entry_id,
        text="" if isinstance(entry, StatusChange) else entry.text,
        state=entry.state.value,
        written_at=entry.written_at,
        reason=entry.reason,
        sends_at=entry.sends_at,
        then_close=isinstance(entry, Reply) and entry.then_close,
        review_reason=entry.review_reason.value if entry.review_reason else None,
        checked_at=entry.checked_at,
        next_check_at=entry.next_check_at,
        status=entry.status.value if isinstance(entry, StatusChange) else None,
        attempts=entry.attempts,
        waits_for=("review" if needs_person else "reply") if is_waiting and earlier else "",
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


def review_item(entry: OutboxEntry, held: tuple[int, StoredTicket] | None) -> ReviewItem:
    """What waits for a person; of a ticket that is not stored only the id is known."""
    ticket = held[1].ticket if held else Ticket(id=entry.ticket_id)
    return ReviewItem(ticket=ticket, reply=pending(entry))


@lru_cache(maxsize=256)  # the same tickets wait at each look
def kiosk_ticket(row: sqlite3.Row) -> KioskTicket:
    """A ticket as a wall may show it."""
    ticket = ticket_from(row)
    ids = (ticket.id, ticket.order_id, ticket.invoice_id)
    known = (*ids, *names_of(ticket.customer_email))
    return KioskTicket(
        id=ticket.id,
        subject=without_identifiers(ticket.subject, known),
        masked_email=masked(ticket.customer_email, ids),
        product_name=without_identifiers(ticket.product_name, known),
        amount=ticket.order_amount,
        currency=without_identifiers(ticket.order_currency, known),
        wait=wait_from(row) or Wait(since=None, exactness=Exactness.UNKNOWN),
        answered=bool(row["answered"]),
    )


def product_counts(
    named: Sequence[tuple[int, sqlite3.Row]], others: Sequence[int]
) -> tuple[ProductCount, ...]:
    """Products as a wall may name them: each as it does for the ticket that it came with."""
    shown = [ProductCount(name=kiosk_ticket(row).product_name, count=count) for count, row in named]
    if others:
        shown.append(ProductCount(name=None, count=sum(others), others=len(others)))
    return tuple(shown)


def scan_progress(scan: ScanState, reading: Reading) -> ScanProgress:
    """How the full scan goes; the list's order once a page of this scan has told it."""
    result = scan.result
    return ScanProgress(
        list_order=" or ".join(scan.orders) if scan.pages else "",
        position=scan.position,
        total=scan.total,
        api_counts=reading.stats or Stats(),
        own_counts=reading.counted,
        estimated_missing=result.estimated_missing,
        verified_at=moment(result.verified_at) if result.verified_at else None,
        counters=scan.counters,
    )
