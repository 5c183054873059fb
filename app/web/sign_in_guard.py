"""Stands before every route, the socket's included: who has not signed in gets the sign-in alone.

Where no user exists everybody who passes the request guard is the one seller. Each request is
answered with the rights of whoever sends it; what is sent in a socket later is looked at again by
`app/web/websocket_guard.py`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import Client, core, ui
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from app.desk.sign_ins import SignIns
from app.desk.walls import Walls
from app.domain.accounts import Right, SignInSession
from app.domain.tasks import TaskSet
from app.pages.kiosk import WALL
from app.pages.sign_in import PROXY_USER, SESSION, SIGN_IN, SessionCookie, is_named, sign_in_address

PUBLIC = frozenset({SIGN_IN, "/healthz", "/readyz", "/favicon.ico", "/v1"})
PUBLIC_BELOW = ("/assets/", "/v1/")
"""Style sheets and pictures are nobody's own; the embedded API has a key of its own and never looks
at a cookie."""

SOCKETS = "/_nicegui_ws/"
"""where pages that have no WebSocket ask for news by themselves, so that it is no use of theirs"""

NEEDED = {
    "/demo/customer": Right.WRITE,
    "/screens": Right.WRITE,
    "/users": Right.MANAGE,
    "/key": Right.MANAGE,
    "/erase": Right.MANAGE,
}
"""what an address takes that is for some only; every other takes READ"""

TOLD_SECONDS = 0.1
"""so long a page has to hear that it ends, before its line is closed"""

NOBODY = "Sign in first: this is for those who have signed in."
NOT_YOURS = "Your role does not allow this. Ask the owner of this desk."


class SignInGuard:
    """ASGI middleware inside of the request guard: denies whatever is not public.

    Displays on the wall, which nobody signs in at, come past it: `app/web/wall_guard.py`.
    """

    def __init__(self, app: ASGIApp, *, sign_ins: SignIns, cookie: SessionCookie) -> None:
        self.app = app
        self._sign_ins = sign_ins
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say in one sentence what is lacking."""
        if scope["type"] == "lifespan" or is_public(scope) or not self._sign_ins.must_sign_in:
            await self.app(scope, receive, send)
        elif (session := self._let_in(scope)) is None:
            await _send_away(scope, receive, send)
        elif not session.user.may(NEEDED.get(scope["path"], Right.READ)):
            await PlainTextResponse(NOT_YOURS + "\n", 403)(scope, receive, send)
        else:
            if scope["type"] == "http" and not scope["path"].startswith(SOCKETS):
                self._sign_ins.use(session)
            await self.app({**scope, SESSION: session}, receive, send)

    def _let_in(self, scope: Scope) -> SignInSession | None:
        cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
        session = self._sign_ins.session_of(self._cookie.token(cookies))
        return session if session and is_named(session, scope.get(PROXY_USER, "")) else None


def is_public(scope: Scope) -> bool:
    """Whether anybody may ask for this."""
    path = scope["path"]
    return scope["type"] == "http" and (path in PUBLIC or path.startswith(PUBLIC_BELOW))


@dataclass(frozen=True, slots=True)
class LetIn:
    """Who may go on with what they opened: those who signed in, and displays by their links."""

    sign_ins: SignIns
    walls: Walls

    def is_live(self, scope: Mapping[str, Any]) -> bool:
        """Whether a page or socket that was opened by this request may go on."""
        session, link = scope.get(SESSION), scope.get(WALL)
        if session is None and link is not None:
            return self.walls.is_live(link)
        return self.sign_ins.is_live(session)


class PageEnds:
    """Ends the pages of those who are no longer let in: each loads itself anew, into the sign-in.

    What is typed there is kept by the browser, as for any page that goes away.
    """

    def __init__(self, let_in: LetIn) -> None:
        self._let_in = let_in
        self._ending = TaskSet()
        let_in.sign_ins.changed.subscribe(lambda _: self.end_pages())
        let_in.walls.changed.subscribe(lambda _: self.end_pages())

    def end_pages(self) -> None:
        """Look through all pages."""
        for page in list(Client.instances.values()):
            if not self._let_in.is_live(page.request.scope):
                self._ending.start(_end(page))

    async def close(self) -> None:
        """Wait for those that are being ended."""
        await self._ending.close()


async def _end(page: Client) -> None:
    lines = [line for _, line in core.sio.manager.get_participants("/", page.id)]
    with page:
        ui.navigate.reload()
    await asyncio.sleep(TOLD_SECONDS)
    if not page.is_deleted:  # by another look, or because its browser has left
        for document_id in tuple(page._delete_tasks):  # else it is deleted again half a minute on
            page._cancel_delete_task(document_id)
        page.delete()
    for line in lines:  # a page that did not hear it connects again, is refused and loads anew
        await core.sio.eio.disconnect(line)


async def _send_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Lead a person to the sign-in, and tell everything else."""
    if scope["type"] == "websocket":
        await WebSocketClose(1008, NOBODY)(scope, receive, send)
        return
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if scope["method"] in {"GET", "HEAD"} and wants_page:
        query = scope["query_string"].decode("latin-1")
        following = f"{scope['path']}{'?' if query else ''}{query}"
        response: Response = RedirectResponse(sign_in_address(following), 303)
    else:
        response = PlainTextResponse(NOBODY + "\n", 401)
    response.headers["Cache-Control"] = "no-store"
    await response(scope, receive, send)
