"""The second door: who has not signed in gets the sign-in and nothing else."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import AsyncMock, MagicMock, Mock
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client, core, ui
from pyotp import TOTP
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import Message, Scope
from starlette.websockets import WebSocket

from app.domain.accounts import Role, SignInSession
from app.pages.sign_in import SESSION, SIGNED_OUT, SessionCookie, register_sign_in
from app.store.accounts.one_time_codes import new_secret
from app.web.sign_in_guard import NOBODY, SignInGuard, _end
from tests.doubles.clock import HandClock
from tests.doubles.doors import WORD, Doors, open_doors

HOME = "http://127.0.0.1:8080"
COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
PAGE = {"accept": "text/html,*/*"}
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, HandClock()) as opened:
        yield opened


async def inside(request: Request) -> PlainTextResponse:
    session = request.scope.get(SESSION)
    return PlainTextResponse(f"in as {session.user.name if session else 'the one seller'}")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()


def guarded(doors: Doors) -> SignInGuard:
    web = FastAPI()
    register_sign_in(web, doors.sign_ins, head_html="", cookie=COOKIE)
    rest = Starlette(
        routes=[
            Route("/{path:path}", inside, methods=["GET", "POST", "PATCH", "HEAD"]),
            WebSocketRoute("/{path:path}", socket),
        ]
    )
    web.router.routes.append(Mount("/", rest))
    return SignInGuard(web, sign_ins=doors.sign_ins, cookie=COOKIE)


def visitor(doors: Doors, token: str = "") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=guarded(doors)),
        base_url=HOME,
        cookies={COOKIE.name: token} if token else None,
    )


async def knock(doors: Doors, token: str = "") -> str:
    """Open a WebSocket and return the type of the first answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"cookie", f"other=1; {COOKIE.name}={token}".encode())]
    scope: Scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io/", "headers": headers}
    await guarded(doors)(scope, receive, send)
    return str(sent[0]["type"])


async def test_without_users_everybody_is_the_one_seller(doors: Doors) -> None:
    async with visitor(doors) as anybody:
        assert (await anybody.get("/", headers=PAGE)).text == "in as the one seller"
        assert (await anybody.get("/sign-in", headers=PAGE)).headers["location"] == "/"
    assert await knock(doors) == "websocket.accept"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/kiosk", "/kiosk/plain", "/settings", "/health", "/tickets/tkt_1", "/openapi.json"),
        *("/sign-in/", "/SIGN-IN", "//sign-in", "/sign-in/../settings", "/healthz/", "/assets"),
        *("/_nicegui/3.18.0/static/nicegui.js", "/_nicegui_ws/socket.io/", "/v1x", "/nowhere"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "HEAD"])
async def test_everything_is_denied_to_nobody_by_default(
    doors: Doors, method: str, path: str
) -> None:
    await doors.add("Ana")
    async with visitor(doors, "guessed") as nobody:
        answer = await nobody.request(method, HOME + path)

    assert answer.status_code == 401
    assert "in as" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_nobody_is_told_in_one_sentence(doors: Doors) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        assert (await nobody.get("/settings")).text == NOBODY + "\n"


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/favicon.ico", "/assets/0/x.css", "/v1/tickets", "/v1"]
)
async def test_public_addresses_need_no_session(doors: Doors, path: str) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        assert (await nobody.get(path)).text == "in as the one seller"


async def test_embedded_api_never_sees_who_has_signed_in(doors: Doors) -> None:
    await doors.add("Ana")
    async with visitor(doors, await doors.enter("Ana")) as ana:
        assert (await ana.get("/v1/tickets")).text == "in as the one seller"


async def test_page_leads_nobody_to_the_sign_in_and_back(doors: Doors) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        sent = await nobody.get("/?q=a%20b&ticket=tkt_1", headers=PAGE)
        assert sent.status_code == 303
        following = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
        form = {"name": "Ana", "password": WORD, "next": following}
        back = await nobody.post("/sign-in", data=form)
        assert back.headers["location"] == "/?q=a%20b&ticket=tkt_1"
        assert (await nobody.get(back.headers["location"])).text == "in as Ana"


@pytest.mark.parametrize(
    "following",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example"),
        *("javascript:alert(1)", "/\t/evil.example", " //evil.example", "/sign-in?next=/", "x", ""),
        *("http://[", "/\r\nset-cookie: a=b", "/caf\u00e9"),
    ],
)
async def test_sign_in_leads_nowhere_else(doors: Doors, following: str) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        form = {"name": "Ana", "password": WORD, "next": following}

        assert (await nobody.post("/sign-in", data=form)).headers["location"] == "/"


async def test_wrong_password_is_a_sentence_and_no_cookie(doors: Doors) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        answer = await nobody.post("/sign-in", data={"name": "<Ana>", "password": "wrong"})

    assert answer.status_code == 401
    assert "This name and this password do not go together." in answer.text
    assert 'value="&lt;Ana&gt;"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_too_many_guesses_are_told_how_long_to_wait(doors: Doors) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        for _ in range(5):
            await nobody.post("/sign-in", data={"name": "Ana", "password": "wrong"})
        answer = await nobody.post("/sign-in", data={"name": "Ana", "password": WORD})

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 s." in answer.text


async def test_code_is_asked_for_after_the_password_and_leads_on(doors: Doors) -> None:
    ana, secret = await doors.add("Ana"), new_secret()
    now = doors.accounts._clock.now().timestamp()
    code, next_one = (TOTP(secret).at(now + later) for later in (0, 30))
    await doors.users.turn_on_codes(ana, secret, code, address="", but_session="")
    form = {"name": "Ana", "password": WORD, "next": "/health"}
    async with visitor(doors) as browser:
        asked = await browser.post("/sign-in", data=form)
        assert (asked.status_code, "set-cookie" in asked.headers) == (200, False)
        form = dict(HIDDEN.findall(asked.text))

        again = await browser.post("/sign-in", data=form | {"code": code})
        assert (again.status_code, "set-cookie" in again.headers) == (401, False)
        assert "clock says" in again.text
        assert dict(HIDDEN.findall(again.text)) == form
        sent = await browser.post("/sign-in", data=form | {"code": next_one})

        assert (sent.status_code, sent.headers["location"]) == (303, "/health")
        assert (await browser.get("/")).text == "in as Ana"


async def test_code_that_comes_too_late_begins_with_the_password_again(doors: Doors) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        answer = await nobody.post("/sign-in", data={"half": "forgotten", "code": "123456"})

    assert answer.status_code == 401
    assert "too late" in answer.text
    assert 'name="password"' in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"name=" + b"x" * 20_000, b"name&password", b"a=1&" * 50]
)
async def test_odd_form_signs_nobody_in(doors: Doors, body: bytes) -> None:
    await doors.add("Ana")
    async with visitor(doors) as nobody:
        answer = await nobody.post("/sign-in", content=body)

    assert answer.status_code in {400, 401}
    assert "set-cookie" not in answer.headers


async def test_whoever_was_signed_in_is_told_that_this_is_over(doors: Doors) -> None:
    user = await doors.add("Ana")
    async with visitor(doors) as nobody:
        assert SIGNED_OUT not in (await nobody.get("/sign-in", headers=PAGE)).text
    async with visitor(doors, await doors.enter("Ana")) as ana:
        await doors.users.set_password(user, "another horse", by="Ben")
        await doors.sign_ins.look()
        sent = await ana.get("/?status=open", headers=PAGE)
        form = await ana.get(sent.headers["location"], headers=PAGE)

    assert SIGNED_OUT in form.text
    assert 'value="/?status=open"' in form.text


async def test_socket_is_opened_for_a_session_alone(doors: Doors) -> None:
    await doors.add("Ana")

    assert await knock(doors, await doors.enter("Ana")) == "websocket.accept"
    assert await knock(doors, "guessed") == "websocket.close"


async def test_page_that_asks_for_news_by_itself_keeps_no_session_from_being_idle(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    await doors.add("Ana")
    used: list[SignInSession] = []
    monkeypatch.setattr(doors.sign_ins, "use", used.append)
    async with visitor(doors, await doors.enter("Ana")) as ana:
        await ana.get("/_nicegui_ws/socket.io/?transport=polling")
        assert not used

        await ana.get("/settings")

    assert len(used) == 1


async def test_signing_in_ends_the_session_of_before_in_this_browser(doors: Doors) -> None:
    await doors.add("Ana")
    before = await doors.enter("Ana")
    async with visitor(doors, before) as ana:
        await ana.post("/sign-in", data={"name": "Ana", "password": WORD})

    assert doors.sign_ins.session_of(before) is None


async def test_page_that_two_looks_end_at_once_is_ended_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = MagicMock(is_deleted=False)
    page.delete.side_effect = lambda: setattr(page, "is_deleted", True)
    monkeypatch.setattr(ui.navigate, "reload", Mock())
    monkeypatch.setattr(core, "sio", MagicMock(eio=MagicMock(disconnect=AsyncMock())))

    await asyncio.gather(_end(page), _end(page))

    page.delete.assert_called_once()


async def test_page_whose_browser_has_just_left_is_deleted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core, "sio", MagicMock(eio=MagicMock(disconnect=AsyncMock())))
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    page = Client(ui.page("/", reconnect_timeout=30), request=None)
    page._socket_to_document_id["socket"] = "document"
    page._num_connections["document"] = 1
    page.handle_disconnect("socket")
    [again] = page._delete_tasks.values()

    await _end(page)

    assert page.is_deleted
    with pytest.raises(asyncio.CancelledError):
        await again


async def test_reader_opens_no_page_that_writes_or_manages(doors: Doors) -> None:
    await doors.add("Ana")
    await doors.add("Ben", Role.READER)
    async with visitor(doors, await doors.enter("Ben")) as ben:
        assert (await ben.get("/")).text == "in as Ben"
        for path in ("/demo/customer", "/users"):
            answer = await ben.get(path)
            assert answer.status_code == 403
            assert answer.text.count(".") == 2


@pytest.mark.parametrize(
    ("secure", "path", "name"),
    [
        (False, "/", "ticketdesk-0123abcd"),
        (True, "/", "__Host-ticketdesk-0123abcd"),
        (True, "/desk", "__Secure-ticketdesk-0123abcd"),
    ],
)
async def test_cookie_is_bound_as_tightly_as_its_place_allows(
    doors: Doors, secure: bool, path: str, name: str
) -> None:
    await doors.add("Ana")
    web = FastAPI()
    cookie = SessionCookie(desk_id="0123abcd", secure=secure, path=path)
    register_sign_in(web, doors.sign_ins, head_html="", cookie=cookie)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url=HOME) as nobody:
        answer = await nobody.post("/sign-in", data={"name": "Ana", "password": WORD})

    kept, *flags = answer.headers["set-cookie"].split("; ")
    expected = {"HttpOnly", "Max-Age=604800", f"Path={path}", "SameSite=lax"}
    assert kept.startswith(f"{name}=")
    assert set(flags) == expected | ({"Secure"} if secure else set())
