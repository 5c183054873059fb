import asyncio
import html

import pytest

from app.desk.desk import Desk
from app.desk.read_models import PendingReply, ReviewItem
from app.domain.accounts import Right
from app.domain.ticket import Ticket
from tests.pages.conftest import Site
from tests.state.scripted import NOON, until_quiet


async def test_first_page_holds_the_rows_already(site: Site) -> None:
    answer = await site.http.get("/")

    assert answer.status_code == 200
    assert "No 24" in answer.text
    assert site.desk.queries.asked.count("inbox  1") == 1
    assert "dashboard_stats" not in site.desk.queries.asked


async def test_first_page_shows_what_its_address_asks_for(site: Site) -> None:
    answer = await site.http.get("/?q=No+5&ticket=t7")

    assert "No 59" in answer.text
    assert "No 24" not in answer.text
    assert site.desk.commands.looked == ["t7"]


async def test_first_page_goes_out_without_rows_when_they_take_long(site: Site) -> None:
    site.desk.queries.held = []

    answer = await site.http.get("/")

    assert answer.status_code == 200
    assert '"aria-busy":"true"' in html.unescape(answer.text)


async def test_first_page_lists_what_needs_review(site: Site) -> None:
    reply = PendingReply(reply_id="r1", text="Is it </script>?", state="refused", written_at=NOON)
    site.desk.queries.waiting = (ReviewItem(ticket=Ticket(id="t0"), reply=reply),)

    place = await site.http.get("/?view=to-decide")
    tickets = await site.http.get("/")

    assert "1 reply needs your review" in place.text
    assert "</script>?" not in place.text
    assert "1 reply needs your review." in tickets.text
    assert "Send again" not in tickets.text


async def test_page_survives_any_address(site: Site) -> None:
    hostile = (
        "/?q=%F0%9F%98%80%00%ED%A0%80&page=-1&page=1e9&sort=;drop&from=2025-02-31&ticket=../%2e"
    )

    assert (await site.http.get(hostile)).status_code == 200


async def test_address_of_a_ticket_leads_to_the_list_beside_it(site: Site) -> None:
    answer = await site.http.get("/tickets/tkt_1%2F..%20%26")

    assert answer.status_code == 307
    assert answer.headers["location"] == "/?ticket=tkt_1%2F..+%26"


async def test_customers_text_stays_text_in_the_first_page(site: Site) -> None:
    nasty = "</script><img src=x onerror=alert(1)>${alert(1)}`"
    site.desk.put(Ticket(id="t0", subject=nasty, customer_email=nasty, product_name=nasty))

    answer = await site.http.get("/?ticket=t0")

    assert "<img src=x" not in answer.text
    assert "</script><img" not in answer.text


async def test_tab_that_is_gone_leaves_no_listener_behind(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        await site.http.get("/?ticket=t1")
    assert site.desk.listeners == 25

    for tab in site.tabs:
        tab.delete()
    await asyncio.sleep(0.01)
    site.desk.put(Ticket(id="t1", subject="Later"))
    await until_quiet()

    assert site.desk.listeners == 0
    assert site.desk.commands.looked[-5:] == [None] * 5
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_change_after_the_tab_is_gone_is_no_error(site: Site) -> None:
    await site.http.get("/?page=9&ticket=t1")
    site.desk.queries.held = []
    site.desk.put(Ticket(id="t1", subject="Later"))
    await until_quiet()

    for tab in site.tabs:
        tab.delete()
    site.desk.release()
    await until_quiet()

    assert site.tabs == []


async def test_reader_is_told_in_the_ticket_why_there_is_no_reply_box(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, demo = "You may read every ticket here and answer none.", "/demo/customer"
    for_sellers = (await site.http.get("/?ticket=t7")).text
    monkeypatch.setattr(Desk, "may", lambda _desk, right: right is Right.READ)

    for_readers = (await site.http.get("/?ticket=t7")).text

    assert [told in page for page in (for_sellers, for_readers)] == [False, True]
    assert [demo in page for page in (for_sellers, for_readers)] == [True, False]
