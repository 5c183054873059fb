"""Answering: what is typed is kept, what is sent arrives once, everybody sees it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Running, until, visit
from tests.e2e.shop import Shop

DELIVERED_SECONDS = 20


@pytest.fixture
def shop(desk_process: Running) -> Shop:
    return Shop(desk_process)


@pytest.fixture
def waiting(shop: Shop) -> str:
    """A ticket that waits for the seller."""
    return str(shop.waiting()[0]["id"])


def drawer(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Conversation")


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def row(page: Page, ticket_id: str) -> Locator:
    return page.locator(f"tr[data-ticket-id='{ticket_id}']")


def open_ticket(page: Page, running: Running, ticket_id: str) -> None:
    visit(page, f"{running.url}/?view=all&ticket={ticket_id}")
    expect(drawer(page).locator("[data-message-id]").first).to_be_visible()


def test_reply_is_shown_at_once_and_arrives_exactly_once(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    open_ticket(page, desk_process, waiting)
    box(page).fill("The link is new, please try again.")

    page.get_by_role("button", name="Send", exact=True).dblclick()

    pending = drawer(page).locator("[data-reply-state]")
    expect(pending).to_have_count(1)
    expect(pending).to_contain_text("The link is new, please try again.")
    expect(box(page)).to_have_value("")
    expect(pending).to_have_count(0, timeout=DELIVERED_SECONDS * 1000)
    sent = drawer(page).locator("[data-message-id][data-sender='seller']").last
    expect(sent).to_contain_text("The link is new, please try again.")
    assert shop.texts(waiting).count("The link is new, please try again.") == 1
    expect(row(page, waiting)).to_contain_text("Waiting on customer")


def test_send_and_close_answers_first_and_closes_then(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    open_ticket(page, desk_process, waiting)
    box(page).fill("Solved.")

    page.get_by_role("button", name="Send and close").click()

    reopen = drawer(page).get_by_role("button", name="Reopen ticket")
    expect(reopen).to_be_enabled(timeout=DELIVERED_SECONDS * 1000)
    assert shop.ticket(waiting)["status"] == "closed"
    assert shop.texts(waiting)[-1] == "Solved."


def test_undone_reply_goes_back_into_the_box_and_never_leaves(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    open_ticket(page, desk_process, waiting)
    box(page).fill("To the wrong one")
    page.get_by_role("button", name="Send", exact=True).click()

    drawer(page).get_by_role("button", name="Undo").click()

    expect(box(page)).to_have_value("To the wrong one")
    expect(drawer(page).locator("[data-reply-state]")).to_have_count(0)
    box(page).fill("")
    assert "To the wrong one" not in shop.texts(waiting)


def test_undone_reply_comes_before_what_was_typed_since_and_once(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    open_ticket(page, desk_process, waiting)
    box(page).fill("First")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(box(page)).to_have_value("")
    box(page).fill("Second")
    until(lambda: shop.draft(waiting) == "Second")

    drawer(page).get_by_role("button", name="Undo").click()

    expect(box(page)).to_have_value("First\n\nSecond")
    box(page).fill("")


def test_blank_reply_is_refused_where_it_was_written(
    page: Page, desk_process: Running, waiting: str
) -> None:
    open_ticket(page, desk_process, waiting)
    box(page).fill("  \n ")

    page.get_by_role("button", name="Send", exact=True).click()

    expect(drawer(page).get_by_text("The reply is empty.")).to_be_visible()
    box(page).fill("")


def test_reply_of_invisible_letters_is_refused_and_kept(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    open_ticket(page, desk_process, waiting)
    box(page).fill("\u200b\u200b")

    page.get_by_role("button", name="Send", exact=True).click()

    expect(drawer(page).get_by_text("The reply is empty.")).to_be_visible()
    expect(box(page)).to_have_value("\u200b\u200b")
    until(lambda: shop.draft(waiting))
    box(page).fill("")
    until(lambda: not shop.draft(waiting))  # the next test may open this ticket


def test_draft_survives_reload_and_another_browser(
    page: Page, new_page: Callable[..., Page], desk_process: Running, shop: Shop
) -> None:
    first, second = (str(ticket["id"]) for ticket in shop.waiting()[:2])
    open_ticket(page, desk_process, first)
    box(page).press_sequentially("Half a sentence")
    expect(row(page, first)).to_contain_text("Draft")
    drafts = page.get_by_role("navigation", name="Views").get_by_role("link", name="Drafts")
    expect(drafts).to_contain_text("1")

    row(page, second).click()
    expect(box(page)).to_have_value("")
    other = new_page()
    open_ticket(other, desk_process, first)
    expect(box(other)).to_have_value("Half a sentence")
    page.go_back()
    expect(box(page)).to_have_value("Half a sentence")
    page.reload()
    expect(box(page)).to_have_value("Half a sentence")
    drafts.click()
    expect(page.locator("tr[data-ticket-id]")).to_have_count(1)

    box(page).fill("")
    expect(page.get_by_text("No drafts.", exact=True)).to_be_visible()
    expect(drafts).to_contain_text("0")


def test_text_typed_just_before_leaving_is_kept(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    first, second = (str(ticket["id"]) for ticket in shop.waiting()[:2])
    open_ticket(page, desk_process, first)
    box(page).fill("The very last words")

    row(page, second).click()
    expect(box(page)).to_have_value("")
    row(page, first).click()

    expect(box(page)).to_have_value("The very last words")
    box(page).fill("")
    expect(row(page, first)).not_to_contain_text("Draft")


def test_two_browsers_see_each_others_change(
    page: Page, new_page: Callable[..., Page], desk_process: Running, waiting: str
) -> None:
    other = new_page()
    open_ticket(page, desk_process, waiting)
    open_ticket(other, desk_process, waiting)

    drawer(page).get_by_role("button", name="Close ticket").click()

    expect(drawer(other).get_by_role("button", name="Reopen ticket")).to_be_enabled()
    expect(row(other, waiting)).to_contain_text("Closed")


def test_customer_who_writes_appears_in_list_and_conversation(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    open_ticket(page, desk_process, waiting)
    box(page).fill("I am typing")
    before = len(shop.tickets())

    shop.customer_writes(waiting, "Are you there?")
    shop.customer_opens("Brand new", "First words")

    expect(drawer(page).get_by_text("Are you there?")).to_be_visible()
    total = page.locator("[data-stat='total']")
    expect(total).to_have_attribute("data-value", str(before + 1))
    expect(box(page)).to_have_value("I am typing")
    box(page).fill("")


def test_rows_stay_where_they_are_under_the_pointer(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    visit(page, f"{desk_process.url}/?view=all")
    first = page.locator("tr[data-ticket-id]").first
    held = first.get_attribute("data-ticket-id")
    first.hover()

    shop.customer_opens("Pushes everything down", "Hello")

    pill = page.get_by_role("button", name="1 new: show").first
    expect(pill).to_be_visible()
    assert first.get_attribute("data-ticket-id") == held
    pill.click()
    expect(first).to_contain_text("Pushes everything down")


def test_ticket_that_vanishes_while_open_says_so_and_keeps_the_text(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    gone = str(shop.waiting()[-1]["id"])
    open_ticket(page, desk_process, gone)
    box(page).fill("Still here")

    shop.forget(gone)

    expect(drawer(page).get_by_text("no longer knows this ticket")).to_be_visible(
        timeout=DELIVERED_SECONDS * 1000
    )
    expect(box(page)).to_have_value("Still here")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()


def test_many_tickets_are_closed_at_once_and_the_order_can_be_undone(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    visit(page, f"{desk_process.url}/?status=open")
    chosen = [str(ticket["id"]) for ticket in shop.tickets(status="open")[:2]]
    for ticket_id in chosen:
        row(page, ticket_id).get_by_role("checkbox").check()

    page.get_by_role("group", name="Selected tickets").get_by_role("button", name="Close").click()
    expect(page.get_by_text("2 tickets are being closed.").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    page.get_by_role("button", name="Open", exact=True).click()
    for ticket_id in chosen:
        expect(row(page, ticket_id)).to_be_visible()
        expect(row(page, ticket_id)).not_to_contain_text(re.compile("Closing|Reopening"))
        assert shop.ticket(ticket_id)["status"] == "open"


def test_ticket_closed_over_a_text_says_that_it_is_kept_and_is_taken_back(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    visit(page, f"{desk_process.url}/?view=all")
    row(page, waiting).click()
    box(page).fill("Not sent yet")
    for _ in range(3):
        page.keyboard.press("Tab")

    page.keyboard.press("Enter")

    told = drawer(page).get_by_text("The ticket is being closed. Its draft is kept.")
    expect(told).to_be_visible()
    expect(page.locator("tr[data-ticket-id]:focus")).to_have_count(1)
    expect(row(page, waiting)).not_to_be_focused()
    page.keyboard.press("z")
    expect(told).to_be_hidden()
    until(lambda: shop.ticket(waiting)["status"] == "open", seconds=DELIVERED_SECONDS)
    expect(drawer(page).get_by_role("button", name="Close ticket")).to_be_enabled()
    expect(box(page)).to_have_value("Not sent yet")
    box(page).fill("")
    until(lambda: not shop.draft(waiting))


def test_customer_leads_to_their_tickets_and_the_title_names_the_open_one(
    page: Page, desk_process: Running, shop: Shop, waiting: str
) -> None:
    ticket = shop.ticket(waiting)
    open_ticket(page, desk_process, waiting)

    drawer(page).locator(".facts").get_by_role("link", name=str(ticket["customer_email"])).click()

    expect(page.get_by_role("searchbox")).to_have_value(f"from:{ticket['customer_email']}")
    expect(row(page, waiting)).to_be_visible()
    expect(drawer(page)).to_be_visible()
    expect(page).to_have_title(re.compile(re.escape(str(ticket["subject"]))))
    page.keyboard.press("Escape")
    expect(page).to_have_title(re.compile(r"^(\(\d+\) )?Ticketdesk$"))
