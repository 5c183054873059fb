"""What a socket may say depends on who has signed in, at its beginning and at each event."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nicegui import Client, core

from app.domain.accounts import SignInSession
from app.pages.sign_in import SESSION
from app.web.sign_in_guard import LetIn
from app.web.websocket_guard import _for_own_page, _in_one_session
from tests.doubles.clock import HandClock
from tests.doubles.doors import Doors, open_doors

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
