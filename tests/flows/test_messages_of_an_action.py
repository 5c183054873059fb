"""One action, one message: what the desk sends a page for what a seller does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.tab import NotShownError, Tab
from tests.e2e.desk import start


@pytest.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    """A page whose rows, numbers and choices are all there."""
    desk = start("serve", folder=tmp_path, TICKETDESK_REFRESH_SECONDS="600")
    tab = Tab(desk.url)
    try:
        await tab.open()
        await tab.until(lambda: bool(tab.data("filter_bar")["products"]), what="the choices")
        await quiet(tab)
        yield tab
    finally:
        await tab.close()
        desk.stop()


async def quiet(tab: Tab) -> None:
    """Wait until the copy is full, and nothing has come for a while."""
    while True:
        seen = len(tab.packets)
        try:
            await tab.until(lambda seen=seen: len(tab.packets) > seen, what="news", seconds=2)
        except NotShownError:
            return


async def test_keystroke_is_answered_in_one_message(tab: Tab) -> None:
    await tab.answered(tab.ask("search_box", "query", text="r"))
    tab.packets.clear()

    await tab.answered(tab.ask("search_box", "query", text="re"))

    assert tab.packets == [{"ticket_table", "search_box", "filter_bar"}]
    assert tab.data("search_box")["hints"] == []
    await tab.until(lambda: tab.address == "/?q=re", what="the address")


async def test_filter_is_answered_in_one_message(tab: Tab) -> None:
    tab.packets.clear()

    await tab.answered(tab.ask("filter_bar", "status", value="open"))

    assert len(tab.packets) == 1
    assert tab.packets[0] >= {"ticket_table", "filter_bar", "view_list"}


async def test_opened_ticket_sends_no_row_of_the_list(tab: Tab) -> None:
    ticket = tab.rows[3]["id"]
    tab.packets.clear()

    tab.emit("ticket_table", "open", id=ticket)
    await tab.until(lambda: tab.data("message_log")["ticket_id"] == ticket, what="the messages")
    await tab.until(lambda: tab.address == f"/?ticket={ticket}", what="the address")

    assert [packet for packet in tab.packets if "ticket_table" in packet] == []
