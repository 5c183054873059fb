"""The path below which a proxy shows the desk."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from app.domain.errors import SettingsError
from app.web.public_path import BelowPath, WithoutPath, check_path
from components.key_form import key_form
from components.site import SITE


async def page(request: Request) -> Response:
    if request.path_params["path"] == "go":
        return RedirectResponse("/there?a=1")
    if request.path_params["path"] == "out":
        return RedirectResponse("//elsewhere.example.com/")
    return PlainTextResponse(f"{request.scope['root_path']} {request.scope['path']}")


ROUTES = [Mount("/sub", routes=[Route("/{path:path}", page)]), Route("/{path:path}", page)]


async def ask(path: str, below: str = "/desk") -> httpx.Response:
    app = WithoutPath(BelowPath(Starlette(routes=ROUTES), path=below), path=below)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("/desk/health", "/desk /desk/health"),
        ("/health", "/desk /desk/health"),
        ("/desk", "/desk /desk/"),
        ("/desk/", "/desk /desk/"),
        ("/desktop", "/desk /desk/desktop"),
        ("/sub/x", "/desk/sub /desk/sub/x"),
    ],
)
async def test_page_is_the_same_whether_the_proxy_takes_the_path_off_or_not(
    asked: str, seen: str
) -> None:
    assert (await ask(asked)).text == seen


async def test_redirect_stays_below_the_path() -> None:
    assert (await ask("/desk/go")).headers["location"] == "/desk/there?a=1"
    assert (await ask("/go")).headers["location"] == "/desk/there?a=1"
    assert (await ask("/out")).headers["location"] == "//elsewhere.example.com/"
    assert (await ask("/go", below="")).headers["location"] == "/there?a=1"


async def test_nothing_changes_at_the_root_of_a_host() -> None:
    assert (await ask("/desk/health", below="")).text == " /desk/health"


@pytest.mark.parametrize("path", ["/sub", "/v1", "/v1/tickets", "/demo"])
def test_path_of_a_page_of_ours_is_refused(path: str) -> None:
    with pytest.raises(SettingsError, match="for example /desk"):
        check_path(path, ROUTES)


def test_any_other_path_is_fine() -> None:
    check_path("/desk", ROUTES)
    check_path("/su", ROUTES)
    check_path("", ROUTES)


def test_form_for_the_key_goes_below_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SITE, "path", "/desk")

    assert 'action="/desk/key"' in key_form(shown="")
