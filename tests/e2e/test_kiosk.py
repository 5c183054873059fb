"""The wall: what a room sees, what it never sees, and that it keeps itself current."""

import html
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, Running, command, start, until, visit
from tests.e2e.shop import Shop

CANARIES = (
    *("canary.bird@shop.example", "ord_canary7", "INV-7777", "tkt_canary7", "#77654"),
    *("https://shop.example/canary?a=b", "4111 1111 1111 1111", "+49 170 7654321"),
    *("CANRY-KEYED-12345", "sg_live_canary"),
)
MESSAGE = "canaryletter"
TILE_IDS = re.compile(r'data-ticket-id"?[:=]"?[\w-]+|"key":"[\w-]+"|"order":\[[^]]*\]')


@pytest.fixture(scope="module")
def desk_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk in whose shop every text that a wall shows holds all that it must not show."""
    folder = tmp_path_factory.mktemp("desk")
    seed(folder)
    said = f" {' '.join(CANARIES)}"
    with closing(sqlite3.connect(folder / "data/embedded/api.sqlite3")) as store, store:
        store.execute(
            "UPDATE tickets SET customer_email = 'canary.bird@ord_canary7.example',"
            " subject = 'Where is it, ' || id || ' ' || ifnull(order_id, '') || ' '"
            " || ifnull(invoice_id, '') || ?,"
            " product_name = 'Theme for ' || id || ?",
            [said, said],
        )
        store.execute("UPDATE messages SET message = ?", [MESSAGE])
    running = start("serve", folder=folder, TICKETDESK_API_KEY=KEY)
    yield running
    assert running.stop() == 0


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


def test_wall_receives_nothing_that_leads_to_a_person_or_an_order(
    page: Page, desk_process: Running
) -> None:
    received: list[str] = []
    page.on("response", lambda answer: received.append(f"{answer.url} {answer.headers}"))
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda f: received.append(str(f)))
    )
    shop = Shop(desk_process)
    tickets = shop.waiting()
    for ticket in tickets[5:]:  # there is room for one more tile
        shop.close(ticket["id"])
    answer = page.goto(f"{desk_process.url}/kiosk")
    tiles = page.locator("[data-kiosk] [data-ticket-id]")
    expect(tiles.first).to_contain_text("Where is it")

    shop.customer_opens(f"Where was it, {' '.join(CANARIES)}", MESSAGE)
    expect(tiles.last).to_contain_text("Where was it")

    assert "Where was it" in "".join(received)  # it came through the socket
    plain = httpx.get(f"{desk_process.url}/kiosk/plain").text
    assert "Where was it" in plain
    everything = html.unescape(f"{answer.text()} {page.content()} {plain} {' '.join(received)}")
    texts = TILE_IDS.sub("", everything)
    names = ("id", "customer_email", "order_id", "invoice_id")
    own = [ticket[name] for ticket in tickets for name in names if ticket[name]]
    assert [secret for secret in (*own, *CANARIES, MESSAGE) if secret in texts] == []


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


def test_wall_comes_back_by_itself_once_the_desk_was_started_again(
    page: Page, console: list[str], tmp_path: Path
) -> None:
    seed(tmp_path)
    desk = start("serve", folder=tmp_path)
    port = int(desk.url.rpartition(":")[2])
    visit(page, f"{desk.url}/kiosk")
    tiles = page.locator("[data-kiosk] [data-ticket-id]")
    expect(page.locator("[data-state=live]")).to_be_visible()
    expect(tiles).to_have_count(8)
    shown = tiles.evaluate_all("all => all.map((one) => one.dataset.ticketId)")

    desk.kill()
    expect(page.get_by_text("No connection")).to_be_visible()
    expect(page.locator("[data-state=live]")).to_have_count(0)
    assert tiles.evaluate_all("all => all.map((one) => one.dataset.ticketId)") == shown

    desk = start("serve", folder=tmp_path, port=port)
    try:
        expect(page.locator("[data-state=live]")).to_be_visible(timeout=30_000)
        expect(tiles).to_have_count(len(shown))
    finally:
        assert desk.stop() == 0
        console.clear()  # the browser complains about the line


KEPT = """
async () => {
  await navigator.serviceWorker.ready;
  return (await (await caches.open("wall")).match("/kiosk"))?.text();
}
"""
"""the board that the browser has kept, once it would also show it"""
IDS = "all => all.map((one) => one.dataset.ticketId)"


class _Gateway(BaseHTTPRequestHandler):
    """A proxy whose desk is away."""

    def do_GET(self) -> None:  # its name
        self.send_error(502)

    def log_message(self, *words: object) -> None:
        """Nothing."""


def has_board(wall: Page) -> bool:
    wall.reload()
    return wall.locator("[data-ticket-id]").count() == 8


def test_last_board_outlives_a_reload_without_a_server_and_is_never_green(
    page: Page, console: list[str], tmp_path: Path
) -> None:
    seed(tmp_path)
    desk = start("serve", folder=tmp_path)
    port = int(desk.url.rpartition(":")[2])
    walls = {address: page.context.new_page() for address in ("/kiosk", "/kiosk/plain")}
    for address, wall in walls.items():
        wall.goto(f"{desk.url}{address}?theme=light")
        until(partial(has_board, wall))
    shown = wall.locator("[data-ticket-id]").evaluate_all(IDS)
    until(lambda: shown[0] in (wall.evaluate(KEPT) or ""))

    desk.kill()
    for wall in walls.values():
        assert_kept(wall, shown)
    with ThreadingHTTPServer(("127.0.0.1", port), _Gateway) as gateway:
        thread = threading.Thread(target=gateway.serve_forever)
        thread.start()
        assert_kept(wall, shown)
        gateway.shutdown()
        thread.join()

    desk = start("serve", folder=tmp_path, port=port)
    try:
        for address, wall in walls.items():
            expect(wall.locator("[data-state=live]")).to_be_visible(timeout=30_000)
            assert wall.url == f"{desk.url}{address}?theme=light"
    finally:
        assert desk.stop() == 0
        console.clear()  # the browser complains about the line


def assert_kept(wall: Page, shown: list[str]) -> None:
    """What is seen after a reload is the last board, grey and with its time."""
    wall.reload()
    expect(wall.locator("[data-light][data-state=silent]")).to_be_visible()
    assert wall.locator("[data-ticket-id]").evaluate_all(IDS) == shown
    expect(wall.get_by_text("The desk does not answer")).to_be_visible()
    expect(wall.get_by_text("Live", exact=True)).to_be_hidden()
    expect(wall.get_by_text(re.compile(r"^data from \w+ \d+, 2\d{3}, .+ UTC$"))).to_be_visible()
    expect(wall.locator("main")).to_have_css("filter", "grayscale(1)")


def test_plain_wall_follows_changes_without_scripts(
    browser: Browser, desk_process: Running
) -> None:
    shop = Shop(desk_process)
    oldest = min(shop.waiting(), key=lambda ticket: ticket["updated_at"])
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()

        page.goto(f"{desk_process.url}/kiosk/plain")

        tiles = page.locator("[data-kiosk] [data-ticket-id]")
        assert tiles.first.get_attribute("data-ticket-id") == oldest["id"]
        # It has been read for nobody for a while: the next board, at the latest, is live.
        until(lambda: page.reload() and 'data-freshness="live"' in page.content())
        expect(page.get_by_text(re.compile(r"^data from .* UTC$"))).to_be_visible()
        shop.close(oldest["id"])
        until(lambda: oldest["id"] not in (page.reload() and page.content()))


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


PRESS = """
() => {
  const tile = document.querySelector("[data-ticket-id]");
  tile.insertAdjacentHTML("beforeend", "<button data-act='close'>Close</button>");
  tile.querySelector("button").click();
}
"""
"""what a page of the desk would send to close a ticket"""


def test_display_with_a_link_sends_nothing_and_ends_once_that_is_revoked(
    page: Page, console: list[str], desk_process: Running
) -> None:
    folder, here = desk_process.folder, ("--data-dir", "data")
    added = command("user", "add", "Ana", *here, cwd=folder, typed="correct horse\n")
    assert added.returncode == 0, added.stderr
    made = command("kiosk-link", "new", "Hall", *here, cwd=folder)
    link = made.stdout.splitlines()[-1]
    assert link.startswith(desk_process.url)
    until(lambda: httpx.get(desk_process.url).status_code == 401)

    visit(page, link)

    assert page.url == f"{desk_process.url}/kiosk"
    expect(page.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()
    expect(page.locator("[data-freshness=live]")).to_be_visible()
    page.evaluate(PRESS)
    log = folder / "data" / "ticketdesk.log"
    until(lambda: "A socket sent a message (event)" in log.read_text("utf-8"))
    page.goto(f"{desk_process.url}/settings")
    expect(page).to_have_url(re.compile("/sign-in"))
    visit(page, f"{desk_process.url}/kiosk")

    revoked = command("kiosk-link", "revoke", "Hall", *here, cwd=folder)
    assert revoked.returncode == 0, revoked.stderr
    expect(page.get_by_text("This link was revoked.")).to_be_visible(timeout=2_000)
    expect(page.locator("[data-ticket-id]")).to_have_count(0)
    assert page.evaluate("caches.keys()") == []  # nor does it show again what it has kept

    printed = command("kiosk", "--print-url", *here, cwd=folder).stdout
    other = page.context.new_page()  # while the first loads its door anew, every 3 s
    visit(other, printed.strip())
    for screen in (other, page):
        expect(screen.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()
    assert {"401" in told for told in console} == {True}
    console.clear()
