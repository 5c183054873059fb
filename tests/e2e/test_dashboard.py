"""Finding a ticket: filters, search, sort and pages, all of them in the address."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Running, visit
from tests.e2e.shop import Shop


@pytest.fixture
def shop(desk_process: Running) -> Shop:
    return Shop(desk_process)


@pytest.fixture
def desk(page: Page, desk_process: Running, shop: Shop) -> Page:
    visit(page, f"{desk_process.url}/?view=all")
    expect(counted(page, len(shop.tickets()))).to_be_attached()
    return page


def counted(page: Page, number: int) -> Locator:
    """The place that says how many tickets the list has, once it says `number`."""
    return page.locator(f"[data-count='{number}']")


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name="Tickets").locator("[data-ticket-id]")


def ids(page: Page) -> list[str]:
    found: list[str] = rows(page).evaluate_all("rows => rows.map(row => row.dataset.ticketId)")
    return found


def test_rows_are_in_the_first_answer_and_no_chart_comes_before_them(
    page: Page, desk_process: Running
) -> None:
    page.add_init_script(ROWS_AT)
    visit(page, f"{desk_process.url}/?view=all")

    expect(rows(page)).to_have_count(25)
    expect(page.get_by_role("img", name=re.compile("Opened and closed per day"))).to_be_visible()
    page.wait_for_selector(".chart-plot .main-svg")
    charts = page.evaluate(CHARTS_AT)
    assert charts
    assert page.evaluate("rowsAt") < min(charts)


ROWS_AT = """
new MutationObserver(() => {
  if (document.querySelector('[data-ticket-id]')) window.rowsAt ??= performance.now()
}).observe(document, { childList: true, subtree: true })
"""
CHARTS_AT = """
performance.getEntriesByType('resource').filter(e => e.name.includes('plotly'))
  .map(e => e.startTime)
"""


def test_address_without_words_is_the_queue_then_the_view_that_was_left(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    visit(page, desk_process.url)
    expect(counted(page, len(shop.waiting()))).to_be_attached()
    assert ids(page) == shop.longest_waiting()[:25]

    page.get_by_role("link", name=re.compile("^Closed")).click()
    closed = len(shop.tickets(status="closed"))
    expect(counted(page, closed)).to_be_attached()
    page.get_by_role("columnheader", name="Amount").get_by_role("button").click()
    expect(page).to_have_url(re.compile("view=closed&sort=-amount"))
    visit(page, desk_process.url)

    expect(counted(page, closed)).to_be_attached()
    expect(page.get_by_role("columnheader", name="Amount")).to_have_attribute(
        "aria-sort", "descending"
    )
    page.get_by_role("link", name=re.compile("^Needs response")).click()
    expect(counted(page, len(shop.waiting()))).to_be_attached()
    page.go_back()
    expect(counted(page, closed)).to_be_attached()


def test_status_is_filtered_and_remembered_in_the_address(desk: Page, shop: Shop) -> None:
    open_tickets = shop.tickets(status="open")

    desk.get_by_role("button", name="Open", exact=True).click()

    expect(counted(desk, len(open_tickets))).to_be_attached()
    expect(desk).to_have_url(re.compile(r"/\?status=open$"))
    desk.reload()
    expect(counted(desk, len(open_tickets))).to_be_attached()
    expect(desk.get_by_role("button", name="Open", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_needs_response_shows_who_waits_for_the_seller(desk: Page, shop: Shop) -> None:
    waiting = shop.waiting()

    desk.get_by_role("group", name="Filters").get_by_role("button", name="Needs response").click()

    expect(counted(desk, len(waiting))).to_be_attached()
    assert set(ids(desk)) == {ticket["id"] for ticket in waiting}
    expect(desk).to_have_title(f"({len(waiting)}) Ticketdesk")


def test_card_and_view_lead_to_the_same_tickets_longest_wait_first(desk: Page, shop: Shop) -> None:
    desk.locator("[data-stat='needs-response']").click()
    expect(counted(desk, len(shop.waiting()))).to_be_attached()
    first = ids(desk)

    desk.get_by_role("link", name=re.compile("All tickets")).click()
    expect(counted(desk, len(shop.tickets()))).to_be_attached()
    desk.get_by_role("link", name=re.compile("Needs response")).click()
    expect(counted(desk, len(first))).to_be_attached()

    assert ids(desk) == first
    assert first == shop.longest_waiting()


def test_product_is_one_of_those_there_are(desk: Page, shop: Shop) -> None:
    product = next(t["product_name"] for t in shop.tickets() if t["product_name"])
    having = [t for t in shop.tickets() if t["product_name"] == product]

    desk.get_by_role("combobox", name="Product").select_option(product)

    expect(counted(desk, len(having))).to_be_attached()
    desk.get_by_role("button", name=f"Remove filter {product}").click()
    expect(counted(desk, len(shop.tickets()))).to_be_attached()
    expect(desk).to_have_url(re.compile(r"/\?view=all$"))


def test_search_answers_each_letter_and_is_one_step_in_the_history(desk: Page, shop: Shop) -> None:
    email = shop.tickets()[0]["customer_email"]
    box = desk.get_by_role("searchbox", name="Search tickets")

    box.press_sequentially(email)

    mine = [t for t in shop.tickets() if t["customer_email"] == email]
    expect(counted(desk, len(mine))).to_be_attached()
    desk.get_by_role("button", name="Closed", exact=True).click()
    expect(desk).to_have_url(re.compile("q=.*status=closed"))
    desk.go_back()
    expect(box).to_have_value(email)
    expect(counted(desk, len(mine))).to_be_attached()


def test_field_words_narrow_the_list_and_stay_in_the_address(desk: Page, shop: Shop) -> None:
    email = shop.tickets()[0]["customer_email"]
    mine = [t for t in shop.tickets() if t["customer_email"] == email]
    closed = [t for t in mine if t["status"] == "closed"]

    desk.get_by_role("searchbox", name="Search tickets").fill(f"from:{email} is:closed older:soo")
    expect(desk.get_by_text("“older:soo” is searched as text")).to_be_visible()
    desk.get_by_role("searchbox", name="Search tickets").fill(f"from:{email} is:closed")

    expect(counted(desk, len(closed))).to_be_attached()
    expect(desk.get_by_text("is searched as text")).to_have_count(0)
    desk.reload()
    expect(counted(desk, len(closed))).to_be_attached()


def test_search_without_a_hit_says_so_and_clears(desk: Page, shop: Shop) -> None:
    desk.get_by_role("searchbox", name="Search tickets").fill('"no such* (ticket')

    expect(desk.get_by_text("No ticket matches")).to_be_visible()
    desk.get_by_role("button", name="Clear filters").last.click()

    expect(counted(desk, len(shop.tickets()))).to_be_attached()
    expect(desk.get_by_role("searchbox", name="Search tickets")).to_have_value("")


def test_sort_turns_round_with_the_second_click(desk: Page, shop: Shop) -> None:
    amount = desk.get_by_role("columnheader", name="Amount")
    amount.get_by_role("button").click()
    expect(amount).to_have_attribute("aria-sort", "descending")
    expect(desk).to_have_url(re.compile("sort=-amount"))

    amount.get_by_role("button").click()
    expect(amount).to_have_attribute("aria-sort", "ascending")
    expect(desk).to_have_url(re.compile("sort=amount"))


def test_pages_hold_every_ticket_once(desk: Page, shop: Shop) -> None:
    seen = ids(desk)
    while desk.get_by_role("button", name="Next page").is_enabled():
        first = ids(desk)[0]
        desk.get_by_role("button", name="Next page").click()
        expect(rows(desk).first).not_to_have_attribute("data-ticket-id", first)
        seen += ids(desk)

    assert len(seen) == len(set(seen)) == len(shop.tickets())
    desk.go_back()
    expect(desk).to_have_url(re.compile("page=2"))


def test_back_and_forward_restore_list_and_ticket(desk: Page, shop: Shop) -> None:
    drawer = desk.get_by_role("complementary", name="Conversation")
    desk.get_by_role("button", name="Open", exact=True).click()
    expect(desk).to_have_url(re.compile("status=open"))
    rows(desk).first.click()
    expect(drawer).to_be_visible()
    address = desk.url

    desk.go_back()
    expect(drawer).to_be_hidden()
    expect(desk).to_have_url(re.compile(r"status=open$"))
    desk.go_back()
    expect(counted(desk, len(shop.tickets()))).to_be_attached()

    desk.go_forward()
    desk.go_forward()
    expect(desk).to_have_url(address)
    expect(drawer).to_be_visible()


def test_link_to_a_ticket_opens_it_beside_the_list(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    ticket = shop.waiting()[0]

    visit(page, f"{desk_process.url}/tickets/{ticket['id']}")

    drawer = page.get_by_role("complementary", name="Conversation")
    expect(drawer.get_by_role("heading", level=2)).to_have_text(ticket["subject"])
    expect(rows(page).first).to_be_visible()


def test_times_are_the_viewers_own_from_the_first_visit(
    new_page: Callable[..., Page], desk_process: Running, shop: Shop
) -> None:
    page = new_page(timezone_id="Asia/Tokyo")
    visit(page, desk_process.url)

    expect(rows(page).first.locator("time")).to_have_attribute("title", re.compile("JST$"))
    page.reload()
    assert "JST" in str(rows(page).first.locator("time").get_attribute("title"))


def test_missing_page_says_one_sentence(
    page: Page, desk_process: Running, console: list[str]
) -> None:
    page.goto(f"{desk_process.url}/nowhere")

    expect(page.get_by_role("heading")).to_have_text("There is no page at this address.")
    assert len(console) == 1  # the browser's own word on the 404
    console.clear()


def test_health_says_how_complete_the_copy_is(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    visit(page, f"{desk_process.url}/health")

    count = len(shop.tickets())
    tickets = page.locator("dt:text-is('Tickets') + dd")
    expect(tickets).to_have_text(f"{count} of {count}")
