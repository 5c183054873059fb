"""Lets displays in by their links: to the wall, its assets and its own socket, and nowhere else.

It stands before the sign-in guard: whoever has signed in is that guard's, also on the wall.
"""

import math
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.desk.walls import CODE_SECONDS
from app.domain.errors import DeskError, StoreError, WallLinkError
from app.domain.wall_links import LASTS
from app.pages.errors import plain_page
from app.pages.kiosk import WALL
from app.pages.sign_in import SessionCookie, address_of, sign_in_address
from app.state.formatting import error_notice
from app.web.request_guard import WALLS
from app.web.sign_in_guard import LetIn
from components.i18n import _
from components.site import SITE
from components.wall_door import reload_html, wall_door

OPEN_BELOW = ("/_nicegui/", "/_nicegui_ws/")
"""what the page of a wall is made of; the socket speaks for that page alone"""


class WallCookies:
    """The two cookies of a display: the one it is let in by, and the one while it shows a code."""

    def __init__(self, session: SessionCookie) -> None:
        def named(word: str) -> SessionCookie:
            return SessionCookie(
                desk_id=f"{word}-{session.desk_id}", secure=session.secure, path=session.path
            )

        self.session, self.wall, self.code = session, named("wall"), named("code")


class WallGuard:
    """ASGI middleware between the request guard and the sign-in guard.

    Args:
        app: the sign-in guard.
        inside: what that one guards.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        inside: ASGIApp,
        let_in: LetIn,
        cookies: WallCookies,
        head_html: str,
    ) -> None:
        self.app = app
        self._inside = inside
        self._walls, self._sign_ins, self._cookies = let_in.walls, let_in.sign_ins, cookies
        self._head_html = head_html

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Exchange a link, let a display in, ask for a code, or leave all else to the sign-in."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
        is_wall_page = scope["type"] == "http" and scope["path"] in WALLS
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"))) if is_wall_page else {}
        if "link" in query and scope["method"] == "GET":
            await (await self._exchange(scope, query, cookies))(scope, receive, send)
            return
        link = self._walls.link_of(self._cookies.wall.token(cookies))
        if self._sign_ins.session_of(self._cookies.session.token(cookies)):
            await self.app({**scope, WALL: link} if is_wall_page else scope, receive, send)
        elif link is not None and (is_wall_page or scope["path"].startswith(OPEN_BELOW)):
            if is_wall_page:
                with suppress(StoreError):  # the wall hangs all the same
                    await self._walls.use(link)
            await self._inside({**scope, WALL: link}, receive, send)
        elif is_wall_page and self._sign_ins.has_users and _wants_page(scope):
            await (await self._door(scope, cookies))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _exchange(self, scope: Scope, query: dict[str, str], cookies: str) -> Response:
        """Give the display a cookie for the link in its address, and take that from the address."""
        token = query.pop("link")
        try:
            cookie = await self._walls.exchange(
                token,
                held=self._cookies.wall.token(cookies),
                address=address_of(Request(scope)),
            )
        except DeskError as error:
            wait = error.wait_seconds if isinstance(error, WallLinkError) else 0
            status = 503 if isinstance(error, StoreError) else 429 if wait else 403
            page = self._page(scope, cookies, error_notice(error).text, status=status)
            if wait:
                page.headers["Retry-After"] = str(math.ceil(wait))
            return page
        return self._let_in(f"{scope['path']}?{urlencode(query)}".rstrip("?"), cookie)

    async def _door(self, scope: Scope, cookies: str) -> Response:
        """Let a display in whose code was confirmed, else show it one."""
        try:
            cookie = await self._walls.collect(self._cookies.code.token(cookies))
        except DeskError as error:
            return self._page(scope, cookies, error_notice(error).text)
        if cookie is not None:
            return self._let_in(scope["path"], cookie)
        said = self._walls.why_not(self._cookies.wall.token(cookies))
        return self._page(scope, cookies, said)

    def _page(self, scope: Scope, cookies: str, said: str, *, status: int = 401) -> Response:
        address = address_of(Request(scope))
        asked = self._walls.ask_code(self._cookies.code.token(cookies), address=address)
        head = f"{self._head_html}{reload_html(SITE.link(scope['path']), is_read=status == 401)}"
        inside = wall_door(
            asked[1] if asked else None,
            said=said,
            sign_in=SITE.link(sign_in_address(scope["path"])),
        )
        page = plain_page(head, _("This screen is not let in yet"), inside, style="wall-door")
        response = HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
        if asked:
            self._cookies.code.set_on(response, asked[0], seconds=int(CODE_SECONDS))
        return response

    def _let_in(self, address: str, cookie: str) -> Response:
        response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
        self._cookies.wall.set_on(response, cookie, seconds=int(LASTS.total_seconds()))
        self._cookies.code.take_from(response)
        return response


def _wants_page(scope: Scope) -> bool:
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
