"""Every screen at every size: nothing sticks out, nothing lies on anything else, fingers hit."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cli.browser import find_browser
from tests.browser import new_context
from tests.components.conftest import Gallery
from tests.components.test_look_browser import serious
from tests.sizes import PHONE, SIZES, WALLS, WIDE

pytestmark = pytest.mark.browser

ROOM_FOR_THE_LOG = 480

# The faults of what is seen now. Boxes are cut to what their scrolling parents show of them; those
# that lie in the same layer may not lie on each other.
FAULTS = """
(fingers) => {
  const shown = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
      if (getComputedStyle(parent).overflow === "visible") continue;
      const edge = parent.getBoundingClientRect();
      left = Math.max(left, edge.left), right = Math.min(right, edge.right);
      top = Math.max(top, edge.top), bottom = Math.min(bottom, edge.bottom);
    }
    return { left, top: Math.max(top, 0), right, bottom: Math.min(bottom, innerHeight) };
  };
  const inSight = (element) => {
    const { left, top, right, bottom } = shown(element);
    if (right - left < 2 || bottom - top < 2) return false;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return hit && element.contains(hit);
  };
  const name = (one) =>
    `${one.tagName} ${(one.getAttribute("aria-label") || one.textContent).trim().slice(0, 24)}`;
  const layer = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(one).position)) return one;
      if (one.matches(".search-hints, dialog, .row-act")) return one;
    }
  };
  const targets = "button, a, input, select, textarea, summary";
  const words = "h1, h2, time, .fresh, .turn, .badge, .card-label, .card-value, .spark, dt, dd";
  const all = [...document.querySelectorAll(`${targets}, ${words}`)].filter(inSight);
  const faults = [];
  all.forEach((one, i) => {
    for (const other of all.slice(i + 1)) {
      if (one.contains(other) || other.contains(one) || layer(one) !== layer(other)) continue;
      const a = shown(one), b = shown(other);
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 2) faults.push(`${name(one)} lies on ${name(other)}`);
    }
  });
  const sideways = document.documentElement.scrollWidth - innerWidth;
  if (sideways > 0) faults.push(`the page is ${sideways} px too wide`);
  for (const one of fingers ? all.filter((one) => one.matches(targets)) : []) {
    // words of a message, and rows that are targets as a whole
    if (one.closest(".msg-text, tbody td:not(.c-pick)")) continue;
    const { width, height } = (one.closest("label") ?? one).getBoundingClientRect();
    if (Math.min(width, height) < 43.5) faults.push(`${name(one)} is ${width} by ${height} px`);
  }
  return faults;
}
"""
TILES = """
(count) => {
  const faults = [];
  const on = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  for (const tile of document.querySelectorAll(".wall-tile, .wall-count, .wall-foot")) {
    const edge = tile.getBoundingClientRect();
    const parts = [...tile.children].map((one) => [one.className, one.getBoundingClientRect()]);
    for (const [name, box] of parts.filter(([, { width }]) => width)) {
      const out = box.bottom > edge.bottom + 1 || box.right > edge.right + 1;
      if (out) faults.push(`${name} leaves its tile`);
      for (const [other, there] of parts) {
        if (other > name && on(box, there)) faults.push(`${name} lies on ${other}`);
      }
    }
  }
  for (const part of ["age", "badge", "subject", "who"]) {
    const all = [...document.querySelectorAll(`.wall-${part}`)];
    const seen = all.filter((one) => one.clientHeight > 5);
    if (seen.length !== count) faults.push(`${seen.length} tiles say their ${part}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("too wide");
  return [...new Set(faults)];
}
"""
Screens = dict[str, Page]


@pytest.fixture(scope="module", params=["mouse", "fingers"])
def screens(
    request: pytest.FixtureRequest, browser: Browser, gallery_process: str
) -> Iterator[Screens]:
    """The list and an open conversation, in one profile that is resized."""
    context = new_context(browser, has_touch=request.param == "fingers", reduced_motion="reduce")
    gallery, pages = Gallery(gallery_process), {}
    for name, path in (("list", "/?charts=1"), ("conversation", "/?charts=1&ticket=0")):
        pages[name] = context.new_page()
        gallery.open(pages[name], path)
        gallery.do("filtered")
        expect(pages[name].get_by_role("button", name="Remove filter “refund”")).to_be_attached()
    expect(pages["conversation"].get_by_role("textbox", name="Reply")).to_be_visible()
    pages["fingers"] = pages["list"] if request.param == "fingers" else pages["conversation"]
    yield pages
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ["list", "conversation"])
def test_nothing_lies_on_anything_and_fingers_hit(
    screens: Screens, name: str, size: tuple[int, int]
) -> None:
    page = resized(screens[name], size)
    fingers = page.evaluate("matchMedia('(pointer: coarse)').matches")

    assert page.evaluate(FAULTS, fingers) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_send_is_inside_and_the_log_has_room(screens: Screens, size: tuple[int, int]) -> None:
    width, height = size
    page = resized(screens["conversation"], size)

    send = page.get_by_role("button", name="Send", exact=True).bounding_box()
    log = page.get_by_role("log", name="Messages").bounding_box()
    assert send
    assert log
    assert send["x"] + send["width"] <= width
    assert send["y"] + send["height"] <= height
    assert log["height"] >= (120 if height >= ROOM_FOR_THE_LOG else 24)


@pytest.mark.parametrize("name", ["list", "conversation"])
@pytest.mark.parametrize("size", [WIDE, (1024, 768), (820, 1180)], ids=str)
def test_head_of_the_list_stands_above_its_first_row(
    screens: Screens, size: tuple[int, int], name: str
) -> None:
    page = resized(screens[name], size)
    page.locator(".desk-main").evaluate("main => { main.scrollTop = 0; }")

    head = page.locator(".tickets th").nth(2).bounding_box()
    first = page.locator("tr[data-ticket-id]").first.bounding_box()

    assert head
    assert first
    assert abs(head["y"] + head["height"] - first["y"]) <= 2


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_hints_leave_the_first_row_free(screens: Screens, size: tuple[int, int]) -> None:
    page = resized(screens["list"], size)
    page.get_by_role("searchbox").focus()
    group = page.get_by_role("group", name="What can be searched for")
    many = "box => { while (box.children.length < 20) box.append(box.firstChild.cloneNode(true)); }"
    group.evaluate(many)

    inside = "box => [...box.children].every((one) => one.scrollWidth <= one.clientWidth)"
    assert group.evaluate(inside)
    hints = group.bounding_box()
    row = page.locator("tbody tr").first.bounding_box()
    page.get_by_role("searchbox").blur()

    assert hints
    assert row
    assert hints["x"] >= 0
    assert hints["x"] + hints["width"] <= size[0]
    assert hints["y"] + hints["height"] <= row["y"]


def test_filters_beside_a_conversation_are_all_in_sight(screens: Screens) -> None:
    page = resized(screens["conversation"], WIDE)

    edge = page.get_by_role("main").bounding_box()
    assert edge
    for filter_ in page.get_by_role("group", name="Filters").locator("button, select, input").all():
        box = filter_.bounding_box()
        assert box
        assert box["x"] >= edge["x"]
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]
    # Firefox needs so much for a year of four digits.
    for name in ("Created from", "Created to"):
        assert page.get_by_label(name).bounding_box()["width"] >= 136


@pytest.mark.parametrize("size", [WIDE, (1200, 800), (1024, 768)], ids=str)
@pytest.mark.parametrize("name", ["list", "conversation"])
def test_every_chart_that_is_there_is_whole(
    screens: Screens, size: tuple[int, int], name: str
) -> None:
    page = resized(screens[name], size)
    edge = page.get_by_role("main").bounding_box()
    assert edge
    charts = [one.bounding_box() for one in page.locator("figure.chart:visible").all()]

    assert charts or edge["width"] <= 600
    for box in charts:
        if edge["width"] > 600:
            assert box["x"] + box["width"] <= edge["x"] + edge["width"]
    assert page.evaluate(
        "[...document.querySelectorAll('.spark')].every((line) => {"
        " const { right, width } = line.getBoundingClientRect();"
        " return !width || right <= line.parentElement.getBoundingClientRect().right; })"
    )


@pytest.mark.parametrize("size", [size for size in SIZES if size not in (WIDE, PHONE)], ids=str)
def test_axe_finds_nothing_serious_at_any_size(screens: Screens, size: tuple[int, int]) -> None:
    assert serious(resized(screens["fingers"], size)) == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=str)
def test_axe_finds_nothing_serious_in_forced_colours(
    screens: Screens, size: tuple[int, int]
) -> None:
    page = resized(screens["fingers"], size)
    page.emulate_media(forced_colors="active")

    assert serious(page) == []
    page.emulate_media(forced_colors="none")


@pytest.mark.parametrize("scheme", ["light", "dark", "forced"])
def test_private_notes_and_their_box_fit_and_axe_finds_nothing_serious(
    screens: Screens, gallery_process: str, scheme: Literal["light", "dark", "forced"]
) -> None:
    page = screens["conversation"]
    page.emulate_media(
        color_scheme="dark" if scheme == "dark" else "light",
        forced_colors="active" if scheme == "forced" else "none",
    )
    Gallery(gallery_process).do("noted")
    for size in (WIDE, PHONE, *((640, 360), (320, 256)) * (scheme == "light")):
        resized(page, size)
        fingers = page.evaluate("matchMedia('(pointer: coarse)').matches")
        assert page.evaluate(FAULTS, fingers) == []
        page.evaluate("document.querySelector('.note-box').showPopover()")
        expect(page.get_by_role("textbox", name="Private note")).to_be_focused()
        assert page.evaluate(FAULTS, fingers) == []
        page.get_by_role("button", name="Add note").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Add note")).to_be_in_viewport(ratio=1)
        assert size not in (WIDE, PHONE) or serious(page) == []
        page.keyboard.press("Escape")
    page.emulate_media(color_scheme="light", forced_colors="none")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_presence_is_large_enough_to_see_and_stands_out(
    stage: Callable[..., Page], gallery: Gallery, scheme: Literal["light", "dark"]
) -> None:
    page = stage("/?ticket=0")
    page.emulate_media(color_scheme=scheme)
    gallery.do("present")
    for place in (".note-presence", ".head .presence"):
        said = page.locator(place)
        expect(said).to_have_text("Ana: looking")
        assert float(said.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= 12
    assert serious(page) == []


PRESSED = {
    ".segments button:nth-child(2)": "aria-pressed",
    ".filters .toggle": "aria-pressed",
    ".card": "aria-pressed",
    ".views a:last-child": "aria-current",
    "tbody tr:nth-child(3)": "aria-current",
}


@pytest.mark.parametrize("selector", PRESSED)
def test_what_is_pressed_looks_so_in_forced_colours(
    stage: Callable[..., Page], selector: str
) -> None:
    page = stage()
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    button = page.locator(selector).first
    pictures = []
    for act in ("one.removeAttribute(name)", "one.setAttribute(name, true)"):
        button.evaluate(f"(one, name) => {act}", PRESSED[selector])
        pictures.append(button.screenshot())

    assert pictures[0] != pictures[1]


PANELS = """
() => {
  const faults = [], room = document.querySelector(".wall-main").getBoundingClientRect();
  const foot = document.querySelector(".wall-foot").getBoundingClientRect();
  if (foot.bottom > innerHeight || foot.right > innerWidth) faults.push("the foot is not whole");
  const parts = [...document.querySelectorAll(".wall-chart :is(h2, p, svg, bdi, strong, rect)")];
  for (const one of parts) {
    const { top, right, bottom, left, height } = one.getBoundingClientRect();
    const out = top < room.top - 1 || bottom > room.bottom + 1 || right > room.right + 1;
    if (out || left < room.left - 1) faults.push(`${one.tagName} leaves the panel`);
    if (!height && one.tagName !== "rect") faults.push(`${one.tagName} is not seen`);
    if (one.tagName !== "BDI" && one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
      faults.push(`${one.textContent} is cut`);
  }
  const rows = [...document.querySelectorAll(".wall-bar")];
  rows.slice(1).forEach((one, n) => {
    const above = rows[n].querySelector("strong").getBoundingClientRect();
    const here = one.querySelector("strong").getBoundingClientRect();
    if (here.top < above.bottom - 1) faults.push(`row ${n} lies on the next`);
  });
  return [...new Set(faults)];
}
"""


@pytest.mark.parametrize("size", WALLS, ids=str)
@pytest.mark.parametrize("kind", ["/wall", "/wall/plain"])
@pytest.mark.parametrize("panel", ["bars", "trend"])
def test_each_panel_of_the_wall_is_whole_at_every_size(
    panels: Screens, kind: str, panel: str, size: tuple[int, int]
) -> None:
    for reading in ("near", "far"):
        page = resized(panels[f"{kind}?panel={panel}&size={reading}"], size)

        assert page.evaluate(PANELS) == []
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


KINDS = {"/wall": 8, "/wall?size=far": 4, "/wall/plain": 8, "/wall/plain?size=far": 4}
"""the boards, and how many tickets each has on a page"""


@pytest.mark.parametrize("size", WALLS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_each_tile_of_the_wall_says_all_it_has(
    walls: Screens, kind: str, size: tuple[int, int]
) -> None:
    page = resized(walls[kind], size)

    assert page.evaluate(TILES, KINDS[kind]) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.fixture(scope="module")
def walls(browser: Browser, gallery_process: str) -> Iterator[Screens]:
    yield from opened(browser, gallery_process, KINDS)


@pytest.fixture(scope="module")
def panels(browser: Browser, gallery_process: str) -> Iterator[Screens]:
    yield from opened(
        browser,
        gallery_process,
        [
            f"{kind}?panel={panel}&size={size}"
            for kind in ("/wall", "/wall/plain")
            for panel in ("bars", "trend")
            for size in ("near", "far")
        ],
    )


def opened(browser: Browser, gallery_process: str, kinds: Iterable[str]) -> Iterator[Screens]:
    context, gallery = new_context(browser, reduced_motion="reduce"), Gallery(gallery_process)
    pages = {kind: context.new_page() for kind in kinds}
    for kind, page in pages.items():
        if "plain" in kind:
            page.goto(f"{gallery_process}{kind}")
        else:
            gallery.open(page, kind)
    yield pages
    context.close()


def test_a_ticket_is_printed_whole_and_without_private_notes(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("noted")
    expect(page.locator(".private")).to_have_count(2)

    page.emulate_media(media="print")

    log = page.get_by_role("log", name="Messages")
    assert log.evaluate("log => log.scrollHeight <= log.clientHeight + 1")
    expect(page.get_by_role("table", name="Tickets")).to_be_hidden()
    expect(page.get_by_role("textbox", name="Reply")).to_be_hidden()
    expect(page.locator(".private:visible")).to_have_count(0)
    first = log.get_by_role("article").first.bounding_box()
    heading = page.get_by_role("heading", name="Order not received").bounding_box()
    assert first
    assert heading
    assert first["y"] >= heading["y"] + heading["height"]


def test_other_pages_are_reached_on_a_phone(stage: Callable[..., Page]) -> None:
    page = resized(stage(), PHONE)

    page.get_by_role("button", name="More").click()

    pages = page.get_by_role("dialog", name="More").get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link")).to_have_text(["Health", "<b>Settings</b>"])
    assert pages.get_by_role("link").first.get_attribute("href") == "/health"


def resized(page: Page, size: tuple[int, int]) -> Page:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    return page


@pytest.mark.parametrize("size", [20, 24])
def test_everything_grows_with_the_text_size_of_the_browser(
    browser: Browser, gallery: Gallery, tmp_path: Path, size: int
) -> None:
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"webkit": {"webprefs": {"default_font_size": size}}}), "utf-8")
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=find_browser(),
        args=["--no-sandbox"],
        viewport={"width": 1440, "height": 900},
    )
    with context:
        page = context.new_page()
        gallery.open(page, "/?ticket=0")
        cell = "getComputedStyle(document.querySelector('.c-customer')).fontSize"

        assert page.evaluate(cell) == f"{13 * size / 16:g}px"
        assert page.evaluate(FAULTS, False) == []
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport(ratio=1)
