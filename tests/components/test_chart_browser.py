"""Charts under a pointer and under keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser


@pytest.fixture
def drawn(stage: Callable[..., Page]) -> Page:
    page = stage("/?charts=1")
    expect(page.locator(".chart .main-svg").nth(2)).to_be_attached()
    return page


def chart(page: Page, name: str) -> Locator:
    return page.locator(".chart", has=page.get_by_role("img", name=name))


def test_click_on_a_bar_tells_which(drawn: Page, gallery: Gallery) -> None:
    chart(drawn, "Waiting by age").locator(".bars .point path").nth(2).click(force=True)

    assert gallery.wait("pick") == ["4-24"]


def test_click_on_a_day_tells_which(drawn: Page, gallery: Gallery) -> None:
    middle = chart(drawn, "Opened and closed").locator(".nsewdrag")
    middle.hover(force=True)
    expect(drawn.locator(".hoverlayer .legend")).to_be_attached()

    middle.click(force=True)

    [day] = gallery.wait("pick")
    assert re.match(r"\d{4}-\d\d-\d\d$", str(day))


def test_hover_says_value_day_and_zone(drawn: Page) -> None:
    chart(drawn, "Opened and closed").locator(".nsewdrag").hover(force=True)

    hovered = chart(drawn, "Opened and closed").locator(".hoverlayer")
    expect(hovered).to_contain_text(re.compile(r"\d+ [A-Z][a-z]{2} \d{4} · Europe/Berlin"))
    expect(hovered).to_contain_text(re.compile(r"Opened : \d+"))


def test_what_a_click_picks_is_a_list_for_keys(drawn: Page, gallery: Gallery) -> None:
    drawn.locator(".card").last.focus()
    drawn.keyboard.press("Tab")
    expect(drawn.get_by_role("button", name="Opened and closed per day: as a list")).to_be_focused()
    drawn.keyboard.press("Tab")
    drawn.keyboard.press("Enter")
    sheet = drawn.get_by_role("dialog", name="Waiting by age")
    expect(sheet.get_by_role("button")).to_have_text(["4\u201324 h: 5 tickets", "Close"])

    drawn.keyboard.press("Enter")

    assert gallery.wait("pick") == ["4-24"]
    expect(sheet).to_have_count(0)
    expect(drawn.get_by_role("button", name="Waiting by age: as a list")).to_be_focused()
