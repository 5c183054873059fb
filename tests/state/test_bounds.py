"""Whatever anybody writes, what goes to a browser is bounded, in bytes and in elements."""

import json
from dataclasses import asdict, replace
from decimal import Decimal

import pytest

from app.client.wire import conversation_from, page_from
from app.desk.read_models import (
    Choice,
    Choices,
    ConversationSnapshot,
    Freshness,
    InboxRow,
    InboxSnapshot,
    PendingReply,
    ReviewItem,
)
from app.domain.bounds import CHOICES_SHOWN, LINE_SHOWN, SHORT_TEXT_KEPT, SUBJECT_KEPT
from app.domain.connection import ConnectionStatus
from app.domain.errors import BadAnswerError
from app.domain.filters import PAGE_SIZE, TicketFilter
from app.domain.ticket import Awaiting, Message, Status, Ticket
from app.state.formatting import Formatter, error_notice
from app.state.presenters.conversation import conversation
from app.state.presenters.filters import filter_bar
from app.state.presenters.review_queue import board
from app.state.presenters.ticket_list import freshness_bar, table
from components.data import MESSAGES_A_STEP as STEP
from tests.store.shop import NOON

WORDS = Formatter()
LONG_PIECES = ("a", "\u202e", "e\u0301", "👩‍🚀", "<&'\"", "\n", "a ", "(")
LONG = [piece * 300_000 for piece in LONG_PIECES]


def ticket_of(text: str) -> Ticket:
    return Ticket(
        id="tkt_1",
        subject=text,
        status=Status.OPEN,
        awaiting=Awaiting.SELLER,
        customer_email=text,
        order_id=text,
        invoice_id=text,
        product_name=text,
        order_amount=Decimal(1),
        order_currency=text,
        updated_at=NOON,
    )


def size(value: object) -> int:
    """Bytes on the wire."""
    return len(json.dumps(asdict(value), default=str, ensure_ascii=False).encode())  # type: ignore[call-overload]  # a dataclass


@pytest.mark.parametrize("text", LONG, ids=map(ascii, LONG_PIECES))
def test_page_of_rows_is_bounded_whatever_they_hold(text: str) -> None:
    rows = tuple(InboxRow(ticket=ticket_of(text), snippet=text) for _ in range(PAGE_SIZE))
    found = InboxSnapshot(chosen=TicketFilter(query="a"), rows=rows, total=25, held=25)

    shown = table(found, fmt=WORDS, now=NOON)

    assert size(shown) < PAGE_SIZE * 20_000
    assert all(len(row.subject) <= LINE_SHOWN for row in shown.rows)


@pytest.mark.parametrize("text", LONG, ids=map(ascii, LONG_PIECES))
def test_conversation_is_bounded_until_more_is_asked_for(text: str) -> None:
    messages = tuple(
        Message(id=f"m{n}", sender="customer", text=text, created_at=NOON) for n in range(90)
    )
    # Ids and short texts are bounded where they are read: see below.
    ticket = replace(Ticket(id="tkt_1", status=Status.OPEN), subject=text, product_name=text)
    other = Ticket(id="tkt_2", subject=text, status="open", updated_at=NOON)
    held = ConversationSnapshot(
        ticket=ticket, messages=messages, read_at=NOON, others=(other,) * 10, problem=text
    )

    shown = conversation(held, fmt=WORDS, now=NOON)

    assert size(replace(shown, facts=())) < STEP * 25_000
    assert shown.messages
    lines = [sum(part.text.count("\n") for part in one.segments) for one in shown.messages]
    assert max(lines) <= 200


@pytest.mark.parametrize("text", LONG, ids=map(ascii, LONG_PIECES))
def test_filters_and_notices_are_bounded(text: str) -> None:
    cut = text[:SHORT_TEXT_KEPT]
    many = tuple(Choice(value=f"{n}{cut}", count=n) for n in range(5_000))
    chosen = TicketFilter(product=cut, currency=cut)
    known = Freshness(
        status=ConnectionStatus.STALE, as_of=NOON, problem=text, held=1, expected=2, complete=False
    )

    bar = filter_bar(chosen, fmt=WORDS, choices=Choices(products=many, currencies=many))

    assert len(bar.products) <= CHOICES_SHOWN + 1
    assert max(len(option.label) for option in bar.products) < LINE_SHOWN + 20
    assert all(len(chip.label) <= LINE_SHOWN for chip in bar.chips)
    assert size(freshness_bar(known, fmt=WORDS)) < 8_000
    assert len(error_notice(BadAnswerError(text)).text) < 2_000


@pytest.mark.parametrize("text", LONG, ids=map(ascii, LONG_PIECES))
def test_review_queue_is_bounded(text: str) -> None:
    reply = PendingReply(
        reply_id="r1", text=text, state="unconfirmed", written_at=NOON, reason=text
    )

    shown = board((ReviewItem(ticket=ticket_of(text), reply=reply),), fmt=WORDS, now=NOON)

    assert size(shown) < 40_000


@pytest.mark.parametrize("text", ["a" * 7_900_000, "👩‍🚀" * 400_000], ids=["a", "emoji"])
def test_short_texts_are_cut_where_they_are_read(text: str) -> None:
    row = {
        "id": "tkt_1",
        **dict.fromkeys(("subject", "customer_email", "order_id", "invoice_id"), text),
        **dict.fromkeys(("product_name", "order_currency", "status"), text),
    }

    ticket = page_from(json.dumps({"data": [row]}).encode()).tickets[0]

    assert len(ticket.subject or "") <= SUBJECT_KEPT
    assert (ticket.subject or "").endswith("…")
    for read in (ticket.customer_email, ticket.order_id, ticket.invoice_id, ticket.product_name):
        assert read
        assert len(read) <= SHORT_TEXT_KEPT
    assert len(ticket.order_currency or "") <= SHORT_TEXT_KEPT


def test_messages_are_kept_whole() -> None:
    text = "a" * 1_000_000
    message = {"id": "msg_1", "sender": "customer", "message": text}
    body = json.dumps({"data": {"id": "tkt_1", "messages": [message]}}).encode()

    assert conversation_from(body, "tkt_1").messages[0].text == text
