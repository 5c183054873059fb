"""Bounds pages that no browser connected to and sockets that never named a page.

Of each address only so many are opened, and all of them are let go after a while.
"""

import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qs

from nicegui import Client, core
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.clock import Clock
from app.domain.network import network_of
from app.web.sign_in_guard import SOCKETS

TENDING_SECONDS = 2.0
PAGE_SECONDS = 30.0
"""in so long a browser has fetched what a page needs and connects; later it asks for it anew"""
PAGES_KEPT = 30
"""unclaimed pages of an address beyond these are let go once they are a few seconds old"""
YOUNG_SECONDS = 5.0
SOCKET_SECONDS = 30.0

MOST_UNCLAIMED = 60
"""pages, and as many sockets, of one address at a time"""
AGAIN_SECONDS = 5
TOO_MANY = (
    "Too many pages were opened from your address without being looked at. "
    f"This one tries again in {AGAIN_SECONDS} seconds."
)
_OPENING = "ticketdesk.opening"
"""where a page or socket has in its scope whose it is"""


class PageReaper:
    """Forgets pages that were fetched and never connected, and ends sockets that never say whose.

    `run` it until cancelled.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    async def run(self) -> None:
        """Look every few seconds."""
        while True:
            self.free_pages(now=time.time())
            await self.end_sockets()
            await self._clock.sleep(TENDING_SECONDS)

    def free_pages(self, *, now: float) -> None:
        """Delete pages that are old, and of too many the oldest.

        Args:
            now: seconds since 1970, as `time.time` gives them.
        """
        waiting = [page for page in Client.instances.values() if _is_unclaimed(page)]
        waiting.sort(key=lambda page: page.created, reverse=True)
        newer: Counter[str] = Counter()
        for page in waiting:
            whose = _network(page.request.scope)
            longest = PAGE_SECONDS if newer[whose] < PAGES_KEPT else YOUNG_SECONDS
            newer[whose] += 1
            if now - page.created >= longest:
                page.delete()

    async def end_sockets(self) -> None:
        """End each socket that has stood for a while and speaks for no page."""
        now = self._clock.monotonic()
        unclaimed = [sid for sid in core.sio.eio.sockets if not _speaks_for_a_page(sid)]
        self._seen = {sid: self._seen.get(sid, now) for sid in unclaimed}
        for sid, since in tuple(self._seen.items()):
            socket = core.sio.eio.sockets.get(sid)
            if socket is not None and now - since >= SOCKET_SECONDS:
                await socket.close(wait=False)  # which only asks the other end to go
                await socket.queue.put(None)


class UnclaimedLimit:
    """ASGI middleware: opens no page or socket for an address of which too many are unclaimed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._opening: set[_Opening] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on all else, and what is opened; refuse the rest with one sentence."""
        kind = _kind(scope)
        if not kind:
            await self.app(scope, receive, send)
            return
        own = _Opening(f"{kind} {_network(scope)}")
        held = self._opening.union(_unclaimed_pages(), _unclaimed_sockets())
        if sum(one.whose == own.whose for one in held) >= MOST_UNCLAIMED:
            again = {"Retry-After": str(AGAIN_SECONDS), "Refresh": str(AGAIN_SECONDS)}
            await PlainTextResponse(f"{TOO_MANY}\n", 429, again)(scope, receive, send)
            return

        async def send_opened(message: Message) -> None:
            self._opening.discard(own)  # by now it is among the pages or the sockets
            await send(message)

        self._opening.add(own)
        try:
            await self.app({**scope, _OPENING: own}, receive, send_opened)
        finally:
            self._opening.discard(own)


class _Opening:
    """A page or a socket that is being opened, and whose."""

    def __init__(self, whose: str) -> None:
        self.whose = whose


def _kind(scope: Scope) -> str:
    """What a request opens, "" for most, which open nothing."""
    if scope["type"] == "lifespan":
        return ""
    if scope["type"] == "websocket" or scope["path"].startswith(SOCKETS):
        return "" if b"sid" in parse_qs(scope["query_string"]) else "socket"
    is_page = scope["method"] == "GET" and any(
        scope["path"] == route or ("{" in route and scope["path"].startswith(route.split("{")[0]))
        for route in Client.page_routes.values()
    )
    return "page" if is_page else ""


def _network(scope: Scope) -> str:
    client = scope.get("client")
    return network_of(client[0]) if client else ""


def _unclaimed_pages() -> Iterator[_Opening]:
    for page in Client.instances.values():
        if _is_unclaimed(page) and (opening := page.request.scope.get(_OPENING)):
            yield opening


def _unclaimed_sockets() -> Iterator[_Opening]:
    for sid in core.sio.eio.sockets:
        opening = core.sio.environ.get(sid, {}).get("asgi.scope", {}).get(_OPENING)
        if opening and not _speaks_for_a_page(sid):
            yield opening


def _is_unclaimed(page: Client) -> bool:
    """Whether no browser has ever connected to the page."""
    return not page.has_socket_connection and not page._delete_tasks  # as the library prunes


def _speaks_for_a_page(eio_sid: str) -> bool:
    sid = core.sio.manager.sid_from_eio_sid(eio_sid, "/")
    return sid is not None and any(room in Client.instances for room in core.sio.rooms(sid))
