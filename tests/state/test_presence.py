"""Who else is at a ticket: told in its row and its drawer, and gone with the window."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count

import pytest

from app.desk.desk import Desk
from app.desk.presence import Presence, Present
from app.domain.accounts import Role, SignInSession, User
from app.domain.filters import TicketFilter
from app.state.conversation import TYPING_SECONDS, ConversationState
from app.state.formatting import Formatter
from app.state.inbox import InboxState
from app.state.presenters.presence import presence_words
from components.ticket_columns import item
from tests.doubles.clock import HandClock
from tests.state.scripted import NOON, FastClock, ScriptedDesk, opened, shown, until_quiet
from tests.state.windows import types

Opens = Callable[[str], ConversationState]

READER = "Rea"


def desk_of(name: str, desk: Desk) -> Desk:
    user = User(user_id=name, name=name, role=Role.READER if name == READER else Role.SELLER)
    session = SignInSession(
        session_id=name, user=user, created_at=NOON, seen_at=NOON, device="Firefox", address="::1"
    )
    return replace(desk, session=session)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def opens(scripted: ScriptedDesk, clock: HandClock) -> AsyncIterator[Opens]:
    """A window of a seller of this name, each time another one; somebody looks at it."""
    async with AsyncExitStack() as parts:
        desk, numbers = scripted.desk, count()  # one presence for all windows

        def window(name: str) -> ConversationState:
            made = ConversationState(
                desk_of(name, desk), viewer=f"window {next(numbers)}", fmt=Formatter(), clock=clock
            )
            made.come()
            parts.push_async_callback(made.close)
            return made

        yield window


async def test_drawer_says_who_else_has_the_ticket_open_and_who_writes(opens: Opens) -> None:
    ana, ben = opens("Ana"), opens("Ben")
    await opened(ana, "t1")
    assert shown(ana).presence == ""

    await opened(ben, "t1")
    assert (shown(ana).presence, shown(ben).presence) == ("Ben: looking", "Ana: looking")
    types(ben, "Dear customer")
    assert shown(ana).presence == "Ben: writing"
    types(ben, " ")
    assert shown(ana).presence == "Ben: looking"
    ben.open("")
    assert shown(ana).presence == ""


async def test_reader_whose_browser_says_so_is_never_told_to_write(opens: Opens) -> None:
    ana, rea = opens("Ana"), opens(READER)
    await opened(ana, "t1")
    await opened(rea, "t1")

    types(rea, "Dear customer")

    assert shown(ana).presence == "Rea: looking"


@pytest.mark.parametrize("leaves", ["go_away", "close"])
async def test_whoever_closes_the_window_is_gone_at_once(opens: Opens, leaves: str) -> None:
    ana, ben = opens("Ana"), opens("Ben")
    for state in (ana, ben):
        await opened(state, "t1")

    if leaves == "close":
        await ben.close()
    else:
        ben.go_away()
    assert shown(ana).presence == ""

    if leaves == "go_away":
        ben.come()
        assert shown(ana).presence == "Ben: looking"


async def test_whoever_stops_to_type_is_told_to_look_only(opens: Opens, clock: HandClock) -> None:
    ana, ben = opens("Ana"), opens("Ben")
    for state in (ana, ben):
        await opened(state, "t1")
    types(ben, "Dear customer")
    for _ in range(2):
        await until_quiet()
        clock.advance(TYPING_SECONDS)
    await until_quiet()

    assert shown(ana).presence == "Ben: looking"


async def test_page_that_nobody_has_connected_to_is_no_presence(scripted: ScriptedDesk) -> None:
    desk = scripted.desk
    state = ConversationState(desk, viewer="a", fmt=Formatter(), clock=FastClock())
    await opened(state, "t1")
    assert desk.presence.others("b") == {}

    state.come()
    assert list(desk.presence.others("b")) == ["t1"]
    await state.close()


async def test_row_says_who_is_at_its_ticket(scripted: ScriptedDesk, opens: Opens) -> None:
    ana = opens("Ana")
    presence = ana._desk.presence  # the one of all windows
    inbox = InboxState(
        scripted.desk.queries,
        scripted.changes,
        chosen=TicketFilter(),
        fmt=Formatter(),
        clock=FastClock(),
        presence=lambda: presence.others("mine"),
        own="Ben",
    )
    presence.changed.subscribe(inbox.somebody_moved)
    await inbox.load()

    await opened(ana, "t2")

    assert inbox.table.value
    row = next(row for row in inbox.table.value.rows if row.id == "t2")
    assert [one.id for one in inbox.table.value.rows if one.presence] == ["t2"]
    drawn = item(row, waits=False)
    assert drawn.attributes["data-presence"] == "Ana: looking"
    assert "Ana: looking" in drawn.content.striptags()
    await inbox.close()


def test_nobody_hears_of_a_window_that_stays_as_it_was() -> None:
    presence, heard = Presence(), []
    presence.changed.subscribe(heard.append)
    for _ in range(2):
        presence.open("w", "Ana", "t1")
        presence.set_typing("w", is_typing=True)
    presence.open("w", "Ana", "t2")
    for _ in range(2):
        presence.leave("w")
    presence.set_typing("w", is_typing=True)

    assert heard == [{"t1"}, {"t1"}, {"t1", "t2"}, {"t2"}]


@pytest.mark.parametrize(
    ("here", "words"),
    [
        ([], ""),
        ([("Ana", False)], "Ana: looking"),
        ([("Ana", True), ("Ben", False)], "Ana: writing, Ben: looking"),
        ([("Me", False)], "another window: looking"),
        ([("Ana", False), ("Ana", False)], "Ana: looking"),
        ([(name, False) for name in "ABCDE"], "A, B, C, 2 more: looking"),
    ],
)
def test_words_name_people_once_and_count_the_rest(
    here: list[tuple[str, bool]], words: str
) -> None:
    present = [Present(who, "t1", is_typing) for who, is_typing in here]

    assert presence_words(present, own="Me") == words
