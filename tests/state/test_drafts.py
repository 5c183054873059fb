import asyncio

import pytest

from app.domain.errors import StoreFullError
from app.domain.signals import Changes
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from tests.state.scripted import FastClock, ScriptedDesk, opened, shown, until_quiet
from tests.state.windows import sends, types


async def test_draft_is_saved_soon_and_only_its_newest_text(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")

    for end in range(1, 6):
        types(state, "Hello"[:end])
    await until_quiet()

    assert scripted.papers.texts() == {"t1": ["Hello"]}


@pytest.mark.parametrize("turns", range(8))
async def test_draft_typed_while_an_older_one_is_saved_is_saved_as_well(
    state: ConversationState, scripted: ScriptedDesk, turns: int
) -> None:
    await opened(state, "t1")
    types(state, "Hell")
    for _ in range(turns):
        await asyncio.sleep(0)

    types(state, "Hello")
    await until_quiet()

    assert scripted.papers.texts() == {"t1": ["Hello"]}


async def test_draft_belongs_to_its_ticket_also_when_another_is_opened(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    types(state, "one")
    await opened(state, "t2")
    types(state, "two")
    await until_quiet()

    assert scripted.papers.texts() == {"t1": ["one"], "t2": ["two"]}


async def test_draft_that_is_not_saved_yet_is_there_when_its_ticket_opens_again(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.papers.keep("t1", "saved before")
    await opened(state, "t1")
    types(state, "the very last words")
    await opened(state, "t2")
    scripted.queries.held = []
    state.open("t1")
    await until_quiet()  # the save ends while the ticket is being read
    scripted.release()
    await until_quiet()

    assert shown(state).draft == "the very last words"


async def test_draft_is_saved_when_the_tab_goes_away(scripted: ScriptedDesk) -> None:
    state = ConversationState(scripted.desk, viewer="tab", fmt=Formatter(), clock=FastClock())
    await opened(state, "t1")
    types(state, "half a sen")

    await state.close()

    assert scripted.papers.texts() == {"t1": ["half a sen"]}
    assert (scripted.listeners, scripted.commands.looked[-1]) == (0, None)


async def test_draft_that_cannot_be_saved_is_said_and_saved_later(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    scripted.commands.error = StoreFullError("The disk is full.")
    types(state, "Hello")
    await until_quiet()
    notice = shown(state).notice
    assert notice is not None
    assert "only in this window" in notice.text

    scripted.commands.error = None
    types(state, "Hello!")
    await until_quiet()

    assert scripted.papers.texts() == {"t1": ["Hello!"]}
    assert shown(state).notice is None


@pytest.mark.parametrize("turns", range(6))
async def test_draft_never_comes_back_after_its_reply_was_sent(
    state: ConversationState, scripted: ScriptedDesk, turns: int
) -> None:
    await opened(state, "t1")
    types(state, "Hello")
    for _ in range(turns):
        await asyncio.sleep(0)

    await sends(state, "Hello")
    await until_quiet()

    assert scripted.papers.texts() == {}


async def test_refresh_never_writes_into_the_box(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.papers.keep("t1", "kept")
    await opened(state, "t1")
    types(state, "kept and more")
    await until_quiet()
    turn = shown(state).draft_base

    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()

    assert shown(state).draft_base == turn


async def test_box_is_told_what_is_a_draft_for_good_and_nothing_sooner(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    said: list[tuple[str, int]] = []
    state.saved.subscribe(said.append)
    await opened(state, "t1")
    scripted.commands.error = StoreFullError("The disk is full.")
    types(state, "Hello")
    await until_quiet()
    assert said == []

    scripted.commands.error = None
    state.edit_draft("t1", "Hello!", shown(state).draft_base, 2)
    await until_quiet()

    assert said == [("t1", 2)]


async def test_reply_asked_for_twice_under_one_id_is_sent_once(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.commands.replies = scripted.queries.replies
    await opened(state, "t1")
    pressed = "Dear Anna", shown(state).draft_base, 1, shown(state).reply_id
    answers: list[None] = []
    state.sent.subscribe(answers.append)

    for _ in range(2):
        await state.send(*pressed)
    await until_quiet()

    assert len(answers) == 2
    assert [given[3] for given in scripted.commands.given] == ["Dear Anna"]
    assert scripted.papers.texts() == {}


async def test_reply_asked_for_again_under_the_next_id_is_another_reply(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.commands.replies = scripted.queries.replies
    await opened(state, "t1")

    for _ in range(2):
        await sends(state, "Thanks!")

    assert [given[3] for given in scripted.commands.given] == ["Thanks!", "Thanks!"]
