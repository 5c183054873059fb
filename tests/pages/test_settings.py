import html

import pytest

from app.desk.desk import Desk
from app.domain.accounts import Right
from tests.pages.conftest import KEY, Site


async def test_page_shows_what_is_set_and_the_zone(site: Site) -> None:
    site.desk.queries.undo = 12
    site.http.cookies["ticketdesk_zone"] = "Europe%2FBerlin"

    answer = await site.http.get("/settings")

    assert answer.status_code == 200
    assert "Europe/Berlin" in html.unescape(answer.text)
    assert '"data-text":"12"' in html.unescape(answer.text)


async def test_every_page_for_sellers_leads_there(site: Site) -> None:
    for path in ("/", "/health"):
        assert "/settings" in (await site.http.get(path)).text


async def test_no_more_of_the_key_than_its_end_is_on_the_page(site: Site) -> None:
    page = (await site.http.get("/settings")).text

    assert "ends in cdef" in page
    assert KEY not in page
    assert KEY[:-4] not in page


async def test_key_is_not_for_those_who_may_not_manage(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Desk, "may", lambda _desk, right: right is not Right.MANAGE)

    page = (await site.http.get("/settings")).text

    assert "api-key" not in page
    assert "ends in" not in page  # the end alone could be part of any id
