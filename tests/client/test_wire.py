"""JSON to tickets: the document's examples, the corpus of odd answers, and everything else."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.wire import conversation_from, page_from
from app.domain.errors import BadAnswerError
from app.domain.ticket import Awaiting, Conversation, Sender, Stats, Status, Ticket, TicketPage

CONTRACT = Path(__file__).parents[1] / "fixtures" / "contract"
READERS: list[Callable[[bytes], object]] = [page_from, lambda body: conversation_from(body, "t")]


def page(*rows: object, **rest: object) -> TicketPage:
    return page_from(json.dumps({"data": rows, **rest}).encode())


def row(**fields_: object) -> Ticket:
    return page({"id": "t", **fields_}).tickets[0]


def conversation(*messages: object, **rest: object) -> Conversation:
    body = {"data": {"id": "t", "messages": messages, **rest}}
    return conversation_from(json.dumps(body).encode(), "t")


def test_page_of_the_document_is_read_in_full() -> None:
    read = page_from((CONTRACT / "list_response.json").read_bytes())

    assert read == TicketPage(
        tickets=(
            Ticket(
                id="tkt_abc123",
                subject="help",
                status=Status.OPEN,
                awaiting=Awaiting.SELLER,
                customer_email="customer@example.com",
                order_id="ord_xyz789",
                invoice_id="INV-12345",
                product_name="Premium License",
                order_amount=Decimal("29.99"),
                order_currency="USD",
                message_count=3,
                has_owner_reply=False,
                created_at=datetime(2025, 1, 20, 10, tzinfo=UTC),
                updated_at=datetime(2025, 1, 20, 12, 30, tzinfo=UTC),
            ),
        ),
        total=25,
        limit=25,
        offset=0,
        stats=Stats(total=25, open=12, closed=13, needs_response=8),
    )
    assert read.tickets[0].absent == frozenset()


def test_ticket_of_the_document_is_read_in_full() -> None:
    read = conversation_from((CONTRACT / "detail_response.json").read_bytes(), "tkt_abc123")

    assert [(m.id, m.sender, m.text[:12]) for m in read.messages] == [
        ("msg_001", Sender.CUSTOMER, "I haven't re"),
        ("msg_002", Sender.SELLER, "Let me check"),
    ]
    assert read.ticket.absent == {
        *("awaiting", "invoice_id", "product_name", "order_amount", "order_currency"),
        *("message_count", "has_owner_reply", "updated_at", "closed_at"),
    }


def test_broken_row_is_counted_and_the_others_stay() -> None:
    read = page({"id": "a"}, {"id": None}, 7, {"subject": "x"}, {"id": ""}, {"id": 12})

    assert [ticket.id for ticket in read.tickets] == ["a", "12"]
    assert read.unreadable == 4


def test_name_loses_its_outer_blanks_and_a_currency_its_case() -> None:
    read = row(product_name=" Premium License\t", order_currency=" usdt-trc20 ")

    assert (read.product_name, read.order_currency) == ("Premium License", "USDT-TRC20")


def test_value_that_came_and_cannot_be_read_is_named() -> None:
    read = row(order_amount="1,299", closed_at="", created_at="soon", message_count=None)

    assert read.unreadable == {"order_amount", "created_at"}


def test_unknown_keys_of_any_shape_change_nothing() -> None:
    extra = {"priority": "high", "tags": [{"deep": [None, 10**40]}], "": {}, "awaiting": "nobody's"}

    assert row(subject="x", **extra) == row(subject="x")


def test_null_is_known_to_be_empty_and_a_missing_key_is_not() -> None:
    read = row(subject=None)

    assert read.subject is None
    assert "subject" not in read.absent
    assert "awaiting" in read.absent


@pytest.mark.parametrize("value", [None, [], {}, True, -1, "\ud83d", "x" * 9000, 10**40, 1.5])
def test_odd_value_in_every_field_leaves_the_row(value: object) -> None:
    names = {f.name for f in fields(Ticket)} | {"awaiting_response_from"}

    read = page(dict.fromkeys(names, value) | {"id": "t"})

    assert [ticket.id for ticket in read.tickets] == ["t"]


@pytest.mark.parametrize(
    ("word", "read"),
    [("OPEN", Status.OPEN), ("pending", "pending"), ("Closed ", Status.CLOSED), (None, None)],
)
def test_status_is_folded_and_kept_when_unknown(word: object, read: str | None) -> None:
    assert row(status=word).status == read


@pytest.mark.parametrize(
    ("word", "read"), [("owner", Awaiting.SELLER), ("Customer", "customer"), ("nobody", "nobody")]
)
def test_turn_calls_the_owner_seller(word: str, read: str) -> None:
    assert row(awaiting_response_from=word).awaiting == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("29.99", Decimal("29.99")), ('"29.99"', Decimal("29.99")), ("0.1", Decimal("0.1"))]
    + [(bad, None) for bad in ("NaN", "Infinity", "1e999", "1e9999999999999999999", "9" * 5000)],
)
def test_amount_is_what_the_text_of_the_answer_says(written: str, read: Decimal | None) -> None:
    body = f'{{"data": [{{"id": "t", "order_amount": {written}}}]}}'

    assert page_from(body.encode()).tickets[0].order_amount == read


def test_list_works_without_meta_and_stats() -> None:
    read = page({"id": "t"}, meta=None, stats=[])

    assert (read.total, read.limit, read.offset, read.stats) == (None, None, None, None)


def test_stats_that_make_no_sense_are_unknown() -> None:
    read = page(stats={"total": "25", "open": -1, "closed": 3, "needsResponse": 2**63})

    assert read.stats == Stats(closed=3)


def test_null_data_is_an_empty_list_only_when_the_total_is_zero() -> None:
    assert page_from(b'{"data": null, "meta": {"total": 0}}').tickets == ()
    with pytest.raises(BadAnswerError, match="no list of tickets"):
        page_from(b'{"data": null, "meta": {"total": 3}}')


def test_messages_come_oldest_first_and_in_server_order_within_a_second() -> None:
    late, early = "2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z"
    read = conversation(
        {"id": "c", "created_at": late},
        {"id": "x", "created_at": "soon"},
        {"id": "a", "created_at": early},
        {"id": "b", "created_at": early},
    )

    assert [message.id for message in read.messages] == ["a", "b", "c", "x"]


def test_messages_without_an_id_or_with_a_used_one_are_all_kept() -> None:
    twins: list[object] = [{"message": "hi"}, {"message": "hi"}, {"id": "m"}, {"id": "m"}, 7]
    read = conversation(*twins)

    assert [message.text for message in read.messages] == ["hi", "hi", "", ""]
    assert len({message.id for message in read.messages}) == 4


def test_made_up_message_ids_stay_when_messages_are_added() -> None:
    first: list[object] = [{"message": "one"}, {"message": "two"}]
    before = {message.text: message.id for message in conversation(*first).messages}

    after = {m.text: m.id for m in conversation({"message": "new"}, *first).messages}

    assert {name: after[name] for name in before} == before


def test_ten_thousand_equal_messages_take_no_square_time() -> None:
    read = conversation(*[{"message": "hi"}] * 10_000)

    assert len({message.id for message in read.messages}) == 10_000


@pytest.mark.parametrize("word", ["seller", "owner", "Agent"])
def test_sender_of_our_side_has_one_name(word: str) -> None:
    assert conversation({"sender": word}).messages[0].sender is Sender.SELLER


def test_message_text_is_kept_to_the_last_blank() -> None:
    read = conversation({"message": " a\x00\r\n "}, {"message": None}, {"message": 5})

    assert [message.text for message in read.messages] == [" a\x00\r\n ", "", "5"]


def test_ticket_without_messages_is_no_empty_conversation() -> None:
    with pytest.raises(BadAnswerError, match="without its messages"):
        conversation_from(b'{"data": {"id": "t", "messages": null}}', "t")


def test_another_ticket_than_asked_for_is_refused() -> None:
    with pytest.raises(BadAnswerError, match="another ticket"):
        conversation_from(b'{"data": {"id": "other", "messages": []}}', "t")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "empty answer"),
        (b" \n", "empty answer"),
        (b"<!doctype html>", "a web page instead of tickets"),
        (b"\xef\xbb\xbf\n<html>", "a web page instead of tickets"),
        (b'{"data": [],}', "damaged or not JSON"),
        (b'{"data": []}{}', "damaged or not JSON"),
        ('{"data": "é"}'.encode("latin-1"), "damaged or not JSON"),
        (b"[" * 100_000, "damaged or not JSON"),
        (b"[]", "not an object"),
        (b'{"data": "soon"}', "cannot be understood"),
        (b"{}", "cannot be understood"),
    ],
)
def test_answer_that_is_no_answer_is_one_sentence(body: bytes, sentence: str) -> None:
    for read in READERS:
        with pytest.raises(BadAnswerError, match=sentence):
            read(body)


def test_byte_order_mark_and_repeated_keys_are_no_obstacle() -> None:
    read = page_from(b'\xef\xbb\xbf{"data": [], "data": [{"id": "a", "id": "b"}]}')

    assert [ticket.id for ticket in read.tickets] == ["b"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("subject", "status", "awaiting_response_from", "order_amount", "updated_at")
MESSAGE_NAMES = ("id", "sender", "message", "created_at")
MESSAGE = st.fixed_dictionaries({}, optional=dict.fromkeys(MESSAGE_NAMES, JSON))
TICKET = st.fixed_dictionaries(
    {"id": st.just("t") | JSON},
    optional=dict.fromkeys(NAMES, JSON) | {"messages": st.lists(MESSAGE | JSON, max_size=5)},
)
DOCUMENT = st.fixed_dictionaries(
    {"data": st.lists(TICKET, max_size=4) | TICKET | JSON},
    optional={"meta": JSON, "stats": JSON},
)


@given(DOCUMENT | JSON)
def test_no_json_raises_anything_but_a_bad_answer(document: Any) -> None:
    check(json.dumps(document).encode())


@given(st.binary() | st.text().map(lambda text: f'{{"data": [{{"id": {text}}}]}}'.encode()))
def test_no_bytes_raise_anything_but_a_bad_answer(body: bytes) -> None:
    check(body)


def check(body: bytes) -> None:
    for read in READERS:
        with suppress(BadAnswerError):
            found: Any = read(body)
            json.dumps(asdict(found), ensure_ascii=False, default=str).encode()
            messages = found.messages if isinstance(found, Conversation) else ()
            assert len({message.id for message in messages}) == len(messages)
