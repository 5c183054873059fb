"""What every request passes before a route sees it: the key, the size, a net under bugs."""

import hmac
import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.contract import MAX_BODY_BYTES, Choices
from app.server.errors import BodyTooLargeError, RequestError, WrongKeyError, error_response

_log = logging.getLogger(__name__)


class ApiGuard:
    """An ASGI layer: 401 before anything is looked at, 413 while reading, 500 where we failed."""

    def __init__(self, app: ASGIApp, *, api_key: str, choices: Choices) -> None:
        self._app = app
        self._choices = choices
        self._api_key = api_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if is_api_path(scope["path"]):
            send = _forbid_caching(send)
        try:
            self._check(scope)
        except RequestError as problem:
            await problem.response(self._choices)(scope, receive, send)
            return
        await self._answer_errors(scope, _limit_body(receive), send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if is_api_path(scope["path"]):
            given = headers.getlist("authorization")
            if len(given) != 1 or not carries_key(given[0], key=self._api_key):
                raise WrongKeyError
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > MAX_BODY_BYTES:
            raise BodyTooLargeError(MAX_BODY_BYTES)

    async def _answer_errors(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception:
            if started:
                raise
            _log.exception("The embedded Tickets API failed on a request.")
            message = "The Tickets API failed on this request. Its log says more."
            answer = error_response(500, "internal", message, choices=self._choices)
            await answer(scope, receive, send)


def is_api_path(path: str) -> bool:
    """Whether `path` belongs to the API and so needs the key."""
    return path == "/v1" or path.startswith("/v1/")


def _forbid_caching(send: Send) -> Send:
    """`send`, by which nothing on the way keeps what is somebody's own."""

    async def send_uncached(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return send_uncached


def _limit_body(receive: Receive) -> Receive:
    read_bytes = 0

    async def limited_receive() -> Message:
        nonlocal read_bytes
        message = await receive()
        read_bytes += len(message.get("body", b""))
        if read_bytes > MAX_BODY_BYTES:
            raise BodyTooLargeError(MAX_BODY_BYTES)
        return message

    return limited_receive


def carries_key(authorization: str, *, key: str) -> bool:
    """Whether an Authorization header is `Bearer KEY`, or the bare key."""
    given = authorization.strip()
    scheme, _, rest = given.partition(" ")
    if scheme.lower() == "bearer":
        given = rest.strip()
    return hmac.compare_digest(given.encode(), key.encode())
