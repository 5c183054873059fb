"""What a browser shows that knows less than the newest: seen in one that is made to know less."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from components.theme import OLDEST_CHROMIUM
from tests.components.conftest import Gallery
from tests.conventions.tree import ROOT

pytestmark = pytest.mark.browser

NOTICES = ("#popup", "#too_long_message_popup")


def test_notices_of_the_framework_stay_hidden_without_layers(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    """As Chromium does below 99: whatever lies in a layer is not there."""
    page = new_page()
    page.route("**/nicegui.css", lambda route: route.fulfill(content_type="text/css", body=""))
    gallery.open(page)

    for notice in NOTICES:
        expect(page.locator(notice)).to_be_hidden()
    page.evaluate("window.socket.disconnect()")
    expect(page.locator("#popup")).to_be_visible()


def test_older_browser_is_told_what_it_needs(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    """As below 109, where this height is unknown."""
    page = new_page()
    page.route("**/desk.css", without_dynamic_height)

    gallery.open(page)

    expect(page.get_by_text("It needs Chromium, Chrome or Edge 109 or newer")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search tickets")).to_be_visible()


def without_dynamic_height(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("dvh", "unknown"))


def test_browser_that_cannot_start_the_desk_is_told_so_in_large_words(
    new_page: Callable[..., Page], gallery: Gallery, console: list[str]
) -> None:
    """As below 89: the framework's own sentence stays on the page."""
    page = new_page()
    page.route("**/vue.esm-browser*.js", lambda route: route.abort())

    page.goto(gallery.url)

    said = page.locator("#esm-fallback").evaluate(
        "one => ['content', 'fontSize'].map((name) => getComputedStyle(one, '::after')[name])"
    )
    assert "109 or newer" in said[0]
    assert float(said[1].removesuffix("px")) >= 32
    page.goto("about:blank")
    console.clear()  # the browser complains about the module


def test_readme_names_the_oldest_browser() -> None:
    assert f"Chromium {OLDEST_CHROMIUM}" in (ROOT / "README.md").read_text("utf-8")
