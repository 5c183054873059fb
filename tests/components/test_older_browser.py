"""What a browser shows that knows less than the newest: seen in one that is made to know less."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.components.conftest import Gallery

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
