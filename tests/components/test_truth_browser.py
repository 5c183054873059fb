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
    expect(wrong.locator("footer time[data-fine]")).to_have_text(re.compile(r"^\d+ s$"))
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
    expect(page.locator("[data-freshness] time[data-fine]")).to_have_text(
        re.compile("^(9|1\\d) min$")
    )
    seen = page.evaluate("[...window.seen]")
    assert [said for said in seen if re.match("live .*min", said)] == []
    if path == "/":
        expect(status).to_have_text(re.compile("^Checking…"))
        gallery.do("beat")
        expect(status).to_have_attribute("data-freshness", "live")


LATER = "seconds => desk.setClock({ now_ms: desk.now() + 1000 * seconds, ticks_ms: 1e12 })"
DOT = "one => getComputedStyle(one.querySelector('.dot')).backgroundColor"
COLOUR = "one => getComputedStyle(one).color"
AT = "(iso) => desk.setClock({ now_ms: Date.parse(iso), ticks_ms: 1e12 })"


def test_wall_is_amber_when_late_then_red_and_grey_and_says_from_when_its_data_is(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page(timezone_id="Europe/Berlin")
    gallery.open(page, "/wall")
    board, since = page.locator("[data-kiosk]"), page.locator(".wall-from")
    expect(board).to_have_attribute("data-state", "live")
    expect(since).to_be_hidden()
    status, number = page.locator("[data-freshness]"), page.locator(".wall-count.waiting strong")
    word = page.locator(".fresh-word")
    dots, words, numbers = (
        [status.evaluate(DOT)],
        [word.evaluate(COLOUR)],
        [number.evaluate(COLOUR)],
    )

    for seconds, state, said in ((46, "stale", "Data is late"), (255, "offline", "No new data")):
        page.evaluate(LATER, seconds)
        expect(board).to_have_attribute("data-state", state)
        expect(word).to_have_text(said)
        expect(since).to_have_text(re.compile(r"^data from \d\d:\d\d [AP]M$"))
        dots.append(status.evaluate(DOT))
        words.append(word.evaluate(COLOUR))
        numbers.append(number.evaluate(COLOUR))

    assert dots[0] not in dots[1:]
    assert len(set(words)) == 3
    assert numbers[0] == numbers[1] != numbers[2]
    page.evaluate(LATER, 30 * 3600)
    expect(since).to_have_text(re.compile(r"^data from [A-Z][a-z]{2} \d\d:\d\d [AP]M$"))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("2025-03-30T00:59:40Z", "2025-03-30T01:00:10Z", ("01:59 AM GMT+1", "03:00 AM GMT+2")),
        ("2025-10-26T00:59:40Z", "2025-10-26T01:00:10Z", ("02:59 AM GMT+2", "02:00 AM GMT+1")),
        ("2025-01-20T22:59:40Z", "2025-01-20T23:00:10Z", ("11:59 PM GMT+1", "12:00 AM GMT+1")),
    ],
)
def test_clock_changes_and_midnight_move_the_clock_of_the_wall_and_no_age(
    new_page: Callable[..., Page],
    gallery: Gallery,
    before: str,
    after: str,
    said: tuple[str, str],
) -> None:
    page = new_page(timezone_id="Europe/Berlin")
    gallery.open(page, "/wall")
    since = f"{before[:10]}T00:00:00Z"
    tile = page.locator(".wall-age time").first
    tile.evaluate("(one, since) => { one.dataset.since = since; }", since)
    hours = int(before[11:13])

    for moment, clock, age in ((before, said[0], hours), (after, said[1], hours + 1)):
        page.evaluate(AT, moment)
        expect(page.locator("[data-now]")).to_have_text(clock)
        expect(tile).to_have_text(f"{age} h" if age else "59 min")


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
