"""One reply open in two browsers: they follow each other, and where they cannot both are kept."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Running, until, visit
from tests.e2e.shop import Shop

Both = tuple[Page, Page]


@pytest.fixture
def shop(desk_process: Running) -> Shop:
    return Shop(desk_process)


@pytest.fixture
def ticket(shop: Shop) -> str:
    return str(shop.waiting()[0]["id"])


@pytest.fixture
def both(new_page: Callable[..., Page], desk_process: Running, ticket: str) -> Iterator[Both]:
    """The same ticket in two browsers; nothing is left typed afterwards."""
    one, two = new_page(), new_page()
    for page in (one, two):
        visit(page, f"{desk_process.url}/?ticket={ticket}")
        expect(page.locator("[data-message-id]").first).to_be_visible()
    yield one, two
    box(one).fill("")
    expect(box(two)).to_have_value("")


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def elsewhere(page: Page) -> Locator:
    return page.get_by_role("region", name="From another window")


def test_draft_goes_on_in_the_browser_in_which_nothing_was_typed(both: Both) -> None:
    one, two = both
    box(one).press_sequentially("Dear")
    expect(box(two)).to_have_value("Dear")

    box(two).press_sequentially(" Anna")

    expect(box(one)).to_have_value("Dear Anna")
    expect(elsewhere(one)).to_have_count(0)
    expect(elsewhere(two)).to_have_count(0)


CUT = "window.socket.disconnect()"
# As the framework does when it connects again by itself: else it has to load the page anew.
BACK = """() => {
  window.socket.io.opts.query.next_message_id = window.nextMessageId;
  window.socket.connect();
}"""


@pytest.mark.parametrize("loaded_anew", [False, True], ids=["goes on", "is loaded anew"])
def test_texts_typed_at_once_are_both_kept_and_can_be_put_together(
    both: Both, shop: Shop, ticket: str, loaded_anew: bool
) -> None:
    one, two = both
    box(one).fill("A draft before")
    expect(box(two)).to_have_value("A draft before")
    box(one).fill("")
    expect(box(two)).to_have_value("")
    for page in both:
        page.evaluate(CUT)
    box(one).fill("From one.")
    box(two).fill("From two.")
    for page, words in ((one, "From one."), (two, "From two.")):
        if loaded_anew:
            page.reload()
        else:
            page.evaluate(BACK)
        until(lambda words=words: words in shop.draft(ticket))  # type: ignore[misc]  # bound here

    expect(elsewhere(one)).to_have_count(1)
    expect(elsewhere(two)).to_have_count(1)
    expect(box(one)).to_have_value("From one.")
    expect(box(two)).to_have_value("From two.")
    elsewhere(one).get_by_role("button", name="Show the other text").click()
    expect(elsewhere(one)).to_contain_text("From two.")
    elsewhere(one).get_by_role("button", name="Insert below yours").click()

    for page in both:
        expect(box(page)).to_have_value("From one.\n\nFrom two.")
        expect(elsewhere(page)).to_have_count(0)
    assert shop.draft(ticket) == "From one.\n\nFrom two."


def test_sending_in_one_browser_empties_the_box_in_the_other(
    both: Both, shop: Shop, ticket: str
) -> None:
    one, two = both
    box(one).fill("Sent from one.")
    expect(box(two)).to_have_value("Sent from one.")

    one.get_by_role("button", name="Send", exact=True).click()

    expect(box(two)).to_have_value("")
    expect(two.locator("[data-reply-state]")).to_contain_text("Sent from one.")
    two.get_by_role("button", name="Undo").click()
    expect(box(one)).to_have_value("Sent from one.")
    assert "Sent from one." not in shop.texts(ticket)


def test_row_and_drawer_say_who_else_is_there_until_that_window_is_closed(
    new_page: Callable[..., Page], desk_process: Running, ticket: str
) -> None:
    one, two = new_page(), new_page()
    visit(one, f"{desk_process.url}/?status=all&ticket={ticket}")
    row, drawer = one.locator("tr[data-presence]"), one.locator(".head [data-presence]")
    expect(row).to_have_count(0)

    visit(two, f"{desk_process.url}/?ticket={ticket}")
    expect(row).to_have_attribute("data-ticket-id", ticket)
    expect(row).to_contain_text("another window: looking")
    expect(drawer).to_have_text("another window: looking")
    box(two).press_sequentially("Dear")
    expect(drawer).to_have_text("another window: writing")
    box(two).fill("")

    two.close()
    expect(row).to_have_count(0, timeout=10_000)
    expect(one.locator(".presence:visible")).to_have_count(0)
