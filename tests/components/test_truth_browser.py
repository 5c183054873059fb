"""What is said of time and line is true whatever the clock and storage of a browser are like."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.cli.browser import find_browser
from tests.components.conftest import Gallery
from tests.e2e.desk import until

pytestmark = pytest.mark.browser

WRONG_CLOCK = """{
  const Right = Date;
  const wrong = () => Right.now() + 1000 * %d;
  window.Date = class extends Right {
    constructor(...given) { given.length ? super(...given) : super(wrong()); }
    static now() { return wrong(); }
  };
}"""
SLEEP = "seconds => { const now = Date.now; Date.now = () => now() + 1000 * seconds; }"
"""a counter that stood still while the time of day went on"""
WATCH = """() => {
  window.seen = new Set();
  const look = () => {
    const [said, age] = document.querySelectorAll("[data-freshness], time[data-fine]");
    window.seen.add(`${said.dataset.freshness} ${age.textContent}`);
    requestAnimationFrame(look);
  };
  look();
}"""


def same_ages(one: Page, two: Page, which: str, *, kinds: int) -> None:
    """Wait until both say the same ages: a minute may end between two looks."""

    def ages(page: Page) -> list[str]:
        return page.locator(which).all_inner_texts()

    assert len(set(ages(one))) >= kinds
    until(lambda: ages(one) == ages(two))


@pytest.mark.parametrize("seconds", [100, 7 * 60, -2 * 3600, 5 * 86_400])
def test_wall_counts_by_the_servers_clock(
    new_page: Callable[..., Page], gallery: Gallery, seconds: int
) -> None:
    right, wrong = new_page(), new_page()
    wrong.add_init_script(WRONG_CLOCK % seconds)
    for page in (right, wrong):
        gallery.open(page, "/wall")

    expect(wrong.locator("[data-kiosk]")).to_have_attribute("data-state", "live")
    expect(wrong.locator("footer time[data-since]")).to_have_text(re.compile(r"^\d+ s$"))
    same_ages(right, wrong, ".wall-age", kinds=2)


@pytest.mark.parametrize("seconds", [7 * 60, -2 * 3600])
def test_desk_counts_by_the_servers_clock(
    new_page: Callable[..., Page], gallery: Gallery, seconds: int
) -> None:
    right, wrong = new_page(), new_page()
    wrong.add_init_script(WRONG_CLOCK % seconds)
    for page in (right, wrong):
        gallery.open(page, "/?ticket=0")

    same_ages(right, wrong, "td [data-since]", kinds=6)


def test_time_that_was_long_on_its_way_turns_no_age_back(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/wall")
    before = page.evaluate("desk.now()")

    page.evaluate(
        """() => { const late = { now_ms: desk.now() - 60000, ticks_ms: -60000 };
           desk.setClock({ ...late }); }"""
    )

    assert page.evaluate("desk.now()") >= before


def test_clock_of_the_server_that_is_put_back_is_followed(stage: Callable[..., Page]) -> None:
    page = stage("/wall")
    before = page.evaluate("desk.now()")

    page.evaluate("desk.setClock({ now_ms: desk.now() - 3600000, ticks_ms: 1e12 })")

    assert page.evaluate("desk.now()") < before - 3_500_000


def test_live_is_not_said_before_the_connection_stands(
    new_page: Callable[..., Page], gallery: Gallery, console: list[str]
) -> None:
    page = new_page()
    page.route_web_socket("**/*", lambda _: None)
    page.route("**/_nicegui_ws/**", lambda route: route.abort())

    page.goto(gallery.url)

    status = page.locator("[data-freshness]")
    expect(status).to_have_text(re.compile("^Connecting…"))
    expect(status).to_have_attribute("data-freshness", "stale")
    page.goto(f"{gallery.url}/wall")
    expect(page.locator("[data-kiosk]")).to_have_attribute("data-state", "stale")
    expect(page.locator("[data-freshness]")).to_have_text(re.compile("^Connecting…"))
    page.goto("about:blank")
    console.clear()  # the browser complains about the line


@pytest.mark.parametrize("path", ["/", "/wall"])
def test_nothing_is_live_after_sleep_until_the_desk_is_heard(
    new_page: Callable[..., Page], gallery: Gallery, path: str
) -> None:
    page = new_page()
    gallery.open(page, path)
    status = page.locator("[data-freshness]")
    expect(status).to_have_attribute("data-freshness", "live")
    page.evaluate(WATCH)
    page.evaluate("window.socket.io.off('ping')")  # one that came in this second would be hearing

    page.evaluate(SLEEP, 540)

    expect(status).not_to_have_attribute("data-freshness", "live")
    expect(page.locator("[data-freshness] time")).to_have_text(re.compile("^(9|1\\d) min$"))
    seen = page.evaluate("[...window.seen]")
    assert [said for said in seen if re.match("live .*min", said)] == []
    if path == "/":
        expect(status).to_have_text(re.compile("^Checking…"))
        gallery.do("beat")
        expect(status).to_have_attribute("data-freshness", "live")


@pytest.fixture
def without_storage(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser whose person has blocked all site data."""
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    settings.write_text(json.dumps(blocked), encoding="utf-8")
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=find_browser(), args=["--no-sandbox"]
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


def test_desk_works_where_site_data_is_blocked(
    without_storage: BrowserContext, gallery: Gallery
) -> None:
    page = without_storage.new_page()
    gallery.open(page, "/?ticket=0")
    assert page.evaluate("() => { try { localStorage.length; } catch { return 'blocked'; } }")
    expect(page.locator("[data-freshness]")).to_have_attribute("data-freshness", "live")
    box = page.get_by_role("textbox", name="Reply")

    box.fill("Kept by the desk")

    assert gallery.wait("draft") == ["Kept by the desk"]
    page.evaluate("window.socket.disconnect()")
    expect(page.locator("[data-freshness]")).to_have_attribute("data-freshness", "offline")
    box.press_sequentially("!")
    expect(page.get_by_role("alert")).to_contain_text("this browser keeps no drafts")
    gallery.open(page, "/wall")
    expect(page.locator("[data-kiosk]")).to_have_attribute("data-state", "live")
