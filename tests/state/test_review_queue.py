"""The place of all replies that wait for a person, and the line that leads there."""

from collections.abc import AsyncIterator

import pytest

from app.desk.read_models import PendingReply, ReviewItem
from app.domain.errors import ReplyError, StoreDamagedError, StoreFullError
from app.domain.outbox_entry import ReviewAction
from app.domain.signals import Changes
from app.domain.ticket import Ticket
from app.state.formatting import Formatter
from app.state.review_queue import ReviewQueueState
from tests.state.scripted import NOON, FastClock, ScriptedDesk, until_quiet


def waits(reply_id: str, state: str = "uncertain", **more: object) -> ReviewItem:
    values: dict[str, object] = {"text": f"Text of {reply_id}", "written_at": NOON} | more
    reply = PendingReply(reply_id=reply_id, state=state, **values)  # type: ignore[arg-type]  # names are the class's
    return ReviewItem(ticket=Ticket(id="tkt_1", subject="Key", customer_email="a@b.c"), reply=reply)


@pytest.fixture
async def queue(scripted: ScriptedDesk) -> AsyncIterator[ReviewQueueState]:
    state = ReviewQueueState(scripted.desk, fmt=Formatter(), clock=FastClock())
    yield state
    await state.close()


async def test_line_says_how_many_wait_and_goes_with_the_last(
    queue: ReviewQueueState, scripted: ScriptedDesk
) -> None:
    scripted.queries.waiting = (waits("r1"), waits("r2"), waits("r3", "refused"))
    await queue.load()
    assert queue.line.value
    assert queue.line.value.text == "3 replies need your review."

    scripted.queries.waiting = ()
    scripted.changes.emit(Changes(tickets=frozenset({"tkt_1"})))
    await until_quiet()

    assert queue.line.value is None


async def test_place_lists_each_with_its_ticket_and_its_buttons(
    queue: ReviewQueueState, scripted: ScriptedDesk
) -> None:
    asked = waits("r2", "queued", review_reason="wrote-again", reason="The customer wrote again.")
    order = waits("o1", "refused", status="closed", reason="No.", text="")
    scripted.queries.waiting = (waits("r1", checked_at=NOON), asked, order)
    queue.look(wanted=True)
    await queue.load()

    shown = queue.board.value
    assert shown
    assert (shown.title, shown.recheck_all) == (
        "3 replies and status changes need your review",
        True,
    )
    first, second, third = shown.items
    assert (first.ticket_id, first.subject, first.customer) == ("tkt_1", "Key", "a@b.c")
    assert (first.text, first.state) == ("Text of r1", "unconfirmed")
    assert "12:30" in first.state_label
    assert [a.label for a in first.actions] == ["Check again", "Send again", "Keep as draft"]
    assert second.state_label == "Not sent yet. The customer wrote again."
    assert [a.label for a in second.actions] == ["Send anyway", "Keep as draft"]
    assert [a.label for a in third.actions] == ["Close anyway", "Leave it"]
    assert queue.line.value is None


async def test_nothing_is_listed_until_it_is_asked_for(
    queue: ReviewQueueState, scripted: ScriptedDesk
) -> None:
    scripted.queries.waiting = (waits("r1"),)
    await queue.load()
    assert queue.board.value is None

    queue.look(wanted=True)
    assert queue.board.value
    queue.look(wanted=False)

    assert (queue.board.value, queue.line.value is None) == (None, False)


async def test_action_is_given_to_the_desk(queue: ReviewQueueState, scripted: ScriptedDesk) -> None:
    scripted.queries.waiting = (waits("r1"),)
    await queue.load()

    await queue.review("r1", "draft")

    assert scripted.commands.given == [("review", "r1", ReviewAction.DRAFT)]


@pytest.mark.parametrize(("reply_id", "action"), [("r9", "draft"), ("r1", "burn")])
async def test_action_about_nothing_known_does_nothing(
    queue: ReviewQueueState, scripted: ScriptedDesk, reply_id: str, action: str
) -> None:
    scripted.queries.waiting = (waits("r1"),)
    await queue.load()

    await queue.review(reply_id, action)

    assert scripted.commands.given == []


async def test_all_are_looked_at_again_by_one_click(
    queue: ReviewQueueState, scripted: ScriptedDesk
) -> None:
    await queue.recheck_all()

    assert scripted.commands.given == [("recheck_all",)]


@pytest.mark.parametrize("error", [ReplyError("Too late."), StoreFullError("Disk full.")])
async def test_what_cannot_be_done_is_said_in_the_place(
    queue: ReviewQueueState, scripted: ScriptedDesk, error: Exception
) -> None:
    scripted.queries.waiting = (waits("r1"),)
    queue.look(wanted=True)
    await queue.load()
    scripted.commands.error = error

    await queue.review("r1", "resend")

    shown = queue.board.value
    assert shown
    assert shown.notice
    assert shown.notice.text.startswith(str(error))
    assert "as it was" in shown.notice.text
    assert len(shown.items) == 1


async def test_long_reply_is_cut_in_the_list(
    queue: ReviewQueueState, scripted: ScriptedDesk
) -> None:
    scripted.queries.waiting = (waits("r1", text="x" * 5000),)
    queue.look(wanted=True)
    await queue.load()

    assert queue.board.value
    assert len(queue.board.value.items[0].text) == 600


async def test_replies_that_could_not_be_read_are_asked_for_again_by_themselves(
    scripted: ScriptedDesk,
) -> None:
    state = ReviewQueueState(scripted.desk, fmt=Formatter(), clock=FastClock())
    state.look(wanted=True)
    scripted.queries.error = StoreDamagedError("The outbox cannot be read.")
    await state.load()
    assert state.board.value
    assert state.board.value.notice

    scripted.queries.error = None
    await until_quiet()
    assert state.board.value.notice is None
    await state.close()
