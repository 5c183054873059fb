"""Pages that were fetched and never connected, and sockets of nobody, are let go within seconds."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import httpx
import pytest
import uvicorn
from nicegui import Client
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from app.web import page_reaper
from app.web.page_reaper import (
    AGAIN_SECONDS,
    MOST_UNCLAIMED,
    PAGE_SECONDS,
    PAGES_KEPT,
    SOCKET_SECONDS,
    TOO_MANY,
    YOUNG_SECONDS,
    PageReaper,
    UnclaimedLimit,
)
from tests.doubles.clock import HandClock
from tests.doubles.tab import QUERY
from tests.pages.conftest import Site

POLLING = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
PATH = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"


def web_of(site: Site) -> ASGIApp:
    return site.http._transport.app  # type: ignore[attr-defined]  # as it was given


@asynccontextmanager
async def served(site: Site, *, from_query: bool = False) -> AsyncIterator[str]:
    """The site on a port of its own; visitors may say in the query where they come from."""
    limited = UnclaimedLimit(web_of(site))

    async def web(scope: Scope, receive: Receive, send: Send) -> None:
        said = parse_qs(scope["query_string"].decode()).get("from") if from_query else None
        await limited(scope | {"client": (said[0], 1)} if said else scope, receive, send)

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


async def open_page(place: str) -> ClientConnection:
    """A page that its socket has joined."""
    async with httpx.AsyncClient(base_url=f"http://{place}") as http:
        page = dict(QUERY.findall((await http.get("/health")).text))
    who = "".join(f"&{name}={value}" for name, value in page.items())
    socket = await opened(place, f"{who}&implicit_handshake=true&tab_id=t&document_id=d")
    await socket.send("40")
    client = Client.instances[page["client_id"]]
    async with asyncio.timeout(5):
        while not client.has_socket_connection:  # noqa: ASYNC110  # it has no event
            await asyncio.sleep(0.01)
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


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """A limit that is reached soon."""
    monkeypatch.setattr(page_reaper, "MOST_UNCLAIMED", 4)
    return 4


class Visitors:
    """Whoever asks for pages past the limit, from any address."""

    def __init__(self, site: Site) -> None:
        self._limited = UnclaimedLimit(web_of(site))
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def load(self, address: str, path: str = "/health") -> httpx.Response:
        if address not in self._clients:
            transport = httpx.ASGITransport(self._limited, client=(address, 1))
            self._clients[address] = httpx.AsyncClient(transport=transport, base_url="http://test")
        return await self._clients[address].get(path)


async def test_page_loads_without_a_socket_are_bounded_for_each_address(site: Site) -> None:
    visitors = Visitors(site)
    statuses: Counter[int] = Counter()
    for _ in range(40):
        loads = (visitors.load("192.0.2.1") for _ in range(50))
        statuses.update(answer.status_code for answer in await asyncio.gather(*loads))
    assert statuses == {200: MOST_UNCLAIMED, 429: 2000 - MOST_UNCLAIMED}
    assert len(site.tabs) == MOST_UNCLAIMED

    refused = await visitors.load("192.0.2.1")
    assert refused.headers["retry-after"] == refused.headers["refresh"] == str(AGAIN_SECONDS)
    assert refused.text == TOO_MANY + "\n"
    assert (await visitors.load("192.0.2.2")).status_code == 200
    PageReaper(HandClock()).free_pages(now=time.time() + YOUNG_SECONDS)
    assert (await visitors.load("192.0.2.1")).status_code == 200


async def test_every_address_of_a_page_is_limited(site: Site, few: int) -> None:
    visitors = Visitors(site)
    for _ in range(few):
        await visitors.load("192.0.2.1")

    for path in ("/", "/settings", "/kiosk", "/tickets/tkt_1"):
        assert (await visitors.load("192.0.2.1", path)).status_code == 429, path


async def test_addresses_of_one_house_count_as_one(site: Site, few: int) -> None:
    visitors = Visitors(site)
    for number in range(few):
        assert (await visitors.load(f"2001:db8:1:2::{number}")).status_code == 200

    assert (await visitors.load("2001:db8:1:2::ffff")).status_code == 429
    assert (await visitors.load("2001:db8:1:3::1")).status_code == 200


async def test_pages_of_one_address_take_nothing_from_those_of_another(site: Site) -> None:
    await Visitors(site).load("192.0.2.2")
    (slow,) = site.tabs
    for _ in range(PAGES_KEPT + 10):
        await site.http.get("/health")

    PageReaper(HandClock()).free_pages(now=time.time() + YOUNG_SECONDS)

    assert slow in site.tabs
    assert len(site.tabs) == PAGES_KEPT + 1


async def test_sockets_that_name_no_page_are_bounded_for_each_address(site: Site, few: int) -> None:
    async with served(site, from_query=True) as place:
        opening = (opened(place, "&from=192.0.2.1") for _ in range(few + 10))
        sockets = await asyncio.gather(*opening, return_exceptions=True)
        refused = [one for one in sockets if isinstance(one, InvalidStatus)]
        assert len(refused) == 10
        assert {one.response.status_code for one in refused} == {429}
        assert {one.response.headers["retry-after"] for one in refused} == {str(AGAIN_SECONDS)}

        others = [one for one in sockets if not isinstance(one, BaseException)]
        others.append(await opened(place, "&from=192.0.2.2"))
        async with httpx.AsyncClient(base_url=f"http://{place}") as http:
            for more in ("&sid=", "&xsid=1", ""):
                polled = await http.get(f"{POLLING}&from=192.0.2.1{more}")
                assert polled.status_code == 429, more
        await asyncio.gather(*(one.close() for one in others))


async def test_pages_and_sockets_that_belong_together_count_no_more(site: Site, few: int) -> None:
    async with served(site) as place:
        claimed = [await open_page(place) for _ in range(few + 1)]
        await asyncio.gather(*(one.close() for one in claimed))


async def test_socket_that_never_says_whose_it_is_is_ended_and_a_page_stays(site: Site) -> None:
    clock = HandClock()
    reaper = PageReaper(clock)
    async with served(site) as place:
        claimed = await open_page(place)
        mute, nameless = await opened(place), await opened(place)
        await nameless.send("40")
        await asyncio.wait_for(nameless.recv(), 5)
        (client,) = site.tabs

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
