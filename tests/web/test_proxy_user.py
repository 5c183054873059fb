"""Sign-in by a proxy that is named: it says who, and nobody else's word counts."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from app.pages.sign_in import SessionCookie, register_sign_in, signed_in
from app.web.forwarded import ForwardedHeaders
from app.web.sign_in_guard import SignInGuard
from tests.doubles.clock import HandClock
from tests.doubles.doors import Doors, open_doors

COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
PROXY, STRANGER = "192.0.2.1", "192.0.2.2"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, HandClock()) as opened:
        for name in ("Ana", "Ben"):
            await opened.add(name)
        yield opened


def browser(doors: Doors, behind: str) -> httpx.AsyncClient:
    """One browser, whose requests are handed over from this address."""
    web = FastAPI()
    register_sign_in(web, doors.sign_ins, head_html="", cookie=COOKIE)

    @web.get("/")
    async def home(request: Request) -> PlainTextResponse:
        session = signed_in(request)
        return PlainTextResponse(session.user.name if session else "nobody")

    guarded = SignInGuard(web, sign_ins=doors.sign_ins, cookie=COOKIE)
    app = ForwardedHeaders(guarded, trusted=[ip_network(PROXY)], user_header="remote-user")
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(behind, 4711)),
        base_url="http://desk",
        headers={"accept": "text/html"},
        follow_redirects=True,
    )


async def test_user_whom_a_named_proxy_names_is_in_without_a_password(doors: Doors) -> None:
    async with browser(doors, PROXY) as ana:
        assert (await ana.get("/", headers={"Remote-User": "ana"})).text == "Ana"

    assert (await doors.log())[-1].startswith("Ana: was let in by a proxy")


async def test_header_of_anybody_else_is_worth_nothing(doors: Doors) -> None:
    async with browser(doors, STRANGER) as eve:
        answer = await eve.get("/", headers={"Remote-User": "Ana"})

    assert "Sign in" in answer.text
    assert not COOKIE.token(eve.headers.get("cookie", ""))


async def test_browser_is_whose_the_proxy_says_now(doors: Doors) -> None:
    async with browser(doors, PROXY) as shared:
        assert (await shared.get("/", headers={"Remote-User": "Ana"})).text == "Ana"
        assert (await shared.get("/", headers={"Remote-User": "Ben"})).text == "Ben"


async def test_name_that_is_no_user_gets_a_sentence(doors: Doors) -> None:
    async with browser(doors, PROXY) as eve:
        answer = await eve.get("/", headers={"Remote-User": "Eve"})

    assert answer.status_code == 403
    assert "no user here" in answer.text


async def test_two_names_at_once_are_nobodys(doors: Doors) -> None:
    async with browser(doors, PROXY) as both:
        headers = [("accept", "text/html"), ("Remote-User", "Ana"), ("Remote-User", "Ben")]
        answer = await both.get("/", headers=headers)

    assert "Sign in" in answer.text
