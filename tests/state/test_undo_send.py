"""Taking a reply back from wherever the seller has gone meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.desk.read_models import PendingReply
from app.domain.clock import SystemClock
from app.domain.errors import ReplyError
from app.domain.outbox_entry import ReviewAction, Stall
from app.domain.signals import Changes
from app.domain.ticket import Ticket
from app.state.conversation import ConversationState
from app.state.formatting import iso
from app.state.undo_send import SentReply, UndoSend
from components.data import NoticeData
from tests.state.scripted import NOON, FastClock, ScriptedDesk, opened, until_quiet
from tests.state.windows import sends


class WaitingClock(FastClock):
    """Noon until a test says that all sleeps are over; counts who sleeps."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.sleeping: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if seconds < 1:  # a burst of news counts as one
            await asyncio.sleep(0)
            return
        self.sleeping.append(seconds)
        try:
            await self.over.wait()
        finally:
            self.sleeping.remove(seconds)


@pytest.fixture
def clock() -> WaitingClock:
    return WaitingClock()


@pytest.fixture
async def undo(scripted: ScriptedDesk, clock: SystemClock) -> AsyncIterator[UndoSend]:
    state = UndoSend(scripted.desk, clock=clock)
    yield state
    await state.close()


def sent(number: int, *, seconds: float = 5) -> SentReply:
    return SentReply(
        ticket_id=f"t{number}",
        reply_id=f"r{number}",
        subject=f"No {number}",
        sends_at=NOON + timedelta(seconds=seconds),
    )


def text(notice: NoticeData | None) -> str:
    return notice.text.replace("\u2068", "").replace("\u2069", "") if notice else ""


async def test_line_is_there_once_the_ticket_of_the_reply_is_left(undo: UndoSend) -> None:
    undo.look("t1")
    undo.add(sent(1))
    assert (undo.over_list.value, undo.over_box.value) == (None, None)

    undo.look("")
    line = undo.over_list.value
    assert line
    assert (text(line), line.action) == ("Reply to “No 1” leaves in", "Undo")
    assert (line.undo_left, line.undo_until) == ("5 s", iso(sent(1).sends_at))
    assert undo.over_box.value is None
    undo.look("t2")
    assert (undo.over_list.value, text(undo.over_box.value)) == (None, text(line))
    undo.look("t1")

    assert (undo.over_list.value, undo.over_box.value) == (None, None)


async def test_undo_takes_the_reply_back_says_where_it_is_and_leads_there(
    undo: UndoSend, scripted: ScriptedDesk
) -> None:
    scripted.commands.returned = "t1", "Hello"
    asked_for: list[str] = []
    undo.opened.subscribe(asked_for.append)
    undo.look("t1")
    undo.add(sent(1))
    undo.look("t2")

    await undo.act()

    assert scripted.commands.given == [("review", "r1", ReviewAction.UNDO)]
    assert scripted.papers.texts() == {"t1": ["Hello"]}
    said = undo.over_box.value
    assert said
    assert (text(said), said.action) == (
        "Not sent. Your words are in the draft of “No 1”.",
        "Open",
    )
    await undo.act()
    assert asked_for == ["t1"]
    undo.look("t1")
    assert undo.over_box.value is None


async def test_undo_that_comes_too_late_says_so(undo: UndoSend, scripted: ScriptedDesk) -> None:
    scripted.commands.error = ReplyError("Too late for that.")
    undo.add(sent(1))

    await undo.act()

    said = undo.over_list.value
    assert said
    assert (said.text, said.tone) == ("Too late for that. The reply is as it was.", "error")


async def test_newest_of_those_out_of_sight_is_offered(
    undo: UndoSend, scripted: ScriptedDesk
) -> None:
    for number in (1, 2, 3):
        undo.add(sent(number, seconds=10 + number))
    undo.look("t3")

    await undo.act()
    told = text(undo.over_box.value)
    undo.look("t2")

    assert told == "Not sent. Your words are in the draft of “No 2”."
    assert scripted.commands.given == [("review", "r2", ReviewAction.UNDO)]
    assert text(undo.over_box.value) == "Reply to “No 3” leaves in"


async def test_one_timer_runs_while_something_is_held_and_none_after(
    undo: UndoSend, clock: WaitingClock
) -> None:
    assert clock.sleeping == []
    undo.add(sent(1, seconds=9))
    undo.add(sent(2, seconds=4))
    await until_quiet()
    assert clock.sleeping == [4]

    clock.over.set()
    await until_quiet()

    assert (clock.sleeping, undo.over_list.value) == ([], None)


@pytest.mark.parametrize("state", ["cancelled", "confirmed", None])
async def test_reply_that_was_undone_or_left_elsewhere_is_let_go(
    undo: UndoSend, scripted: ScriptedDesk, state: str | None
) -> None:
    row = PendingReply(
        reply_id="r1",
        text="Hello",
        state="queued",
        written_at=NOON,
        sends_at=NOON + timedelta(seconds=5),
    )
    scripted.queries.replies["r1"] = row
    undo.add(sent(1))
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()
    assert undo.over_list.value

    scripted.queries.replies = {"r1": replace(row, state=state)} if state else {}
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()

    assert undo.over_list.value is None


@pytest.mark.parametrize("why", [{"waits_for": "reply"}, {"stall": Stall(reason="Away.")}])
async def test_reply_that_something_else_holds_back_is_not_said_to_leave(
    undo: UndoSend, scripted: ScriptedDesk, why: dict[str, Any]
) -> None:
    leaves = NOON + timedelta(seconds=5)
    scripted.queries.replies = {
        "r1": PendingReply(
            reply_id="r1", text="Hi", state="queued", written_at=NOON, sends_at=leaves, **why
        ),
        "r2": PendingReply(
            reply_id="r2", text="Hi", state="queued", written_at=NOON, sends_at=leaves
        ),
    }
    undo.add(sent(1))
    await until_quiet()
    line = undo.over_list.value
    assert line
    assert (text(line), line.action, line.undo_until) == (
        "Reply to “No 1” waits to be sent.",
        "Undo",
        "",
    )

    undo.add(sent(2))
    await until_quiet()

    assert text(undo.over_list.value) == "Reply to “No 2” leaves in"


async def test_send_that_came_too_late_is_told_with_the_way_to_its_draft(
    undo: UndoSend, scripted: ScriptedDesk
) -> None:
    scripted.queries.tickets["t1"] = Ticket(id="t1", subject="No 1")
    asked_for: list[str] = []
    undo.opened.subscribe(asked_for.append)
    undo.look("t2")

    undo.miss("t1")
    await until_quiet()

    said = undo.over_box.value
    assert said
    assert (text(said), said.tone, said.action) == (
        "Not sent: another ticket was on its way already. Your words are in the draft of “No 1”.",
        "warning",
        "Open",
    )
    await undo.act()
    assert asked_for == ["t1"]


async def test_long_subject_is_cut_and_an_odd_one_is_shut_in(undo: UndoSend) -> None:
    undo.add(replace(sent(1), subject="\u202e" + "x" * 100))

    line = undo.over_list.value
    assert line
    assert line.text == f"Reply to “\u2068\u25a1{'x' * 39}…\u2069” leaves in"


async def test_conversation_names_the_reply_that_can_be_taken_back(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    named: list[SentReply] = []
    state.reply_sent.subscribe(named.append)
    await opened(state, "t1")

    await sends(state, "At once")
    assert named == []
    scripted.commands.sends_at = NOON + timedelta(seconds=5)
    await sends(state, "In a moment")

    reply_id = scripted.commands.given[1][2]
    expected = replace(sent(1), reply_id=reply_id, subject="No 1")
    assert named == [expected]
