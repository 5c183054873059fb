from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.desk.read_models import ConversationSnapshot, PendingReply
from app.domain.bounds import HEADING_SHOWN, LINES_SHOWN
from app.domain.ticket import Message, Ticket
from app.state.formatting import UNKNOWN, Formatter, iso
from app.state.presenters.conversation import conversation, not_here
from app.state.presenters.stretch import MOST, Stretch
from components.data import MESSAGES_A_STEP as STEP

WORDS = Formatter()
NOW = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)
TICKET = Ticket(
    id="tkt_1", subject="Help", status="open", awaiting="seller", customer_email="anna@example.com"
)


def message(number: int, text: str = "Hello", *, sender: str | None = "customer") -> Message:
    at = NOW - timedelta(days=1, minutes=60 - number)
    return Message(id=f"msg_{number}", sender=sender, text=text, created_at=at)


def pending(state: str, **more: object) -> PendingReply:
    return PendingReply(reply_id="r1", text="Sent again.", state=state, written_at=NOW, **more)  # type: ignore[arg-type]  # words of the case


def snapshot(*messages: Message, ticket: Ticket = TICKET, **more: object) -> ConversationSnapshot:
    return ConversationSnapshot(ticket=ticket, messages=messages, read_at=NOW, **more)  # type: ignore[arg-type]  # words of the case


def test_facts_are_dashes_and_not_copied_when_nothing_is_known() -> None:
    data = conversation(snapshot(ticket=Ticket(id="t")), fmt=WORDS, now=NOW)

    facts = {fact.label: fact for fact in data.facts}
    assert {facts[k].value for k in ("Customer", "Order", "Product", "Amount")} == {UNKNOWN}
    assert facts["Order"].copy == ""
    assert "Closed" not in facts


def test_facts_copy_the_raw_value_and_say_the_exact_time() -> None:
    ticket = Ticket(
        id="t",
        order_id="ord_1",
        order_amount=Decimal("29.99"),
        order_currency="USD",
        closed_at=NOW,
    )

    facts = {f.label: f for f in conversation(snapshot(ticket=ticket), fmt=WORDS, now=NOW).facts}

    assert (facts["Order"].copy, facts["Amount"].value) == ("ord_1", "$29.99")
    assert facts["Closed"].copy == "2025-01-20T12:30:00Z"
    assert facts["Closed"].exact.endswith("UTC")


def test_messages_show_the_last_window_and_how_many_are_earlier() -> None:
    held = [message(n) for n in range(STEP + 7)]

    data = conversation(snapshot(*held), fmt=WORDS, now=NOW)

    assert data.messages is not None
    assert (len(data.messages), data.earlier) == (STEP, 7)
    assert data.messages[-1].id == held[-1].id


def test_messages_are_none_while_they_are_being_read() -> None:
    unread = ConversationSnapshot(ticket=TICKET, messages=None, read_at=None)

    assert conversation(unread, fmt=WORDS, now=NOW).messages is None


def test_message_of_a_megabyte_is_cut_until_it_is_asked_for() -> None:
    text = "x" * 1_000_000

    drawn = [_drawn(text, asked) for asked in (0, 1, 9, 10)]

    assert [len(shown) for shown, _ in drawn] == [4_000, 104_000, 904_000, 1_000_000]
    assert [label for _, label in drawn] == [
        "Show 100,000 of 996,000 more characters",
        "Show 100,000 of 896,000 more characters",
        "Show all (96,000 more characters)",
        "",
    ]


def test_message_of_line_breaks_is_cut_until_it_is_asked_for() -> None:
    text = "\n" * 3_000

    assert len(_drawn(text, 0)[0].split("\n")) == LINES_SHOWN
    assert _drawn(text, 1) == (text, "")


def _drawn(text: str, asked: int) -> tuple[str, str]:
    held = snapshot(message(1, text))
    shown = conversation(held, fmt=WORDS, now=NOW, asked={"msg_1": asked}).messages
    assert shown
    return "".join(segment.text for segment in shown[0].segments), shown[0].more_label


def test_subject_that_is_too_long_for_the_heading_is_read_like_a_message() -> None:
    subject = "Where is my order? " * 400
    held = replace(snapshot(message(1)), ticket=replace(TICKET, subject=subject))

    shown = conversation(held, fmt=WORDS, now=NOW)
    whole = conversation(held, fmt=WORDS, now=NOW, asked={"subject": 1}).messages

    assert len(shown.subject) <= HEADING_SHOWN
    assert shown.messages
    assert [m.name for m in shown.messages] == ["The whole subject", "Customer"]
    assert shown.messages[0].more_label == "Show all (3,599 more characters)"
    assert whole
    assert "".join(segment.text for segment in whole[0].segments) == subject.strip()


def test_messages_of_unknown_senders_stand_on_neither_side() -> None:
    held = snapshot(message(1, sender="bot"), message(2, sender=None), message(3, sender="seller"))

    shown = conversation(held, fmt=WORDS, now=NOW).messages or ()

    assert [(m.side, m.name, m.sender) for m in shown] == [
        ("other", "bot", "bot"),
        ("other", "Unknown sender", ""),
        ("seller", "You", "seller"),
    ]


def test_day_is_named_once_for_all_its_messages() -> None:
    undated = Message(id="m", sender="customer", text="?", created_at=None)

    shown = conversation(snapshot(message(1), undated, message(2)), fmt=WORDS, now=NOW).messages

    assert [m.day_label for m in shown or ()] == ["Yesterday", "", ""]


def test_replies_on_their_way_stand_last_with_their_state() -> None:
    held = snapshot(
        message(1), pending=(pending("uncertain", reason="It was cut off.", checked_at=NOW),)
    )

    shown = (conversation(held, fmt=WORDS, now=NOW).messages or ())[-1]

    assert (shown.reply_id, shown.state, shown.side) == ("r1", "unconfirmed", "seller")
    assert shown.state_label == (
        "Not confirmed: check. It was cut off. Last looked at 12:30\u202fPM."
    )
    assert [a.value for a in shown.actions] == ["check", "resend", "draft"]


def test_replies_that_are_settled_are_not_drawn_twice() -> None:
    held = snapshot(message(1), pending=(pending("confirmed"), pending("cancelled")))

    assert len(conversation(held, fmt=WORDS, now=NOW).messages or ()) == 1


def test_status_action_is_offered_only_for_statuses_we_understand() -> None:
    actions = [
        conversation(
            snapshot(ticket=Ticket(id="t", status=status)), fmt=WORDS, now=NOW
        ).status_action
        for status in ("open", "closed", "pending", None)
    ]

    assert actions == ["Close ticket", "Reopen ticket", "", ""]


def test_ticket_that_is_gone_keeps_its_messages_and_takes_no_reply() -> None:
    data = conversation(snapshot(message(1), gone=True), fmt=WORDS, now=NOW)

    assert (data.may_reply, data.status_action) == (False, "")
    assert data.messages
    assert data.notice
    assert data.notice.text.endswith("Your draft is kept.")


def test_failed_read_is_said_beside_what_was_read_before() -> None:
    held = snapshot(message(1), problem="The Tickets API cannot be reached.")

    notice = conversation(held, fmt=WORDS, now=NOW).notice

    assert notice
    assert notice.text.startswith("The Tickets API cannot be reached. What was read before")


def test_send_names_the_customer_in_few_letters() -> None:
    named = [
        conversation(
            snapshot(ticket=Ticket(id="t", customer_email=email)), fmt=WORDS, now=NOW
        ).send_to
        for email in ("anna@example.com", "a" * 60 + "@example.com", None)
    ]

    assert named == ["anna@…", "a" * 15 + "…", "customer"]


def test_other_tickets_of_the_customer_are_counted_in_words() -> None:
    others = (Ticket(id="o", subject=None, status="closed", updated_at=NOW),)

    data = conversation(snapshot(others=others, others_total=1), fmt=WORDS, now=NOW)

    assert (data.others_label, data.others[0].subject) == ("1 other ticket", "(no subject)")
    assert data.others[0].tone == "closed"


def test_ticket_nobody_knows_says_so() -> None:
    data = not_here("tkt_9\u202e")

    assert (data.ticket_id, data.subject, data.may_reply) == ("tkt_9\u202e", "tkt_9□", False)
    assert data.notice


def test_ticket_the_api_never_knew_is_not_being_read_for_ever() -> None:
    unknown = ConversationSnapshot(
        ticket=Ticket(id="tkt_9"), messages=None, read_at=None, gone=True
    )

    data = conversation(unknown, fmt=WORDS, now=NOW)

    assert (data.subject, data.messages, data.may_reply) == ("tkt_9", (), False)
    assert data.notice
    assert "knows no ticket with this id" in data.notice.text


def test_ticket_that_went_before_its_text_was_read_shows_no_skeleton() -> None:
    gone = ConversationSnapshot(ticket=TICKET, messages=None, read_at=None, gone=True)

    assert conversation(gone, fmt=WORDS, now=NOW).messages == ()


def test_reply_that_arrived_twice_is_marked_and_told() -> None:
    held = (message(1), message(2, "Hi", sender="seller"), message(3, "Hi", sender="seller"))

    data = conversation(snapshot(*held, doubled={"msg_2": 2}), fmt=WORDS, now=NOW)

    assert data.messages
    said = [(m.state, m.state_label) for m in data.messages]
    assert said == [("", ""), ("confirmed", "The customer received this 2 times"), ("", "")]
    assert data.notice
    assert "more than once" in data.notice.text


def test_reply_that_the_shop_changed_says_what_differs() -> None:
    held = (message(1), message(2, "All is well , bye", sender="seller"))

    data = conversation(
        snapshot(*held, changed={"msg_2": "All is <b>well</b> \U0001f389, bye"}),
        fmt=WORDS,
        now=NOW,
    )

    assert data.messages
    last = data.messages[-1]
    assert (last.state, last.state_tone) == ("confirmed", "")
    said = last.state_label.replace("\u2068", "").replace("\u2069", "")
    assert said == "Changed by the shop. Left out: “<b>”, “</b> \U0001f389”."


def test_held_reply_says_until_when_it_can_be_undone() -> None:
    held = pending("queued", sends_at=NOW + timedelta(seconds=4.5))
    asked = pending("queued", sends_at=NOW + timedelta(seconds=4.5), review_reason="wrote-again")

    late = pending("queued", sends_at=NOW)
    for reply, until in ((held, iso(held.sends_at)), (asked, ""), (late, "")):
        data = conversation(snapshot(pending=(reply,)), fmt=WORDS, now=NOW)

        assert data.messages
        assert data.messages[-1].undo_until == until


def test_long_conversation_is_read_from_end_to_beginning_with_few_drawn_at_once() -> None:
    total, stretch = 5_002, Stretch()
    read = set(range(*stretch.places(total)))

    while stretch.places(total)[0]:
        stretch = stretch.moved("earlier", total)
        first, end = stretch.places(total)
        read |= set(range(first, end))
        assert end - first <= MOST

    assert read == set(range(total))
    while stretch.places(total)[1] < total:
        first, end = stretch.places(total)
        stretch = stretch.moved("later", total)
        assert stretch.places(total)[1] == min(total, end + STEP)
        assert stretch.places(total)[0] <= end
    assert stretch.end is None


def test_beginning_and_end_of_a_long_conversation_are_one_step_away() -> None:
    held = [message(n) for n in range(420)]

    first = conversation(
        snapshot(*held, pending=(pending("queued"),)),
        fmt=WORDS,
        now=NOW,
        stretch=Stretch().moved("beginning", 420),
    )

    assert first.messages
    assert (first.messages[0].id, len(first.messages)) == ("msg_0", STEP)
    assert (first.earlier, first.later) == (0, 370)
    assert Stretch(0, STEP).moved("end", 420) == Stretch()


def test_customer_leads_to_the_list_of_their_tickets() -> None:
    hrefs = [
        conversation(snapshot(ticket=replace(TICKET, customer_email=mail)), fmt=WORDS, now=NOW)
        .facts[0]
        .href
        for mail in ("anna@example.com", 'an na" -x@example.com', None)
    ]

    assert hrefs == ["/?q=from%3Aanna%40example.com", "", ""]
