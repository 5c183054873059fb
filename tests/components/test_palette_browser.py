"""The palette in the browser: opened from anywhere, Enter takes the first, arrows lead on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery
from tests.components.test_look_browser import serious

pytestmark = pytest.mark.browser

NAME = "Find an action, a view, a ticket or a customer"


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name=NAME)


def test_palette_opens_from_the_reply_box_and_gives_it_back(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box = page.get_by_role("textbox", name="Reply")
    box.press_sequentially("Hello")

    box.press("Control+k")
    expect(palette(page).get_by_role("textbox")).to_be_focused()
    gallery.wait("palette")
    assert serious(page) == []
    page.keyboard.type("re")
    page.keyboard.press("Escape")

    expect(palette(page)).to_be_hidden()
    expect(box).to_be_focused()
    expect(box).to_have_value("Hello")
    assert gallery.said("palette")[-1] == ["palette", "re"]


def test_enter_takes_the_first_and_arrows_lead_to_the_others(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()

    page.keyboard.press("Control+k")
    page.keyboard.press("Enter")
    assert gallery.wait("picked") == ["one", "what was typed"]
    expect(palette(page)).to_be_hidden()

    page.keyboard.press("Control+k")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(palette(page)).to_be_hidden()
    page.wait_for_function("!document.querySelector('dialog[open]')")

    assert gallery.said("picked")[-1] == ["picked", "three", "what was typed"]


def test_what_stood_in_the_palette_is_typed_over(stage: Callable[..., Page]) -> None:
    page = stage()
    page.keyboard.press("Control+k")
    page.keyboard.type("old")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("new")

    expect(palette(page).get_by_role("textbox")).to_have_value("new")


def test_nothing_is_picked_without_a_connection(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.keyboard.press("Control+k")
    page.evaluate("window.socket.disconnect()")
    page.keyboard.press("Enter")

    expect(palette(page)).to_be_visible()
    expect(page.locator("#desk-say")).to_contain_text("there is no connection")
    assert gallery.said("picked") == []
