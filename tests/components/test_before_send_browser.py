"""The question before a reply goes: the text survives every way out, and only a yes sends it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components import talk
from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

TEXT = "ask me"


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def asked(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Before you send")


def press_send(page: Page) -> None:
    box(page).fill(TEXT)
    box(page).press("Control+Shift+Enter")
    expect(asked(page)).to_be_visible()


def test_every_way_back_keeps_the_text_and_sends_nothing(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    for way_out in ("Escape", "Enter", "beside"):
        page = stage("/?ticket=0")
        press_send(page)
        expect(asked(page).get_by_role("button", name="Back to the text")).to_be_focused()

        if way_out == "beside":
            page.mouse.click(3, 3)
        else:
            page.keyboard.press(way_out)

        expect(asked(page)).to_be_hidden()
        expect(box(page)).to_be_focused()
        expect(box(page)).to_be_editable()
        expect(box(page)).to_have_value(TEXT)
        expect(page.get_by_text("Not sent. Your text is kept here")).to_be_hidden()
        gallery.wait("before_send")
        assert gallery.said("send") == [["send", TEXT, True]]


def test_send_anyway_sends_what_stands_in_the_box_as_it_was_asked_for(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    press_send(page)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(box(page)).to_have_value("")
    expect(asked(page)).to_be_hidden()
    assert gallery.said("send") == [["send", TEXT, True], ["send", TEXT, True]]
    assert len(gallery.said("before_send")) == 1


def test_words_of_others_are_text_of_two_lines_on_a_phone_too(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    page.set_viewport_size({"width": 390, "height": 844})
    press_send(page)

    quote = asked(page).locator("blockquote")
    expect(quote).to_have_text(talk.HOSTILE)
    assert (
        quote.evaluate(
            "quote => Math.round(quote.clientHeight / parseFloat("
            "getComputedStyle(quote).lineHeight))"
        )
        == 2
    )
    assert page.title() != "owned"
    for name in ("Back to the text", "Send anyway"):
        expect(asked(page).get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_without_a_connection_nothing_is_sent_and_the_question_stays(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    press_send(page)
    page.evaluate("window.socket.disconnect()")

    asked(page).get_by_role("button", name="Send anyway").click()

    expect(asked(page).get_by_text("Not sent: there is no connection to the desk.")).to_be_visible()
    assert gallery.said("send") == [["send", TEXT, True]]
