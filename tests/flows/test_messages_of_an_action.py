"""One action, one message: what the desk sends a page for what a seller does."""

from collections.abc import AsyncIterator, Callable
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
        await tab.open("/?view=all")
        await tab.until(lambda: "<option" in options(tab), what="the choices")
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
    await tab.answered(tab.search("r"))
    await quiet(tab)
    forget(tab)
    before = set(tab.ids)

    await tab.answered(tab.search("re"))

    assert tab.packets[0] == {"ticket_rows", "keyed_list"}
    assert messages_with_rows(tab) == [0]
    assert set(tab.ids) - before <= set(tab.rows_sent) <= set(tab.ids)
    assert len(tab.rows_sent) == len(set(tab.rows_sent))
    await tab.until(lambda: tab.address == "/?q=re", what="the address")


async def test_filter_is_answered_in_one_message(tab: Tab) -> None:
    forget(tab)

    await tab.answered(tab.ask_by(lambda: tab.press("Open")))

    assert tab.packets[0] == {"ticket_rows", "keyed_list"}
    assert messages_with_rows(tab) == [0]


async def test_order_and_page_send_each_row_that_was_not_there_once(tab: Tab) -> None:
    presses: tuple[Callable[[], None], ...] = (lambda: tab.press("Customer"), lambda: turn(tab))
    for press in presses:
        await quiet(tab)  # what the order before still had to follow
        before = set(tab.ids)
        forget(tab)

        await tab.answered(tab.ask_by(press))

        assert messages_with_rows(tab) == [0]
        assert sorted(tab.rows_sent) == sorted(set(tab.ids) - before)


async def test_opened_ticket_sends_no_row_of_the_list(tab: Tab) -> None:
    ticket = tab.ids[3]
    before = {item["key"]: item for item in tab.items("ticket_rows")}
    forget(tab)

    tab.emit("ticket_rows", "act", act="open", key=ticket)
    await tab.until(lambda: tab.read_ticket == ticket, what="the messages")
    await tab.until(lambda: tab.address == f"/?view=all&ticket={ticket}", what="the address")

    after = {item["key"]: item for item in tab.items("ticket_rows")}
    assert [one for one in tab.rows_sent if after[one] == before.get(one)] == []
    assert set(tab.rows_sent) <= {ticket}  # which may turn out to have changed


def options(tab: Tab) -> str:
    """What the choice of a product offers."""
    return str(tab.field("Product")[1]["props"].get("data-options", ""))


def messages_with_rows(tab: Tab) -> list[int]:
    """Which of the messages since then hold rows: counts may follow before anybody looks."""
    return [number for number, names in enumerate(tab.packets) if "ticket_rows" in names]


def forget(tab: Tab) -> None:
    """Count from here what is sent."""
    tab.packets.clear()
    tab.rows_sent.clear()


def turn(tab: Tab) -> None:
    """Press Next page, as the script tells of it."""
    tab.emit("ticket_rows", "turn", forward=True, ids=tab.ids, **tab.page)


async def test_refresh_without_news_is_one_beat_and_no_message(tmp_path: Path) -> None:
    settings = {"TICKETDESK_REFRESH_SECONDS": "1", "TICKETDESK_DEMO_CUSTOMER": "off"}
    desk = start("serve", folder=tmp_path, **settings)
    tabs = Tab(desk.url), Tab(desk.url)
    try:
        for tab in tabs:
            await tab.open()
        for tab in tabs:
            await tab.until(lambda tab=tab: "<option" in options(tab), what="the choices")
            await quiet(tab)
        for tab in tabs:
            tab.beats.clear()
            tab.packets.clear()
        for tab in tabs:
            await tab.until(lambda tab=tab: len(tab.beats) > 1, what="two beats")
        told = [[beat["as_of"] for beat in tab.beats] for tab in tabs]
        packets = [tab.packets for tab in tabs]
    finally:
        for tab in tabs:
            await tab.close()
        desk.stop()

    assert packets == [[], []]
    assert all(sorted(ages) == ages for ages in told)
    assert set(told[0]) & set(told[1])
