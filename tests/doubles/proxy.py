"""A reverse proxy on a port of its own: TLS outside, plain inside, one request a connection."""

import asyncio
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_CERTIFICATES = Path(__file__).parents[1] / "client" / "certificates"
CERTIFICATE = _CERTIFICATES / "here.pem"
"""of 127.0.0.1, with its key in the same file"""
AUTHORITY = _CERTIFICATES / "authority.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What a proxy does on the way in."""

    public: str = "/desk"
    """the path below which it shows what is behind it"""
    strips: bool = True
    """takes `public` off"""
    passes_sockets: bool = True
    """False drops the headers that make a WebSocket of a request"""
    adds: tuple[str, ...] = ()
    """headers"""


class Proxy:
    """Listens from `with` on; whom it stands before and how it behaves may be changed meanwhile."""

    def __init__(self) -> None:
        self.manners = Manners()
        self.upstream_port = 0
        self.url = ""
        """its address, without a path"""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.url = f"https://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> int:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(CERTIFICATE)
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._pass_on(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = self._rewritten((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        inside, outside = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        try:
            outside.write(head.encode("latin-1"))
            pipes = [
                asyncio.ensure_future(_pipe(*ends))
                for ends in ((reader, outside), (inside, writer))
            ]
            try:
                await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
                await pipes[1]
            finally:
                for pipe in pipes:
                    pipe.cancel()
                await asyncio.gather(*pipes, return_exceptions=True)
        finally:
            outside.close()

    def _rewritten(self, head: str) -> str:
        first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        method, target, version = first.split(" ")
        if self.manners.strips:
            target = target.removeprefix(self.manners.public)
            target = target if target.startswith("/") else f"/{target}"
        kept = [line for line in lines if not line.lower().startswith(("connection:", "upgrade:"))]
        is_socket = any(line.lower() == "upgrade: websocket" for line in lines)
        if is_socket and self.manners.passes_sockets:
            kept += ["Upgrade: websocket", "Connection: Upgrade"]
        else:
            kept += ["Connection: close"]
        kept += self.manners.adds
        return "\r\n".join([f"{method} {target} {version}", *kept, "", ""])


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
