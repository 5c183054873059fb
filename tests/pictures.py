"""Takes pictures of the running desk: `python -m tests.pictures`.

README's lie in `assets/screenshots`; those of every screen at every size, light, dark and in forced
colours, in `test-results/pictures`, for looking at.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import RESULTS, a_browser
from tests.e2e.desk import KEY, command, start, visit
from tests.sizes import PHONE, SIZES, WALL, WALLS, WIDE

FOLDER = Path(__file__).parents[1] / "assets" / "screenshots"
EVERY_SIZE = Path(__file__).parents[1] / RESULTS / "pictures"
SCREENS = [
    (f"{kind}-{scheme}", size, scheme)
    for kind, size in (("wide", WIDE), ("phone", PHONE))
    for scheme in ("light", "dark")
]
LINE = re.compile("(L.*){25}")
MONEY = re.compile("[€£$¥]")
TICKETS = 412
NAMES = [
    "kiosk",
    *(f"{what}-{name}" for what in ("dashboard", "conversation") for name, *_ in SCREENS),
]


def main() -> None:
    """Seed a shop, open every screen in it, and keep what is seen."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = a_browser(playwright)
        with a_desk(Path(folder)) as url:
            for name, size, scheme in SCREENS:
                page = opened(browser, url, size=size, scheme=scheme)
                keep(page, f"dashboard-{name}")
                open_a_conversation(page)
                keep(page, f"conversation-{name}")
            wall = opened(browser, f"{url}/kiosk", size=WALL, scheme="dark")
            expect(wall.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()
            keep(wall, "kiosk")
            take_every_size(browser, url)
        browser.close()


def take_every_size(browser: Browser, url: str) -> None:
    """Picture every screen at every size, in every colour."""
    EVERY_SIZE.mkdir(parents=True, exist_ok=True)
    for colours in ("light", "dark", "forced"):
        page = opened(browser, url, size=WIDE, scheme=colours)
        take(page, "list", colours, SIZES)
        open_a_conversation(page)
        take(page, "conversation", colours, SIZES)
        for path in ("health", "settings", "no-such-page", "demo/customer"):
            page.goto(f"{url}/{path}")
            take(page, path.replace("/", "-"), colours, [WIDE, PHONE])
        theme = "?theme=light" if colours == "light" else ""
        visit(page, f"{url}/kiosk{theme}")
        take(page, "wall", colours, WALLS)
        page.close()


def take(page: Page, name: str, colours: str, sizes: list[tuple[int, int]]) -> None:
    """Write a picture of the page at each of the sizes."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        where = EVERY_SIZE / f"{name}-{width}x{height}-{colours}.png"
        page.screenshot(path=where, animations="disabled")


@contextmanager
def a_desk(folder: Path) -> Iterator[str]:
    """The address of a desk on a shop that is the same each time, but for the date."""
    done = command(
        *("seed", "--tickets", str(TICKETS), "--seed", "7", "--data-dir", str(folder / "data")),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    running = start("serve", folder=folder, TICKETDESK_API_KEY=KEY, TICKETDESK_DEMO_CUSTOMER="on")
    try:
        yield running.url
    finally:
        running.stop()


def opened(browser: Browser, url: str, *, size: tuple[int, int], scheme: str) -> Page:
    """A page as a first visitor sees it."""
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        forced_colors="active" if scheme == "forced" else "none",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    visit(page, url)
    expect(page.locator("[data-ticket-id]").first).to_be_visible()
    if size != WALL:  # known once every conversation has been read
        line = page.locator("[data-stat=needs-response] svg path")
        expect(line).to_have_attribute("d", LINE, timeout=60_000)
    if size == WIDE:
        expect(page.locator(".js-plotly-plot .xtick").first).to_be_visible()
    return page


def open_a_conversation(page: Page) -> None:
    """Open the first ticket about an order in which the seller has already answered once."""
    page.goto(page.url.rstrip("/") + "/?view=customer-replied")
    page.locator("[data-ticket-id]").filter(has_text=MONEY).first.click()
    expect(page.get_by_role("log", name="Messages").get_by_role("article").first).to_be_visible()
    if page.locator(".chart").first.is_visible():
        expect(page.locator(".js-plotly-plot .xtick").first).to_be_visible()
    page.mouse.move(0, 0)


def keep(page: Page, name: str) -> None:
    """Write the picture."""
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
