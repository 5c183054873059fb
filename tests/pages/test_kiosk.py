import asyncio
import html
from dataclasses import replace

import pytest
from nicegui import Client

from app.domain.ticket import Ticket
from components.keyed_list import KeyedList
from tests.pages.conftest import Site


async def test_wall_is_on_the_screen_with_the_first_page(site: Site) -> None:
    answer = await site.http.get("/kiosk")

    assert answer.status_code == 200
    assert "No 7" in answer.text
    assert "No 8" not in answer.text


async def test_wall_that_is_gone_leaves_no_listener_behind(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    await site.http.get("/kiosk")
    assert site.desk.listeners == 2

    site.tabs[0].delete()
    await asyncio.sleep(0.01)

    assert site.desk.listeners == 0
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_wall_of_many_updates_holds_what_it_held_after_few(site: Site) -> None:
    await site.http.get("/kiosk")
    [tab] = site.tabs

    async def held_after(updates: int) -> tuple[int, int, int]:
        for number in range(updates):
            site.desk.put(Ticket(id="t0", subject=f"Asked {number} times"))
            await until_drawn(tab, f"Asked {number} times")
        tab.outbox.updates.clear()  # nobody is there to take them
        return len(tab.elements), len(asyncio.all_tasks()), site.desk.listeners

    few = await held_after(5)

    assert await held_after(60) == few


async def until_drawn(wall: Client, words: str) -> None:
    lists = [one for one in wall.elements.values() if isinstance(one, KeyedList)]
    for _ in range(1_000):
        if any(words in str(item.content) for one in lists for item in one.items):
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"“{words}” was not drawn.")


async def test_wall_says_why_its_data_is_not_live(site: Site) -> None:
    known = site.desk.queries.known
    site.desk.queries.known = replace(known, problem="The Tickets API cannot be reached.")

    answer = await site.http.get("/kiosk")

    assert '"textContent":"The Tickets API cannot be reached."' in html.unescape(answer.text)
