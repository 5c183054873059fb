import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

ROWS = "tbody tr[data-ticket-id]"


def ids(page: Page) -> list[str]:
    return page.locator(ROWS).evaluate_all("rows => rows.map(row => row.dataset.ticketId)")


def row(number: int) -> str:
    return f'tr[data-ticket-id="tkt_{number:04}"]'


def test_rows_keep_their_places_under_the_pointer(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    before = ids(page)
    page.hover(row(3))

    gallery.do("new")

    pill = page.get_by_role("button", name="3 new: show")
    expect(pill).to_be_visible()
    assert ids(page) == before
    pill.click()
    expect(pill).to_have_count(0)
    assert ids(page)[:4] == ["tkt_0090", "tkt_0091", "tkt_0092", "tkt_0000"]


def test_cells_change_in_place_while_the_order_waits(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.hover(row(3))

    gallery.do("changed")

    expect(page.locator(row(3))).to_contain_text("Changed 3")
    expect(page.get_by_role("button", name="List changed: show")).to_be_visible()
    assert ids(page)[:5] == [f"tkt_{n:04}" for n in range(5)]
    expect(page.locator(row(7))).to_have_class("tone-late")
    expect(page.locator(row(7))).to_have_attribute("data-gone", "")


def test_what_the_person_asked_for_applies_at_once(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.hover(row(3))

    gallery.do("asked")

    expect(page.locator(ROWS)).to_have_count(5)
    assert ids(page)[0] == "tkt_0004"


def test_a_focused_row_holds_the_order_and_lets_go(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.keyboard.press("j")
    expect(page.locator(row(0))).to_be_focused()

    gallery.do("reorder")

    expect(page.get_by_role("button", name="List changed: show")).to_be_visible()
    assert ids(page)[0] == "tkt_0000"
    page.keyboard.press("/")
    expect(page.locator(ROWS).first).to_have_attribute("data-ticket-id", "tkt_0004")


def test_an_unwatched_list_takes_a_new_order_at_once(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()

    gallery.do("reorder")

    expect(page.locator(ROWS).first).to_have_attribute("data-ticket-id", "tkt_0004")


def test_keys_move_the_focus_and_open(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()

    for key in ("j", "j", "ArrowDown", "k", "Enter"):
        page.keyboard.press(key)

    expect(page.locator(row(1))).to_be_focused()
    assert gallery.wait("open") == ["tkt_0001"]
    expect(page.locator(row(1))).to_have_attribute("aria-current", "true")


def test_a_click_opens_the_row(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()

    page.click(row(2))

    assert gallery.wait("open") == ["tkt_0002"]
    expect(page.get_by_role("complementary", name="Conversation")).to_be_visible()


def test_shift_selects_a_range_and_the_bar_acts_on_it(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    top = page.locator(row(5)).bounding_box()
    boxes = page.locator("tbody input[type=checkbox]")

    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])

    bar = page.get_by_role("group", name="Selected tickets")
    expect(bar).to_contain_text("3 selected")
    assert page.locator(row(5)).bounding_box() == top
    bar.get_by_role("button", name="Close", exact=True).click()
    assert gallery.wait("action") == [["tkt_0001", "tkt_0002", "tkt_0003"], "close"]
    expect(bar).to_contain_text("3 selected")


def test_the_head_selects_the_page(stage: Callable[..., Page]) -> None:
    page = stage()

    page.get_by_role("checkbox", name="Select all on this page").check()

    expect(page.get_by_role("group", name="Selected tickets")).to_contain_text("25 selected")


def test_a_selection_holds_the_order(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("/")

    gallery.do("reorder")

    expect(page.get_by_role("button", name="List changed: show")).to_be_visible()
    assert ids(page)[0] == "tkt_0000"


def test_a_selection_that_ends_lets_the_order_go(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page()
    page.clock.install()
    gallery.open(page)
    everything = page.get_by_role("checkbox", name="Select all on this page")
    everything.check()
    page.mouse.move(5, 5)
    gallery.do("reorder")
    expect(page.get_by_role("button", name="List changed: show")).to_be_visible()

    page.clock.run_for(3_000)  # the pointer has been away long enough
    assert ids(page)[0] == "tkt_0000"
    everything.press("Space")
    page.clock.run_for(3_000)

    expect(page.locator(ROWS).first).to_have_attribute("data-ticket-id", "tkt_0004")


def test_the_focus_stays_on_its_ticket_when_the_order_changes(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    for _ in range(4):
        page.keyboard.press("j")

    gallery.do("asked")

    expect(page.locator(ROWS)).to_have_count(5)
    expect(page.locator(row(3))).to_be_focused()
    assert ids(page)[1] == "tkt_0003"


def test_headers_sort_and_say_so(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    updated = page.get_by_role("columnheader", name="Updated")
    expect(updated).to_have_attribute("aria-sort", "descending")

    updated.get_by_role("button").click()
    assert gallery.wait("sort") == ["updated", False]
    page.get_by_role("button", name="Subject").click()

    page.wait_for_timeout(50)
    assert gallery.said("sort")[-1] == ["sort", "subject", False]


def test_the_pager_turns_and_tells_the_true_count(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()

    page.get_by_role("button", name="Next page").click()

    [turned] = gallery.wait("page")
    assert turned == {
        "forward": True,
        "ids": [f"tkt_{n:04}" for n in range(25)],
        "first": "place 0",
        "last": "place 24",
    }
    expect(page.locator("[data-count]")).to_have_attribute("data-count", "412")
    expect(page.get_by_role("button", name="Previous page")).to_be_disabled()


def test_wait_stands_for_the_update_where_everybody_waits(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()

    gallery.do("waits")

    first = page.locator(row(0))
    expect(first.locator("time")).to_have_text("82 d")
    expect(first).to_contain_text("≥")
    expect(first).to_have_attribute("data-waiting-since", re.compile(r"^\d{4}-"))
    expect(page.locator(row(1)).locator("time")).to_have_text("3 h")
    header = page.get_by_role("columnheader", name="Waiting", exact=True)
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("columnheader", name="Updated")).to_have_count(0)


def test_wait_stands_beside_the_update_where_only_some_wait(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()

    gallery.do("some-wait")

    expect(page.locator(row(0)).locator(".c-awaiting")).to_contain_text("82 d")
    expect(page.locator(row(0)).locator("time")).to_have_text("now")
    expect(page.locator(row(1)).locator(".wait")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Updated")).to_be_visible()


def test_page_is_turned_from_the_rows_that_are_seen(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.hover(row(3))
    gallery.do("ordered")
    expect(page.locator(row(3))).to_contain_text("Elsewhere 3")

    page.get_by_role("button", name="Next page").click()

    [turned] = gallery.wait("page")
    assert (turned["first"], turned["last"]) == ("place 0", "place 24")


def test_pill_calls_new_only_what_was_not_there(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.hover(row(3))

    gallery.do("pulled")
    expect(page.get_by_role("button", name="List changed: show")).to_be_visible()
    gallery.do("mixed")

    expect(page.get_by_role("button", name="3 new · 2 changed: show")).to_be_visible()


def test_skeletons_have_the_size_of_rows(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    real = page.locator(ROWS).nth(4).bounding_box()

    gallery.do("asked")
    gallery.do("loading")

    expect(page.locator("tbody tr.skeleton")).to_have_count(16)
    assert page.locator("tbody tr.skeleton").nth(4).bounding_box() == real


def test_an_empty_list_says_why_and_what_next(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()

    gallery.do("empty")

    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    page.get_by_role("button", name="Show them").click()
    assert gallery.wait("empty_action") == []


def test_the_hovered_row_offers_its_action_without_opening(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.hover(row(3))

    page.locator(row(3)).get_by_role("button", name="Reopen").click()

    assert gallery.wait("action") == [["tkt_0003"], "reopen"]
    assert gallery.said("open") == []


def test_hits_are_marked_as_text(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()

    gallery.do("hits")

    row = page.locator("[data-ticket-id=tkt_0000]")
    expect(row.locator("mark")).to_have_text(["not", "<b>anna"])
    expect(row.locator(".c-subject a")).to_have_text("Order not received")
    expect(row.locator("b")).to_have_count(0)


def test_list_that_is_being_counted_can_be_turned(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()

    gallery.do("counting")

    expect(page.locator(".coverage")).to_have_text("· text of 310 of 412 tickets")
    expect(page.locator(".range[data-count]")).to_have_count(0)
    expect(page.get_by_role("button", name="Next page")).to_be_enabled()
