"""All routes of the real application by everybody who might ask, over the real guards."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client
from nicegui import app as screens
from nicegui.storage import Storage
from nicegui.testing.general import nicegui_reset_globals, prepare_simulation
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from app.desk.activity import ActivityLog
from app.desk.desk import Doors as DeskDoors
from app.domain.accounts import Role
from app.domain.clock import SystemClock
from app.pages.people import register_people
from app.pages.register import register_pages
from app.pages.screens import register_screens
from app.pages.sign_in import SessionCookie, register_sign_in
from app.server.application import ApiRoute, build_api
from app.server.database import open_database
from app.web import application
from app.web.application import add_screens, behind_guard, new_web
from app.web.request_guard import HEADERS, WALLS, allowed_names
from app.web.sign_in_guard import NEEDED, LetIn, is_public
from app.web.wall_guard import OPEN_BELOW, WallCookies
from tests.doubles.doors import open_doors
from tests.pages.conftest import VITALS
from tests.state.scripted import ScriptedDesk

HOME = "http://127.0.0.1:8080"
COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
PAGE = {"accept": "text/html", "origin": HOME}
PEOPLE = ("nobody", "reader", "seller", "owner")
PUBLIC = {"/sign-in", "/healthz", "/readyz", "/favicon.ico", "/assets/x/x", "/v1/tickets"}


@dataclass
class House:
    """The whole application, its routes, and a token for each role."""

    app: ASGIApp
    paths: list[str]
    tokens: dict[str, str]

    async def ask(self, who: str, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        name = WallCookies(COOKIE).wall.name if who == "wall" else COOKIE.name
        cookie = {"cookie": f"{name}={self.tokens.get(who, 'guessed')}"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=HOME
        ) as client:
            return await client.request(method, path, headers=PAGE | cookie | headers)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr(Storage, "path", tmp_path / "sessions")
    monkeypatch.setattr(application, "guard_sockets", lambda *_: None)  # it is the process's own
    desk = ScriptedDesk()
    desk.many(3)
    theirs = dict(screens.exception_handlers)
    engine = open_database(tmp_path / "api.sqlite3")
    with nicegui_reset_globals():
        prepare_simulation()
        async with open_doors(tmp_path, SystemClock()) as doors:
            await doors.add("owner")
            for role in (Role.READER, Role.SELLER):
                await doors.add(role.value, role)
            web = new_web(ApiRoute(build_api(engine, api_key="k" * 32, demo=True)))
            register_pages(
                web,
                desk.desk,
                head_html="",
                plain_head_html="",
                wall_worker="",
                clock=SystemClock(),
                demo=True,
                vitals=lambda: VITALS,
            )
            activity = ActivityLog(doors.accounts, clock=SystemClock())
            register_sign_in(web, doors.sign_ins, head_html="", cookie=COOKIE)
            whole = DeskDoors(
                users=doors.users,
                sign_ins=doors.sign_ins,
                walls=doors.walls,
                activity=activity,
            )
            register_people(web, desk.desk, whole, head_html="")
            register_screens(web, desk.desk, whole, head_html="", public_url=None)
            add_screens(web, secret="x" * 32, sessions=tmp_path / "sessions", secure_cookies=False)
            app = behind_guard(
                web,
                allowed_names(8080),
                let_in=LetIn(doors.sign_ins, doors.walls),
                cookie=COOKIE,
                head_html="",
            )
            async with web.router.lifespan_context(web):
                tokens = {name: await doors.enter(name) for name in PEOPLE[1:]}
                _, link = await doors.walls.new("Hall", by="owner")
                tokens["wall"] = await doors.walls.exchange(link, held=None)
                yield House(app, sorted({*paths(web), *paths(screens), *MORE}), tokens)
                for tab in list(Client.instances.values()):
                    tab.delete()
                await asyncio.sleep(0.01)
                Client.page_routes.clear()
    screens.exception_handlers.clear()
    screens.exception_handlers.update(theirs)
    engine.dispose()


MORE = ("/v1/tickets", "/openapi.json", "/demo/customer", "/nowhere", "/_nicegui_ws/socket.io/")


def paths(app: FastAPI) -> Iterator[str]:
    """An address of each route, with something in place of what varies."""
    for route in app.routes:
        if isinstance(route, Route):
            yield "/".join("x" if "{" in part else part for part in route.path.split("/"))
        elif isinstance(route, Mount) and route.path:
            yield f"{route.path}/x"


def may(who: str, path: str) -> bool:
    needed = NEEDED.get(path)
    return who == "owner" or needed is None or (who == "seller" and needed == "write")


async def test_every_route_is_open_to_those_it_is_for_and_to_nobody_else(house: House) -> None:
    assert {"/", *WALLS, "/settings", "/health", "/users", "/account", "/log", "/screens"} <= {
        *house.paths
    }
    assert {p for p in house.paths if is_public({"type": "http", "path": p})} == PUBLIC
    wrong = []
    for path in house.paths:
        for who in PEOPLE:
            answer = await house.ask(who, path)
            status = answer.status_code
            sent_away = status == 303 and "/sign-in" in answer.headers["location"]
            if path in PUBLIC or (path == "/openapi.json" and who != "nobody"):
                expected = not sent_away and status != 403
            elif who == "nobody":
                expected = status == 401 if path in WALLS else sent_away
            else:
                expected = not sent_away and (status == 403) is not may(who, path)
            if not expected:
                wrong.append((path, who, status))

    assert wrong == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_nobody_sends_anything_to_any_route(house: House, method: str) -> None:
    for path in house.paths:
        if path not in PUBLIC:
            assert (await house.ask("nobody", path, method)).status_code == 401, path


async def test_no_page_is_built_for_nobody(house: House) -> None:
    for path in house.paths:
        await house.ask("nobody", path)

    assert Client.instances == {}


async def test_no_page_answers_nobody_as_markdown(house: House) -> None:
    answer = await house.ask("nobody", "/", accept="text/markdown")

    assert answer.status_code == 401


async def test_display_opens_the_wall_and_no_other_route(house: House) -> None:
    opened = set()
    for path in house.paths:
        answer = await house.ask("wall", path)
        if path not in PUBLIC and answer.status_code not in {303, 401}:
            opened.add(path)

    assert {path for path in opened if not path.startswith(OPEN_BELOW)} == WALLS


async def test_security_headers_are_on_every_route_for_everybody(house: House) -> None:
    for path in house.paths:
        for who in ("nobody", "owner"):
            answer = await house.ask(who, path)
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path


async def test_reader_changes_nothing_on_the_pages_of_people(house: House) -> None:
    answer = await house.ask("reader", "/users", "POST")

    assert answer.status_code == 403
