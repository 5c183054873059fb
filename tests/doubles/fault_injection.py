"""An ASGI wrapper around the embedded API that delays, loses, cuts and replaces responses."""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedResponse:
    """A whole response, sent instead of the API's own."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


GATEWAY_TIMEOUT = CannedResponse(status=504, body=b"<html><body>504 Gateway Time-out</body></html>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one request, in this order: wait, apply, wait, respond."""

    method: str | None = None
    """only for requests with this method; None for any"""
    before_seconds: float = 0
    applied: Literal["now", "late", "never"] = "now"
    """late: `late_seconds` after the response was given, or the connection was lost"""
    late_seconds: float = 0
    after_seconds: float = 0
    response: CannedResponse | None = None
    """None sends the API's own; to a request not applied in time that is a 504"""
    connection: Literal["kept", "lost", "cut"] = "kept"
    """lost: nothing is sent and ConnectionResetError is raised, of which a web server makes a 500;
    cut: so after the head and half of the body"""


def too_many_requests(retry_after: str | None, *, method: str | None = None) -> Fault:
    """A 429 that is not applied; `retry_after` as it stands in the header."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    body = b'{"error":{"code":"rate_limited"}}'
    response = CannedResponse(status=429, body=body, headers=headers)
    return Fault(method=method, applied="never", response=response)


class FaultInjector:
    """Passes `/v1` requests to `app`, each with the fault that is due; attributes may change."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        always: Fault | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self.always = always
        """happens to every request that no scripted fault is for"""
        self.script: deque[Fault] = deque()
        """each happens to the next request it is for, once"""
        self.ignores_page = False
        """every page of the list is the first"""
        self.sleep = sleep
        self.requests: list[tuple[str, str]] = []
        """method and path of every request that came, with its query"""
        self._late_writes: set[asyncio.Task[None]] = set()

    async def settle(self) -> None:
        """Wait until nothing is left to be applied late."""
        while self._late_writes:
            await asyncio.gather(*self._late_writes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request the way its fault says.

        Raises: ConnectionResetError where the connection is lost or cut.
        """
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
            await self._app(scope, receive, send)
            return
        method, query = scope["method"], scope["query_string"].decode("latin-1")
        self.requests.append((method, f"{scope['path']}?{query}".rstrip("?")))
        fault = self._take_fault(method)
        response = await self._apply(fault, scope, await _read_body(receive))
        if fault.connection == "lost":
            raise ConnectionResetError("The connection was lost before a response came.")
        await _send(fault.response or response, send, cut=fault.connection == "cut")

    def _take_fault(self, method: str) -> Fault:
        for fault in self.script:
            if fault.method in (None, method):
                self.script.remove(fault)
                return fault
        if self.always and self.always.method in (None, method):
            return self.always
        return Fault()

    async def _apply(self, fault: Fault, scope: Scope, body: bytes) -> CannedResponse:
        await self.sleep(fault.before_seconds)
        response = GATEWAY_TIMEOUT
        if self.ignores_page:
            first = re.sub(rb"\bpage=\d+", b"page=1", scope["query_string"])
            scope = {**scope, "query_string": first}
        if fault.applied == "now":
            response = await _call(self._app, scope, body)
        elif fault.applied == "late":
            task = asyncio.create_task(self._apply_late(fault.late_seconds, scope, body))
            self._late_writes.add(task)
            task.add_done_callback(self._late_writes.discard)
        await self.sleep(fault.after_seconds)
        return response

    async def _apply_late(self, seconds: float, scope: Scope, body: bytes) -> None:
        await self.sleep(seconds)
        await _call(self._app, scope, body)


async def _read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body"):
            return body


async def _call(app: ASGIApp, scope: Scope, body: bytes) -> CannedResponse:
    status, headers, parts = 0, {}, []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in message["headers"]}
        else:
            parts.append(message.get("body", b""))

    await app(dict(scope), receive, send)
    return CannedResponse(status=status, body=b"".join(parts), headers=headers)


async def _send(response: CannedResponse, send: Send, *, cut: bool) -> None:
    headers = {**response.headers, "content-length": str(len(response.body))}
    if response.status == 204:
        headers.pop("content-length")
    raw = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    body = response.body[: len(response.body) // 2] if cut else response.body
    await send({"type": "http.response.body", "body": body, "more_body": cut})
    if cut:
        raise ConnectionResetError("The connection was lost in the middle of the response.")
