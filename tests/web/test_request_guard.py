"""The door: exact hosts, exact origins, and headers on every answer, also on a refusal."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Scope
from starlette.websockets import WebSocket

from app.web.request_guard import (
    CONTENT_SECURITY_POLICY,
    UNKNOWN_PAGE,
    AllowedNames,
    RequestGuard,
    allowed_names,
)

HOME = "http://127.0.0.1:8080"


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("in")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()


def guard(allowed: AllowedNames | None = None) -> RequestGuard:
    inside = Starlette(
        routes=[
            Route("/{path:path}", page, methods=["GET", "POST", "PATCH"]),
            WebSocketRoute("/{path:path}", socket),
        ]
    )
    return RequestGuard(inside, allowed=allowed or allowed_names(8080))


async def ask(
    method: str = "GET", path: str = "/", allowed: AllowedNames | None = None, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    transport = httpx.ASGITransport(app=guard(allowed))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
        return await client.request(method, path, headers=named)


async def knock(headers: list[tuple[bytes, bytes]]) -> str:
    """Open a WebSocket and return the type of the first answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "websocket", "path": "/_nicegui_ws/", "headers": headers}
    await guard()(scope, receive, send)
    return str(sent[0]["type"])


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
async def test_own_names_are_let_in(host: str) -> None:
    assert (await ask(host=host)).text == "in"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "127.0.0.1", "127.0.0.1:8081", "a/?x=127.0.0.1:8080", ""],
)
async def test_foreign_host_is_refused_with_a_sentence(host: str) -> None:
    answer = await ask(host=host)

    assert answer.status_code == 403
    assert answer.text == "Ticketdesk does not answer under this host name.\n"


async def test_path_cannot_stand_in_for_the_host() -> None:
    assert (await ask(path="/@127.0.0.1:8080/", host="evil.example")).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_foreign_origin_is_refused_for_every_method(method: str, origin: str) -> None:
    answer = await ask(method, "/_nicegui_ws/socket.io/?EIO=4&transport=polling", origin=origin)

    assert answer.status_code == 403
    assert "other pages" in answer.text


async def test_own_origin_is_let_in() -> None:
    assert (await ask("POST", origin=HOME)).status_code == 200


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 200)]
)
async def test_write_from_another_site_is_refused(site: str, status: int) -> None:
    assert (await ask("POST", sec_fetch_site=site)).status_code == status


async def test_link_from_another_site_opens_a_page() -> None:
    assert (await ask(sec_fetch_site="cross-site")).status_code == 200


@pytest.mark.parametrize("name", ["ticketdesk-0123abcd", "__Host-ticketdesk-wall-0123abcd"])
async def test_write_with_a_cookie_says_which_page_sends_it(name: str) -> None:
    cookie = f"theme=dark; {name}=token"
    answer = await ask("POST", cookie=cookie)

    assert (answer.status_code, answer.text) == (403, UNKNOWN_PAGE + "\n")
    assert (await ask("POST", cookie=cookie, origin=HOME)).status_code == 200
    assert (await ask("POST", cookie=cookie, sec_fetch_site="same-origin")).status_code == 200
    assert (await ask("GET", cookie=cookie)).status_code == 200
    assert (await ask("POST", cookie="theme=dark")).status_code == 200


async def test_key_holder_without_a_browser_may_write() -> None:
    assert (await ask("PATCH", "/v1/tickets/tkt_1")).status_code == 200


@pytest.mark.parametrize(
    ("host", "origin", "first"),
    [
        (b"127.0.0.1:8080", HOME.encode(), "websocket.accept"),
        (b"127.0.0.1:8080", b"https://evil.example", "websocket.close"),
        (b"127.0.0.1:8080", None, "websocket.close"),
        (b"evil.example", b"http://evil.example", "websocket.close"),
    ],
)
async def test_socket_needs_our_host_and_our_origin(
    host: bytes, origin: bytes | None, first: str
) -> None:
    headers = [(b"host", host)] + ([(b"origin", origin)] if origin else [])

    assert await knock(headers) == first


async def test_two_host_headers_are_refused() -> None:
    assert await knock([(b"host", b"127.0.0.1:8080"), (b"host", b"evil.example")]) == (
        "websocket.close"
    )


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "evil.example"])
async def test_headers_are_on_every_answer(host: str) -> None:
    headers = (await ask(host=host)).headers

    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_public_address_is_added_exactly() -> None:
    allowed = allowed_names(8080, public_url="https://Desk.example.com")

    assert "desk.example.com" in allowed.hosts
    assert "https://desk.example.com" in allowed.origins
    assert "http://desk.example.com" not in allowed.origins


def test_desk_that_serves_by_tls_knows_its_own_pages() -> None:
    allowed = allowed_names(443, scheme="https")

    assert {"https://localhost:443", "https://localhost"} <= allowed.origins
    assert not any(origin.startswith("http:") for origin in allowed.origins)


def test_port_80_may_be_left_out() -> None:
    assert "localhost" in allowed_names(80).hosts
    assert "localhost" not in allowed_names(8080).hosts


@pytest.mark.parametrize(
    ("path", "framed_by"),
    [
        ("/kiosk", "https://board.example.com"),
        ("/kiosk/plain", "https://board.example.com"),
        ("/", "'none'"),
        ("/kiosks", "'none'"),
        ("/settings", "'none'"),
    ],
)
async def test_only_the_wall_may_stand_in_the_frame_of_the_one_board(
    path: str, framed_by: str
) -> None:
    board = allowed_names(8080, framed_by="https://board.example.com")

    answer = await ask(path=path, allowed=board)

    assert answer.headers["content-security-policy"].endswith(f"frame-ancestors {framed_by}")


async def test_wall_stands_in_no_frame_unless_that_was_set() -> None:
    answer = await ask(path="/kiosk")

    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize(
    ("server", "host"),
    [
        (("192.0.2.5", 8080), "192.0.2.5:8080"),
        (("::ffff:192.0.2.5", 8080), "192.0.2.5:8080"),
        (("2001:db8::5", 8080), "[2001:db8::5]:8080"),
        (("192.0.2.5", 80), "192.0.2.5"),
    ],
)
def test_desk_that_listens_elsewhere_answers_to_the_address_it_was_reached_at(
    server: tuple[str, int], host: str
) -> None:
    here, everywhere = allowed_names(server[1]), allowed_names(server[1], elsewhere=True)
    scope: Scope = {"type": "http", "server": server}

    assert everywhere.allows_host(host, scope)
    assert everywhere.allows_origin(f"http://{host}", scope)
    assert not everywhere.allows_origin(f"https://{host}", scope)
    assert not everywhere.allows_host("192.0.2.6:8080", scope)
    assert not everywhere.allows_host("evil.example:8080", scope)
    assert not here.allows_host(host, scope)
