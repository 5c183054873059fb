"""The desk is killed while a reply leaves: what the screen said stays true after the restart."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk import KEY, Running, start, until, visit
from tests.e2e.shop import Shop

TEXT = "The link is new, please try again."


class Between:
    """A line to the API on which a reply may reach it, or not; no answer to it comes back."""

    def __init__(self, api: Running) -> None:
        self.shop = Shop(api)
        self.applies = True
        self.arrived = 0
        self.ended = threading.Event()
        self._api = api.url
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _pass_on(self, request: BaseHTTPRequestHandler) -> httpx.Response:
        length = int(request.headers.get("Content-Length") or 0)
        names = ("Authorization", "Content-Type", "Idempotency-Key")
        given = {name: request.headers[name] for name in names if name in request.headers}
        url, body = self._api + request.path, request.rfile.read(length)
        if request.command == "POST":
            self.arrived += 1
            if not self.applies:
                self.ended.wait()
        return httpx.request(request.command, url, headers=given, content=body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        line = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                answer = line._pass_on(self)  # its own half
                if self.command == "POST":
                    line.ended.wait()
                    return
                self.send_response(answer.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PATCH = answer  # noqa: N815  # as the library calls them

            def log_message(self, *_: object) -> None:
                return

        return Handler


@pytest.fixture
def line(api_process: Running) -> Iterator[Between]:
    made = Between(api_process)
    yield made
    made.close()


@pytest.fixture
def launch(
    line: Between, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Running]]:
    """Start the desk on one folder and one port, as often as it is killed."""
    folder = tmp_path_factory.mktemp("killed")
    started: list[Running] = []

    def run(port: int = 0) -> Running:
        settings = {"TICKETDESK_API_URL": line.url, "TICKETDESK_REQUESTS_PER_SECOND": "50"}
        started.append(start("serve", folder=folder, port=port, TICKETDESK_API_KEY=KEY, **settings))
        return started[-1]

    yield run
    for running in started:
        running.stop()


@pytest.mark.parametrize("applied", [True, False], ids=["applied", "not applied"])
def test_draft_reply_and_label_are_true_after_a_kill_in_mid_send(
    launch: Callable[..., Running],
    line: Between,
    page: Page,
    console: list[str],
    applied: bool,
) -> None:
    desk, shop, line.applies = launch(), line.shop, applied
    ticket = str(shop.waiting()[0 if applied else 1]["id"])
    box = page.get_by_role("textbox", name="Reply")
    pending = page.locator("[data-reply-state]")
    visit(page, f"{desk.url}/?ticket={ticket}")
    expect(page.locator("[data-message-id]").first).to_be_visible(timeout=20_000)
    box.fill(TEXT)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(pending).to_have_attribute("data-reply-state", "sending", timeout=30_000)
    until(lambda: line.arrived == 1)
    box.fill("P.S. half a sentence")
    until(lambda: Shop(desk).draft(ticket) == "P.S. half a sentence")

    desk.kill()
    page.goto("about:blank")  # else it comes back by itself, and that cuts the visit short
    again = launch(int(desk.url.rpartition(":")[2]))
    visit(page, f"{again.url}/?ticket={ticket}")

    expect(box).to_have_value("P.S. half a sentence")
    if applied:
        expect(page.locator("article[data-sender=seller]").last).to_contain_text(TEXT)
        expect(pending).to_have_count(0, timeout=20_000)
    else:
        expect(pending).to_have_attribute("data-reply-state", "unconfirmed")
        expect(pending).to_contain_text("Not confirmed yet, checking")
        expect(pending).to_contain_text(TEXT)
    assert shop.texts(ticket).count(TEXT) == applied
    assert line.arrived == 1
    console.clear()  # the browser complains about the desk that was gone


def test_words_typed_while_the_desk_is_down_go_on_when_it_is_back(
    launch: Callable[..., Running], line: Between, page: Page, console: list[str]
) -> None:
    desk, box = launch(), page.get_by_role("textbox", name="Reply")
    ticket = str(line.shop.waiting()[2]["id"])
    visit(page, f"{desk.url}/?ticket={ticket}")
    expect(page.locator("[data-message-id]").first).to_be_visible(timeout=20_000)
    box.fill("Before.")
    until(lambda: Shop(desk).draft(ticket) == "Before.")

    desk.kill()
    box.press_sequentially(" While it was down.")
    again = launch(int(desk.url.rpartition(":")[2]))

    whole = "Before. While it was down."
    until(lambda: Shop(again).draft(ticket) == whole, seconds=40)
    expect(box).to_have_value(whole)
    console.clear()  # the browser complains about the desk that was gone
