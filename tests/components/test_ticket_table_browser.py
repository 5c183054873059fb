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
    expect(page.locator(ROWS)).to_have_count(25)
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


# ── The place of a person ────────────────────────────────────────────────────────────────────────


def test_keys_open_the_neighbour_while_a_conversation_is_open(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.click(row(2))
    expect(page.get_by_role("complementary", name="Conversation")).to_be_visible()

    page.keyboard.press("j")
    expect(page.locator(row(3))).to_have_attribute("aria-current", "true")
    page.keyboard.press("k")
    expect(page.locator(row(2))).to_have_attribute("aria-current", "true")

    expect(page.locator(row(2))).to_be_focused()
    assert gallery.said("open") == [["open", f"tkt_{n:04}"] for n in (2, 3, 2)]


@pytest.mark.parametrize("state", ["left", "moved"])
@pytest.mark.parametrize(("key", "neighbour"), [("j", 4), ("k", 2)])
def test_keys_go_on_from_where_the_open_row_stood(
    new_page: Callable[..., Page], gallery: Gallery, state: str, key: str, neighbour: int
) -> None:
    page = new_page()
    page.clock.install()
    gallery.open(page)
    page.click(row(3))
    expect(page.get_by_role("complementary", name="Conversation")).to_be_visible()
    page.mouse.move(5, 5)
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary", name="Conversation")).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    page.clock.run_for(3_000)

    gallery.do(state)
    expect(page.locator(ROWS).nth(0 if state == "moved" else 3)).not_to_have_attribute(
        "data-ticket-id", "tkt_0000" if state == "moved" else "tkt_0003"
    )
    page.keyboard.press(key)

    expect(page.locator(row(neighbour))).to_be_focused()


def test_ticks_stay_while_pages_are_turned(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage()
    bar = page.get_by_role("group", name="Selected tickets")
    page.locator(row(1)).get_by_role("checkbox").click()
    page.locator(row(4)).get_by_role("checkbox").click()
    expect(bar).to_contain_text("2 selected")

    gallery.do("next")
    expect(bar).to_contain_text("2 selected, 0 here")
    expect(bar.get_by_role("button", name="Close", exact=True)).to_be_disabled()
    gallery.do("back")

    expect(bar).to_contain_text("2 selected")
    expect(page.locator("tr[data-picked]")).to_have_count(2)
    expect(page.locator(row(4)).get_by_role("checkbox")).to_be_checked()
    bar.get_by_role("button", name="Clear selection").click()
    expect(bar).to_have_count(0)
    expect(page.locator("tr[data-picked]")).to_have_count(0)


def test_an_order_of_the_bar_leaves_the_focus_on_a_row(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.locator(row(1)).get_by_role("checkbox").click()
    bar = page.get_by_role("group", name="Selected tickets")

    bar.get_by_role("button", name="Close", exact=True).click()

    assert gallery.wait("action") == [["tkt_0001"], "close"]
    expect(page.locator(row(1))).to_be_focused()


def test_keys_give_orders_to_ticked_rows_and_turn_pages(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    bar = page.get_by_role("group", name="Selected tickets")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(bar).to_contain_text("2 selected")

    for key in ("Shift+C", "Shift+O", "n"):
        page.keyboard.press(key)
    page.keyboard.press("u")

    expect(bar).to_have_count(0)
    both = ["tkt_0000", "tkt_0001"]
    assert gallery.said("action") == [["action", both, "close"], ["action", both, "reopen"]]
    assert gallery.wait("page")[0]["forward"] is True


def test_a_row_that_leaves_gives_the_focus_to_its_neighbour(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.hover(row(3))
    page.locator(row(3)).get_by_role("button", name="Reopen").click()

    gallery.do("left")
    page.get_by_role("button", name="List changed: show").click()
    expect(page.locator(row(3))).to_have_count(0)
    page.keyboard.press("j")

    expect(page.locator(row(4))).to_be_focused()


@pytest.mark.parametrize("width", [1440, 1000, 390])
def test_no_amount_is_cut(new_page: Callable[..., Page], gallery: Gallery, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 900})
    gallery.open(page)
    gallery.do("dear")
    amount = page.locator(row(0)).locator(".c-amount")

    expect(amount).to_have_text("KWD 1,234,567.500")
    assert amount.evaluate("cell => cell.scrollWidth <= cell.clientWidth")


# ── As a table, and as links ─────────────────────────────────────────────────────────────────────

SELECT = """([first, last]) => {
  const [from, to] = [first, last].map((id) => document.querySelector(`[data-ticket-id=${id}]`));
  getSelection().setBaseAndExtent(from, 0, to, to.childNodes.length);
}"""


def test_copied_rows_are_lines_of_cells(new_page: Callable[..., Page], gallery: Gallery) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    gallery.open(page)
    gallery.do("formula")
    expect(page.locator(row(0))).to_contain_text("=1+1")

    page.evaluate(SELECT, ["tkt_0000", "tkt_0001"])
    page.keyboard.press("Control+c")

    exact = "20 January 2025, 12:30:00"
    assert page.evaluate("navigator.clipboard.readText()").split("\n") == [
        f"Open\tNeeds response\t'=1+1\tanna@example.com\tPremium License\t$29.99\t1\t{exact}",
        "Open\tNeeds response\tLicense key says it is already used\tk.weber@example.org\t"
        f"Pixel Theme Pro\t€1,249.00\t2\t{exact}",
    ]


@pytest.mark.parametrize("how", [{"modifiers": ["Control"]}, {"button": "middle"}])
@pytest.mark.parametrize("place", [".c-subject a", ".c-product"])
def test_a_tab_of_its_own_shows_the_ticket_with_the_list(
    stage: Callable[..., Page], gallery: Gallery, how: dict[str, object], place: str
) -> None:
    page = stage("/?status=open&q=refund")

    with page.context.expect_page() as opened:
        page.locator(row(2)).locator(place).click(**how)

    opened.value.wait_for_url("**/?status=open&q=refund&ticket=tkt_0002")
    opened.value.close()
    expect(page.locator(row(2))).not_to_have_attribute("aria-current", "true")


def test_ticks_hold_the_rows_no_more_once_an_order_is_given(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.locator(row(0)).get_by_role("checkbox").check()
    bar = page.get_by_role("group", name="Selected tickets")
    bar.get_by_role("button", name="Close").click()
    page.get_by_role("searchbox").focus()
    page.mouse.move(5, 5)

    gallery.do("new")

    expect(page.locator("tr[data-ticket-id]").first).to_have_attribute("data-ticket-id", "tkt_0090")
