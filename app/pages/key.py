"""The page `/key`: the key of the shop's API is entered here, also before there is any.

A desk that is started without a key serves this page and the sign-in alone, until it has one.
"""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.desk.api_key import ApiKey
from app.domain.accounts import Right
from app.pages.errors import plain_page
from app.pages.people import Draw
from app.pages.sign_in import form_of, signed_in
from app.state.formatting import error_notice
from components import people_forms
from components.html import Html, html
from components.i18n import _
from components.key_form import key_form
from components.people_forms import SaidData
from components.site import SITE

KEY_PAGE = "/key"
TITLE = _("Key of the Tickets API")
OPENS_SECONDS = 2
"""until the desk is asked for that opens once it has a key; the browser waits for it then"""
LOOK_SECONDS = 10
_FIRST = _("This desk has no key yet for the Tickets API at {url}. Enter the key of your shop.")
_NOT_YET = _("This desk is not set up yet: its owner has to enter the key of the shop's API.")


def register_key(app: FastAPI, api_key: ApiKey, drawn_as: Draw) -> None:
    """Put the form at its address."""

    def drawn(request: Request, said: SaidData | None = None) -> Response:
        return drawn_as(request, TITLE, key_form(shown=shown_key(api_key)), said)

    @app.get(KEY_PAGE, include_in_schema=False)
    async def ask(request: Request) -> Response:
        return drawn(request)

    @app.post(KEY_PAGE, include_in_schema=False)
    async def enter(request: Request) -> Response:
        return drawn(request, await _entered(request, api_key))


def register_first_key(
    app: FastAPI, api_key: ApiKey, *, url: str, head_html: str, on_entered: Callable[[], object]
) -> None:
    """Put the form at its address, and lead there from every other one.

    `on_entered` is called once the browser has heard that the API takes the key.
    """

    def drawn(heading: str, inside: Html, status: int = 200, **headers: str) -> HTMLResponse:
        page = plain_page(head_html, heading, inside)
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"} | headers)

    def asked(said: SaidData) -> HTMLResponse:
        first = html("<p>{}</p>", _FIRST.format(url=url))
        inside = html("{}{}{}", people_forms.said(said), first, key_form(shown=""))
        return drawn(TITLE, inside, 422 if said.wrong else 200)

    @app.get(KEY_PAGE, include_in_schema=False)
    async def ask() -> Response:
        return asked(SaidData())

    @app.post(KEY_PAGE, include_in_schema=False)
    async def enter(request: Request) -> Response:
        said = await _entered(request, api_key)
        if said.wrong:
            return asked(said)
        onward = html(
            '{}<p><a href="{}">{}</a></p>',
            people_forms.said(said),
            SITE.link("/"),
            _("Open the desk"),
        )
        answer = drawn(TITLE, onward, Refresh=f"{OPENS_SECONDS}; url={SITE.link('/')}")
        answer.background = BackgroundTask(on_entered)
        return answer

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        return JSONResponse({"status": "not ready", "problem": _NOT_YET}, 503)

    @app.get("/{anything:path}", include_in_schema=False)
    async def lead(request: Request) -> Response:
        session = signed_in(request)
        if session is None or session.user.may(Right.MANAGE):
            return RedirectResponse(KEY_PAGE, 303, headers={"Cache-Control": "no-store"})
        said = html("<p>{}</p>", _NOT_YET)
        return drawn(_("Not yet"), said, 503, Refresh=str(LOOK_SECONDS))


def shown_key(api_key: ApiKey) -> str:
    """As much of the key as anybody may see."""
    return _("ends in {end}").format(end=api_key.end) if api_key.end else ""


async def _entered(request: Request, api_key: ApiKey) -> SaidData:
    from_form = (await form_of(request)).get("key", "")
    try:
        return SaidData(text=await api_key.set(from_form, by=signed_in(request)))
    except Exception as error:  # noqa: BLE001  # said above the form
        return SaidData(text=error_notice(error).text, wrong=True)
