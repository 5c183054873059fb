import html

from tests.pages.conftest import Site


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
