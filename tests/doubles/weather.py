"""A line to the Tickets API with a weather of its own: slow, refusing, mute, breaking, or clear."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

GONE = (OSError, asyncio.IncompleteReadError)
LENGTH = b"content-length:"
KEY = b"idempotency-key:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """What happens to a request with the chance `share`.

    `drops` breaks the line before the request is passed on, after that, or in the middle of the
    answer.
    """

    name: str
    share: float = 0.5
    slow: float = 0.0
    """seconds"""
    status: int = 0
    """answers instead of the API"""
    headers: Mapping[str, str] = field(default_factory=dict)
    drops: str = ""
    """"" | before | after | half"""


CLEAR = Sky(name="clear", share=0.0)
SKIES = (
    Sky(name="slow", slow=1.5),
    Sky(name="very slow", share=0.3, slow=6),
    Sky(name="429", status=429, headers={"Retry-After": "2"}),
    Sky(name="503 with a time", status=503, headers={"Retry-After": "3"}),
    Sky(name="503", share=0.4, status=503),
    Sky(name="500", share=0.3, status=500),
    Sky(name="mute", share=0.3, slow=25),
    Sky(name="drops what was asked", share=0.5, drops="before"),
    Sky(name="loses answers", share=0.4, drops="after"),
    Sky(name="halves answers", share=0.3, drops="half"),
)


@dataclass(slots=True)
class Weather:
    """A server that passes everything on to `target`, as the sky of the moment allows.

    `passed` counts the writes that reached the API, `came` those that came here, by their key;
    `harmed` is what happened to requests, by the name of the sky.
    """

    target: str
    chance: Random
    sky: Sky = CLEAR
    requests: int = 0
    skies: tuple[Sky, ...] = SKIES
    harmed: Counter[str] = field(default_factory=Counter)
    writes_harmed: Counter[str] = field(default_factory=Counter)
    came: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    url: str = ""
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def listen(self) -> "Weather":
        """Begin."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def close(self) -> None:
        """End every connection."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def change(self, *, calm: tuple[float, float], foul: tuple[float, float]) -> None:
        """Let clear and foul weather take turns for ever."""
        while True:
            self.sky = CLEAR
            await asyncio.sleep(self.chance.uniform(*calm))
            self.sky = self.chance.choice(self.skies)
            await asyncio.sleep(self.chance.uniform(*foul))

    async def _connected(self, asks: asyncio.StreamReader, gives: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        place = urlsplit(self.target)
        with suppress(*GONE, asyncio.CancelledError):
            try:
                answers, passes = await asyncio.open_connection(place.hostname, place.port)
                try:
                    while await self._one(asks, gives, answers, passes):
                        pass
                finally:
                    passes.close()
            finally:
                gives.close()
        self._serving.discard(task)

    async def _one(
        self,
        asks: asyncio.StreamReader,
        gives: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        passes: asyncio.StreamWriter,
    ) -> bool:
        """Pass one request on; whether the connection may go on."""
        head, body = await _message(asks)
        self.requests += 1
        key = _key(head)
        self.came[key] += 1
        sky = self.sky if self.chance.random() < self.sky.share else CLEAR
        if sky is not CLEAR:
            self.harmed[sky.name] += 1
            self.writes_harmed[sky.name] += bool(key)
        if sky.drops == "before":
            return False
        if sky.status:
            gives.write(_refusal(sky))
            await gives.drain()
            return True
        self.passed[key] += 1
        passes.write(self._addressed(head) + body)
        await passes.drain()
        answer = b"".join(await _message(answers))
        await asyncio.sleep(sky.slow)
        if sky.drops == "after":
            return False
        gives.write(answer[: len(answer) // 2] if sky.drops == "half" else answer)
        await gives.drain()
        return sky.drops != "half"

    def _addressed(self, head: bytes) -> bytes:
        """The same request for the API's own host, which hears to no other.

        Without the key by which this API knows a reply it was sent before: others do not.
        """
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(KEY)]
        host = b"Host: " + urlsplit(self.target).netloc.encode()
        return b"\r\n".join(host if line.lower().startswith(b"host:") else line for line in lines)


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of a request or an answer that says its length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [
        int(line[len(LENGTH) :]) for line in head.split(b"\r\n") if line.lower().startswith(LENGTH)
    ]
    return head, await reader.readexactly(lengths[0]) if lengths else b""


def _key(head: bytes) -> str:
    found = (line for line in head.split(b"\r\n") if line.lower().startswith(KEY))
    return next(found, b"")[len(KEY) :].strip().decode("latin-1")


def _refusal(sky: Sky) -> bytes:
    body = b'{"error": {"code": "busy", "message": "Try again later."}}'
    said = {"Content-Type": "application/json", "Content-Length": str(len(body)), **sky.headers}
    lines = [f"HTTP/1.1 {sky.status} Busy", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
