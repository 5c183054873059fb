"""Private notes on the screen: written beside a reply and never taken for one, and never sent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Running, visit
from tests.e2e.shop import Shop

LABEL = "Private note, only on this desk"


@pytest.fixture
def shop(desk_process: Running) -> Shop:
    return Shop(desk_process)


@pytest.fixture
def waiting(shop: Shop) -> list[str]:
    """Tickets that wait for the seller."""
    return [str(row["id"]) for row in shop.waiting()]


def drawer(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Conversation")


def note_text(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Private note")


def notes(page: Page) -> Locator:
    return drawer(page).get_by_role("log", name="Messages").locator("article[data-note]")


def open_ticket(page: Page, running: Running, ticket_id: str) -> None:
    visit(page, f"{running.url}/?view=all&ticket={ticket_id}")
    expect(drawer(page).locator("[data-message-id]").first).to_be_visible()


def test_note_is_written_by_its_own_key_and_button_and_no_key_sends_it(
    page: Page, desk_process: Running, shop: Shop, waiting: list[str]
) -> None:
    ticket = waiting[0]
    open_ticket(page, desk_process, ticket)
    before = shop.texts(ticket)
    reply = page.get_by_role("textbox", name="Reply")
    reply.fill("A reply that is not ready")
    page.keyboard.press("Escape")

    page.keyboard.press("Shift+N")
    expect(note_text(page)).to_be_focused()
    page.keyboard.type("Zebrafinch was here")
    for key in ("Control+Enter", "Control+Shift+Enter", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("twice")
    page.get_by_role("button", name="This customer").click()
    for key in ("Control+Enter", "Control+Shift+Enter", "c", "a"):
        page.keyboard.press(key)
    page.get_by_role("group", name="Private note").get_by_text("Only on this desk").click()
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="This ticket").click()
    page.keyboard.press("Escape")

    expect(note_text(page)).to_be_hidden()
    expect(reply).to_have_value("A reply that is not ready")
    page.get_by_role("button", name="Go on with the private note").click()
    expect(note_text(page)).to_have_value("Zebrafinch was here\ntwice")
    expect(notes(page)).to_have_count(0)
    page.get_by_role("button", name="Add note").dblclick()
    expect(notes(page)).to_have_count(1)
    expect(notes(page)).to_contain_text(LABEL)
    expect(notes(page)).to_contain_text("Zebrafinch was here\ntwice")
    expect(page.locator(".note-form textarea")).to_be_hidden()
    expect(page.locator(".note-form textarea")).to_have_value("")
    row = page.locator(f"tr[data-ticket-id='{ticket}']")
    expect(row).to_contain_text("1 private note")
    assert shop.texts(ticket) == before
    assert "Zebrafinch" not in desk_process.said()


def test_words_of_a_note_outlive_a_reload_and_a_change_of_ticket(
    page: Page, desk_process: Running, waiting: list[str]
) -> None:
    open_ticket(page, desk_process, waiting[1])
    page.keyboard.press("Shift+N")
    page.keyboard.type("Half a thought")
    page.keyboard.press("Escape")
    page.locator(f"tr[data-ticket-id='{waiting[2]}'] a.subject").click()
    expect(page).to_have_url(re.compile(f"{waiting[2]}$"))
    page.keyboard.press("Shift+N")
    expect(note_text(page)).to_have_value("")
    page.keyboard.type("Another one")

    page.reload()

    expect(page.get_by_role("button", name="Go on with the private note")).to_be_visible()
    page.keyboard.press("Shift+N")
    expect(note_text(page)).to_have_value("Another one")
    open_ticket(page, desk_process, waiting[1])
    page.keyboard.press("Shift+N")
    expect(note_text(page)).to_have_value("Half a thought")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(note_text(page)).to_be_hidden()
    expect(drawer(page)).to_be_visible()
    expect(page.get_by_role("textbox", name="Reply")).to_have_value("")


def test_note_on_a_customer_reaches_the_other_page_at_once_and_is_removed_after_a_question(
    page: Page, new_page: Callable[[], Page], desk_process: Running, waiting: list[str]
) -> None:
    other = new_page()
    for one in (page, other):
        open_ticket(one, desk_process, waiting[3])
    page.keyboard.press("Shift+N")
    page.get_by_role("button", name="This customer").click()
    note_text(page).fill("Always polite.")

    page.get_by_role("button", name="Add note").click()

    above = other.get_by_role("region", name="Private notes on this customer")
    expect(above).to_contain_text("Private note on the customer, only on this desk")
    expect(above).to_contain_text("Always polite.")
    expect(notes(other)).to_have_count(0)
    above.get_by_role("button", name="Remove").click()
    expect(above).to_contain_text("Remove this private note for everybody?")
    above.get_by_role("button", name="Keep it").click()
    above.get_by_role("button", name="Remove").click()
    above.get_by_role("button", name="Remove it").click()
    expect(above).to_be_hidden()
    expect(page.get_by_role("region", name="Private notes on this customer")).to_be_hidden()
