"""Words typed while the line is cut: the page may be loaded anew before anybody heard of them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

KEPT = "sessionStorage.getItem('ticketdesk_words')"


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def test_words_typed_while_the_line_is_cut_are_back_after_a_reload(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    page.evaluate("window.socket.disconnect()")
    box(page).fill("While it was down")

    page.reload()

    expect(box(page)).to_have_value("While it was down")
    assert gallery.wait("draft") == ["While it was down"]
    page.wait_for_function(f"{KEPT} === null")


def test_words_come_back_only_to_their_ticket(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    page.evaluate("window.socket.disconnect()")
    box(page).fill("For the first")
    page.evaluate("history.replaceState(null, '', '/?ticket=5')")
    page.reload()
    page.wait_for_function("window.did_handshake === true")
    expect(box(page)).to_have_value("")

    page.click('tr[data-ticket-id="tkt_0000"]')

    expect(box(page)).to_have_value("For the first")
    gallery.wait("draft")
    gallery.do("typed")
    assert gallery.wait("typed")[0] == "tkt_0000"


def test_words_that_the_desk_has_made_another_text_of_are_handed_over_beside_it(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    words = {"ticket": "tkt_0001", "text": "Mine", "onto": "What stood there"}
    page.evaluate(
        "words => sessionStorage.setItem('ticketdesk_words', JSON.stringify(words))", words
    )

    page.click('tr[data-ticket-id="tkt_0001"]')

    assert gallery.wait("draft") == ["Mine"]
    expect(box(page)).to_have_value("Draft of 1")
    gallery.do("typed")
    assert gallery.wait("typed") == ["tkt_0001", -1, 0]


def test_no_words_are_kept_by_the_window_while_the_line_stands(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    page.evaluate("window.socket.disconnect()")
    box(page).fill("Cut")
    page.wait_for_function(f"{KEPT} !== null")
    page.evaluate("window.socket.connect()")
    page.wait_for_function("window.socket.connected")

    box(page).fill("Cut and on again")

    page.wait_for_function(f"{KEPT} === null")
    assert gallery.wait("draft")
