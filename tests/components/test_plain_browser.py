"""The plain wall in a browser: without scripts, with a server that is silent, and the way there."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.state.formatting import age
from components.kiosk_board import LATE_WORD, OLD_WORD
from components.plain_board import REFRESH_SECONDS
from tests.browser import new_context
from tests.components.conftest import Gallery
from tests.state.presenters.test_kiosk import AGES

pytestmark = pytest.mark.browser


def said(page: Page) -> list[str]:
    """The words on the age that are seen."""
    shown = page.locator(".word").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().width > 1)"
        ".map((one) => one.textContent)"
    )
    return [str(word) for word in shown]


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = new_context(browser, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(new_page: Callable[..., Page], gallery: Gallery) -> Page:
    """A plain wall whose time the test moves on."""
    page = new_page()
    page.clock.install()
    page.goto(f"{gallery.url}/wall/plain")
    return page


def ask_again(page: Page) -> None:
    page.clock.run_for(REFRESH_SECONDS * 1000 + 100)


def test_without_scripts_data_grows_late_and_old_by_itself(
    without_scripts: Page, gallery: Gallery
) -> None:
    page = without_scripts
    page.goto(f"{gallery.url}/wall/plain?late=1&old=2")
    expect(page.locator("article[data-ticket-id]")).to_have_count(8)
    assert page.content().count('http-equiv="refresh" content="10"') == 1

    expect(page.get_by_text(OLD_WORD)).not_to_have_css("font-size", "0px")

    expect(page.get_by_text("Live", exact=True)).to_have_css("font-size", "0px")
    expect(page.get_by_text(LATE_WORD)).to_have_css("font-size", "0px")
    for part in ("header", "main"):
        expect(page.locator(part)).to_have_css("opacity", "0.6")
        expect(page.locator(part)).to_have_css("filter", "grayscale(1)")
    expect(page.get_by_text("data from 14:02:05 UTC")).to_be_visible()


def test_plain_wall_asks_once_for_each_refresh_and_replaces_the_board(plain: Page) -> None:
    asked: list[str] = []
    plain.on("request", lambda request: asked.append(request.url))

    with plain.expect_response("**/wall/plain"):
        ask_again(plain)

    expect(plain.locator("article[data-ticket-id]")).to_have_count(8)
    assert said(plain) == ["Live"]
    assert asked == [plain.url]


def silent(route: Route) -> None:
    route.abort()


def refused(route: Route) -> None:
    route.fulfill(status=502, body="<h1>Bad gateway</h1>", content_type="text/html")


def foreign(route: Route) -> None:
    route.fulfill(status=200, body="<p>Printer is ready</p>", content_type="text/html")


def not_html(route: Route) -> None:
    route.fulfill(status=200, body='{"live": true}', content_type="application/json")


@pytest.mark.parametrize("answer", [silent, refused, foreign, not_html])
def test_whatever_is_no_board_leaves_the_last_one_greyed_and_never_green(
    plain: Page, console: list[str], answer: Callable[[Route], None]
) -> None:
    plain.route("**/wall/plain", answer)

    with plain.expect_event("requestfinished" if answer is not silent else "requestfailed"):
        ask_again(plain)

    expect(plain.locator("[data-state=silent]")).to_be_visible()
    assert said(plain) == ["The desk does not answer"]
    expect(plain.locator("article[data-ticket-id]")).to_have_count(8)
    expect(plain.locator("main")).to_have_css("filter", "grayscale(1)")
    expect(plain.get_by_text("data from 14:02:05 UTC")).to_be_visible()

    plain.unroute("**/wall/plain")
    with plain.expect_response("**/wall/plain"):
        ask_again(plain)
    expect(plain.locator("[data-state=live]")).to_be_visible()
    assert said(plain) == ["Live"]
    console.clear()  # the browser complains about the answers


def test_sentence_of_a_display_that_is_let_in_no_more_takes_the_place_of_the_board(
    plain: Page, console: list[str]
) -> None:
    door = '<!doctype html><main class="wall-door"><p role="alert">This link was revoked.</main>'
    plain.route(
        "**/wall/plain",
        lambda route: route.fulfill(status=401, body=door, content_type="text/html"),
    )

    ask_again(plain)

    expect(plain.get_by_role("alert")).to_have_text("This link was revoked.")
    expect(plain.locator("[data-kiosk]")).to_have_count(0)
    console.clear()


def test_board_of_another_look_brings_its_style_along(plain: Page) -> None:
    plain.locator("[data-kiosk]").evaluate("one => one.setAttribute('data-look', 'before')")

    with plain.expect_navigation():
        ask_again(plain)

    expect(plain.locator("[data-look='1']")).to_be_visible()


def test_engine_that_cannot_start_the_live_wall_is_led_to_the_plain_one_and_back(
    new_page: Callable[..., Page], gallery: Gallery, console: list[str]
) -> None:
    page = new_page()
    page.route("**/vue.esm-browser*.js", lambda route: route.abort())

    page.goto(f"{gallery.url}/wall?theme=light")

    page.wait_for_url("**/wall/plain?theme=light&led=1")
    expect(page.locator("[data-light] article[data-ticket-id]")).to_have_count(8)
    assert page.url.endswith("led=1")  # it stays while the framework cannot be had

    page.unroute("**/vue.esm-browser*.js")
    page.reload()
    page.wait_for_url("**/wall?theme=light")
    expect(page.locator("[data-state=live] article[data-ticket-id]")).to_have_count(8)
    console.clear()  # the browser complains about the module


def test_both_walls_have_the_same_words_for_an_age(stage: Callable[..., Page]) -> None:
    page = stage("/wall")

    counted = page.evaluate(
        "spans => spans.map((span) => new Date(desk.now() - 1000 * span - 400).toISOString())"
        ".map((from) => desk.age(from))",
        [int(span.total_seconds()) for span in AGES],
    )

    assert counted == [age(span) for span in AGES]
