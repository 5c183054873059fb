import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser


def search(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search tickets")


def test_search_reports_each_keystroke(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    page.keyboard.press("/")

    page.keyboard.type("abc")

    expect(search(page)).to_have_value("abc")
    page.wait_for_timeout(100)
    assert [call[1] for call in gallery.said("query")] == ["a", "ab", "abc"]


def test_escape_clears_the_search_then_leaves_it(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    search(page).fill("abc")

    search(page).press("Escape")
    expect(search(page)).to_have_value("")
    expect(search(page)).to_be_focused()
    search(page).press("Escape")

    expect(search(page)).not_to_be_focused()
    assert gallery.wait("query") == [""]


def test_search_shows_what_came_from_elsewhere(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()

    gallery.do("query")

    expect(search(page)).to_have_value("from outside")


def test_an_echo_of_what_was_typed_takes_no_letter_back(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    search(page).press_sequentially("ab")

    gallery.do("echo")
    page.wait_for_function("document.querySelector('[type=search]').dataset.text === 'a'")

    expect(search(page)).to_have_value("ab")
    gallery.do("query")
    expect(search(page)).to_have_value("from outside")


def test_a_word_being_composed_is_searched_and_its_keys_are_left_alone(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    search(page).focus()
    composer = page.context.new_cdp_session(page)

    composer.send("Input.imeSetComposition", {"text": "か", "selectionStart": 1, "selectionEnd": 1})
    assert gallery.wait("query") == ["か"]
    for key in ("Escape", "ArrowDown", "Enter"):
        options = {"key": key, "isComposing": True, "bubbles": True, "cancelable": True}
        untouched = "(field, options) => field.dispatchEvent(new KeyboardEvent('keydown', options))"
        assert search(page).evaluate(untouched, options) is True

    expect(search(page)).to_have_value("か")
    expect(search(page)).to_be_focused()


def test_empty_search_offers_what_can_be_typed(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    hints = page.get_by_role("group", name="What can be searched for")
    expect(hints).to_have_count(0)
    page.keyboard.press("/")
    expect(hints.get_by_role("button")).to_have_count(3)

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(search(page)).to_be_focused()
    expect(search(page)).to_have_value("older:")
    expect(hints).to_have_count(0)
    assert gallery.wait("query") == ["older:"]


def test_hints_go_with_the_focus_and_with_escape(stage: Callable[..., Page]) -> None:
    page = stage()
    hints = page.get_by_role("group", name="What can be searched for")
    search(page).focus()
    page.keyboard.press("Tab")

    page.keyboard.press("Escape")

    expect(search(page)).not_to_be_focused()
    expect(hints).to_have_count(0)


def test_doubt_is_said_at_the_search_until_it_is_typed_over(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    gallery.do("doubt")
    expect(search(page)).to_have_accessible_description("“older:soon” is searched as text.")

    search(page).press("End")
    page.keyboard.type("x")

    expect(search(page)).to_have_accessible_description("")


def test_filters_have_their_names_and_show_the_choice_at_once(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    status = page.get_by_role("group", name="Status")

    status.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("button", name="Needs response", exact=True).click()
    page.get_by_role("combobox", name="Product").select_option("Pixel Theme Pro")
    page.get_by_role("combobox", name="Currency").select_option("EUR")
    page.get_by_label("Created from").fill("2025-01-20")
    page.get_by_label("Created from").blur()

    expect(status.locator("[aria-pressed=true]")).to_have_text("Open")
    assert gallery.wait("created") == ["2025-01-20", ""]
    assert gallery.wait("status") == ["open"]
    assert gallery.wait("needs_response") == [True]
    assert gallery.wait("product") == ["Pixel Theme Pro"]
    assert gallery.wait("currency") == ["EUR"]


def test_a_list_that_is_being_chosen_from_is_not_exchanged(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    product = page.get_by_role("combobox", name="Product")
    product.focus()
    offered = product.inner_html()

    gallery.do("filtered")
    expect(page.get_by_role("button", name="Remove filter “refund”")).to_be_visible()

    assert product.inner_html() == offered
    product.blur()
    expect(product).to_have_value("Premium License")


def test_chips_and_clear_take_filters_away(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    gallery.do("filtered")

    page.get_by_role("button", name="Remove filter “refund”").click()
    page.get_by_role("button", name="Clear filters").click()

    assert gallery.wait("clear") == []
    assert gallery.wait("chip") == ["query"]


def test_cards_and_views_are_filters(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()

    page.locator('[data-stat="open"][data-value="12"]').click()
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Closed").click()

    assert gallery.wait("view") == ["closed"]
    assert gallery.wait("card") == ["open"]
    assert "view=" not in page.url


def test_freshness_says_state_age_and_what_still_works(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    status = page.get_by_role("status")
    expect(status).to_have_attribute("data-freshness", "live")

    gallery.do("offline")

    expect(status).to_have_attribute("data-freshness", "offline")
    expect(status.locator("time")).to_have_text("2 h")
    expect(page.get_by_role("alert")).to_contain_text("drafts and replies are kept")
    page.get_by_role("button", name="Try now").click()
    assert gallery.wait("fresh") == []


def test_ages_count_on_without_the_server(new_page: Callable[..., Page], gallery: Gallery) -> None:
    page = new_page()
    gallery.open(page, "/wall")
    now = datetime.now(UTC)
    age = page.locator("[data-kiosk] footer time[data-fine]")
    expect(age).to_have_text(re.compile(r"^\d s$"))

    page.clock.set_fixed_time(now + timedelta(minutes=61))

    expect(age).to_have_text("1 h")


def test_an_age_has_one_unit(stage: Callable[..., Page]) -> None:
    page = stage("/wall")
    day = 86_400
    ages = {5: "now", 60: "1 min", 169_200: "47 h", 2 * day: "2 d", 100 * day: "3 mo"}
    ages |= {800 * day: "2 y", -90: "now"}

    said = {
        seconds: page.evaluate("s => desk.age(new Date(desk.now() - s * 1000))", seconds)
        for seconds in ages
    }

    assert said == ages


def test_the_theme_turns_and_is_kept(new_page: Callable[..., Page], gallery: Gallery) -> None:
    page = new_page()
    gallery.open(page)
    tokens = "getComputedStyle(document.documentElement).getPropertyValue('--page')"
    light = page.evaluate(tokens)

    page.get_by_role("button", name="Theme: Auto").click()
    page.get_by_role("button", name="Theme: Light").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(tokens) != light
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_viewers_zone_is_left_in_a_cookie(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page(timezone_id="Europe/Berlin")

    gallery.open(page)

    assert gallery.wait("zone") == ["Europe/Berlin"]
    (zone,) = [c for c in page.context.cookies() if c["name"] == "ticketdesk_zone"]
    assert zone["value"] == "Europe%2FBerlin"


def test_keys_are_silent_while_text_is_typed(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")

    page.get_by_role("textbox", name="Reply").press_sequentially("jk/?xr")

    expect(page.get_by_role("textbox", name="Reply")).to_have_value("jk/?xr")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("tbody tr:focus")).to_have_count(0)


def test_a_question_mark_lists_the_keys(stage: Callable[..., Page]) -> None:
    page = stage()

    page.keyboard.press("?")

    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Next ticket")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
