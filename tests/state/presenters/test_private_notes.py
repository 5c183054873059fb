"""Where private notes stand among the messages, and what they are called."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.desk.read_models import InboxRow, InboxSnapshot, PendingReply
from app.domain.filters import TicketFilter
from app.domain.private_notes import NoteAbout, PrivateNote
from app.domain.ticket import Ticket
from app.state.presenters import ticket_list
from app.state.presenters.conversation import conversation
from app.state.presenters.private_notes import SHOWN_ABOVE, NotesShown
from app.state.presenters.stretch import Stretch
from components.data import MESSAGES_A_STEP as STEP
from components.ticket_columns import item
from tests.state.presenters.test_conversation import NOW, WORDS, message, snapshot

MESSAGES = tuple(message(n) for n in range(3))


def note(number: int, at: timedelta, **fields: object) -> PrivateNote:
    usual = {"about": NoteAbout.TICKET, "author": "u1", "author_name": "Ana", "text": "Paid twice"}
    made = PrivateNote(number=number, written_at=NOW - timedelta(days=1) + at, **usual)  # type: ignore[arg-type]  # names are checked
    return replace(made, **fields)  # type: ignore[arg-type]  # names are checked by replace


def ids(*notes: PrivateNote, messages: int = 3, **more: object) -> list[str]:
    held = snapshot(*(message(n) for n in range(messages)))
    data = conversation(held, fmt=WORDS, now=NOW, notes=NotesShown(notes=notes), **more)  # type: ignore[arg-type]  # words of the case
    return [shown.id for shown in data.messages or ()]


def test_notes_stand_at_their_time_among_the_messages() -> None:
    at = [timedelta(minutes=minutes) for minutes in (-61, -58.5, -30)]

    assert ids(*(note(n, when) for n, when in enumerate(at))) == [
        *("note 0", "msg_0", "msg_1", "note 1", "msg_2", "note 2"),
    ]


def test_time_of_a_note_is_ours_and_that_of_a_message_the_shops() -> None:
    held = snapshot(*MESSAGES, skew=timedelta(minutes=2))
    shown = NotesShown(notes=(note(1, timedelta(minutes=-61)),))

    data = conversation(held, fmt=WORDS, now=NOW, notes=shown)

    assert [one.id for one in data.messages or ()] == ["msg_0", "msg_1", "note 1", "msg_2"]


def test_notes_of_messages_that_are_left_out_are_left_out() -> None:
    early, late = note(1, timedelta(days=-9)), note(2, timedelta(hours=1))
    total = STEP + 7

    newest = ids(early, late, messages=total)
    first = ids(early, late, messages=total, stretch=Stretch().moved("beginning", total))

    assert (newest[0], newest[-1], len(newest)) == ("msg_7", "note 2", STEP + 1)
    assert first[0] == "note 1"
    assert "note 2" not in first


def test_note_below_the_newest_message_stands_by_its_time_among_replies_on_their_way() -> None:
    reply = PendingReply(reply_id="r1", text="Soon", state="queued", written_at=NOW)
    notes = NotesShown(notes=(note(1, timedelta(hours=1)), note(2, timedelta(days=1, hours=1))))

    data = conversation(snapshot(*MESSAGES, pending=(reply,)), fmt=WORDS, now=NOW, notes=notes)

    assert [one.id for one in data.messages or ()][3:] == ["note 1", "r1", "note 2"]
    assert [one.day_label for one in data.messages or ()][3:] == ["", "", "Today"]


def test_note_is_labelled_in_words_and_is_on_nobodys_side() -> None:
    data = conversation(
        snapshot(*MESSAGES), fmt=WORDS, now=NOW, notes=NotesShown(notes=(note(1, timedelta(0)),))
    )

    shown = (data.messages or ())[-1]
    assert shown.name == "Private note, only on this desk \N{MIDDLE DOT} Ana"
    assert (shown.side, shown.sender, shown.note) == ("private", "", 1)
    assert shown.state == ""


def test_note_whose_time_was_damaged_stands_at_the_end() -> None:
    assert ids(note(1, timedelta(0), written_at=None))[-1] == "note 1"


def test_note_on_the_customer_stands_above_and_its_whole_text_is_asked_for() -> None:
    text = "Polite. " * 100
    of_customer = note(3, timedelta(0), about=NoteAbout.CUSTOMER, text=text)
    shown = NotesShown(notes=(of_customer,))

    short = conversation(snapshot(*MESSAGES), fmt=WORDS, now=NOW, notes=shown)
    whole = conversation(snapshot(*MESSAGES), fmt=WORDS, now=NOW, notes=shown, asked={"note 3": 1})

    assert [one.id for one in short.messages or ()] == ["msg_0", "msg_1", "msg_2"]
    (above,) = short.customer_notes
    assert above.name.startswith("Private note on the customer, only on this desk")
    assert len(above.segments[0].text) == SHOWN_ABOVE
    assert above.more_label == "Show all (500 more characters)"
    assert whole.customer_notes[0].segments[0].text == text
    assert whole.customer_notes[0].more_label == ""


@pytest.mark.parametrize("said", ["", "1 private note", "2 private notes"])
def test_row_says_in_words_how_many_notes_stand_in_its_ticket(said: str) -> None:
    number = int(said[:1] or 0)
    row = InboxRow(ticket=Ticket(id="tkt_1", subject="Help"), private_notes=number)
    listed = InboxSnapshot(chosen=TicketFilter(), rows=(row,), total=1, held=1)

    (shown,) = ticket_list.table(listed, fmt=WORDS, now=NOW).rows
    drawn = str(item(shown, waits=False).content)

    assert shown.private_notes == said
    assert ("note-private" in drawn) == bool(said)
    assert said in drawn
