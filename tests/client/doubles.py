"""An API that answers from a script, and one made of bare sockets."""

import asyncio
import json
import socket
import ssl
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

from app.client.transport import Event, Receive, Send
from tests.doubles.clock import HandClock

KEY = "sg_live_c4n4ryc4n4ryc4n4ryc4n4ryc4n4ry12"
Body = bytes | dict[str, object]


async def until_quiet() -> None:
    """Let every task go as far as it can without time passing."""
    for _ in range(25):
        await asyncio.sleep(0)


async def pass_time(clock: HandClock, seconds: float) -> None:
    """Move the clock on, with everything that becomes due."""
    await until_quiet()
    clock.advance(seconds)
    await until_quiet()


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedApi:
    """An ASGI app: gives the scripted answers in turn, then an empty list for ever.

    With `hold` every request waits until it is set.
    """

    answers: deque[tuple[int, Body, dict[str, str]]] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    hold: asyncio.Event | None = None

    def then(self, status: int, body: Body = b"", **headers: str) -> "ScriptedApi":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, body, named))
        return self

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        self.asked.append(await _asked(scope, receive))
        status, body, headers = (
            self.answers.popleft() if self.answers else (200, {"data": [], "meta": {}}, {})
        )
        if self.hold:
            await self.hold.wait()
        if isinstance(body, dict):
            body, headers = (
                json.dumps(body).encode(),
                {"content-type": "application/json"} | headers,
            )
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


async def _asked(scope: Event, receive: Receive) -> Asked:
    body = b""
    more: object = True
    while more:
        event = await receive()
        body += cast("bytes", event.get("body", b""))  # the types of ASGI are in its document only
        more = event.get("more_body", False)
    pairs = cast("list[tuple[bytes, bytes]]", scope["headers"])
    return Asked(
        str(scope["method"]),
        cast("bytes", scope["raw_path"]).decode(),
        cast("bytes", scope["query_string"]).decode(),
        {name.decode(): value.decode() for name, value in pairs},
        body,
    )


@dataclass
class Line:
    """One connection, as the server sees it; `received` is all that was read from it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    received: bytes = b""

    async def request(self) -> bytes:
        """One whole request."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.received += head
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                self.received += await self.reader.readexactly(int(line.split(b":")[1]))
        return self.received

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    def reset(self) -> None:
        """Hang up without a goodbye."""
        name = self.writer.get_extra_info("socket")
        name.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Talk = Callable[[Line], Awaitable[None]]


@dataclass
class SocketApi:
    """A server of bare sockets and the connections it has had."""

    port: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(talk: Talk, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[SocketApi]:
    """Serve `talk` on a free port of this machine until the block ends."""
    api = SocketApi()
    talks: list[asyncio.Task[None]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        api.lines.append(Line(reader, writer))
        talks.append(asyncio.create_task(_talk_to_the_end(talk, api.lines[-1])))

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    api.port = server.sockets[0].getsockname()[1]
    try:
        yield api
    finally:
        server.close()
        for talking in talks:
            talking.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        for line in api.lines:
            line.writer.transport.abort()
        await until_quiet()


async def _talk_to_the_end(talk: Talk, line: Line) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        await talk(line)
    line.writer.close()
