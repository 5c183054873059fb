"""Pages that were fetched and never connected, and sockets of nobody, are let go within seconds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from nicegui import Client
from websockets.asyncio.client import ClientConnection, connect

from app.web.page_reaper import PAGE_SECONDS, PAGES_KEPT, SOCKET_SECONDS, YOUNG_SECONDS, PageReaper
from tests.doubles.clock import HandClock
from tests.doubles.tab import QUERY
from tests.pages.conftest import Site

PATH = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"


@asynccontextmanager
async def served(site: Site) -> AsyncIterator[str]:
    """The site on a port of its own."""
    web = site.http._transport.app  # type: ignore[attr-defined]  # as it was given
    server = uvicorn.Server(uvicorn.Config(web, lifespan="off", port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # it has no event
        await asyncio.sleep(0.01)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def opened(place: str, more: str = "") -> ClientConnection:
    socket = await connect(f"ws://{place}{PATH}{more}", origin=f"http://{place}")
    await socket.recv()
    return socket


async def test_page_that_never_connects_is_let_go(site: Site) -> None:
    reaper = PageReaper(HandClock())
    await site.http.get("/")
    now = time.time()

    reaper.free_pages(now=now + PAGE_SECONDS - 5)
    assert len(site.tabs) == 1

    reaper.free_pages(now=now + PAGE_SECONDS + 1)
    await asyncio.sleep(0.01)
    assert (site.tabs, site.desk.listeners) == ([], 0)


async def test_of_many_pages_that_nobody_connects_the_newest_stay(site: Site) -> None:
    for _ in range(PAGES_KEPT + 10):
        await site.http.get("/health")
    newest = site.tabs[-PAGES_KEPT:]

    PageReaper(HandClock()).free_pages(now=time.time())
    assert len(site.tabs) >= PAGES_KEPT  # those that are young have a chance

    PageReaper(HandClock()).free_pages(now=time.time() + YOUNG_SECONDS)
    assert site.tabs == newest


async def test_socket_that_never_says_whose_it_is_is_ended_and_a_page_stays(site: Site) -> None:
    clock = HandClock()
    reaper = PageReaper(clock)
    async with served(site) as place:
        async with httpx.AsyncClient(base_url=f"http://{place}") as http:
            page = dict(QUERY.findall((await http.get("/health")).text))
        who = "".join(f"&{name}={value}" for name, value in page.items())
        whose = f"{who}&implicit_handshake=true&tab_id=t&document_id=d"
        claimed = await opened(place, whose)
        mute, nameless = await opened(place), await opened(place)
        await claimed.send("40")
        await nameless.send("40")
        await asyncio.wait_for(nameless.recv(), 5)
        client = Client.instances[page["client_id"]]
        async with asyncio.timeout(5):
            while not client.has_socket_connection:  # noqa: ASYNC110  # it has no event
                await asyncio.sleep(0.01)

        await reaper.end_sockets()
        clock.advance(SOCKET_SECONDS - 1)
        await reaper.end_sockets()
        assert client.has_socket_connection
        clock.advance(1)
        await reaper.end_sockets()

        for socket in (mute, nameless):
            await asyncio.wait_for(socket.wait_closed(), 5)
        assert client.has_socket_connection
        await claimed.close()
