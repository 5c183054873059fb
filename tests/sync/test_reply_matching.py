"""Which message is the reply, and when a person must be asked first."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.outbox_entry import Reply, ReviewReason, StatusChange, same_text
from app.domain.ticket import Conversation, Message, Status, Ticket
from app.sync.delivery.reply_matching import (
    changed_by_the_shop,
    find_reply,
    is_done,
    quoted,
    review_reason_for,
)
from tests.doubles.growth import grows_too_fast

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 13, tzinfo=UTC)
LONG = "Dear customer, we have looked into your order and found that it was paid twice. " * 40
REPLY = Reply(
    entry_id="r1",
    ticket_id="tkt_1",
    written_at=AT,
    text="Hello",
    baseline=frozenset({"m1"}),
    seen=frozenset({"m1"}),
)
CLOSING = StatusChange(
    entry_id="o1",
    ticket_id="tkt_1",
    written_at=AT,
    status=Status.CLOSED,
    baseline=frozenset({"m1"}),
    seen=frozenset({"m1"}),
    ticket_updated_at=AT,
)


def thread(*messages: tuple[str, str, str], status: str = "open") -> Conversation:
    first = ("m1", "customer", "Where is it?")
    return Conversation(
        ticket=Ticket(id="tkt_1", status=status, updated_at=AT),
        messages=tuple(
            Message(id=key, sender=sender, text=text, created_at=AT)
            for key, sender, text in (first, *messages)
        ),
    )


def found(text: str, sent: str, sender: str = "seller") -> list[str]:
    match = find_reply(replace(REPLY, text=sent), thread(("m2", sender, text)))
    return [message.id for message in match.found]


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("Hello", "Hello"),
        ("Hello", "  Hello\r\n"),
        ("a b c", "a\r\nb \t c"),
        ("caf\u00e9", "cafe\u0301"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("it&#39;s", "it's"),
    ],
)
def test_reply_is_found_however_a_server_tidied_it(shown: str, sent: str) -> None:
    assert found(shown, sent) == ["m2"]


@pytest.mark.parametrize("sender", ["seller", "owner", "agent"])
def test_reply_is_found_whatever_the_api_calls_us(sender: str) -> None:
    assert found("Hello", "Hello", sender) == ["m2"]


@pytest.mark.parametrize("sender", ["customer", "bot"])
def test_message_of_others_is_never_our_reply(sender: str) -> None:
    assert found("Hello", "Hello", sender) == []


@pytest.mark.parametrize("shown", ["Hello!!", "hello", "Hello Hello"])
def test_other_text_is_not_our_reply(shown: str) -> None:
    assert found(shown, "Hello") == []


def test_message_from_before_the_send_is_not_our_reply() -> None:
    reply = replace(REPLY, baseline=frozenset({"m1", "m2"}))

    assert find_reply(reply, thread(("m2", "seller", "Hello"))).found == ()


def test_message_that_is_another_reply_is_not_this_one() -> None:
    assert find_reply(REPLY, thread(("m2", "seller", "Hello")), taken={"m2"}).found == ()


def test_exact_text_comes_before_a_tidied_one() -> None:
    match = find_reply(REPLY, thread(("m2", "seller", "Hello "), ("m3", "seller", "Hello")))

    assert [message.id for message in match.found] == ["m3", "m2"]


@pytest.mark.parametrize(
    "shown", [LONG[:2000], LONG[:2000] + "…", LONG.replace("paid", "payed", 9)]
)
def test_cut_or_changed_text_is_alike_but_not_found(shown: str) -> None:
    match = find_reply(replace(REPLY, text=LONG), thread(("m2", "seller", shown)))

    assert match.found == ()
    assert [message.id for message in match.similar] == ["m2"]


@pytest.mark.parametrize("sent", ["Thanks, we resent the key to you.", LONG])
def test_small_change_is_alike_in_short_and_long_texts(sent: str) -> None:
    shown = sent.replace("we ", "We ", 1)

    assert find_reply(replace(REPLY, text=sent), thread(("m2", "seller", shown))).similar


def became(sent: str, *shown: str, rivals: tuple[str, ...] = ()) -> list[str]:
    reply = replace(REPLY, text=sent)
    messages = [(f"m{n}", "seller", text) for n, text in enumerate(shown, 2)]
    match = find_reply(reply, thread(*messages))
    return [message.text for message in changed_by_the_shop(reply, match.fresh, rivals=rivals)]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (
            "All is well \U0001f389, your key is resent! \U0001f44d",
            "All is well , your key is resent!",
        ),
        ("<b>Dear</b> Anna,<br>it is <i>resent</i>", "Dear Anna,\nit is resent"),
        ("\U0001f44d", ""),
        (
            "Load it from https://example.com/a?b=c and enter the key AB-12-CD",
            "Load it from [link removed] and enter the key AB-12-CD",
        ),
        (
            "Your key is on its way.",
            "Your key is on its way.\n\n-- \nThe example shop, Main Street 1",
        ),
        ("\u201cYes\u201d \u2013 it\u2019s paid", '"yes" - it\'s paid'),
        (LONG, LONG.replace("order", "ORDER").replace(".", "")),
    ],
)
def test_only_new_message_is_the_accepted_reply_that_the_shop_tidied(sent: str, shown: str) -> None:
    assert became(sent, shown) == [shown]
    assert became(sent, "Refunded in full.", shown) in ([shown], [])


@pytest.mark.parametrize(
    ("shown", "rivals"),
    [
        (["Refunded in full."], ()),
        (["Your key was sent anew"], ("Your key was sent anew!",)),
        (["Your key was sent again today", "Your key was sent once again"], ()),
        ([LONG[:30]], ()),
        ([], ()),
    ],
    ids=["unlike", "a rival's", "two alike", "cut", "none"],
)
def test_message_of_which_nobody_can_be_sure_is_left_to_a_person(
    shown: list[str], rivals: tuple[str, ...]
) -> None:
    sent = LONG if shown == [LONG[:30]] else "Your key was sent again!"

    assert became(sent, *shown, rivals=rivals) == []


def test_likest_of_several_new_messages_is_the_accepted_reply() -> None:
    sent = "Your key is resent \U0001f389 <b>today</b>"

    assert became(sent, "Hello?", "Your key is resent today", "Paid") == [
        "Your key is resent today"
    ]


def test_quotation_is_short_and_in_one_line() -> None:
    message = thread(("m2", "seller", "a\n b" + "c" * 500)).messages[-1]

    assert quoted(message) == f"\u201c\u2068a b{'c' * 76}\u2026\u2069\u201d"


def test_very_long_texts_are_compared_without_delay() -> None:
    text = "".join(chr(0x4E00 + i * 7 % 9000) for i in range(40_000))

    match = find_reply(replace(REPLY, text=text), thread(("m2", "seller", text[::-1])))

    assert match.similar == ()


def test_read_that_lost_messages_is_not_complete() -> None:
    reply = replace(REPLY, baseline=frozenset({"m1", "m0"}))

    assert find_reply(REPLY, thread()).complete
    assert not find_reply(reply, thread()).complete


def test_order_is_done_when_the_ticket_says_so() -> None:
    assert is_done(CLOSING, thread(status="closed"))
    assert not is_done(CLOSING, thread())


@pytest.mark.parametrize(
    ("new", "own", "expected"),
    [
        ([], "", None),
        ([("m2", "customer", "Hurry")], "", ReviewReason.CUSTOMER_REPLIED),
        ([("m2", "seller", "On it")], "", ReviewReason.ANSWERED),
        ([("m2", "seller", "On it")], "m2", None),
        ([("m2", "system", "Moved")], "", None),
        (
            [("m2", "seller", "On it"), ("m3", "customer", "Hm")],
            "m2",
            ReviewReason.CUSTOMER_REPLIED,
        ),
    ],
)
def test_person_is_asked_when_the_ticket_changed_since_the_box_was_opened(
    new: list[tuple[str, str, str]], own: str, expected: ReviewReason | None
) -> None:
    first = replace(REPLY, baseline=None)

    assert review_reason_for(first, thread(*new), own={own}) is expected


def test_nobody_is_asked_when_it_is_not_known_what_was_on_screen() -> None:
    reply = replace(REPLY, seen=frozenset(), baseline=None)

    assert review_reason_for(reply, thread(("m2", "customer", "Hurry"))) is None


def test_closing_asks_when_the_customer_wrote_and_reopening_does_not() -> None:
    wrote = thread(("m2", "customer", "Hurry"))

    assert review_reason_for(CLOSING, wrote) is ReviewReason.CUSTOMER_REPLIED
    assert review_reason_for(replace(CLOSING, status=Status.OPEN), wrote) is None


def test_repeated_order_asks_when_the_ticket_was_touched() -> None:
    touched = replace(thread(), ticket=replace(thread().ticket, updated_at=LATER))

    assert review_reason_for(CLOSING, thread()) is None
    assert review_reason_for(CLOSING, touched) is ReviewReason.CHANGED


@pytest.mark.parametrize("piece", ["\u0301\u0327", "&#9;", "&#99999999", "&", "a "])
def test_work_of_comparing_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert not grows_too_fast(lambda text: same_text(text, "a"), piece, size=2_000)


def test_number_of_a_sign_without_end_is_text() -> None:
    assert not same_text("&#" + "9" * 5_000 + ";", "a")


def test_same_text_looks_through_tidying() -> None:
    assert same_text("a\r\nb", "a b ")
    assert not same_text("a", "b")
