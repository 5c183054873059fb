"""The path below which a proxy shows the desk, such as `/desk`: taken off on the way in.

Guards and caches see addresses from the root, whether the proxy takes its path off or not; the
application and the screen library are told both, as ASGI has it.
"""

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import SettingsError


class WithoutPath:
    """ASGI middleware before the guards: takes the path off, and puts it before each redirect."""

    def __init__(self, app: ASGIApp, *, path: str) -> None:
        self.app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; what came without the path is what a proxy has taken it off."""
        if not self._path or scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        asked: str = scope["path"]
        if asked == self._path or asked.startswith(f"{self._path}/"):
            scope = {**scope, "path": asked.removeprefix(self._path) or "/"}
        await self.app(scope, receive, self._redirecting(send))

    def _redirecting(self, send: Send) -> Send:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                target = headers.get("location", "")
                if target.startswith("/") and not target.startswith("//"):
                    headers["Location"] = self._path + target
            await send(message)

        return send_on


class BelowPath:
    """ASGI middleware behind the guards: says below which path the application stands."""

    def __init__(self, app: ASGIApp, *, path: str) -> None:
        self.app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if self._path and scope["type"] != "lifespan":
            scope = {**scope, "root_path": self._path, "path": self._path + scope["path"]}
        await self.app(scope, receive, send)


def check_path(path: str, routes: Iterable[BaseRoute]) -> None:
    """Refuse a path that the desk has pages below: nobody could tell the two apart.

    Raises: SettingsError.
    """
    pages = (getattr(route, "path", "").partition("{")[0].rstrip("/") for route in routes)
    ours = [f"{page}/" for page in (*pages, "/v1", "/demo/customer") if page]
    if path and any(own.startswith(f"{path}/") or f"{path}/".startswith(own) for own in ours):
        raise SettingsError(
            f"TICKETDESK_PUBLIC_URL: the desk has pages below {path} itself. "
            "Let the proxy show it below another path, for example /desk."
        )
