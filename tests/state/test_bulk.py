import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.clock import SystemClock
from app.domain.errors import StoreFullError
from app.domain.ticket import Status
from app.state.bulk import BulkState
from app.state.formatting import Formatter
from tests.state.scripted import FastClock, ScriptedDesk, until_quiet

KNOWN: dict[str, str | None] = {"a": "open", "b": "closed", "c": "open", "d": None}


class StoppedClock(SystemClock):
    """Nothing ever comes to its time."""

    async def sleep(self, _seconds: float) -> None:
        await asyncio.Event().wait()


@pytest.fixture
async def bulk(scripted: ScriptedDesk) -> AsyncIterator[BulkState]:
    state = BulkState(scripted.desk.commands, fmt=Formatter(), clock=StoppedClock())
    yield state
    await state.close()


async def test_bulk_turns_only_tickets_that_are_not_there_yet(
    bulk: BulkState, scripted: ScriptedDesk
) -> None:
    await bulk.change_status(["a", "b", "c", "d"], Status.CLOSED, known=KNOWN)

    assert scripted.commands.given == [("change_statuses", ("a", "c", "d"), Status.CLOSED)]
    assert bulk.notice.value
    assert (bulk.notice.value.text, bulk.notice.value.action) == (
        "3 tickets are being closed.",
        "Undo",
    )


async def test_bulk_undo_turns_back_exactly_those(bulk: BulkState, scripted: ScriptedDesk) -> None:
    await bulk.change_status(["a", "b"], Status.CLOSED, known=KNOWN)

    await bulk.undo()
    await bulk.undo()

    assert scripted.commands.given[1:] == [("change_statuses", ("a",), Status.OPEN)]
    assert bulk.notice.value is None


async def test_bulk_undo_is_offered_for_some_seconds_only(scripted: ScriptedDesk) -> None:
    bulk = BulkState(scripted.desk.commands, fmt=Formatter(), clock=FastClock())
    await bulk.change_status(["a"], Status.CLOSED, known=KNOWN)

    await until_quiet()
    await bulk.undo()

    assert bulk.notice.value is None
    assert len(scripted.commands.given) == 1


async def test_bulk_with_nothing_to_do_says_so(bulk: BulkState, scripted: ScriptedDesk) -> None:
    await bulk.change_status(["b"], Status.CLOSED, known=KNOWN)

    assert scripted.commands.given == []
    assert bulk.notice.value
    assert bulk.notice.value.text == "All of them are closed already."


async def test_bulk_that_fails_says_so_and_has_nothing_to_undo(
    bulk: BulkState, scripted: ScriptedDesk
) -> None:
    scripted.commands.error = StoreFullError("The disk is full.")

    await bulk.change_status(["a"], Status.CLOSED, known=KNOWN)

    assert bulk.notice.value
    assert (bulk.notice.value.tone, bulk.notice.value.action) == ("error", "")


async def test_ticket_closed_where_it_is_open_can_be_taken_back_too(
    bulk: BulkState, scripted: ScriptedDesk
) -> None:
    bulk.turned("a", Status.CLOSED, has_draft=True)

    assert bulk.notice.value
    assert bulk.notice.value.text == "The ticket is being closed. Its draft is kept."
    assert bulk.about == "a"
    await bulk.undo()
    assert scripted.commands.given == [("change_statuses", ("a",), Status.OPEN)]
