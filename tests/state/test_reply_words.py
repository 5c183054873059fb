from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.desk.snapshots import InboxRow, PendingReply
from app.domain.reply import Decision, ReplyState
from app.domain.ticket import Ticket
from app.state import reply_words
from app.state.wording import Wording

NOW = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)
SHOWN = {"queued", "sending", "accepted", "confirmed", "uncertain", "refused", "cancelled"}


def reply(state: str, **more: Any) -> PendingReply:
    return PendingReply(reply_id="r", text="Hello", state=state, written_at=NOW, **more)


def label(state: str, **more: Any) -> str:
    return reply_words.state_label(reply(state, **more), words=Wording(), now=NOW)


@pytest.mark.parametrize("state", list(ReplyState))
def test_every_state_has_a_word_for_the_screen_and_a_sentence(state: ReplyState) -> None:
    assert reply_words.shown_state(reply(state)) in SHOWN
    assert label(state) != state.value


@pytest.mark.parametrize("state", [s for s in ReplyState if s is not ReplyState.CONFIRMED])
def test_only_a_confirmed_reply_is_said_to_be_sent(state: ReplyState) -> None:
    assert label(state) != "Sent"


def test_uncertain_reply_that_is_being_looked_for_says_so() -> None:
    assert label("uncertain", next_check_at=NOW) == "Not confirmed: looking again"
    assert "looking" not in label("uncertain", next_check_at=NOW + timedelta(seconds=1))


def test_reply_can_be_taken_back_until_it_leaves() -> None:
    assert label("queued", send_at=NOW + timedelta(seconds=5)) == "Sending in a moment"
    assert label("queued", send_at=NOW, reason="No connection.") == (
        "Waiting to be sent. No connection."
    )
    assert reply_words.actions(reply("queued")) == (reply_words.UNDO,)
    assert reply_words.actions(reply("inflight")) == ()


def test_reply_that_waits_for_a_person_asks_its_question() -> None:
    asked = reply("queued", question="wrote-again", reason="The customer wrote again.")

    assert label("queued", question="wrote-again", reason="The customer wrote again.") == (
        "Not sent yet. The customer wrote again."
    )
    assert [a.label for a in reply_words.actions(asked)] == ["Send anyway", "Keep as draft"]
    assert reply_words.state_tone(asked) == "waiting"


def test_order_that_waits_for_a_person_names_what_was_ordered() -> None:
    closing = reply("uncertain", order="closed", reason="The ticket still has its old status.")

    assert label("uncertain", order="open") == "Reopening this ticket needs you"
    assert [a.label for a in reply_words.actions(closing)] == [
        "Check again",
        "Close anyway",
        "Leave it",
    ]


def test_reply_says_that_the_ticket_is_closed_after_it() -> None:
    assert label("inflight", then_close=True) == "Sending, then closing"
    assert label("refused", then_close=True) == "Not sent"


def test_every_action_is_a_decision_the_desk_knows() -> None:
    offered = {
        action.value
        for state in ReplyState
        for more in ({}, {"question": "gone"}, {"order": "open"})
        for action in reply_words.actions(reply(state, **more))
    }

    assert offered == set(Decision)


def test_row_note_says_what_is_on_its_way_before_a_draft() -> None:
    ticket = Ticket(id="t")

    notes = [
        reply_words.row_note(InboxRow(ticket=ticket, has_draft=True, **more))  # type: ignore[arg-type]  # words of the case
        for more in (
            {"pending_reply": "inflight"},
            {"pending_reply": "uncertain"},
            {"pending_status": "closed"},
            {"pending_status": "open"},
            {"pending_reply": "confirmed"},
        )
    ]

    assert [word for word, _ in notes] == [
        "Sending",
        "Not confirmed",
        "Closing",
        "Reopening",
        "Draft",
    ]
    assert reply_words.row_note(InboxRow(ticket=ticket)) == ("", "")
