from datetime import UTC, datetime

import pytest

from app.desk.snapshots import InboxRow, PendingReply
from app.domain.reply import Decision, ReplyState
from app.domain.ticket import Ticket
from app.state import reply_words

NOW = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)
SHOWN = {"queued", "sending", "accepted", "confirmed", "uncertain", "refused", "cancelled"}


def reply(state: str, *, reason: str | None = None, held: bool = False) -> PendingReply:
    return PendingReply(
        reply_id="r",
        text="Hello",
        state=state,
        written_at=NOW,
        reason=reason,
        send_at=NOW if held else None,
    )


@pytest.mark.parametrize("state", list(ReplyState))
def test_every_state_has_a_word_for_the_screen_and_a_sentence(state: ReplyState) -> None:
    assert reply_words.shown_state(reply(state)) in SHOWN
    assert reply_words.state_label(reply(state)) != state.value


@pytest.mark.parametrize("state", [s for s in ReplyState if s is not ReplyState.CONFIRMED])
def test_only_a_confirmed_reply_is_said_to_be_sent(state: ReplyState) -> None:
    assert reply_words.state_label(reply(state)) != "Sent"


def test_reply_that_is_held_can_be_undone() -> None:
    assert reply_words.actions(reply("queued", held=True)) == (reply_words.UNDO,)
    assert reply_words.actions(reply("queued")) == ()


def test_reply_that_waits_for_a_person_asks_its_question() -> None:
    asked = reply("queued", reason="The customer wrote again. Still send?")

    assert reply_words.state_label(asked) == "Not sent yet. The customer wrote again. Still send?"
    assert [a.label for a in reply_words.actions(asked)] == ["Send anyway", "Keep as draft"]


def test_every_action_is_a_decision_the_desk_knows() -> None:
    offered = {
        action.value
        for state in ReplyState
        for held in (True, False)
        for action in reply_words.actions(reply(state, held=held, reason="?"))
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
