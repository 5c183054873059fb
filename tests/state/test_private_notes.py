"""A tab's private notes: what is typed is a draft of its own kind, and only Add makes a note."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from app.domain.accounts import Role, SignInSession, User
from app.domain.errors import PrivateNoteError, StoreFullError
from app.domain.outbox_entry import Draft, DraftKind
from app.domain.private_notes import NoteAbout, PrivateNote
from app.domain.signals import Changes
from app.domain.ticket import Ticket
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from tests.state.scripted import NOON, FastClock, ScriptedDesk, opened, shown, until_quiet

if TYPE_CHECKING:
    from app.desk.private_notes import PrivateNotes

MINE = PrivateNote(
    number=7, about=NoteAbout.TICKET, author="", author_name="Ana", written_at=NOON, text="Paid"
)


@dataclass
class ScriptedNotes:
    """Writes down what was ordered; `error` is raised instead when it is set."""

    scripted: ScriptedDesk
    given: list[tuple[Any, ...]] = field(default_factory=list)
    error: Exception | None = None

    async def add(
        self, ticket_id: str, text: str, *, customer: str = "", draft: Draft | None = None
    ) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.given.append(("add", ticket_id, text, customer))
        if draft is not None:
            self.scripted.papers.drop(draft)
        self.scripted.changes.emit(Changes(private_notes=True))

    async def remove(self, ticket_id: str, number: int) -> None:
        if self.error is not None:
            raise self.error
        self.given.append(("remove", ticket_id, number))

    def may_remove(self, note: PrivateNote) -> bool:
        return note.number == MINE.number


@pytest.fixture
def notes(scripted: ScriptedDesk) -> ScriptedNotes:
    return ScriptedNotes(scripted)


@pytest.fixture
async def state(scripted: ScriptedDesk, notes: ScriptedNotes) -> AsyncIterator[ConversationState]:
    scripted.put(Ticket(id="t1", customer_email="anna@example.com"), Ticket(id="t2"))
    desk = replace(scripted.desk, private_notes=cast("PrivateNotes", notes))
    made = ConversationState(desk, viewer="tab", fmt=Formatter(), clock=FastClock())
    yield made
    await made.close()


async def types(state: ConversationState, text: str, revision: int = 1) -> None:
    state.edit_note(state.ticket_id, text, shown(state).note_box.draft_base, revision)
    await until_quiet()


async def test_what_is_typed_is_a_draft_and_no_note_and_no_draft_of_a_reply(
    state: ConversationState, scripted: ScriptedDesk, notes: ScriptedNotes
) -> None:
    saved: list[tuple[str, int]] = []
    state.notes.saved.subscribe(saved.append)
    await opened(state, "t1")

    await types(state, "Paid twice", 3)

    assert [d.text for d in scripted.papers.of("t1", DraftKind.NOTE)] == ["Paid twice"]
    assert scripted.papers.of("t1") == ()
    assert (notes.given, scripted.commands.given) == ([], [])
    assert saved == [("t1", 3)]
    assert shown(state).note_box.is_begun


async def test_note_that_was_added_empties_the_box_once_and_orders_nothing(
    state: ConversationState, scripted: ScriptedDesk, notes: ScriptedNotes
) -> None:
    added: list[None] = []
    state.notes.added.subscribe(added.append)
    await opened(state, "t1")
    await types(state, "Paid twice")
    before = shown(state).note_box.draft_base

    await asyncio.gather(state.add_note(), state.add_note())  # a double click

    assert notes.given == [("add", "t1", "Paid twice", "")]
    assert scripted.commands.given == []
    assert len(added) == 1
    now = shown(state).note_box
    assert (now.draft, now.draft_acked_revision, now.is_begun) == ("", 1, False)
    assert now.draft_base > before
    assert scripted.papers.of("t1", DraftKind.NOTE) == ()


async def test_note_on_the_customer_names_them_and_the_choice_is_made_anew_each_time(
    state: ConversationState, notes: ScriptedNotes
) -> None:
    await opened(state, "t1")
    assert shown(state).note_box.customer == "anna@example.com"
    state.choose_note("customer")
    assert shown(state).note_box.is_on_customer
    await types(state, "Polite")

    await state.add_note()

    assert notes.given == [("add", "t1", "Polite", "anna@example.com")]
    assert not shown(state).note_box.is_on_customer
    await opened(state, "t2")
    assert shown(state).note_box.customer == ""


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PrivateNoteError("The private note is empty."), "The private note is empty."),
        (StoreFullError("The disk is full."), "Your text is kept."),
    ],
)
async def test_note_that_was_not_added_is_told_in_its_box_until_something_is_typed(
    state: ConversationState, notes: ScriptedNotes, error: Exception, says: str
) -> None:
    await opened(state, "t1")
    await types(state, "Paid twice")
    notes.error = error

    await state.add_note()

    assert says in shown(state).note_box.problem
    assert shown(state).notice is None
    await types(state, "Paid twice.", 2)
    assert shown(state).note_box.problem == ""


async def test_words_typed_while_a_note_is_added_stay(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    await types(state, "Paid")
    adding = asyncio.create_task(state.add_note())
    await asyncio.sleep(0)

    await types(state, "Paid twice", 2)
    await adding
    await until_quiet()

    assert [d.text for d in scripted.papers.of("t1", DraftKind.NOTE)] == ["Paid twice"]


async def test_words_are_there_again_after_another_ticket_and_for_another_window(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    await types(state, "Half a thought")
    await opened(state, "t2")
    assert shown(state).note_box.draft == ""
    await opened(state, "t1")
    assert shown(state).note_box.draft == "Half a thought"

    other = ConversationState(scripted.desk, viewer="other", fmt=Formatter(), clock=FastClock())
    await opened(other, "t1")

    assert shown(other).note_box.draft == "Half a thought"
    assert shown(other).draft == ""
    await other.close()


async def test_note_is_removed_after_a_question_and_only_where_it_may_be(
    state: ConversationState, scripted: ScriptedDesk, notes: ScriptedNotes
) -> None:
    scripted.queries.notes = (MINE, replace(MINE, number=8))
    await opened(state, "t1")
    assert actions(state) == {7: ["ask"], 8: []}

    await state.act_on_note(7, "ask")
    assert actions(state) == {7: ["remove", "keep"], 8: []}
    await state.act_on_note(7, "keep")
    assert actions(state) == {7: ["ask"], 8: []}
    assert notes.given == []
    await state.act_on_note(7, "remove")

    assert notes.given == [("remove", "t1", 7)]


async def test_note_that_cannot_be_removed_is_told_in_the_drawer(
    state: ConversationState, scripted: ScriptedDesk, notes: ScriptedNotes
) -> None:
    scripted.queries.notes = (MINE,)
    await opened(state, "t1")
    notes.error = StoreFullError("The disk is full.")

    await state.act_on_note(7, "remove")

    notice = shown(state).notice
    assert notice is not None
    assert "The note is as it was." in notice.text


async def test_note_of_somebody_else_is_shown_at_once(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    scripted.queries.notes = (MINE,)

    scripted.changes.emit(Changes(private_notes=True))
    await until_quiet()

    assert actions(state) == {7: ["ask"]}


async def test_reader_sees_notes_and_is_offered_no_box(scripted: ScriptedDesk) -> None:
    scripted.queries.notes = (MINE,)
    user = User(user_id="dora", name="Dora", role=Role.READER)
    session = SignInSession(
        session_id="s", user=user, created_at=NOON, seen_at=NOON, device="", address=""
    )
    state = ConversationState(
        scripted.desk.of(session), viewer="tab", fmt=Formatter(), clock=FastClock()
    )

    await opened(state, "t1")

    assert actions(state) == {7: []}
    assert not shown(state).note_box.may_add
    await state.close()


def actions(state: ConversationState) -> dict[int, list[str]]:
    return {
        message.note: [action.value for action in message.actions]
        for message in shown(state).messages or ()
        if message.note
    }
