"""How soon what was missing is drawn."""

import asyncio
from dataclasses import replace

from app.domain.errors import StoreDamagedError
from app.domain.signals import Changes
from app.domain.ticket import Ticket
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from tests.state.scripted import FastClock, ScriptedDesk, opened, shown, until_quiet


class StillClock(FastClock):
    """A pause never ends, so that only what needs none happens."""

    async def sleep(self, _seconds: float) -> None:
        await asyncio.Event().wait()


async def test_text_somebody_waits_for_is_drawn_without_a_pause(scripted: ScriptedDesk) -> None:
    state = ConversationState(scripted.desk, viewer="tab", fmt=Formatter(), clock=StillClock())
    await opened(state, "new")
    scripted.put(Ticket(id="new", subject="At last"))
    await until_quiet()

    assert shown(state).subject == "At last"

    scripted.put(Ticket(id="new", subject="Changed later"))
    await until_quiet()

    assert shown(state).subject == "At last"
    await state.close()


async def test_ticket_that_could_not_be_read_is_asked_for_again_by_itself(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.queries.error = StoreDamagedError("The local copy cannot be read.")
    await opened(state, "t1")
    assert shown(state).notice

    scripted.queries.error = None
    await until_quiet()
    assert shown(state).notice is None
    assert len(shown(state).messages) == 1


async def test_ticket_is_laid_ready_from_the_copy_alone(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    ready: list[str] = []
    state.ready.subscribe(lambda data: ready.append(data.ticket_id))

    state.prepare("t2")
    await until_quiet()

    assert ready == ["t2"]
    assert scripted.commands.looked == []


async def test_ticket_is_laid_ready_no_more_once_another_is_looked_at(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    ready: list[str] = []
    state.ready.subscribe(lambda data: ready.append(data.ticket_id))
    scripted.queries.held = []

    state.prepare("t1")
    await asyncio.sleep(0)
    state.prepare("t2")
    await until_quiet()
    scripted.release()
    await until_quiet()

    assert ready == ["t2"]


async def test_open_ticket_and_unknown_ones_are_never_laid_ready(state: ConversationState) -> None:
    ready: list[str] = []
    state.ready.subscribe(lambda data: ready.append(data.ticket_id))
    await opened(state, "t1")

    for ticket in ("t1", "", "nobody knows this"):
        state.prepare(ticket)
        await until_quiet()

    assert ready == []


async def test_ticket_counts_as_seen_once_somebody_has_its_messages_on_the_screen(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.queries.unread = True
    await opened(state, "t1")
    assert ("mark_seen", "t1", 0) not in scripted.commands.given

    state.come()
    await until_quiet()

    assert scripted.commands.given == [("mark_seen", "t1", 0)]


async def test_ticket_whose_newest_message_is_not_there_yet_stays_unread(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.queries.unread = True
    known = scripted.queries.tickets["t1"]
    scripted.queries.tickets["t1"] = replace(known, message_count=2)
    state.come()

    await opened(state, "t1")
    await until_quiet()

    assert scripted.commands.given == []


async def test_marks_of_the_open_ticket_reach_the_desk(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")

    for what, until in (("snooze", "reply"), ("pin", ""), ("wake", ""), ("unpin", "")):
        await state.mark(what, until)

    assert scripted.commands.given == [
        ("snooze", "t1", 0, None),
        ("pin", "t1"),
        ("unmark", "snoozed", "t1"),
        ("unmark", "pinned", "t1"),
    ]


async def test_ticket_called_unread_stays_so_while_it_is_open(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    state.come()
    await opened(state, "t1")

    await state.mark("unread")
    scripted.queries.unread = True
    scripted.changes.emit(Changes(marks=""))
    await until_quiet()

    assert scripted.commands.given == [("unmark", "seen", "t1")]


async def test_snooze_into_the_past_is_refused_in_the_drawer(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")

    await state.mark("snooze", "2025-01-20T12:00")

    notice = shown(state).notice
    assert notice is not None
    assert "is over already" in notice.text
    assert scripted.commands.given == []
