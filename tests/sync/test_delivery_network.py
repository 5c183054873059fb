"""When the connection itself fails no byte has left: the reply waits and goes by itself, once."""

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.doubles.socket_bench import SocketBench

Found = list[tuple[object, ...]]


class Names:
    """Looks up names as the machine does: each new connection asks once."""

    def __init__(self) -> None:
        self.next: deque[Callable[[], Found]] = deque()

    async def look_up(self, *_: object, **__: object) -> Found:
        return self.next.popleft()() if self.next else leads_to("127.0.0.1")


def leads_to(address: str) -> Found:
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 0))]


def unknown() -> Found:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    made = Names()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", made.look_up)
    return made


@pytest.fixture
async def bench(tmp_path: Path, names: Names) -> AsyncIterator[SocketBench]:
    built = SocketBench(tmp_path)
    built.truth.open_ticket("tkt_1")
    await built.listen("http://shop.example.com:PORT/v1")
    yield built
    await built.shut()


@pytest.fixture
def silence(bench: SocketBench) -> Iterator[None]:
    """At another address the same port takes no more connections and refuses none."""
    with ExitStack() as opened:
        listener = opened.enter_context(closing(socket.socket()))
        listener.bind(("127.0.0.3", bench.upstream.port))
        listener.listen(0)
        for _ in range(2):
            filler = opened.enter_context(closing(socket.socket()))
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.3", bench.upstream.port))
        yield


async def goes_by_itself(bench: SocketBench, names: Names, failing: Callable[[], Found]) -> None:
    """The first connection, the read, is good; the next two, to write, fail."""
    names.next.extend([lambda: leads_to("127.0.0.1"), failing, failing])
    await bench.send("Hello")

    await bench.delivery.send_next()
    row = await bench.row()
    assert (row.state, row.attempts, row.baseline) == ("queued", 0, None)
    assert row.reason
    await bench.run_for(60)

    assert await bench.state() == "confirmed"
    assert not names.next
    assert bench.truth.texts("tkt_1") == ["Hello"]
    assert len(bench.upstream.posts()) == 1


async def test_reply_goes_by_itself_after_the_name_was_not_found(
    bench: SocketBench, names: Names
) -> None:
    await goes_by_itself(bench, names, unknown)


async def test_reply_goes_by_itself_after_the_connection_was_refused(
    bench: SocketBench, names: Names
) -> None:
    await goes_by_itself(bench, names, lambda: leads_to("127.0.0.2"))


async def test_reply_goes_by_itself_after_connecting_took_too_long(
    bench: SocketBench, names: Names, silence: None
) -> None:
    await goes_by_itself(bench, names, lambda: leads_to("127.0.0.3"))


async def test_reply_waits_and_says_why_while_https_is_not_spoken(
    bench: SocketBench, tmp_path: Path
) -> None:
    async def plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plainly, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        (tmp_path / "tls").mkdir()
        desk = SocketBench(tmp_path / "tls")
        desk.truth.open_ticket("tkt_1")
        await desk.listen(f"https://127.0.0.1:{port}/v1")
        await desk.send("Hello")
        await desk.run_for(60)

        row = await desk.row()
        assert (row.state, row.attempts) == ("queued", 0)
        assert "does not speak https" in (row.reason or "")
        await desk.shut()


async def test_reply_waits_out_an_outage_and_goes_when_the_shop_is_back(
    bench: SocketBench,
) -> None:
    await bench.upstream.refuse()
    await bench.send("Hello")
    await bench.run_for(600)
    assert await bench.state() == "queued"

    await bench.upstream.listen()
    await bench.run_for(20)

    assert await bench.state() == "confirmed"


async def test_hundred_replies_drain_in_order_after_an_outage(bench: SocketBench) -> None:
    await bench.upstream.refuse()
    for number in range(100):
        await bench.send(f"No. {number}", entry_id=f"r{number}")
    await bench.run_for(60)

    await bench.upstream.listen()
    await bench.run_for(60)

    assert bench.truth.texts("tkt_1") == [f"No. {number}" for number in range(100)]
