"""Rows come first; how many there are, and what the filters would leave, comes after them."""

import asyncio
from typing import TYPE_CHECKING

from app.domain.filters import TicketFilter
from app.state.inbox import InboxState
from tests.state.scripted import ScriptedDesk, until_quiet

if TYPE_CHECKING:
    from components.data import TableData


async def test_rows_do_not_wait_for_a_count_that_takes_long(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.queries.counts_late = True
    scripted.queries.held = []
    tables: list[TableData] = []
    is_drawn = asyncio.Event()
    inbox.table.follow(lambda table: (tables.append(table), is_drawn.set()))
    task = inbox.show(TicketFilter(query="No"))
    await until_quiet()

    scripted.queries.held.pop().set_result(None)
    await is_drawn.wait()
    assert [(table.count, len(table.rows)) for table in tables] == [(None, 25)]
    scripted.release()
    await task

    assert [table.count for table in tables] == [None, 60]


async def test_late_count_never_belongs_to_a_newer_list(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.queries.counts_late = True
    scripted.queries.held = []
    older = inbox.show(TicketFilter(query="No 1"))
    await until_quiet()
    scripted.queries.held.pop().set_result(None)
    await until_quiet()
    newer = inbox.show(TicketFilter(query="No 2"))
    await until_quiet()
    scripted.release()
    await asyncio.gather(older, newer, return_exceptions=True)

    assert older.cancelled()
    assert inbox.table.value
    assert inbox.table.value.count == 11


async def test_choices_follow_the_filter_after_the_rows(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    inbox.fill()
    await until_quiet()
    scripted.queries.asked.clear()

    await inbox.show(TicketFilter(query="No 5"))
    assert scripted.queries.asked == ["inbox No 5 1"]
    await until_quiet()

    assert scripted.queries.asked == ["inbox No 5 1", "choices No 5"]
