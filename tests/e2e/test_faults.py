"""What a seller sees when the API is away, refuses the key or is not an API at all."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.web.server import address_of, listen
from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, Running, start, visit

Launch = Callable[..., Running]


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Start commands that are stopped after the page is closed; asked for before `page`."""
    started: list[Running] = []

    def run(*words: str, folder: Path, **settings: str) -> Running:
        running = start(*words, folder=folder, **({"TICKETDESK_API_KEY": KEY} | settings))
        started.append(running)
        return running

    yield run
    for running in started:
        running.stop()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    seed(tmp_path)
    return tmp_path


def shows(page: Page, freshness: str, sentence: str = "") -> None:
    """Wait until the page says how current it is, in so many words."""
    expect(page.locator(f"[data-freshness={freshness}]")).to_be_visible(timeout=20_000)
    if sentence:
        expect(page.get_by_text(sentence).first).to_be_visible(timeout=20_000)


def test_unreachable_api_at_the_start_is_said_and_heals(
    launch: Launch, page: Page, shop: Path
) -> None:
    with listen("127.0.0.1", 0) as listener:
        url = address_of(listener)
    desk = launch("serve", folder=shop / "desk", TICKETDESK_API_URL=url)
    visit(page, f"{desk.url}/?view=all")
    shows(page, "offline")

    launch("api", folder=shop, TICKETDESK_PORT=url.rpartition(":")[2])

    shows(page, "live")
    expect(page.locator("[data-count='60']")).to_be_attached(timeout=20_000)


def test_api_that_goes_away_leaves_the_copy_in_use(launch: Launch, page: Page, shop: Path) -> None:
    api = launch("api", folder=shop)
    desk = launch("serve", folder=shop / "desk", TICKETDESK_API_URL=api.url)
    visit(page, f"{desk.url}/?view=all")
    expect(page.locator("[data-count='60']")).to_be_attached(timeout=20_000)

    api.kill()

    shows(page, "offline")
    page.get_by_role("button", name="Closed", exact=True).click()
    page.wait_for_url("**/*status=closed*")
    expect(page.locator("[data-ticket-id]").first).to_be_visible()


def test_reply_says_that_it_waits_for_the_api_and_goes_when_that_is_back(
    launch: Launch, page: Page, shop: Path
) -> None:
    api = launch("api", folder=shop)
    desk = launch("serve", folder=shop / "desk", TICKETDESK_API_URL=api.url)
    visit(page, f"{desk.url}/?view=all")
    expect(page.locator("[data-count='60']")).to_be_attached(timeout=20_000)
    page.locator("tr[data-ticket-id]").first.click()
    conversation = page.get_by_role("complementary", name="Conversation")
    expect(conversation.locator("[data-message-id]").first).to_be_visible(timeout=20_000)

    api.kill()
    page.get_by_role("textbox", name="Reply").fill("It is on its way.")
    page.get_by_role("button", name="Send", exact=True).click()

    waiting = conversation.locator("[data-reply-state=waiting]")
    expect(waiting).to_contain_text("Waiting to be sent.", timeout=20_000)
    expect(waiting).to_contain_text("goes by itself once that is over.")
    expect(waiting.get_by_role("button", name="Undo")).to_be_visible()
    launch("api", folder=shop, TICKETDESK_PORT=api.url.rpartition(":")[2])
    expect(conversation.locator("[data-reply-state]")).to_have_count(0, timeout=40_000)
    sent = conversation.locator("[data-message-id][data-sender='seller']").last
    expect(sent).to_contain_text("It is on its way.")


def test_wrong_key_is_named_on_the_page(
    launch: Launch, page: Page, api_process: Running, tmp_path: Path
) -> None:
    wrong = "sg_live_another_one"
    desk = launch(
        "serve",
        folder=tmp_path,
        TICKETDESK_API_URL=api_process.url,
        TICKETDESK_API_KEY=wrong,
    )

    visit(page, desk.url)

    shows(page, "stale", "key")
    assert wrong not in page.content() + desk.said()


def test_web_page_instead_of_an_api_is_named(launch: Launch, page: Page, tmp_path: Path) -> None:
    with web_page() as url:
        desk = launch("serve", folder=tmp_path, TICKETDESK_API_URL=url)

        visit(page, desk.url)

        shows(page, "stale", "web page")


@contextmanager
def web_page() -> Iterator[str]:
    """A server that answers everything with a sign-in page."""

    class Wall(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><html><body>Please sign in</body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Wall) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
