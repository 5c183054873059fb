"""All routes of the real application by everybody who might ask, over the real guards."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from nicegui import Client
from nicegui import app as screens
from nicegui.storage import Storage
from nicegui.testing.general import nicegui_reset_globals, prepare_simulation
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from app.config.data_dir import DataDir
from app.config.stored_key import KeyStore
from app.desk.activity import ActivityLog
from app.desk.api_key import ApiKey
from app.desk.desk import Doors as DeskDoors
from app.desk.erasing import Eraser
from app.domain.accounts import Role
from app.domain.clock import SystemClock
from app.pages.erase import register_erase
from app.pages.people import register_people
from app.pages.register import register_pages
from app.pages.screens import register_screens
from app.pages.sign_in import SessionCookie, register_sign_in
from app.server.application import ApiRoute, build_api
from app.server.database import open_database
from app.web import application
from app.web.application import add_screens, behind_guard, new_web
from app.web.request_guard import HEADERS, allowed_names
from app.web.sign_in_guard import LetIn
from app.web.wall_guard import WallCookies
from tests.doubles.doors import WORD, Doors, open_doors
from tests.pages.conftest import VITALS
from tests.state.scripted import ScriptedDesk

HOME = "http://127.0.0.1:8080"
COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
PAGE = {"accept": "text/html", "origin": HOME}
KEY = "k" * 32

OWNER = {"owner"}
WRITERS = {"seller", *OWNER}
SIGNED_IN = {"reader", *WRITERS}
WITH_WALL = {"wall", *SIGNED_IN}
EVERYBODY = {"nobody", *WITH_WALL}

WHO_MAY = {
    "GET /": SIGNED_IN,
    "GET /account": SIGNED_IN,
    "POST /account": SIGNED_IN,
    "GET /account/sign-out": SIGNED_IN,
    "POST /account/sign-out": SIGNED_IN,
    "GET /demo/customer": WRITERS,
    "POST /demo/customer": WRITERS,
    "GET /erase": OWNER,
    "POST /erase": OWNER,
    "GET /favicon.ico": EVERYBODY,
    "GET /health": SIGNED_IN,
    "GET /healthz": EVERYBODY,
    "GET /key": OWNER,
    "POST /key": OWNER,
    "GET /kiosk": WITH_WALL,
    "GET /kiosk/plain": WITH_WALL,
    "GET /log": SIGNED_IN,
    "GET /log.csv": SIGNED_IN,
    "GET /nowhere": SIGNED_IN,
    "GET /openapi.json": SIGNED_IN,
    "GET /readyz": EVERYBODY,
    "GET /screens": WRITERS,
    "POST /screens": WRITERS,
    "GET /settings": SIGNED_IN,
    "GET /sign-in": EVERYBODY,
    "POST /sign-in": EVERYBODY,
    "GET /tickets/x": SIGNED_IN,
    "GET /users": OWNER,
    "POST /users": OWNER,
    "GET /v1/tickets": EVERYBODY,
    "GET /v1/tickets/x": EVERYBODY,
    "PATCH /v1/tickets/x": EVERYBODY,
    "POST /v1/tickets/x": EVERYBODY,
}
"""for each route who may use it, by hand; of the API whoever has its key"""
BELOW = {
    "/_nicegui": WITH_WALL,
    "/assets/": EVERYBODY,
    "/vendor/": SIGNED_IN,
}
"""the same for what pages are made of, whose addresses change with its versions"""


@dataclass
class House:
    """The whole application, its routes (`GET /log`), and who comes in."""

    app: ASGIApp
    routes: list[str]
    doors: Doors
    wall: str

    @property
    def paths(self) -> list[str]:
        return sorted({route.split(" ")[1] for route in self.routes})

    @property
    def public(self) -> set[str]:
        return {route.split(" ")[1] for route in self.routes if who_may(route) == EVERYBODY}

    async def ask(
        self, who: str, path: str, method: str = "GET", *, form: str = "", **headers: str
    ) -> httpx.Response:
        """What `who` is answered; each question has a session of its own, for some end theirs."""
        if who == "wall":
            headers["cookie"] = f"{WallCookies(COOKIE).wall.name}={self.wall}"
        else:
            token = "guessed" if who == "nobody" else await self.doors.enter(who)
            headers["cookie"] = f"{COOKIE.name}={token}"
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=HOME
        ) as client:
            return await client.request(method, path, headers=PAGE | headers, content=form)


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
            api = build_api(engine, api_key=KEY, demo=True)
            web = new_web(ApiRoute(api))
            register_pages(
                web,
                desk.desk,
                head_html="",
                plain_head_html="",
                wall_worker="",
                clock=SystemClock(),
                demo=True,
                vitals=lambda: VITALS,
                api_key=ApiKey(
                    "https://api.example.com",
                    KeyStore(tmp_path),
                    key=KEY,
                    is_configured=False,
                    clock=SystemClock(),
                ),
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
            eraser = Eraser(tmp_path, DataDir(tmp_path).shops(), clock=SystemClock())
            register_erase(web, desk.desk, whole, eraser, head_html="")
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
                _, link = await doors.walls.new("Hall", by="owner")
                wall = await doors.walls.exchange(link, held=None)
                found = {*routes(web.routes), *routes(screens.routes), *routes(api.routes), *MORE}
                yield House(app, sorted(found), doors, wall)
                for tab in list(Client.instances.values()):
                    tab.delete()
                await asyncio.sleep(0.01)
                Client.page_routes.clear()
    screens.exception_handlers.clear()
    screens.exception_handlers.update(theirs)
    engine.dispose()


MORE = ("GET /nowhere", "GET /_nicegui_ws/socket.io/", "POST /_nicegui_ws/socket.io/")


def routes(found: Iterable[BaseRoute]) -> Iterator[str]:
    """An address of each route, with something in place of what varies."""
    for route in found:
        if isinstance(route, Route):
            path = "/".join("x" if "{" in part else part for part in route.path.split("/"))
            yield from (f"{method} {path}" for method in (route.methods or ()) if method != "HEAD")
        elif isinstance(route, Mount) and route.path:
            yield f"GET {route.path}/x"
        elif router := getattr(route, "original_router", None):  # of newer FastAPI
            yield from routes(router.routes)


def who_may(route: str) -> set[str] | None:
    path = route.split(" ")[1]
    below = next((who for start, who in BELOW.items() if path.startswith(start)), None)
    return below or WHO_MAY.get(route)


def is_let_in(answer: httpx.Response) -> bool:
    led = answer.headers.get("location", "").startswith("/sign-in?")
    return not led and answer.status_code not in {401, 403}


async def test_every_route_is_open_to_those_it_is_for_and_to_nobody_else(house: House) -> None:
    assert set(WHO_MAY) <= set(house.routes)
    wrong = []
    for route in house.routes:
        method, path = route.split(" ")
        how = {"authorization": f"Bearer {KEY}"} if path.startswith("/v1/") else {}
        form = f"name=owner&password={WORD}" if route == "POST /sign-in" else ""
        let_in = {
            who
            for who in EVERYBODY
            if is_let_in(await house.ask(who, path, method, form=form, **how))
        }
        if let_in != who_may(route):
            wrong.append((route, sorted(let_in)))

    assert wrong == []


@pytest.mark.parametrize("path", ["/users", "/key", "/erase"])
async def test_seller_sends_nothing_to_the_pages_of_the_owner(house: House, path: str) -> None:
    for who in ("reader", "seller"):
        answer = await house.ask(who, path, "POST")

        assert (answer.status_code, answer.text.split(".")[0]) == (
            403,
            "Your role does not allow this",
        )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_nobody_sends_anything_to_any_route(house: House, method: str) -> None:
    for path in house.paths:
        if path not in house.public:
            assert (await house.ask("nobody", path, method)).status_code == 401, path


async def test_no_page_is_built_for_nobody(house: House) -> None:
    for path in house.paths:
        await house.ask("nobody", path)

    assert Client.instances == {}


async def test_no_page_answers_nobody_as_markdown(house: House) -> None:
    answer = await house.ask("nobody", "/", accept="text/markdown")

    assert answer.status_code == 401


async def test_security_headers_are_on_every_route_for_everybody(house: House) -> None:
    for path in house.paths:
        for who in ("nobody", "owner"):
            answer = await house.ask(who, path)
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
