"""The way in for displays: a link or a code, and then the wall and nothing else."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Scope
from starlette.websockets import WebSocket

from app.desk.walls import TOO_MANY_LINKS, Walls
from app.pages.kiosk import WALL
from app.pages.sign_in import SESSION, SessionCookie
from app.store.accounts.wall_links import REVOKED, UNKNOWN, USED
from app.web.request_guard import WALLS
from app.web.sign_in_guard import LetIn, SignInGuard
from app.web.wall_guard import WallCookies, WallGuard
from app.web.websocket_guard import belong_together
from tests.doubles.clock import HandClock
from tests.doubles.doors import Doors, open_doors

HOME = "http://127.0.0.1:8080"
COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
COOKIES = WallCookies(COOKIE)
PAGE = {"accept": "text/html,*/*"}
BOTH = pytest.mark.parametrize("wall", sorted(WALLS))
CODE = re.compile(r"([A-Z]{4})-([A-Z]{4})")


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, HandClock()) as opened:
        yield opened


@pytest.fixture
async def walls(doors: Doors) -> Walls:
    """The walls of a desk that has a user, so that nobody comes in unknown."""
    await doors.add("Ana")
    return Walls(doors.accounts, clock=HandClock())


def guarded(doors: Doors, walls: Walls) -> ASGIApp:
    async def inside(request: Request) -> PlainTextResponse:
        session, link = request.scope.get(SESSION), request.scope.get(WALL)
        who = session.user.name if session else link.name if link else "the one seller"
        return PlainTextResponse(f"in as {who}")

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()

    rest = Starlette(
        routes=[
            Route("/{path:path}", inside, methods=["GET", "POST", "PATCH", "HEAD"]),
            WebSocketRoute("/{path:path}", socket),
        ]
    )
    return WallGuard(
        SignInGuard(rest, sign_ins=doors.sign_ins, cookie=COOKIE),
        inside=rest,
        let_in=LetIn(doors.sign_ins, walls),
        cookies=COOKIES,
        head_html="",
    )


def visitor(doors: Doors, walls: Walls, *cookies: tuple[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=guarded(doors, walls)),
        base_url=HOME,
        headers=PAGE,
        cookies=dict(cookies),
    )


async def cookie_of(walls: Walls, name: str = "Hall") -> tuple[str, str]:
    _, token = await walls.new(name, by="Ana")
    return COOKIES.wall.name, await walls.exchange(token, held=None)


@BOTH
async def test_link_is_exchanged_for_a_cookie_and_taken_from_the_address(
    doors: Doors, walls: Walls, wall: str
) -> None:
    _, token = await walls.new("Hall", by="Ana")
    async with visitor(doors, walls) as screen:
        sent = await screen.get(f"{wall}?theme=light&link={token}")

        assert (sent.status_code, sent.headers["location"]) == (303, f"{wall}?theme=light")
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(
            sent.headers.get_list("set-cookie")[0].split("; ")
        )
        assert (await screen.get(f"{wall}?theme=light")).text == "in as Hall"


async def test_wrong_links_are_told_how_long_to_wait(doors: Doors, walls: Walls) -> None:
    async with visitor(doors, walls) as stranger:
        for n in range(5):
            assert (await stranger.get(f"/kiosk?link=guess{n}")).status_code == 403
        answer = await stranger.get("/kiosk?link=guess")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert TOO_MANY_LINKS in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/settings", "/health", "/screens", "/users", "/log", "/demo/customer", "/kiosk/"),
        *("/kiosk/../", "/KIOSK", "//kiosk", "/kioskx", "/openapi.json", "/_nicegui", "/nowhere"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "HEAD"])
async def test_display_opens_nothing_but_the_wall(
    doors: Doors, walls: Walls, method: str, path: str
) -> None:
    async with visitor(doors, walls, await cookie_of(walls)) as screen:
        answer = await screen.request(method, HOME + path)

    assert answer.status_code in {303, 401}
    assert "in as" not in answer.text


async def test_display_gets_what_its_page_is_made_of(doors: Doors, walls: Walls) -> None:
    async with visitor(doors, walls, await cookie_of(walls)) as screen:
        for path in (*WALLS, "/_nicegui/3.18.0/static/nicegui.js", "/_nicegui_ws/socket.io/"):
            assert (await screen.get(path)).text == "in as Hall"


async def test_socket_is_opened_for_a_display_that_is_let_in(doors: Doors, walls: Walls) -> None:
    name, cookie = await cookie_of(walls)

    assert await knock(doors, walls, f"{name}={cookie}") == "websocket.accept"
    await walls.revoke("Hall", by="Ana")
    assert await knock(doors, walls, f"{name}={cookie}") == "websocket.close"
    assert await knock(doors, walls, f"{name}=guessed") == "websocket.close"


@pytest.mark.parametrize("token", ["", "x", "%00", "%ff%fe", "a" * 5_000, "%ED%A0%80"])
async def test_garbage_in_place_of_a_link_is_one_sentence_and_a_code(
    doors: Doors, walls: Walls, token: str
) -> None:
    async with visitor(doors, walls) as screen:
        answer = await screen.get(f"/kiosk?theme=light&link={token}x")

    assert answer.status_code == 403
    assert UNKNOWN in answer.text
    assert CODE.search(answer.text)


async def test_link_that_another_screen_uses_is_refused_in_a_sentence(
    doors: Doors, walls: Walls
) -> None:
    _, token = await walls.new("Hall", by="Ana")
    async with visitor(doors, walls) as screen, visitor(doors, walls) as other:
        await screen.get(f"/kiosk?link={token}", follow_redirects=True)
        refused = await other.get(f"/kiosk?link={token}")
        again = await screen.get(f"/kiosk?link={token}", follow_redirects=True)

    assert (refused.status_code, USED in refused.text) == (403, True)
    assert again.text == "in as Hall"


@BOTH
async def test_link_of_another_desk_is_refused_in_a_sentence(
    doors: Doors, walls: Walls, tmp_path: Path, wall: str
) -> None:
    (tmp_path / "other").mkdir()
    async with open_doors(tmp_path / "other", HandClock()) as others:
        elsewhere = Walls(others.accounts, clock=HandClock())
        _, token = await elsewhere.new("Hall", by="Ana")
    async with visitor(doors, walls) as screen:
        assert UNKNOWN in (await screen.get(f"{wall}?link={token}")).text


@BOTH
async def test_revoked_display_is_told_and_may_show_a_code(
    doors: Doors, walls: Walls, wall: str
) -> None:
    async with visitor(doors, walls, await cookie_of(walls)) as screen:
        await screen.get(wall)
        await walls.revoke("Hall", by="Ana")

        blank = await screen.get(wall)

    assert (blank.status_code, REVOKED in blank.text) == (401, True)
    assert "in as" not in blank.text
    assert CODE.search(blank.text)


async def test_display_without_a_keyboard_comes_in_by_its_code(doors: Doors, walls: Walls) -> None:
    async with visitor(doors, walls) as screen, visitor(doors, walls) as other:
        shown = CODE.search((await screen.get("/kiosk")).text)
        assert shown
        assert shown[0] in (await screen.get("/kiosk")).text
        assert shown[0] not in (await other.get("/kiosk")).text

        await walls.confirm_code(shown[0], "Hall", by="Ana")

        sent = await screen.get("/kiosk")
        assert (sent.status_code, sent.headers["location"]) == (303, "/kiosk")
        assert (await screen.get("/kiosk")).text == "in as Hall"
        assert "in as" not in (await other.get("/kiosk")).text


@BOTH
async def test_display_that_waits_loads_itself_anew(doors: Doors, walls: Walls, wall: str) -> None:
    async with visitor(doors, walls) as screen:
        assert f'http-equiv="refresh" content="3; url={wall}"' in (await screen.get(wall)).text
        assert f'href="/sign-in?next={wall}"' in (await screen.get(wall)).text


async def test_signed_in_user_sees_the_wall_as_its_link_has_it(doors: Doors, walls: Walls) -> None:
    session = (COOKIE.name, await doors.enter("Ana"))
    async with visitor(doors, walls, session, await cookie_of(walls)) as ana:
        for path in ("/", "/kiosk", "/_nicegui_ws/socket.io/"):
            assert (await ana.get(path)).text == "in as Ana"


async def test_without_users_the_wall_is_open_and_a_link_still_counts(doors: Doors) -> None:
    walls = Walls(doors.accounts, clock=HandClock())
    async with visitor(doors, walls) as screen:
        assert (await screen.get("/kiosk")).text == "in as the one seller"
    async with visitor(doors, walls, await cookie_of(walls)) as screen:
        assert (await screen.get("/kiosk")).text == "in as Hall"
        assert (await screen.get("/")).text == "in as the one seller"


async def test_socket_joins_no_page_that_others_opened(doors: Doors, walls: Walls) -> None:
    for name in ("Hall", "Shop"):
        await walls.new(name, by="Ana")
    hall, shop = (screen.link for screen in walls.screens())
    await doors.add("Ben")
    ana, ben = await doors.session("Ana"), await doors.session("Ben")
    scopes: dict[str, dict[str, object]] = {
        "nobody": {},
        "hall": {WALL: hall},
        "hall, seen": {WALL: replace(hall, seen_at=hall.created_at)},
        "shop": {WALL: shop},
        "ana": {SESSION: ana},
        "ana at the hall": {SESSION: ana, WALL: hall},
        "ben": {SESSION: ben},
    }

    joined = {
        (page, socket)
        for page, opened in scopes.items()
        for socket, by in scopes.items()
        if belong_together(opened, by)
    }

    one_display = {"hall", "hall, seen"}
    one_seller = {"ana", "ana at the hall"}
    assert joined == {
        *product(one_display, one_display | {"ana at the hall"}),
        *product(one_seller, one_seller),
        *{("shop", "shop"), ("ben", "ben"), ("nobody", "nobody")},
        # Without users the one seller's browser may hold the cookie of a display as well.
        *product(["nobody"], [*one_display, "shop"]),
    }


async def knock(doors: Doors, walls: Walls, cookies: str) -> str:
    """Open a WebSocket and return the type of the first answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "websocket",
        "path": "/_nicegui_ws/socket.io/",
        "query_string": b"",
        "headers": [(b"cookie", cookies.encode())],
    }
    await guarded(doors, walls)(scope, receive, send)
    return str(sent[0]["type"])
