"""The doors of a real desk: who gets in, what browsers are told, and what never leaves."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page

from tests.e2e.desk import KEY, Running, visit

PAGES = (
    "/",
    "/kiosk",
    "/kiosk/plain",
    "/health",
    "/healthz",
    "/readyz",
    "/no-such-page",
    "/openapi.json",
)


@pytest.mark.parametrize("path", [*PAGES, "/v1/tickets"])
def test_foreign_names_and_pages_are_refused_everywhere(desk_process: Running, path: str) -> None:
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
        answer = httpx.get(desk_process.url + path, headers=headers)

        assert answer.status_code == 403
        assert answer.text.startswith("Ticketdesk does not answer")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_policy(desk_process: Running, path: str) -> None:
    headers = httpx.get(desk_process.url + path).headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


@pytest.mark.parametrize(
    "path", ["/", "/kiosk", "/kiosk/plain", "/health", "/settings", "/healthz", "/readyz"]
)
def test_head_is_answered_like_get_without_the_body(desk_process: Running, path: str) -> None:
    head, get = (httpx.request(method, desk_process.url + path) for method in ("HEAD", "GET"))

    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-type", "content-security-policy"):
        assert head.headers[name] == get.headers[name]


def test_head_of_what_is_not_there_says_so(desk_process: Running) -> None:
    assert httpx.head(f"{desk_process.url}/nowhere").status_code == 404
    assert httpx.head(f"{desk_process.url}/v1/tickets").status_code == 401


def test_page_is_not_stored_and_its_cookie_stays_on_the_server_side(desk_process: Running) -> None:
    headers = httpx.get(desk_process.url).headers

    assert "no-store" in headers["cache-control"]
    assert "httponly" in headers["set-cookie"].lower()
    assert "samesite=lax" in headers["set-cookie"].lower()


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_socket_of_a_foreign_page_is_refused(desk_process: Running, origin: str | None) -> None:
    assert shake_hands(desk_process.url, origin).startswith("HTTP/1.1 403")


def test_socket_of_our_own_page_is_let_in(desk_process: Running) -> None:
    assert shake_hands(desk_process.url, desk_process.url).startswith("HTTP/1.1 101")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_api_writes_need_the_key_and_no_cookie_helps(desk_process: Running, method: str) -> None:
    with httpx.Client(base_url=desk_process.url) as client:
        client.get("/")
        answer = client.request(method, "/v1/tickets/tkt_1", json={"message": "hello"})

    assert answer.status_code == 401


def test_nothing_a_browser_loads_holds_the_key(page: Page, desk_process: Running) -> None:
    bodies: list[bytes] = []
    page.on("response", lambda answer: bodies.append(answer.body()) if answer.ok else None)
    frames: list[str] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(str(data))))

    visit(page, desk_process.url)
    visit(page, f"{desk_process.url}/health")

    assert len(bodies) > 10
    assert not any(KEY.encode() in body for body in bodies)
    assert not any(KEY in frame for frame in frames)


def test_page_can_reach_no_other_host(
    page: Page, desk_process: Running, console: list[str]
) -> None:
    visit(page, desk_process.url)

    blocked = page.evaluate(
        "() => fetch('https://evil.example/').then(() => false, () => true)",
    )

    assert blocked
    assert any("Content Security Policy" in said for said in console)
    console.clear()


def test_one_tab_cannot_act_for_another(
    new_page: Callable[..., Page], desk_process: Running
) -> None:
    mine, other = new_page(), new_page()
    for page in (mine, other):
        visit(page, desk_process.url)
    click = held_back_click(other)

    mine.evaluate("click => window.socket.emit('event', click)", click)
    mine.get_by_role("button", name="Closed", exact=True).click()
    mine.wait_for_url("**/*status=closed*")
    assert "status" not in other.url

    other.evaluate("click => window.socket.emit('event', click)", click)
    other.wait_for_url("**/*status=open*")


def test_nonsense_in_a_socket_is_answered_with_nothing(page: Page, desk_process: Running) -> None:
    visit(page, desk_process.url)

    heard = page.evaluate(TALK, ['42["event",5]', '42["nonsense",{}]', "42[", "nonsense", "45"])

    assert heard == [[]] * 5
    assert "Traceback" not in desk_process.said()


TALK = """
lines => Promise.all(lines.map(line => new Promise(done => {
  const socket = new WebSocket('/_nicegui_ws/socket.io/?EIO=4&transport=websocket')
  const heard = []
  let said = false
  socket.onclose = () => done(heard)
  socket.onmessage = message => {
    if (said) return heard.push(message.data)
    if (message.data.startsWith('0')) return socket.send('40')
    said = true
    socket.send(line)
    setTimeout(() => socket.close(), 300)
  }
})))
"""


def held_back_click(page: Page) -> object:
    """What a click on Open would tell the server, kept from it."""
    page.evaluate(
        "() => { window.emit = window.socket.emit;"
        " window.socket.emit = (name, message) => { window.held = message } }"
    )
    page.get_by_role("button", name="Open", exact=True).click()
    click = page.evaluate("() => { window.socket.emit = window.emit; return window.held }")
    assert click["client_id"]
    return click


def shake_hands(url: str, origin: str | None) -> str:
    """Ask for a WebSocket by hand and return the first line of the answer."""
    host = urlsplit(url).netloc
    lines = [
        "GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *([f"Origin: {origin}"] if origin else []),
    ]
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=5) as knocking:
        knocking.sendall("\r\n".join([*lines, "", ""]).encode())
        return knocking.recv(200).partition(b"\r\n")[0].decode()
