"""Words nobody has acknowledged: the page may go before they are heard, its tab, and the desk."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

KEPT = "Object.keys(localStorage).filter(key => key.startsWith('ticketdesk_words '))"
NOTHING_KEPT = f"{KEPT}.length === 0"
PUT = "([key, kept]) => localStorage.setItem(key, JSON.stringify(kept))"


@pytest.fixture(autouse=True)
def nothing_is_kept(page: Page, gallery: Gallery) -> None:
    """Begin with an empty storage: the pages of these tests are of one browser."""
    page.goto(f"{gallery.url}/said")
    page.evaluate("localStorage.clear()")


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def cut(page: Page) -> None:
    page.evaluate("window.socket.disconnect()")


def kept(page: Page) -> dict[str, Any]:
    """What the storage holds, by ticket."""
    found = page.evaluate(f"{KEPT}.map(key => [key.split(' ')[2], localStorage[key]])")
    return {ticket: json.loads(text) for ticket, text in found}


def test_words_typed_while_the_line_is_cut_are_back_after_a_reload(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    cut(page)
    box(page).fill("While it was down")

    page.reload()

    expect(box(page)).to_have_value("While it was down")
    assert gallery.wait("draft") == ["While it was down"]
    page.wait_for_function(NOTHING_KEPT)


def test_words_of_each_ticket_wait_for_their_own_acknowledgement(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("deaf")
    box(page).fill("For the first")
    page.click('tr[data-ticket-id="tkt_0001"]')
    expect(box(page)).to_have_value("Draft of 1")

    box(page).fill("For the second")
    gallery.wait("draft")

    assert {ticket: words["text"] for ticket, words in kept(page).items()} == {
        "tkt_0000": "For the first",
        "tkt_0001": "For the second",
    }
    assert kept(page)["tkt_0001"]["onto"] == "Draft of 1"
    page.reload()
    assert gallery.wait("words")[1] == "For the second"  # the address still names the first
    assert len(gallery.said("words")) == 1


def test_words_of_a_page_that_is_gone_are_handed_over_by_any_other(
    stage: Callable[..., Page], gallery: Gallery, page: Page
) -> None:
    words = {"text": "From a closed tab", "onto": "What stood there"}
    page.evaluate(PUT, ["ticketdesk_words gone tkt_0007", words])
    page.evaluate(PUT, ["ticketdesk_words gone tkt with a space", {"text": "", "onto": "Was"}])
    page.evaluate(PUT, ["ticketdesk_words gone broken", {"text": 7}])

    stage("/")

    page.wait_for_function(f"{KEPT}.length === 1")
    handed = sorted(call[1:] for call in gallery.said("words"))
    assert handed == [
        ["tkt with a space", "", "Was", ""],
        ["tkt_0007", "From a closed tab", "What stood there", ""],
    ]


def test_words_of_a_page_that_still_stands_are_left_to_it(
    stage: Callable[..., Page], gallery: Gallery, page: Page
) -> None:
    stage("/?ticket=0")
    cut(page)
    box(page).fill("Still being typed")
    page.evaluate(PUT, ["ticketdesk_words gone tkt_0007", {"text": "Left", "onto": ""}])
    second = page.context.new_page()

    gallery.open(second, "/")

    assert gallery.wait("words") == ["tkt_0007", "Left", "", ""]
    assert len(gallery.said("words")) == 1
    second.close()
    assert kept(page)["tkt_0000"]["text"] == "Still being typed"


def test_words_that_were_being_sent_are_looked_for_by_their_id(
    stage: Callable[..., Page], gallery: Gallery, page: Page
) -> None:
    left = {"text": "Was it sent?", "onto": "", "said": 4, "reply_id": "r1"}
    page.evaluate(PUT, ["ticketdesk_words gone tkt_0000", left])

    stage("/?ticket=0")

    assert gallery.wait("words") == ["tkt_0000", "Was it sent?", "", "r1"]
    expect(box(page)).to_have_value("")
    page.wait_for_function(NOTHING_KEPT)


def test_words_the_desk_has_made_another_text_of_stay_in_their_box(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("deaf")
    box(page).fill("Mine")
    gallery.wait("draft")
    page.evaluate("history.replaceState(null, '', '/?ticket=0&draft=Theirs')")

    page.reload()

    expect(box(page)).to_have_value("Mine")
    assert gallery.wait("draft") == ["Mine"]
    gallery.do("typed")
    assert gallery.wait("typed") == ["tkt_0000", -1, 1]


def test_words_lost_on_a_broken_line_are_said_again_when_it_is_back(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    page.evaluate("window.socket.emit = () => {}")  # a line that is dead and does not know it
    box(page).fill("Into the void")
    box(page).blur()
    assert gallery.said("draft") == []
    page.evaluate("delete window.socket.emit")
    cut(page)

    page.evaluate("window.socket.connect()")

    assert gallery.wait("draft") == ["Into the void"]
    page.wait_for_function(NOTHING_KEPT)


def test_nothing_is_sent_without_a_connection_and_the_box_says_so(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    cut(page)
    box(page).fill("Not now")

    box(page).press("Control+Enter")

    expect(page.get_by_role("alert")).to_contain_text("no connection to the desk")
    expect(box(page)).to_be_editable()
    page.reload()
    expect(box(page)).to_have_value("Not now")
    assert gallery.said("send") == []


def test_browser_that_keeps_nothing_says_so_while_the_line_is_cut(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    box(page).fill("Kept by the desk")
    assert gallery.wait("draft") == ["Kept by the desk"]
    expect(page.get_by_role("alert")).to_have_count(0)
    cut(page)

    box(page).press_sequentially("!")

    expect(page.get_by_role("alert")).to_contain_text("this browser keeps no drafts")


def test_no_order_given_on_a_cut_line_is_carried_out_later(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    first = page.locator("tr[data-ticket-id]").first.get_by_role("checkbox")
    first.check()
    close = page.get_by_role("button", name="Close ticket")
    several = page.get_by_role("group", name="Selected tickets").get_by_role("button", name="Close")
    expect(several).to_be_enabled()
    cut(page)

    for button in (close, close, several):
        button.click()

    assert "Not done: there is no connection" in page.evaluate(
        "getComputedStyle(document.querySelector('#popup'), '::after').content"
    )
    page.evaluate("window.socket.connect()")
    page.wait_for_function("window.desk.line() === 'up'")
    box(page).fill("Heard again")
    gallery.wait("draft")
    assert (gallery.said("status"), gallery.said("action")) == ([], [])
    expect(first).to_be_checked()
    close.click()
    assert gallery.wait("status") == []
