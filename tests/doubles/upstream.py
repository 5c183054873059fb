"""The Tickets API on a real socket; each request is scripted: what is applied, what is answered."""

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain.clock import Clock
from tests.doubles.truth import TrueTicket, Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What happens to one request."""

    late: float | None = 0.0
    """seconds of the upstream's clock until it is applied, None for never"""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    """None is the documented answer"""
    framed: str = "length"
    """length | chunked | none | short (a length that is never reached)"""
    takes: float = 1.0
    """how much of the body is read before anything happens"""
    cut: int | None = None
    """how many bytes of the answer leave before `end`"""
    end: str = "close"
    """close | reset | hang"""
    drip: float | None = None
    """seconds of real time between two bytes"""
    rewrite: Callable[[str], str] = str
    first: Callable[[], object] = lambda: None
    """runs when the head has arrived"""


WELL = Act()


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    connection: int = 0
    length: int = 0


@dataclass(slots=True)
class Upstream:
    """A server on a port of its own; `at` calls a function when a request passes a named point.

    The points are connect, headers, half body, body, response.
    """

    truth: Truth
    clock: Clock
    writes: deque[Act] = field(default_factory=deque)
    reads: deque[Act] = field(default_factory=deque)
    at: dict[str, Callable[[Asked], None]] = field(default_factory=dict)
    receive_buffer: int | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _connections: int = 0
    _server: asyncio.Server | None = None
    _late: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The base address for a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def is_deaf(self) -> bool:
        """Whether new connections are refused."""
        return self._server is None

    async def listen(self) -> "Upstream":
        """Accept connections, on the same port after `refuse`."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self.receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._connected, sock=listener)
        return self

    async def refuse(self) -> None:
        """Accept no new connection; those open stay."""
        if self._server:
            self._server.close()
            self._server = None

    async def close(self) -> None:
        """End everything."""
        await self.refuse()
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def catch_up(self) -> None:
        """Apply what was late and is due."""
        now = self.clock.monotonic()
        due = [work for at, work in self._late if at <= now]
        self._late = [(at, work) for at, work in self._late if at > now]
        for work in due:
            work()

    def posts(self) -> list[Asked]:
        """The replies that arrived, at least their heads."""
        return [asked for asked in self.asked if asked.method == "POST"]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._connections += 1
        number = self._connections
        try:
            self._pass("connect", Asked(method="", path="", headers={}, connection=number))
            while await self._serve(reader, writer, number):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._serving.discard(task)
            writer.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        asked = _head(head, number)
        self.asked.append(asked)
        is_write = asked.method in {"POST", "PATCH"}
        script = self.writes if is_write else self.reads
        act = script.popleft() if script else WELL
        if is_write:
            self.truth.arrived[asked.headers.get("idempotency-key", asked.path)] += 1
            self._pass("headers", asked)
        act.first()
        await self._take(reader, asked, act)
        if is_write and act.takes == 1.0:
            self._apply(asked, act)
        self.catch_up()
        if is_write:
            self._pass("response", asked)
        return await self._answer(writer, asked, act)

    async def _take(self, reader: asyncio.StreamReader, asked: Asked, act: Act) -> None:
        half = asked.length // 2
        wanted = int(asked.length * act.takes)
        asked.body = await reader.readexactly(min(half, wanted))
        if half and wanted >= half and asked.method != "GET":
            self._pass("half body", asked)
        asked.body += await reader.readexactly(wanted - len(asked.body))
        if asked.method != "GET" and wanted == asked.length:
            self._pass("body", asked)

    def _apply(self, asked: Asked, act: Act) -> None:
        ticket_id = asked.path.rsplit("/", 1)[-1]
        if act.late is None or ticket_id not in self.truth.tickets:
            return
        sent = json.loads(asked.body)
        key = asked.headers.get("idempotency-key", "")

        def work() -> None:
            if asked.method == "POST":
                self.truth.reply(ticket_id, act.rewrite(sent["message"]), key)
            else:
                self.truth.set_status(ticket_id, sent["status"])

        self._late.append((self.clock.monotonic() + act.late, work))

    async def _answer(self, writer: asyncio.StreamWriter, asked: Asked, act: Act) -> bool:
        status, body = act.status, act.body
        if body is None:
            status, body = self._documented(asked, status)
        answer = _framed(status, body, act)
        if act.cut is not None:
            answer = answer[: act.cut]
        if act.drip is not None:
            await _drip(writer, answer, act.drip)
        else:
            writer.write(answer)
            await writer.drain()
        if act.end == "hang":
            await asyncio.Event().wait()
        if act.end == "reset":
            _reset(writer)
            return False
        closes = asked.headers.get("connection") == "close" or act.framed != "length"
        return not closes and act.cut is None

    def _documented(self, asked: Asked, status: int) -> tuple[int, bytes]:
        ticket = self.truth.tickets.get(asked.path.rsplit("/", 1)[-1])
        if asked.method == "GET" and asked.path.endswith("/tickets"):
            rows = [_row(ticket) for ticket in self.truth.tickets.values()]
            return status, json.dumps({"data": rows, "meta": {"total": len(rows)}}).encode()
        if ticket is None:
            return 404, b'{"error": {"code": "not_found", "message": "No such ticket"}}'
        if asked.method == "POST" and status == 200:
            status = 201
        messages = [
            {"id": key, "sender": sender, "message": text, "created_at": at.isoformat()}
            for key, sender, text, at in ticket.messages
        ]
        return status, json.dumps({"data": _row(ticket) | {"messages": messages}}).encode()

    def _pass(self, point: str, asked: Asked) -> None:
        if called := self.at.get(point):
            called(asked)


def _row(ticket: TrueTicket) -> dict[str, object]:
    return {
        "id": ticket.id,
        "subject": "Key",
        "status": ticket.status,
        "message_count": len(ticket.messages),
        "updated_at": ticket.updated_at.isoformat(),
    }


def _head(head: bytes, number: int) -> Asked:
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Asked(
        method=method,
        path=target.partition("?")[0],
        headers=headers,
        connection=number,
        length=int(headers.get("content-length", 0)),
    )


def _framed(status: int, body: bytes, act: Act) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in act.headers)]
    if not any(name.lower() == "content-type" for name, _ in act.headers):
        lines.append("Content-Type: application/json")
    if act.framed in {"length", "short"} and status != 204:
        lines.append(f"Content-Length: {len(body) + (50 if act.framed == 'short' else 0)}")
    if act.framed == "chunked":  # never ended: the last chunk is missing
        lines.append("Transfer-Encoding: chunked")
        body = f"{len(body):x}\r\n".encode() + body + b"\r\n"
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if status == 204 else body)


async def _drip(writer: asyncio.StreamWriter, answer: bytes, pause: float) -> None:
    for index in range(len(answer)):
        writer.write(answer[index : index + 1])
        await writer.drain()
        await asyncio.sleep(pause)


def _reset(writer: asyncio.StreamWriter) -> None:
    plug = writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
