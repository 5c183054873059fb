import asyncio
import html
from dataclasses import replace

import pytest

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


async def test_wall_says_why_its_data_is_not_live(site: Site) -> None:
    known = site.desk.queries.known
    site.desk.queries.known = replace(known, problem="The Tickets API cannot be reached.")

    answer = await site.http.get("/kiosk")

    assert '"textContent":"The Tickets API cannot be reached."' in html.unescape(answer.text)
