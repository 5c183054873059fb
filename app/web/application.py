"""The web application: the embedded API, the assets and the screens behind one guard."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from nicegui import Client, ui
from nicegui import app as screens
from nicegui.storage import Storage
from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.desk.sign_ins import SignIns
from app.pages.sign_in import SessionCookie
from app.web.assets import asset_folder, public_asset
from app.web.forwarded import ForwardedHeaders, Network
from app.web.page_reaper import UnclaimedLimit
from app.web.public_path import BelowPath, WithoutPath, check_path
from app.web.request_guard import AllowedNames, RequestGuard
from app.web.sign_in_guard import LetIn, SignInGuard
from app.web.static_cache import StaticCache
from app.web.wall_guard import WallCookies, WallGuard
from app.web.websocket_guard import FrameGuard, guard_sockets
from components import theme
from components.chart_bundle import register_chart_bundle
from components.signatures import remember_signatures
from components.site import SITE

RECONNECT_SECONDS = 30
FOR_EVER = "public, max-age=31536000, immutable"


VIEWPORT = "width=device-width, initial-scale=1, interactive-widget=resizes-content"


def new_web(*routes: BaseRoute) -> FastAPI:
    """The application before its pages are registered: `routes`, then the assets."""
    web = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    web.router.routes.extend(routes)
    add_assets(web)
    return web


def add_assets(web: FastAPI) -> None:
    """Serve what the screens are drawn with."""

    @web.get("/assets/{digest}/{name:path}")
    async def asset(digest: str, name: str, request: Request) -> Response:
        return _asset(f"/assets/{digest}/{name}", name, request)

    register_chart_bundle(web, asset_folder() / "vendor")


def desk_id(secret: str) -> str:
    """What parts the cookies of one desk from another's: ports of one host do not."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8]


def add_screens(
    web: FastAPI, *, secret: str, sessions: Path, secure_cookies: bool, path: str = ""
) -> None:
    """Mount the pages that have been registered."""
    Storage.path = sessions
    remember_signatures()
    icon = asset_folder() / "favicon.svg"
    ui.run_with(
        web,
        title="Ticketdesk",
        # The keyboard of a phone makes the page lower instead of covering the reply box.
        viewport=VIEWPORT,
        favicon=icon if icon.is_file() else None,
        dark=None,
        language="en-US",
        # A page outlives half a minute without network; what it missed is replayed.
        reconnect_timeout=RECONNECT_SECONDS,
        # Nothing here is bound to plain attributes, so nothing need be polled.
        binding_refresh_interval=None,
        tailwind=False,
        prod_js=True,
        show_welcome_message=False,
        storage_secret=secret,
        session_middleware_kwargs={
            "session_cookie": f"ticketdesk_{desk_id(secret)}",
            "same_site": "lax",
            "https_only": secure_cookies,
            "path": path or "/",
        },
    )


def behind_guard(
    web: FastAPI,
    allowed: AllowedNames,
    *,
    let_in: LetIn,
    cookie: SessionCookie,
    head_html: str,
    path: str = "",
    proxies: Sequence[Network] = (),
    user_header: str | None = None,
) -> ASGIApp:
    """The application as the server gets it: nothing passes but through the guards.

    Args:
        path: below which a proxy shows the desk, "" for the root.
        proxies: whose word about the browser behind them is believed.
        user_header: in which they name the user they have signed in.
    """
    check_path(path, (*web.routes, *screens.routes))
    guard_sockets(allowed, let_in)
    inside = HeadRequests(UnclaimedLimit(FrameGuard(StaticCache(BelowPath(web, path=path)))))
    known = SignInGuard(inside, sign_ins=let_in.sign_ins, cookie=cookie)
    walls = WallGuard(
        known, inside=inside, let_in=let_in, cookies=WallCookies(cookie), head_html=head_html
    )
    guarded = WithoutPath(RequestGuard(walls, allowed=allowed), path=path)
    return ForwardedHeaders(guarded, trusted=proxies, user_header=user_header)


def behind_sign_in(
    web: FastAPI,
    allowed: AllowedNames,
    *,
    sign_ins: SignIns,
    cookie: SessionCookie,
    path: str = "",
    proxies: Sequence[Network] = (),
    user_header: str | None = None,
) -> ASGIApp:
    """An application of plain pages, without screens or walls, behind the same guards.

    Args: as of `behind_guard`.
    """
    inside = HeadRequests(BelowPath(web, path=path))
    known = SignInGuard(inside, sign_ins=sign_ins, cookie=cookie)
    guarded = WithoutPath(RequestGuard(known, allowed=allowed), path=path)
    return ForwardedHeaders(guarded, trusted=proxies, user_header=user_header)


class HeadRequests:
    """Answers HEAD as GET without the body; a page that nobody will look at is not built."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass anything else on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
        elif scope["path"] in set(Client.page_routes.values()):
            await HTMLResponse()(scope, receive, _without_length(send))
        else:
            await self.app({**scope, "method": "GET"}, receive, _without_body(send))


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head


def _without_length(send: Send) -> Send:
    """Nobody knows how long the page would be."""

    async def send_unmeasured(message: Message) -> None:
        if message["type"] == "http.response.start":
            del MutableHeaders(scope=message)["content-length"]
        await send(message)

    return send_unmeasured


def _asset(url: str, name: str, request: Request) -> Response:
    asset = public_asset(name)
    if asset is None or asset.url != url:
        return Response("There is no such file.\n", 404, media_type="text/plain")
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if name == theme.WALL_WORKER:  # a script may else see to its own folder alone
        headers["Service-Worker-Allowed"] = SITE.link("/kiosk")
    body = asset.body
    if asset.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = asset.gzipped, "gzip"
    return Response(body, media_type=asset.media_type, headers=headers)
