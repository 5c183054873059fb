"""The wall: what a room sees, what it never sees, and that it keeps itself current."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Page, expect

from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, Running, start, visit
from tests.e2e.shop import Shop


def test_wall_shows_the_longest_waits_and_follows_changes(
    page: Page, desk_process: Running
) -> None:
    shop = Shop(desk_process)
    oldest = sorted(shop.waiting(), key=lambda ticket: ticket["updated_at"])
    visit(page, f"{desk_process.url}/kiosk")

    tiles = page.locator("[data-kiosk] [data-ticket-id]")
    expect(tiles).to_have_count(min(8, len(oldest)))
    assert tiles.first.get_attribute("data-ticket-id") == oldest[0]["id"]
    shop.close(oldest[0]["id"])

    expect(tiles.first).to_have_attribute("data-ticket-id", oldest[1]["id"])


def test_wall_never_receives_an_address_or_a_message(page: Page, desk_process: Running) -> None:
    received: list[str] = []
    page.on("response", lambda answer: received.append(answer.url))
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda f: received.append(str(f)))
    )
    shop = Shop(desk_process)
    visit(page, f"{desk_process.url}/kiosk")
    expect(page.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()

    everything = page.content() + "".join(received)
    for ticket in shop.waiting():
        for secret in ("customer_email", "order_id", "invoice_id"):
            assert ticket[secret] is None or ticket[secret] not in everything
    assert not re.search(r"[\w.+-]{3,}@example\.com", everything)


def test_wall_keeps_its_tickets_and_says_their_age_when_the_api_goes_away(
    page: Page, tmp_path: Path
) -> None:
    seed(tmp_path)
    api = start("api", folder=tmp_path, TICKETDESK_API_KEY=KEY)
    settings = {"TICKETDESK_API_URL": api.url, "TICKETDESK_API_KEY": KEY}
    desk = start("serve", folder=tmp_path / "desk", **settings)
    try:
        visit(page, f"{desk.url}/kiosk")
        tiles = page.locator("[data-kiosk] [data-ticket-id]")
        expect(tiles.first).to_be_visible()
        expect(page.locator("[data-freshness=live]")).to_be_visible()
        shown = tiles.first.get_attribute("data-ticket-id")

        api.kill()

        expect(page.locator("[data-freshness=offline]")).to_be_visible(timeout=20_000)
        assert tiles.first.get_attribute("data-ticket-id") == shown
    finally:
        api.kill()
        desk.stop()


def test_wall_offers_nothing_to_press(page: Page, desk_process: Running) -> None:
    visit(page, f"{desk_process.url}/kiosk")

    for role in ("button", "link", "textbox", "checkbox"):
        expect(page.get_by_role(role)).to_have_count(0)  # type: ignore[arg-type]  # known roles


class _Board(BaseHTTPRequestHandler):
    """Another program's page, which shows the wall in a frame."""

    address: ClassVar[str] = ""

    def do_GET(self) -> None:  # its name
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<iframe src="{self.address}" width=900 height=600>'.encode())

    def log_message(self, *words: object) -> None:
        """Nothing."""


def test_wall_stands_and_lives_in_the_frame_of_the_board_that_was_named(
    page: Page, console: list[str], tmp_path: Path
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Board) as board:
        thread = threading.Thread(target=board.serve_forever)
        thread.start()
        port = board.server_address[1]
        desk = start(
            "serve", folder=tmp_path, TICKETDESK_KIOSK_FRAME_ORIGIN=f"http://localhost:{port}"
        )
        _Board.address = f"{desk.url}/kiosk"
        try:
            # localhost and 127.0.0.1 are two sites: no cookie of the desk goes along.
            page.goto(f"http://localhost:{port}/")
            wall = page.frame_locator("iframe")
            expect(wall.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()
            expect(wall.locator("[data-freshness=live]")).to_be_visible()

            page.goto(f"http://127.0.0.1:{port}/")
            expect(page.frame_locator("iframe").locator("[data-kiosk]")).to_have_count(0)
            assert "violates the following Content Security Policy" in console.pop()
        finally:
            desk.stop()
            board.shutdown()
            thread.join()
