"""What a first visit waits for, and what it does not: seen in a browser that never has time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

NEVER_IDLE = (
    "window.requestIdleCallback = (call) => { window.laters = [...window.laters ?? [], call]; }"
)
IDLE = "window.laters.splice(0).forEach((call) => call())"
# To measure an element lays the whole page out, before the browser would.
MEASURED = """(() => {
  window.measured = [];
  const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, "scrollTop");
  const told = (act) => function (...given) {
    window.measured.push(this.className);
    return act.apply(this, given);
  };
  Object.defineProperty(Element.prototype, "scrollTop", { get: told(get), set: told(set) });
})()"""
ASKED = "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)"


@pytest.fixture
def busy(new_page: Callable[..., Page], gallery: Gallery) -> Page:
    """The desk just drawn, while the browser has had no time for anything else."""
    page = new_page()
    page.add_init_script(NEVER_IDLE)
    page.goto(gallery.url)
    page.wait_for_function("window.laters?.length >= 3")
    return page


def test_only_what_can_be_seen_is_drawn_first(busy: Page) -> None:
    rows, dates = busy.locator("tr[data-ticket-id]"), busy.locator("input[type=date]")
    reply = busy.locator("aside textarea[data-key=r]")
    expect(rows).to_have_count(16)
    expect(dates).to_have_count(0)
    expect(reply).to_be_hidden()

    busy.evaluate(IDLE)

    expect(rows).to_have_count(25)
    expect(busy.get_by_role("table", name="Tickets")).to_have_attribute("aria-busy", "false")
    expect(dates).to_have_count(2)


def test_list_is_drawn_before_anything_is_measured(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page()
    page.add_init_script(NEVER_IDLE)
    page.add_init_script(MEASURED)
    page.goto(gallery.url)
    page.wait_for_function("window.laters?.length >= 3")

    assert page.evaluate("window.measured") == []
    page.get_by_role("table", name="Tickets").get_by_role("link").first.click()
    expect(page.get_by_role("log").get_by_role("article")).not_to_have_count(0)
    assert "log" in page.evaluate("window.measured")


def test_row_that_is_pushed_below_what_is_drawn_first_comes_with_the_rest(
    busy: Page, gallery: Gallery, console: list[str]
) -> None:
    gallery.do("pushed")
    expect(busy.locator("[data-ticket-id=tkt_0090]")).to_be_visible()
    expect(busy.locator("[data-ticket-id=tkt_0015]")).to_have_count(0)

    busy.evaluate(IDLE)

    rows = busy.locator("tr[data-ticket-id]")
    expect(rows).to_have_count(25)
    ids = rows.evaluate_all("all => all.map((one) => Number(one.dataset.ticketId.slice(4)))")
    assert ids == [90, *range(24)]
    assert console == []


def test_more_rows_than_are_drawn_first_fill_the_screen(busy: Page) -> None:
    last = busy.locator("tr[data-ticket-id]").last.bounding_box()

    assert last
    assert last["y"] + last["height"] >= 900


def test_a_conversation_waits_for_nothing_when_it_is_opened(busy: Page) -> None:
    busy.get_by_role("table", name="Tickets").get_by_role("link").first.click()

    expect(busy.get_by_role("textbox", name="Reply")).to_be_visible()
    expect(busy.get_by_role("log", name="Messages").get_by_role("article")).not_to_have_count(0)


def test_fields_for_dates_keep_their_place_and_what_they_hold(busy: Page, gallery: Gallery) -> None:
    gallery.do("filtered")
    created = busy.get_by_label("Created from")
    expect(created).not_to_have_value("")
    before, value = created.bounding_box(), created.input_value()

    busy.evaluate(IDLE)

    expect(created).to_have_attribute("type", "date")
    assert (created.bounding_box(), created.input_value()) == (before, value)


def test_our_styles_and_our_scripts_are_asked_for_once(busy: Page) -> None:
    asked = [path for path in busy.evaluate(ASKED) if "/static/" not in path]

    assert sorted(path.rsplit("/", 1)[1] for path in asked if "favicon" not in path) == [
        "desk.css",
        "desk.js",
        "keyed_list.js",
        "reply_form.js",
        "ticket_rows.js",
    ]
