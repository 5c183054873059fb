"""What sellers cost who only look: sockets as browsers open them, without the browsers."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.e2e.desk import Running
from tests.load._servers import api_process, desk_process, fill_copy, room, stopped
from tests.load._shop import apart
from tests.load._table import Line

SETTLE_SECONDS = 30
"""by then the messages that the copy lacked have been read, at a request or two a second"""
QUERY = re.compile(r"['\"](client_id|next_message_id)['\"]: ['\"]?([\w-]+)")


def viewers(tickets: int, seconds: int) -> Iterator[Line]:
    """Memory and CPU with 20 sellers who look on, and the memory of each of 100."""
    with room() as folder, stopped(api_process(folder / "api", tickets)) as api:
        fill_copy(folder / "desk", api, tickets)
        for count, measure in ((20, _idle), (100, _each)):
            with stopped(desk_process(folder / "desk", api)) as desk:
                yield from apart(measure(desk, count, seconds))


async def _idle(desk: Running, count: int, seconds: int) -> list[Line]:
    async with AsyncExitStack() as stack:
        await open_tabs(stack, desk, count)
        before, began = cpu_seconds(desk), time.monotonic()
        await asyncio.sleep(seconds)
        used = (cpu_seconds(desk) - before) * 60 / (time.monotonic() - began)
        memory = _megabytes(desk)
    what = f"{count} sellers who look on"
    return [
        Line(what=f"{what}, memory", measured=memory, most=150, unit="MB"),
        Line(what=f"{what}, CPU a minute", measured=used, most=1.5, unit="s"),
    ]


async def _each(desk: Running, count: int, _: int) -> list[Line]:
    async with AsyncExitStack() as stack:
        await open_tabs(stack, desk, 1)
        alone = _megabytes(desk)
        await open_tabs(stack, desk, count)
        each = (_megabytes(desk) - alone) / count
    return [Line(what=f"memory of each of {count} sellers", measured=each, most=1.5, unit="MB")]


async def open_tabs(
    stack: AsyncExitStack,
    desk: Running,
    count: int,
    *,
    address: str = "/",
    settle_seconds: float = SETTLE_SECONDS,
) -> None:
    """Open so many tabs and let them settle."""
    joined: list[str] = []
    async with httpx.AsyncClient(base_url=desk.url) as client:
        for _ in range(count):
            page = await client.get(address, headers={"Cookie": "ticketdesk_zone=UTC"})
            line = await stack.enter_async_context(_tab(desk.url, page.text))
            answering = asyncio.create_task(_answer(line, joined))
            stack.callback(answering.cancel)
    await asyncio.sleep(settle_seconds)
    assert len(joined) == count, "a page's socket was refused"


def _tab(url: str, page: str) -> connect:
    """The socket of a page, as its script opens it."""
    asked = dict(QUERY.findall(page)) | {
        "implicit_handshake": "true",
        "EIO": "4",
        "transport": "websocket",
    }
    query = httpx.QueryParams(asked | {"document_id": str(uuid4()), "tab_id": str(uuid4())})
    socket = f"{url.replace('http', 'ws')}/_nicegui_ws/socket.io/?{query}"
    return connect(socket, origin=url, max_size=None)


async def _answer(line: ClientConnection, joined: list[str]) -> None:
    """Join, answer pings, read everything."""
    async for said in line:
        if said[:1] == "0":
            await line.send("40")
        elif said[:2] == "40":
            joined.append(str(said))
        elif said == "2":
            await line.send("3")


def _megabytes(desk: Running) -> float:
    status = Path(f"/proc/{desk.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1000


def cpu_seconds(desk: Running) -> float:
    """Seconds of CPU used so far."""
    words = Path(f"/proc/{desk.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / 100
