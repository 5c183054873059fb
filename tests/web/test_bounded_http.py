"""The head of a request on a real socket: how large it may be, and how slow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from app.web import bounded_http
from app.web.bounded_http import HEAD_BYTES, TOO_LARGE, BoundedHttp

Talk = Callable[[bytes], Awaitable[bytes]]
START = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CLOSE = b"Connection: close\r\n\r\n"


async def answer(scope: object, receive: object, send: object) -> None:
    """How long the body and the headers are."""
    request = Request(scope, receive)  # type: ignore[arg-type]
    heads = sum(len(name) + len(value) for name, value in request.headers.raw)
    said = f"{len(await request.body())} {heads}"
    await PlainTextResponse(said)(scope, receive, send)  # type: ignore[arg-type]


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(answer, lifespan="off", log_config=None)
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: BoundedHttp(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    for connection in tuple(state.connections):
        connection.transport.close()


@pytest.fixture
def talk(port: int) -> Talk:
    """Send this and hear what comes until the server closes the connection."""

    async def talk(sent: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with closing(writer):
            writer.write(sent)
            return await asyncio.wait_for(reader.read(), 10)

    return talk


async def test_request_of_usual_size_is_answered(talk: Talk) -> None:
    said = await talk(START + b"X: " + b"x" * 30_000 + b"\r\n" + CLOSE)

    assert said.startswith(b"HTTP/1.1 200")
    assert int(said.split()[-1]) > 30_000


async def test_body_is_no_part_of_the_head(talk: Talk) -> None:
    post = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n"

    said = await talk(post + CLOSE + b"x" * 1_000_000)

    assert said.split()[-2:-1] == [b"1000000"]


async def test_each_request_of_a_connection_has_a_head_of_its_own(talk: Talk) -> None:
    one = START + b"X: " + b"x" * 40_000 + b"\r\n"

    said = await talk(one + b"\r\n" + one + b"\r\n" + one + CLOSE)

    assert said.count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize(
    "head",
    [
        START + b"X: " + b"x" * 3 * HEAD_BYTES + b"\r\n" + CLOSE,
        START + b"".join(b"X-%d: x\r\n" % n for n in range(30_000)) + CLOSE,
        b"GET /" + b"x" * 3 * HEAD_BYTES + b" HTTP/1.1\r\n" + CLOSE,
    ],
    ids=["one header", "many headers", "address"],
)
async def test_head_that_is_too_large_is_refused_in_a_sentence(talk: Talk, head: bytes) -> None:
    said = await talk(head)

    assert said.startswith(b"HTTP/1.1 431")
    assert said.endswith(TOO_LARGE.encode())


async def test_no_more_is_read_of_a_head_without_end(port: int) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = 0

    async def send() -> None:
        nonlocal sent
        writer.write(START + b"X: ")
        while sent < 200_000_000:
            writer.write(b"x" * HEAD_BYTES)
            await writer.drain()
            sent += HEAD_BYTES

    with closing(writer):
        with pytest.raises(ConnectionError):
            await send()
        assert sent < 20_000_000  # what the buffers between hold


@pytest.mark.parametrize("begun", [b"", START, START + b"X: x"])
async def test_head_that_does_not_come_to_its_end_is_waited_for_only_so_long(
    monkeypatch: pytest.MonkeyPatch, talk: Talk, begun: bytes
) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.1)

    assert await talk(begun) == b""


async def test_slow_answer_is_not_cut(monkeypatch: pytest.MonkeyPatch, talk: Talk) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.1)
    whole = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n" + CLOSE

    said = asyncio.create_task(talk(whole))  # its body is never sent whole
    await asyncio.wait([said], timeout=0.5)

    assert not said.done()
    said.cancel()
