from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.desk.read_models import InboxRow, PendingReply
from app.domain.outbox_entry import DeliveryState, ReviewAction, Stall
from app.domain.ticket import Ticket
from app.state.formatting import Formatter
from app.state.presenters import reply_labels

NOW = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)
SHOWN = {"queued", "sending", "accepted", "confirmed", "unconfirmed", "refused", "cancelled"}
LATER = NOW + timedelta(minutes=3, seconds=5)
AWAY = Stall(reason="The Tickets API cannot be reached.")
PAUSED = Stall(reason="The shop asked for a pause.", next_try_at=LATER)


def reply(state: str, **more: Any) -> PendingReply:
    return PendingReply(reply_id="r", text="Hello", state=state, written_at=NOW, **more)


def label(state: str, **more: Any) -> str:
    return reply_labels.state_label(reply(state, **more), fmt=Formatter(), now=NOW)


@pytest.mark.parametrize("state", list(DeliveryState))
def test_every_state_has_a_word_for_the_screen_and_a_sentence(state: DeliveryState) -> None:
    assert reply_labels.shown_state(reply(state)) in SHOWN
    assert label(state) != state.value


@pytest.mark.parametrize("state", [s for s in DeliveryState if s is not DeliveryState.CONFIRMED])
def test_only_a_confirmed_reply_is_said_to_be_sent(state: DeliveryState) -> None:
    assert label(state) != "Sent"


def test_unconfirmed_reply_that_is_being_looked_for_says_so() -> None:
    assert label("uncertain", next_check_at=NOW) == "Not confirmed: looking again"
    assert "looking" not in label("uncertain", next_check_at=NOW + timedelta(seconds=1))


def test_reply_can_be_taken_back_until_it_leaves() -> None:
    assert label("queued", sends_at=NOW + timedelta(seconds=5)) == "Sending in a moment"
    assert label("queued", sends_at=NOW, reason="No connection.") == (
        "Waiting to be sent. No connection."
    )
    assert reply_labels.actions(reply("queued")) == (reply_labels.UNDO,)
    assert reply_labels.actions(reply("inflight")) == ()


def test_reply_that_needs_review_says_why() -> None:
    asked = reply("queued", review_reason="wrote-again", reason="The customer wrote again.")

    assert label("queued", review_reason="wrote-again", reason="The customer wrote again.") == (
        "Not sent yet. The customer wrote again."
    )
    assert [a.label for a in reply_labels.actions(asked)] == ["Send anyway", "Keep as draft"]
    assert reply_labels.state_tone(asked) == "waiting"


WAITING: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "answered with a pause": (
        {"state": "refused", "next_check_at": LATER, "reason": "The Tickets API asked."},
        "Waits until 12:33:05\u202fPM because the shop asked for a pause; then it goes by itself.",
        ["Try now", "Undo"],
    ),
    "behind another": (
        {"waits_for": "reply", "sends_at": LATER},
        "Waits until the reply above is confirmed; then it goes by itself.",
        ["Undo"],
    ),
    "behind a review": (
        {"waits_for": "review", "then_close": True},
        "Waits for the reply above, which needs your review.",
        ["Undo"],
    ),
    "while the shop is away": (
        {"stall": AWAY, "sends_at": LATER},
        "Waiting to be sent. The Tickets API cannot be reached. "
        "It is tried every few seconds and goes by itself once that is over.",
        ["Try now", "Undo"],
    ),
    "during a pause": (
        {"stall": PAUSED, "then_close": True},
        "Waiting to be sent. The shop asked for a pause. "
        "The next try is at 12:33:05\u202fPM, by itself. Then the ticket is closed.",
        ["Try now", "Undo"],
    ),
}


@pytest.mark.parametrize("case", WAITING)
def test_reply_that_waits_says_for_what_and_what_happens_then(case: str) -> None:
    more, said, offered = WAITING[case]
    waiting = reply(**({"state": "queued"} | more))

    assert reply_labels.state_label(waiting, fmt=Formatter(), now=NOW) == said
    assert [action.label for action in reply_labels.actions(waiting)] == offered
    assert reply_labels.shown_state(waiting) == "waiting"
    assert reply_labels.seconds_to_send(waiting, NOW) == 0


def test_reply_that_may_have_left_before_is_not_called_not_sent() -> None:
    assert label("queued", review_reason="similar", attempts=1) == "Not sent again yet"
    assert label("queued", review_reason="wrote-again", then_close=True) == "Not sent yet"


@pytest.mark.parametrize(
    ("written", "shown", "said"),
    [
        ("Call +49 170 123", "Call [removed]", "Left out: “+49 170 123”. Added: “[removed]”."),
        ("Hello", "Hello\n-- \nThe shop", "Added: “-- The shop”."),
        ("\U0001f44d", "", "Left out: “\U0001f44d”."),
        ("a b c d e f g h", "b d f h", "Left out: “a”, “c”, “e”, and more."),
        ("a " * 500, "a", "1,000 characters were sent, it shows 1."),
    ],
)
def test_change_by_the_shop_is_said_in_words(written: str, shown: str, said: str) -> None:
    label = reply_labels.changed_label(written, shown).replace("\u2068", "").replace("\u2069", "")

    assert label.removeprefix("Changed by the shop").lstrip(".: ") == said


def test_status_change_that_needs_review_names_what_was_asked_for() -> None:
    closing = reply("uncertain", status="closed", reason="The ticket still has its old status.")

    assert label("uncertain", status="open") == "Reopening this ticket needs you"
    assert [a.label for a in reply_labels.actions(closing)] == [
        "Check again",
        "Close anyway",
        "Leave it",
    ]


def test_reply_says_that_the_ticket_is_closed_after_it() -> None:
    assert label("inflight", then_close=True) == "Sending, then closing"
    assert label("refused", then_close=True) == "Not sent"


def test_every_action_is_one_the_desk_knows() -> None:
    offered = {
        action.value
        for state in DeliveryState
        for more in ({}, {"review_reason": "gone"}, {"status": "open"})
        for action in reply_labels.actions(reply(state, **more))
    }

    assert offered == set(ReviewAction)


def test_row_note_says_what_is_on_its_way_before_a_draft() -> None:
    ticket = Ticket(id="t")

    notes = [
        reply_labels.row_label(InboxRow(ticket=ticket, has_draft=True, **more))  # type: ignore[arg-type]  # words of the case
        for more in (
            {"pending_reply": "inflight"},
            {"pending_reply": "uncertain"},
            {"pending_reply": "queued"},
            {"pending_reply": "waiting"},
            {"pending_status": "closed"},
            {"pending_status": "open"},
            {"pending_reply": "confirmed"},
        )
    ]

    assert [word for word, _ in notes] == [
        "Sending",
        "Not confirmed",
        "Queued",
        "Waiting",
        "Closing",
        "Reopening",
        "Draft",
    ]
    assert reply_labels.row_label(InboxRow(ticket=ticket)) == ("", "")
