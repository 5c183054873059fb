"""The layer that carries `Faults` out around the real API; in place only where a test asks."""

import asyncio
import json
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.door import is_api_path
from app.server.faults import Answer, ErrorShape, Faults, Mishap

_SHORT = ("id", "subject", "status", "customer_email", "order_id", "messages", "created_at")
_NOT_YET = Answer(status=504, body=b"<html><body>504 Gateway Time-out</body></html>")


class Misbehaviour:
    """An ASGI layer that waits, loses, delays and rewords what the API answers."""

    def __init__(self, app: ASGIApp, *, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request to the API the way the switches say."""
        if scope["type"] != "http" or not is_api_path(scope["path"]):
            await self._app(scope, receive, send)
            return
        method, query = scope["method"], scope["query_string"].decode("latin-1")
        self._faults.requests.append((method, f"{scope['path']}?{query}".rstrip("?")))
        mishap = self._faults.next_mishap(method) or Mishap()
        body = await _whole_body(receive)
        answer = await self._happen(mishap, scope, body)
        if mishap.line == "lost":
            raise ConnectionResetError("The connection was lost before an answer came.")
        await _send(mishap.answer or self._reworded(scope, answer), send, cut=mishap.line == "cut")

    async def _happen(self, mishap: Mishap, scope: Scope, body: bytes) -> Answer:
        await self._faults.sleep(mishap.before_seconds)
        answer = _NOT_YET
        if self._faults.ignores_page:
            first = re.sub(rb"\bpage=\d+", b"page=1", scope["query_string"])
            scope = {**scope, "query_string": first}
        if mishap.applied == "now":
            answer = await _answer_of(self._app, scope, body)
        elif mishap.applied == "late":
            task = asyncio.create_task(self._apply_late(mishap.late_seconds, scope, body))
            self._faults.late.add(task)
            task.add_done_callback(self._faults.late.discard)
        await self._faults.sleep(mishap.after_seconds)
        return answer

    async def _apply_late(self, seconds: float, scope: Scope, body: bytes) -> None:
        await self._faults.sleep(seconds)
        await _answer_of(self._app, scope, body)

    def _reworded(self, scope: Scope, answer: Answer) -> Answer:
        faults = self._faults
        if answer.status >= 400:
            return _other_error(answer, faults.errors)
        if scope["method"] != "GET" and faults.write_answer != "ticket":
            return Answer(status=204) if faults.write_answer == "empty" else _success()
        if faults.detail == "short" and scope["path"] != "/v1/tickets":
            ticket = json.loads(answer.body)["data"]
            return _json(answer.status, {"data": {name: ticket[name] for name in _SHORT}})
        return answer


def _success() -> Answer:
    return _json(200, {"success": True})


def _other_error(answer: Answer, shape: ErrorShape) -> Answer:
    if shape == "nested" or not answer.body.startswith(b"{"):
        return answer
    message = json.loads(answer.body)["error"]["message"]
    headers = dict(answer.headers)
    if shape == "html":
        page = f"<html><body><h1>{message}</h1></body></html>".encode()
        return Answer(status=answer.status, body=page, headers={"content-type": "text/html"})
    if shape == "empty":
        return Answer(status=answer.status)
    if shape == "disguised":
        return _json(200, {"success": False, "error": message})
    shapes = {"string": {"error": message}, "message": {"message": message}}
    body = shapes.get(shape, {"errors": [message]})
    return Answer(status=answer.status, body=json.dumps(body).encode(), headers=headers)


def _json(status: int, content: object) -> Answer:
    headers = {"content-type": "application/json"}
    return Answer(status=status, body=json.dumps(content).encode(), headers=headers)


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body"):
            return body


async def _answer_of(app: ASGIApp, scope: Scope, body: bytes) -> Answer:
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
    return Answer(status=status, body=b"".join(parts), headers=headers)


async def _send(answer: Answer, send: Send, *, cut: bool) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if answer.status == 204:
        headers.pop("content-length")
    raw = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if cut:
        await send(
            {
                "type": "http.response.body",
                "body": answer.body[: len(answer.body) // 2],
                "more_body": True,
            }
        )
        raise ConnectionResetError("The connection was lost in the middle of the answer.")
    await send({"type": "http.response.body", "body": answer.body})
