from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery
from tests.components.talk import HOSTILE
from tests.components.test_look_browser import NARROW, WIDE, serious

pytestmark = pytest.mark.browser


def place(page: Page) -> Locator:
    return page.get_by_role("region", name="Needs review")


def test_the_place_takes_that_of_the_list_and_gives_it_back(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    expect(place(page)).to_have_count(0)

    gallery.do("to-review")
    expect(place(page).get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("table", name="Tickets")).to_have_count(0)
    gallery.do("reviewed")

    expect(page.get_by_role("table", name="Tickets")).to_be_visible()


def test_each_reply_has_its_ticket_words_and_buttons(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    gallery.do("to-review")
    replies = place(page).get_by_role("article")
    first, second = replies.nth(0), replies.nth(1)

    expect(first).to_have_attribute("data-reply-state", "unconfirmed")
    expect(first).to_contain_text("Last looked at 12:31.")
    expect(second.locator(".review-text")).to_contain_text(HOSTILE.splitlines()[0])
    second.get_by_role("button", name="Keep as draft").click()
    assert gallery.wait("reviewed") == ["r1", "draft"]
    page.get_by_role("button", name="Re-check all").click()
    assert gallery.wait("recheck_all") == []
    first.get_by_role("button", name="Order not received").click()
    assert gallery.wait("open") == ["tkt_0000"]


def test_the_line_leads_to_the_place(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    gallery.do("line")

    page.get_by_role("button", name="Review").click()

    assert gallery.wait("line") == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_place(
    new_page: Callable[..., Page], gallery: Gallery, size: dict[str, int], scheme: str
) -> None:
    page = new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    gallery.open(page)
    gallery.do("line")
    gallery.do("to-review")
    expect(place(page)).to_be_visible()

    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
