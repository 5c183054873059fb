"""The screens' sockets: each speaks only for the page it was opened by, and only what pages say.

Whatever else comes is dropped with one line in the log, however often it comes: no page of ours
sends it, so it is no fault of ours, and a stranger must not be able to fill the disk.
"""

import inspect
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from nicegui import Client, core
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.pages.kiosk import WALL
from app.pages.sign_in import SESSION
from app.web.request_guard import AllowedNames
from app.web.sign_in_guard import SOCKETS, LetIn

Handler = Callable[..., Any]

PACKETS = frozenset("0123456")
"""what the text of a frame begins with"""
PACKET = re.compile(r'[013]|2\d{0,9}\["\w{1,40}"\s*[,\]]')
"""how a message begins that pages send: comings, goings, named events and their answers"""
ODD_SECONDS = 60.0
"""so long between two lines about what is odd"""
BROWSER_LINES_A_MINUTE = 20
"""lines that browsers may write into the log, all together"""
LONGEST_BROWSER_LINE = 500

WALL_EVENTS = frozenset({"desk_zone"})
"""what a display may send"""

NO_UPGRADE = (
    "A proxy before the desk lets no WebSocket pass. Pages work all the same, with more requests; "
    "let the proxy pass the headers Upgrade and Connection on."
)

log = logging.getLogger(__name__)


class LineLimit:
    """A fixed-window rate limit for lines of the log; counts those it leaves out."""

    def __init__(self, lines: int, seconds: float, *, now: Callable[[], float] = time.monotonic):
        self._lines = lines
        self._seconds = seconds
        self._now = now
        self._since = -seconds
        self._lines_passed = 0
        self._left_out = 0

    def passes(self) -> str | None:
        """What to add to a line that may be written now, None for one that is left out."""
        now = self._now()
        if now - self._since >= self._seconds:
            self._since, self._lines_passed = now, 0
        if self._lines_passed >= self._lines:
            self._left_out += 1
            return None
        self._lines_passed += 1
        more, self._left_out = self._left_out, 0
        return f" ({more} more lines like it were left out)" if more else ""


_odd = LineLimit(1, ODD_SECONDS)
_browser_lines = LineLimit(BROWSER_LINES_A_MINUTE, 60.0)


def guard_sockets(allowed: AllowedNames, let_in: LetIn) -> None:
    """Let a socket speak only for the page it was opened by, and only from our own addresses.

    Without this any socket may send events for any page whose id it knows. Both were opened in one
    session, which is looked at again at each event.
    """
    core.sio.eio.cors_allowed_origins = lambda origin, environ: allowed.allows_origin(
        origin, environ["asgi.scope"]
    )
    handlers = core.sio.handlers["/"]
    for name in ("javascript_response", "ack"):
        core.sio.on(name, handler=_for_own_page(handlers[name], let_in))
    event = _but_for_walls(handlers["event"])
    core.sio.on("event", handler=_for_own_page(event, let_in, is_use=True))
    core.sio.on("log", handler=_for_own_page(_limited(handlers["log"]), let_in))
    for name, is_meant in (("handshake", _names_page), ("connect", _is_environment)):
        core.sio.on(name, handler=_never_failing(_in_one_session(handlers[name]), is_meant))
    left = handlers["disconnect"]
    core.sio.on("disconnect", handler=_never_failing(lambda sid, *_: left(sid), _is_anything))
    core.sio.eio.on("message", handler=_never_failing(core.sio.eio.handlers["message"], _is_packet))
    logging.getLogger("engineio.server").addFilter(_without_odd_packets)


class FrameGuard:
    """Ends a socket that sends what is no packet at all, or that has left before it was heard."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but such a frame."""
        if scope["type"] == "http" and scope["path"].startswith(SOCKETS):
            heard = await receive()
            if heard["type"] != "http.disconnect":  # which the library takes for a fault of its own
                await self.app(scope, _after(heard, receive), send)
            return
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def receive_packet() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and (message.get("text") or "")[:1] not in (
                PACKETS
            ):
                log_odd("a frame")
                return {"type": "websocket.disconnect", "code": 1003}
            return message

        await self.app(scope, receive_packet, send)


def _after(heard: Message, receive: Receive) -> Receive:
    """`receive`, which begins with what has been heard already."""
    first = [heard]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again


def log_odd(what: str) -> None:
    """Say that a socket sent something no page sends, once in a while."""
    if (more := _odd.passes()) is not None:
        log.warning("A socket sent %s that no page of ours sends; it was dropped.%s", what, more)


def _never_failing(handler: Handler, is_meant: Callable[..., bool]) -> Handler:
    """The handler, for which nothing a socket sends is a reason to fail."""
    name = getattr(handler, "__name__", "").removeprefix("_on_")

    async def handle(sid: str, *given: Any) -> Any:
        try:
            if is_meant(*given):
                answer = handler(sid, *given)
                return await answer if inspect.isawaitable(answer) else answer
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError):
            log.debug("Dropped: %s", name, exc_info=True)
        log_odd(f"a message ({name})")
        return False

    return handle


def _in_one_session(handler: Handler) -> Handler:
    """The handler that ties a socket to a page, for those that one and the same session opened."""

    async def handle(sid: str, given: dict[str, Any], *more: Any) -> Any:
        scope = core.sio.get_environ(sid)["asgi.scope"]
        page = Client.instances.get(given.get("client_id") or _page_in_query(scope))
        if page is not None and not belong_together(page.request.scope, scope):
            return False
        return await handler(sid, given, *more)

    handle.__name__ = getattr(handler, "__name__", "")
    return handle


def belong_together(page: Mapping[str, Any], socket: Mapping[str, Any]) -> bool:
    """Whether both were opened in one session, or the page by a display and the socket by it too.

    Ids are compared: what else is known of a session or a link changes meanwhile.
    """
    session, link = page.get(SESSION), page.get(WALL)
    if session is not None or link is None:
        own = socket.get(SESSION)
        return (session and session.session_id) == (own and own.session_id)
    display = socket.get(WALL)
    return display is not None and display.link_id == link.link_id


def _but_for_walls(handler: Handler) -> Handler:
    """The handler of events; a wall says in which zone it hangs, and nothing else."""

    def handle(sid: str, message: dict[str, Any]) -> Any:
        page = Client.instances[message["client_id"]]
        if page.request.scope.get(WALL) is not None:
            listeners = page.elements[message["id"]]._event_listeners  # no other way
            if listeners[message["listener_id"]].type not in WALL_EVENTS:
                raise ValueError(message)
        return handler(sid, message)

    handle.__name__ = getattr(handler, "__name__", "")
    return handle


def _page_in_query(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return dict(parse_qsl(query.decode("latin-1"))).get("client_id", "")


def _for_own_page(handler: Handler, let_in: LetIn, *, is_use: bool = False) -> Handler:
    async def handle(sid: str, message: dict[str, Any]) -> None:
        page = message["client_id"]
        scope = Client.instances[page].request.scope
        if page in core.sio.rooms(sid) and let_in.is_live(scope):
            if is_use and (session := scope.get(SESSION)):
                let_in.sign_ins.use(session)
            answer = handler(sid, message)
            if inspect.isawaitable(answer):
                await answer

    handle.__name__ = getattr(handler, "__name__", "")
    return _never_failing(handle, _names_page)


def _limited(handler: Handler) -> Handler:
    """What a browser wants to be logged: a few short lines."""

    def handle(sid: str, message: dict[str, Any]) -> None:
        if (more := _browser_lines.passes()) is not None:
            text = str(message["message"])[:LONGEST_BROWSER_LINE]
            handler(sid, message | {"message": text + more})

    return handle


def _names_page(*given: Any) -> bool:
    return (
        len(given) == 1
        and isinstance(given[0], dict)
        and isinstance(given[0].get("client_id"), str)
    )


def _is_packet(*given: Any) -> bool:
    return isinstance(given[0], str) and PACKET.match(given[0]) is not None


def _without_odd_packets(record: logging.LogRecord) -> bool:
    """Say in one line what the library would quote with a traceback, and in words what it codes."""
    if record.exc_info:
        log_odd("a packet")
    elif record.msg.startswith("Invalid websocket upgrade"):
        record.msg, record.args = NO_UPGRADE, ()
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return not record.exc_info


def _is_environment(*given: Any) -> bool:
    return bool(given) and isinstance(given[0], dict) and "asgi.scope" in given[0]


def _is_anything(*_given: Any) -> bool:
    return True
