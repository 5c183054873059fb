"""A reply can be taken back after its ticket was left, and its words stay with that ticket."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Running, visit
from tests.e2e.shop import Shop

TEXT = "To the wrong customer."


@pytest.fixture
def shop(desk_process: Running) -> Shop:
    return Shop(desk_process)


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def row(page: Page, ticket_id: str) -> Locator:
    return page.locator(f"tr[data-ticket-id='{ticket_id}']")


def wait_long(page: Page, desk: Running) -> None:
    """Give a slow machine half a minute to take a reply back."""
    visit(page, f"{desk.url}/settings")
    page.get_by_label("Undo a sent reply for").fill("30")
    page.get_by_label("Undo a sent reply for").blur()
    expect(page.locator("#undo-says")).to_contain_text("30 seconds")


def open_ticket(page: Page, ticket_id: str) -> None:
    row(page, ticket_id).click()
    expect(page.locator(".pane:visible .facts")).to_contain_text(ticket_id)


def send(page: Page, ticket_id: str) -> None:
    open_ticket(page, ticket_id)
    box(page).fill(TEXT)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(box(page)).to_have_value("")


def test_reply_is_taken_back_from_the_next_ticket_and_from_the_list(
    page: Page, desk_process: Running, shop: Shop
) -> None:
    wait_long(page, desk_process)
    first, second = shop.waiting()[:2]
    visit(page, f"{desk_process.url}/?view=all")
    send(page, str(first["id"]))
    open_ticket(page, str(second["id"]))
    line = page.locator(".drawer > .notice")
    expect(line).to_contain_text("leaves in")
    box(page).fill("For the next one.")

    box(page).press("Shift+Tab")
    expect(line.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")

    expect(line).to_contain_text("Not sent. Your words are in the draft of")
    expect(box(page)).to_have_value("For the next one.")
    line.get_by_role("button", name="Open").click()
    expect(box(page)).to_have_value(TEXT)
    expect(line).to_have_count(0)
    assert shop.draft(str(first["id"])) == TEXT

    page.get_by_role("button", name="Send", exact=True).click()
    expect(box(page)).to_have_value("")
    page.get_by_role("button", name="Close conversation").click()
    over_list = page.locator(".desk-work > .notice")
    over_list.get_by_role("button", name="Undo").click()

    expect(row(page, str(first["id"]))).to_contain_text("Draft")
    over_list.get_by_role("button", name="Open").click()
    expect(box(page)).to_have_value(TEXT)
    for ticket in (first, second):
        assert TEXT not in shop.texts(str(ticket["id"]))
