from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from components.chart_bundle import ADDRESS
from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{problem['id']}: {node['html'][:120]}"
        for problem in found
        if problem["impact"] in ("serious", "critical")
        for node in problem["nodes"]
    ]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    new_page: Callable[..., Page], gallery: Gallery, size: dict[str, int], scheme: str
) -> None:
    page = new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    gallery.open(page, "/?charts=1&ticket=0" if size is WIDE else "/")
    for state in ("filtered", "stale", "notice", "hits"):
        gallery.do(state)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("searchbox").focus()
    expect(page.get_by_role("group", name="What can be searched for")).to_be_visible()

    assert serious(page) == []
    if size is NARROW:
        page.click("tbody tr >> nth=0")
        expect(page.get_by_role("complementary")).to_be_visible()
        gallery.do("told")
        gallery.do("elsewhere")
        page.get_by_role("button", name="Show the other text").click()
        assert serious(page) == []


def test_axe_finds_nothing_serious_on_the_wall(stage: Callable[..., Page]) -> None:
    assert serious(stage("/wall")) == []
    assert serious(stage("/wall?light=1")) == []
    assert serious(stage("/wall?light=1&panel=trend")) == []
    assert serious(stage("/wall?panel=bars")) == []


def test_nothing_sticks_out_sideways(new_page: Callable[..., Page], gallery: Gallery) -> None:
    page = new_page()
    gallery.open(page, "/?ticket=0")
    right = "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
    parts = page.locator("header, main, .tickets, .pager, aside, .log article, form.reply button")

    for width in (390, 700, 1100, 1440):
        page.set_viewport_size({"width": width, "height": 800})

        assert parts.evaluate_all(right) <= width
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_page_has_each_landmark_once(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")

    for role in ("banner", "main", "search", "complementary", "navigation"):
        expect(page.get_by_role(role)).to_have_count(1)


def test_the_first_screen_holds_twelve_rows_and_the_last_message(
    stage: Callable[..., Page],
) -> None:
    page = stage("/?ticket=0")

    pager = page.locator(".pager").bounding_box()
    twelfth = page.locator("tbody tr").nth(11).bounding_box()
    assert pager
    assert twelfth
    assert twelfth["y"] + twelfth["height"] <= pager["y"]
    expect(page.get_by_text("One more thing.")).to_be_in_viewport()
    expect(page.get_by_role("textbox", name="Reply")).to_be_in_viewport()


def test_charts_draw_with_the_small_bundle_after_the_rows(
    stage: Callable[..., Page], page: Page
) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))

    stage("/?charts=1")

    chart = page.get_by_role("img", name="Opened and closed per day. Most were opened")
    expect(chart.locator("path.js-line")).to_have_count(2)
    expect(page.get_by_role("img", name="Waiting by age").locator(".bars .point")).to_have_count(5)
    assert len([url for url in fetched if url.endswith(ADDRESS)]) == 1
    assert [url for url in fetched if "/esm/" in url and "plotly" in url] == []


def test_chart_text_follows_the_theme_without_a_redraw(stage: Callable[..., Page]) -> None:
    page = stage("/?charts=1")
    tick = page.locator(".xtick text").first
    light = tick.evaluate("tick => getComputedStyle(tick).fill")

    page.emulate_media(color_scheme="dark")

    assert tick.evaluate("tick => getComputedStyle(tick).fill") != light


def test_the_wall_shows_eight_tiles_inside_its_margin(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page(viewport={"width": 1920, "height": 1080})

    gallery.open(page, "/wall")

    tiles = page.locator("[data-kiosk] [data-ticket-id]")
    expect(tiles).to_have_count(8)
    boxes = tiles.evaluate_all("all => all.map(tile => tile.getBoundingClientRect().toJSON())")
    assert min(box["left"] for box in boxes) >= 1920 * 0.03 - 8
    assert max(box["right"] for box in boxes) <= 1920 * 0.97 + 8
    assert max(box["bottom"] for box in boxes) < 1080 * 0.97


def test_a_tile_of_the_wall_cuts_nothing_off_on_a_phone(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page(viewport=NARROW)
    gallery.open(page, "/wall")

    tiles = page.locator("[data-kiosk] [data-ticket-id]")
    expect(tiles).to_have_count(8)
    assert tiles.evaluate_all("all => all.filter(t => t.scrollHeight > t.clientHeight + 1)") == []


def test_the_wall_says_by_itself_when_news_stay_away(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page()
    gallery.open(page, "/wall")
    now = datetime.now(UTC)
    status = page.get_by_role("status")
    expect(status).to_have_attribute("data-freshness", "live")

    page.clock.set_fixed_time(now + timedelta(seconds=90))
    expect(status).to_contain_text("Data is late")
    page.clock.set_fixed_time(now + timedelta(seconds=400))

    expect(status).to_have_attribute("data-freshness", "offline")
    expect(page.locator("[data-kiosk] [data-ticket-id]")).to_have_count(8)
    assert serious(page) == []


def test_a_panel_of_the_wall_is_grey_while_its_data_is_old(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page()
    gallery.open(page, "/wall?panel=trend")
    bar, title = page.locator("rect.opened").first, page.locator(".wall-title")
    live = bar.evaluate("one => getComputedStyle(one).fill")

    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(seconds=400))

    expect(page.locator("[data-state=offline]")).to_be_visible()
    grey = bar.evaluate("one => getComputedStyle(one).fill")
    assert grey != live
    assert grey == title.evaluate("one => getComputedStyle(one).color")


def test_a_cut_line_is_told_where_the_data_is(stage: Callable[..., Page]) -> None:
    page = stage()

    page.evaluate("window.socket.disconnect()")

    status = page.get_by_role("status")
    expect(status).to_have_attribute("data-freshness", "offline")
    expect(status).to_contain_text("No connection")
