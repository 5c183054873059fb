"""The line that says what was done a moment ago, and takes it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser


def line(page: Page) -> Locator:
    return page.locator(".notice", has_text="Reply to “Order not received")


def test_seconds_are_counted_down_and_said_once(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    said = page.locator("#desk-say[aria-live=polite]")

    gallery.do("held")

    expect(line(page)).to_contain_text("leaves in 30 s")
    expect(said).to_contain_text("leaves in 30 s")
    expect(line(page)).to_contain_text("leaves in 28 s")
    expect(said).to_contain_text("leaves in 30 s")


def test_z_takes_back_what_the_line_offers_and_is_a_letter_in_the_box(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("told")
    box = page.get_by_role("textbox", name="Reply")

    box.press("z")
    expect(box).to_have_value("z")
    assert gallery.said("told") == []
    box.press("Escape")
    page.keyboard.press("z")

    assert gallery.wait("told") == []


def test_line_above_the_box_is_one_step_back_from_it(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("told")
    expect(line(page).get_by_role("button", name="Undo")).to_be_visible()

    page.get_by_role("textbox", name="Reply").focus()
    page.keyboard.press("Shift+Tab")
    expect(line(page).get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")

    assert gallery.wait("told") == []
    gallery.do("taken")
    expect(page.locator(".drawer > .notice button")).to_have_text("Open")
    expect(page.locator(".drawer > .notice button")).to_be_focused()


@pytest.mark.parametrize("width", [390, 1440])
def test_line_covers_neither_the_box_nor_the_last_message(
    new_page: Callable[..., Page], gallery: Gallery, width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    gallery.open(page, "/?ticket=0")
    gallery.do("told")
    expect(line(page)).to_be_visible()

    parts = (page.locator(".log"), line(page), page.get_by_role("textbox", name="Reply"))
    boxes = [part.bounding_box() for part in parts]
    edges = [(box["y"], box["y"] + box["height"]) for box in boxes if box]

    assert len(edges) == 3
    assert edges[0][1] <= edges[1][0] + 1
    assert edges[1][1] <= edges[2][0] + 1
    expect(page.get_by_text("One more thing.")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == width
