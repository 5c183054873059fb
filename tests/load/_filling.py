"""How long the copy takes to fill and what it weighs, against a bare loop over the same pages."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.e2e.desk import KEY, Running
from tests.load._browser import Times
from tests.load._servers import api_process, desk_process, room, stopped
from tests.load._shop import apart, full_copy
from tests.load._table import Line, against_floor

AT_ONCE = 3
"""requests that the desk's background has in flight at most"""
FAST = "100"
PAGE = 100


def filling(tickets: int) -> Iterator[Line]:
    """A first full scan, a bare loop before it and one after it; then the size of a full copy."""
    times = Times()
    with room() as folder, stopped(api_process(folder / "api", tickets)) as api:
        times.floor.append(apart(_bare(api, tickets)))
        times.desk.append(_full_scan(folder / "desk", api))
        times.floor.append(apart(_bare(api, tickets)))
    yield against_floor(f"copy {tickets:,} tickets, against a bare loop", times, 1.5)
    size = full_copy(tickets).stat().st_size / 1e6 * 100_000 / tickets
    yield Line(what="100,000 tickets with messages, on disk", measured=size, most=200, unit="MB")


def _full_scan(folder: Path, api: Running) -> float:
    """From when the desk serves, which is when it begins to read; its start has its own line."""
    with stopped(desk_process(folder, api, TICKETDESK_REQUESTS_PER_SECOND=FAST)) as desk:
        began = time.perf_counter()
        while not httpx.get(f"{desk.url}/readyz").json().get("complete"):
            time.sleep(0.1)
        return 1000 * (time.perf_counter() - began)


async def _bare(api: Running, tickets: int) -> float:
    pages = iter(range(1, tickets // PAGE + 1))
    key = {"Authorization": f"Bearer {KEY}"}
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=api.url, headers=key, timeout=30) as client:

        async def fetch() -> None:
            for page in pages:
                answer = await client.get("/v1/tickets", params={"limit": PAGE, "page": page})
                answer.raise_for_status()

        await asyncio.gather(*(fetch() for _ in range(AT_ONCE)))
    return 1000 * (time.perf_counter() - began)
