"""Screens that ask the same question are answered together, and nobody is answered wrongly."""

import asyncio

import pytest

from app.desk.sharing import Sharing
from app.domain.filters import TicketFilter
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.store.shop import ticket


class Question:
    """Counts how often it is begun, answered and given up; answers when it is let go."""

    def __init__(self) -> None:
        self.begun = self.given_up = 0
        self.go = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.error:
            raise self.error
        return number


async def asked(sharing: Sharing, question: Question, *, state: int = 0) -> asyncio.Task[int]:
    task = asyncio.create_task(sharing.ask("rows", question, state=state))
    await asyncio.sleep(0)
    return task


async def test_those_who_ask_at_once_and_afterwards_share_one_answer() -> None:
    sharing, question = Sharing(), Question()
    first, second = await asked(sharing, question), await asked(sharing, question)

    question.go.set()

    assert await asyncio.gather(first, second) == [1, 1]
    assert await sharing.ask("rows", question, state=0) == 1
    assert await sharing.ask("other rows", question, state=0) == 2


async def test_changed_state_asks_anew_and_leaves_those_who_wait_their_answer() -> None:
    sharing, question = Sharing(), Question()
    before, after = await asked(sharing, question), await asked(sharing, question, state=1)

    question.go.set()

    assert (await before, await after) == (1, 2)
    assert await sharing.ask("rows", question, state=1) == 2


async def test_question_is_given_up_only_by_the_last_who_leaves() -> None:
    sharing, question = Sharing(), Question()
    first, second = await asked(sharing, question), await asked(sharing, question)

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert question.given_up == 0
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await asyncio.sleep(0)

    assert question.given_up == 1
    question.go.set()
    assert await sharing.ask("rows", question, state=0) == 2


async def test_failure_is_told_to_all_who_waited_and_to_nobody_after() -> None:
    sharing, question = Sharing(), Question()
    question.error = ValueError()
    waiting = [await asked(sharing, question), await asked(sharing, question)]

    question.go.set()
    failures = await asyncio.gather(*waiting, return_exceptions=True)
    question.error = None

    assert failures == [question.error or failures[0]] * 2
    assert await sharing.ask("rows", question, state=0) == 2


async def test_page_is_asked_for_and_built_once_for_all_lists(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"))
    pages = await asyncio.gather(
        *(desk.queries.inbox(TicketFilter(), zone=UTC_ZONE) for _ in range(20))
    )

    assert len({id(page) for page in pages}) == 1


@pytest.mark.parametrize("change", ["copy", "outbox", "minute"])
async def test_page_is_asked_for_again_once_anything_has_changed(desk: Desk, change: str) -> None:
    await desk.hold(ticket("tkt_1"))
    before = await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)

    if change == "copy":
        await desk.hold(ticket("tkt_1"), ticket("tkt_2"))
    elif change == "outbox":
        await desk.local.save_draft("tkt_1", "Hello", onto=None)
    else:
        desk.clock.advance(60)
    after = await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)

    assert after is not before
    assert (len(after.rows), after.rows[-1].has_draft) == (
        2 if change == "copy" else 1,
        change == "outbox",
    )
