"""Keys: what they press, on any layout of letters, and when they press nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from components.keys import KEYS, OF_VIEWS
from tests.components.conftest import Gallery
from tests.e2e.desk import THERE

pytestmark = pytest.mark.browser

PRESS = """(key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...key })
)"""
"""a key of a layout or an input method that the machine of the test need not have"""
CARRIED = "[...document.querySelectorAll('[data-key]')].map((one) => one.dataset.key)"
PICKED = "input[type=checkbox]:checked"


@pytest.mark.parametrize(
    ("key", "code"),
    [("\u043e", "KeyJ"), ("ξ", "KeyJ"), ("ח", "KeyJ"), ("j", "KeyC"), ("J", "KeyJ")],
    ids=["Russian", "Greek", "Hebrew", "Dvorak", "capitals held"],
)
def test_letter_is_the_one_of_the_layout_or_of_the_place_where_it_has_none(
    stage: Callable[..., Page], key: str, code: str
) -> None:
    page = stage()

    page.evaluate(PRESS, {"key": key, "code": code})

    expect(page.locator("tr[data-ticket-id]").first).to_be_focused()


@pytest.mark.parametrize(
    ("key", "shift", "focused"), [(".", False, True), ("/", False, True), (",", True, False)]
)
def test_signs_of_a_cyrillic_layout_search_and_list_the_keys(
    stage: Callable[..., Page], key: str, shift: bool, focused: bool
) -> None:
    page = stage()

    page.evaluate(PRESS, {"key": key, "code": "Slash", "shiftKey": shift})

    search = page.get_by_role("searchbox", name="Search tickets")
    expect(search).to_be_focused(timeout=5000) if focused else expect(search).not_to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0 if focused else 1)


@pytest.mark.parametrize(
    "key",
    [
        {"key": "z", "isComposing": True},
        {"key": "Process", "code": "KeyZ", "keyCode": 229},
        {"key": "z", "keyCode": 229},
    ],
)
def test_keys_of_an_input_method_are_left_alone(
    stage: Callable[..., Page], gallery: Gallery, key: dict[str, object]
) -> None:
    page = stage()
    gallery.do("notice")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    page.evaluate(PRESS, {"code": "KeyZ", **key})
    page.evaluate(PRESS, {"key": "z", "code": "KeyZ", "altKey": True})

    assert page.evaluate(PRESS, {"key": "z", "code": "KeyZ", **key}) is True
    assert gallery.said("notice") == []


def test_key_that_is_held_presses_once(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    gallery.do("notice")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    page.evaluate(PRESS, {"key": "z", "code": "KeyZ"})
    page.evaluate(PRESS, {"key": "z", "code": "KeyZ", "repeat": True})

    gallery.wait("notice")
    assert gallery.said("notice") == [["notice"]]


def test_every_key_that_something_carries_is_in_the_list_of_keys(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("notice")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    carried = set(page.evaluate(CARRIED))

    assert {"/", "v", "n", "p", "z", "?", "1", "9"} <= carried
    assert carried <= {key for key, _ in KEYS} | set(OF_VIEWS.values())


def test_keys_lead_to_the_next_and_the_previous_view(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    views = page.get_by_role("navigation", name="Views").get_by_role("link")
    active = page.locator(".views [aria-current]")
    place = views.evaluate_all("all => all.findIndex((one) => one.ariaCurrent)")
    keys = [item.get_attribute("data-key") for item in views.all()]
    expect(active).to_have_count(1)

    page.keyboard.press("v")

    assert keys[place + 1] == "v"
    assert place == 0 or keys[place - 1] == "Shift v"
    gallery.wait("view")


def test_digit_opens_the_view_in_that_place_and_is_a_digit_in_a_field(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    search = page.get_by_role("searchbox", name="Search tickets")

    page.keyboard.press("4")
    assert gallery.wait("view") == ["customer-replied"]
    page.evaluate(PRESS, {"key": "\u0662", "code": "Digit2"})  # an Arabic two
    search.click()
    page.keyboard.type("39")

    expect(search).to_have_value("39")
    gallery.wait("query")
    assert gallery.said("view") == [["view", "customer-replied"], ["view", "needs-response"]]


def reloaded(page: Page) -> None:
    """Lose the line and load the page anew, as after a sleep."""
    page.evaluate("window.old = true; window.socket.disconnect(); location.reload()")
    page.wait_for_function(f"!window.old && {THERE}")


def test_field_has_its_focus_and_its_caret_again_after_a_reload_that_the_desk_caused(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("deaf")  # it keeps no drafts: the browser does, until they are
    box = page.get_by_role("textbox", name="Reply")
    box.press_sequentially("Dear customer,")
    for _ in range(9):
        page.keyboard.press("ArrowLeft")

    reloaded(page)
    expect(box).to_be_focused()
    page.keyboard.type("jx")

    expect(box).to_have_value("Dear jxcustomer,")


def test_letters_do_nothing_after_a_reload_that_the_desk_caused(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    reloaded(page)

    page.keyboard.type("jx?v")
    expect(page.locator(PICKED)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert gallery.said("view") == []

    page.locator(".views-title").click()
    page.keyboard.type("?")
    expect(page.get_by_role("dialog")).to_have_count(1)


def test_rows_that_were_ticked_are_ticked_after_a_reload(stage: Callable[..., Page]) -> None:
    page = stage()
    ticked = [page.locator("tr[data-ticket-id]").nth(place) for place in (1, 20)]
    for row in ticked:
        row.get_by_role("checkbox").check()

    reloaded(page)

    for row in ticked:
        expect(row.get_by_role("checkbox")).to_be_checked()
    expect(page.locator(PICKED)).to_have_count(2)
    expect(page.get_by_role("group", name="Selected tickets")).to_contain_text("2")


def test_letters_work_after_a_reload_that_the_person_asked_for(stage: Callable[..., Page]) -> None:
    page = stage()
    page.reload()
    page.wait_for_function(THERE)

    page.keyboard.type("?")

    expect(page.get_by_role("dialog")).to_have_count(1)


def test_reply_is_sent_and_its_ticket_closed_by_one_key_in_the_box(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    page.get_by_role("textbox", name="Reply").fill("Done")

    page.keyboard.press("Control+Shift+Enter")

    assert gallery.wait("send") == ["Done", True]


def test_open_ticket_is_closed_by_a_key(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    expect(page.get_by_role("textbox", name="Reply")).to_be_visible()

    page.locator(".views-title").click()
    page.keyboard.press("c")

    gallery.wait("status")
