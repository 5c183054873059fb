"""A memory cache of the responses that call themselves immutable, as they were compressed."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BYTES = 8_000_000
"""of all that is kept; whatever comes later is made anew each time, as without this"""

_PARTIAL = ("range", "if-none-match", "if-modified-since")

Key = tuple[str, bool]
Response = list[Message]
CUT: Message = {"type": "http.disconnect"}


class StaticCache:
    """ASGI middleware: serves a whole, immutable response to a plain GET from memory.

    The screen library compresses its scripts anew for everybody who comes: 100 ms of the one event
    loop for each first visit, in which nobody else is served.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._responses: dict[Key, Response] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and remember what may be remembered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = _with_safe_cache_control(send)
        if not _is_plain(scope):
            await self.app(scope, receive, send)
            return
        key = (scope["path"], "gzip" in Headers(scope=scope).get("accept-encoding", ""))
        if key not in self._responses:
            recorded: Response = []
            receive = _noting_disconnects(receive, recorded)
            await self.app(scope, receive, _recording(send, recorded))
            self._store(key, recorded)
            return
        start, *body = self._responses[key]
        await send({**start, "headers": list(start["headers"])})  # whoever is outside adds to them
        for message in body:
            await send({**message})

    def _store(self, key: Key, recorded: Response) -> None:
        size = sum(len(message.get("body", b"")) for message in recorded)
        if _is_whole(recorded) and CUT not in recorded and self._bytes + size <= MAX_BYTES:
            self._bytes += size
            self._responses[key] = recorded


def _with_safe_cache_control(send: Send) -> Send:
    """`send`, by which no refusal is kept, and nothing that carries a cookie by others."""

    async def send_rightly(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            kept = headers.get("cache-control", "")
            if "max-age" in kept and message["status"] >= 400:
                headers["Cache-Control"] = "no-store"
            elif "max-age" in kept and "set-cookie" in headers:
                headers["Cache-Control"] = kept.replace("public", "private")
        await send(message)

    return send_rightly


def _noting_disconnects(receive: Receive, recorded: Response) -> Receive:
    """`receive`, which notes that somebody left before the end: then the answer may be cut short.

    Middleware ends such an answer in order, as if it were whole.
    """

    async def receive_and_note() -> Message:
        message = await receive()
        if message["type"] == CUT["type"] and not _is_whole(recorded):
            recorded.append(CUT)
        return message

    return receive_and_note


def _is_whole(recorded: Response) -> bool:
    body = recorded[-1] if recorded else CUT
    return body["type"] == "http.response.body" and not body.get("more_body")


def _recording(send: Send, recorded: Response) -> Send:
    """`send`, which also notes an answer that may be kept."""

    async def send_and_note(message: Message) -> None:
        if message["type"] == "http.response.start":
            if _is_cacheable(message):
                # It is nobody's own; varying with the cookie, it would be fetched anew as soon as
                # the browser has one.
                MutableHeaders(raw=message["headers"])["Vary"] = "Accept-Encoding"
                recorded.append({**message, "headers": list(message["headers"])})
        elif recorded:
            recorded.append({**message})
        await send(message)

    return send_and_note


def _is_cacheable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    immutable = "immutable" in headers.get("cache-control", "")
    return start["status"] == 200 and immutable and "set-cookie" not in headers


def _is_plain(scope: Scope) -> bool:
    """Whether the whole file is asked for, by its own address."""
    if scope["method"] != "GET" or scope["query_string"]:
        return False
    headers = Headers(scope=scope)
    return not any(name in headers for name in _PARTIAL)
