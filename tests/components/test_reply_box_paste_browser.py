"""A text that is far too long: refused before it is put into the box, which takes many seconds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

HUGE = 1_200_000


@pytest.fixture
def page_with_clipboard(new_page: Callable[..., Page], gallery: Gallery) -> Page:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    gallery.open(page, "/?ticket=0")
    return page


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def copy(page: Page, length: int) -> None:
    page.evaluate("length => navigator.clipboard.writeText('x'.repeat(length))", length)


def test_a_huge_paste_is_refused_and_the_text_stays(
    page_with_clipboard: Page, gallery: Gallery
) -> None:
    page = page_with_clipboard
    box(page).fill("Dear Anna,")
    copy(page, HUGE)

    box(page).press("Control+v")

    says = page.get_by_role("alert")
    expect(says).to_contain_text("Nothing was pasted: that text has 1,200,000 characters,")
    expect(says).to_contain_text("this box holds 100,000, a reply 40,000.")
    expect(box(page)).to_have_value("Dear Anna,")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    assert gallery.wait("draft") == ["Dear Anna,"]
    assert page.evaluate("navigator.clipboard.readText().then(text => text.length)") == HUGE


def test_what_is_selected_makes_room_for_a_paste(page_with_clipboard: Page) -> None:
    page = page_with_clipboard
    box(page).fill("y" * 60_000)
    copy(page, 60_000)

    box(page).press("Control+v")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was pasted")
    assert len(box(page).input_value()) == 60_000
    box(page).press("Control+a")
    box(page).press("Control+v")

    expect(page.get_by_role("alert")).to_contain_text("60,000 of 40,000 characters")
    assert box(page).input_value() == "x" * 60_000


def test_a_huge_text_dropped_on_the_box_is_refused(page_with_clipboard: Page) -> None:
    page = page_with_clipboard
    box(page).fill("Dear Anna,")

    refused = page.evaluate(
        """length => { const data = "x".repeat(length), inputType = "insertFromDrop";
           const options = { data, inputType, bubbles: true, cancelable: true };
           const drop = new InputEvent("beforeinput", options);
           return !document.querySelector("textarea").dispatchEvent(drop); }""",
        HUGE,
    )

    assert refused
    expect(page.get_by_role("alert")).to_contain_text("Nothing was dropped here")
    expect(box(page)).to_have_value("Dear Anna,")
