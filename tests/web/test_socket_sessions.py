"""What a socket may say depends on who has signed in, at its beginning and at each event."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import uvicorn
from fastapi import FastAPI
from nicegui import Client, core, ui
from nicegui.functions.navigate import Navigate
from nicegui.storage import Storage
from nicegui.testing.general import nicegui_reset_globals, prepare_simulation

from app.domain.accounts import SignInSession
from app.pages.sign_in import SESSION, SessionCookie
from app.web import sign_in_guard
from app.web.application import behind_guard
from app.web.request_guard import allowed_names
from app.web.server import listen
from app.web.sign_in_guard import TOLD_SECONDS, LetIn, PageEnds
from app.web.websocket_guard import _for_own_page, _in_one_session, guard_sockets
from tests.doubles.clock import HandClock
from tests.doubles.doors import Doors, open_doors
from tests.doubles.tab import Tab

COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
MESSAGE = {"client_id": "page"}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def doors(tmp_path: Path, clock: HandClock) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, clock) as opened:
        await opened.add("Ana")
        yield opened


def open_page(
    monkeypatch: pytest.MonkeyPatch, page: SignInSession | None, socket: SignInSession | None
) -> None:
    """A page that was built in one session, and a socket that was opened in another."""
    request = SimpleNamespace(scope={SESSION: page})
    environ = {"asgi.scope": {SESSION: socket, "query_string": b"client_id=page"}}
    monkeypatch.setattr(Client, "instances", {"page": SimpleNamespace(request=request)})
    monkeypatch.setattr(core.sio, "rooms", lambda _: ["page"])
    monkeypatch.setattr(core.sio, "get_environ", lambda _: environ)


async def heard(doors: Doors, *, is_use: bool = False) -> bool:
    """Whether an event of the page is heard."""
    said: list[Any] = []
    let_in = LetIn(doors.sign_ins, doors.walls)
    handle = _for_own_page(lambda _, message: said.append(message), let_in, is_use=is_use)
    await handle("sid", MESSAGE)
    return bool(said)


async def ties(given: dict[str, str]) -> bool:
    async def handshake(*_: object) -> bool:
        return True

    return bool(await _in_one_session(handshake)("sid", given))


@pytest.mark.parametrize("given", [MESSAGE, {}], ids=["handshake", "connect"])
async def test_socket_is_tied_to_a_page_of_its_own_session_alone(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    first, second = await doors.session("Ana"), await doors.session("Ana")
    used = replace(first, seen_at=first.seen_at + timedelta(minutes=5))

    for socket, is_tied in ((first, True), (used, True), (second, False), (None, False)):
        open_page(monkeypatch, first, socket)
        assert await ties(given) is is_tied


async def test_event_is_heard_only_while_its_session_lives(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await doors.session("Ana")
    open_page(monkeypatch, session, session)
    assert await heard(doors)

    await doors.sign_ins.sign_out(session, by=session.user)

    assert not await heard(doors)


async def test_event_of_the_one_seller_is_heard_no_more_once_there_is_a_user(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page(monkeypatch, None, None)

    assert not await heard(doors)


@pytest.mark.parametrize("is_use", [True, False])
async def test_event_of_a_person_keeps_the_session_from_being_idle(
    doors: Doors, clock: HandClock, monkeypatch: pytest.MonkeyPatch, is_use: bool
) -> None:
    session = await doors.session("Ana")
    open_page(monkeypatch, session, session)
    for _ in range(2):
        clock.set_wrong(8 * 3600)
        await heard(doors, is_use=is_use)
        await doors.sign_ins.look()

    assert doors.sign_ins.is_live(session) is is_use


@dataclass
class Live:
    """A page behind all guards, on a port of its own, that hears what is said in its tabs."""

    doors: Doors
    url: str
    let_in: LetIn
    heard: list[str]
    judged: asyncio.Event
    """set whenever it was looked up whether a session lives"""

    async def tab(self, name: str) -> tuple[Tab, SignInSession]:
        """The page as somebody who signs in opens it."""
        token = await self.doors.enter(name)
        session = self.doors.sign_ins.session_of(token)
        assert session
        return await Tab(self.url, "/heard", cookie=f"{COOKIE.name}={token}").open(), session

    async def until_heard(self, *said: str) -> None:
        async with asyncio.timeout(10):
            while self.heard != list(said):  # noqa: ASYNC110  # it has no event
                await asyncio.sleep(0.01)


@contextmanager
def own_handlers() -> Iterator[None]:
    """Give the sockets of the process their handlers back: the guards are put around them."""
    events, packets = dict(core.sio.handlers["/"]), dict(core.sio.eio.handlers)
    origins = core.sio.eio.cors_allowed_origins
    try:
        yield
    finally:
        core.sio.handlers["/"], core.sio.eio.handlers = events, packets
        core.sio.eio.cors_allowed_origins = origins


@pytest.fixture
async def live(
    doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Live]:
    monkeypatch.setattr(Storage, "path", tmp_path / "sessions")
    # A user of an earlier test leaves theirs in nicegui.ui whenever it is looked at, also late.
    monkeypatch.setattr(sign_in_guard, "ui", SimpleNamespace(navigate=Navigate()))
    heard: list[str] = []
    judged = asyncio.Event()
    is_live = doors.sign_ins.is_live
    monkeypatch.setattr(doors.sign_ins, "is_live", lambda one: judged.set() or is_live(one))
    let_in = LetIn(doors.sign_ins, doors.walls)
    with nicegui_reset_globals(), own_handlers(), listen("127.0.0.1", 0) as listener:
        prepare_simulation()
        web, port = FastAPI(), listener.getsockname()[1]

        @ui.page("/heard")
        def page() -> None:
            ui.on("said", lambda event: heard.append(str(event.args)))

        ui.run_with(web, storage_secret="x" * 32, show_welcome_message=False)
        names = allowed_names(port)
        app = behind_guard(web, names, let_in=let_in, cookie=COOKIE, head_html="")
        async with web.router.lifespan_context(web):
            server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
            serving = asyncio.create_task(server.serve([listener]))
            yield Live(doors, f"http://127.0.0.1:{port}", let_in, heard, judged)
            for tab in list(Client.instances.values()):
                tab.delete()
            await asyncio.sleep(0.01)
            server.should_exit = True
            await serving
        Client.page_routes.clear()  # or the end of the simulation unloads our own modules


async def test_every_event_of_the_screen_library_has_a_guard() -> None:
    with own_handlers():
        before = dict(core.sio.handlers["/"])
        guard_sockets(allowed_names(8080), cast("LetIn", None))
        after = core.sio.handlers["/"]

        assert {name for name in before if after[name] is before[name]} == set()
        assert {"event", "ack", "log", "javascript_response", "handshake"} <= set(before)


async def test_whoever_is_out_is_out_within_a_second_also_in_a_socket_that_stands(
    live: Live, clock: HandClock
) -> None:
    ends = PageEnds(live.let_in)
    looking = asyncio.create_task(live.doors.sign_ins.run())
    (tab, session), (other, _) = await live.tab("Ana"), await live.tab("Ana")
    tab.emit_page("said", "before")
    await live.until_heard("before")
    while not clock.sleepers:  # noqa: ASYNC110  # it has no event
        await asyncio.sleep(0.01)

    await live.doors.accounts.end_session(session.session_id)  # as the command line does
    clock.advance(1 - TOLD_SECONDS)
    async with asyncio.timeout(10):
        while tab.status != 401:  # noqa: ASYNC110  # it has no event
            await asyncio.sleep(0.01)

    assert not tab.is_joined
    other.emit_page("said", "after")
    await live.until_heard("before", "after")
    await asyncio.gather(tab.close(), other.close(), ends.close())
    looking.cancel()


async def test_page_that_did_not_hear_that_it_ends_finds_out_when_it_connects_again(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = SimpleNamespace(navigate=SimpleNamespace(reload=lambda: None))
    monkeypatch.setattr(sign_in_guard, "ui", lost)
    ends = PageEnds(live.let_in)
    tab, session = await live.tab("Ana")

    await live.doors.accounts.end_session(session.session_id)
    await live.doors.sign_ins.look()

    async with asyncio.timeout(10):
        while tab.status != 401:  # noqa: ASYNC110  # it has no event
            await asyncio.sleep(0.01)
    await asyncio.gather(tab.close(), ends.close())


async def test_event_of_a_session_that_ended_is_not_heard_in_a_socket_that_stands(
    live: Live,
) -> None:
    (tab, session), (other, _) = await live.tab("Ana"), await live.tab("Ana")
    tab.emit_page("said", "before")
    await live.until_heard("before")
    await live.doors.accounts.end_session(session.session_id)
    await live.doors.sign_ins.look()
    live.judged.clear()

    tab.emit_page("said", "too late")
    await asyncio.wait_for(live.judged.wait(), 10)

    assert tab.is_joined
    other.emit_page("said", "after")
    await live.until_heard("before", "after")
    await asyncio.gather(tab.close(), other.close())
