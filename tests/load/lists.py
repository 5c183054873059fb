"""What open lists cost while little happens: processor time of the desk for each list.

Beside each figure stands that of another checkout, measured in the same run.
"""

import argparse
import asyncio
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.e2e.desk import KEY, Running, until
from tests.load._servers import api_process, desk_process, room, stopped
from tests.load._shop import apart
from tests.load._table import say
from tests.load._viewers import cpu_seconds, open_tabs

HERE = Path(__file__).parents[2]
FILL_SECONDS = 300
FAST = "100"
RARELY = "3600"
KEY_HEADER = {"Authorization": f"Bearer {KEY}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What each list costs, in milliseconds of processor time."""

    refresh: float
    """each refresh that brings nothing new"""
    change: float
    """each changed ticket, beside the refresh that brings it"""


def run(arguments: Sequence[str]) -> int:
    """Print a row for each number of lists; 1 when one is over its bound."""
    parser = argparse.ArgumentParser(prog="python -m tests.load lists", description=__doc__)
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--lists", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--against", type=Path, help="the root of another checkout")
    parser.add_argument("--refresh-at-most", type=float, default=0.5)
    parser.add_argument("--change-at-most", type=float, default=1.0)
    given = parser.parse_args(arguments)
    builds = [("this build", HERE)]
    if given.against:
        builds.append((given.against.name, given.against.resolve()))
    say("| lists | build | ms for a refresh | ms for a changed ticket |\n|---:|---|---:|---:|")
    holds = True
    for name, place, count, cost in _costs(given, builds):
        say(f"| {count} | {name} | {cost.refresh:.2f} | {cost.change:.2f} |")
        within = cost.refresh <= given.refresh_at_most and cost.change <= given.change_at_most
        holds &= within or place != HERE
    return 0 if holds else 1


def _costs(
    given: argparse.Namespace, builds: Sequence[tuple[str, Path]]
) -> Iterator[tuple[str, Path, int, Cost]]:
    with room() as folder, stopped(api_process(folder / "api", given.tickets)) as api:
        for name, place in builds:
            _fill(folder / name, place, api, given.tickets)
        for count in given.lists:
            for name, place in builds:
                yield name, place, count, _cost(folder / name, place, api, count, given.seconds)


def _fill(folder: Path, place: Path, api: Running, tickets: int) -> None:
    """Let a desk read everything."""
    whole = f"{tickets:,} of {tickets:,}"
    with stopped(_desk(folder, place, api, refresh_seconds="1", per_second=FAST)) as desk:
        until(lambda: httpx.get(f"{desk.url}/health").text.count(whole) > 1, seconds=FILL_SECONDS)


def _desk(
    folder: Path, place: Path, api: Running, *, refresh_seconds: str, per_second: str = "10"
) -> Running:
    return desk_process(
        folder,
        api,
        PYTHONPATH=str(place),
        TICKETDESK_REFRESH_SECONDS=refresh_seconds,
        TICKETDESK_REQUESTS_PER_SECOND=per_second,
    )


def _cost(folder: Path, place: Path, api: Running, count: int, seconds: int) -> Cost:
    """What is spent beyond what so many open sockets cost a desk that hears nothing."""
    used = {}
    for refresh_seconds in (RARELY, "1"):
        copy = folder.with_name(f"{folder.name} {count} {refresh_seconds}")
        shutil.copytree(folder, copy)
        with stopped(_desk(copy, place, api, refresh_seconds=refresh_seconds)) as desk:
            used |= apart(_used(desk, api, count, seconds, refresh_seconds))
        shutil.rmtree(copy)
    share = 1000 / count / seconds
    return Cost(
        refresh=(used["1"] - used[RARELY]) * share,
        change=(used["changes"] - used["1"]) * share,
    )


async def _used(
    desk: Running, api: Running, count: int, seconds: int, refresh_seconds: str
) -> dict[str, float]:
    """Seconds of processor time while nothing happens, and while one ticket a second changes."""
    used = {}
    async with AsyncExitStack() as stack:
        await open_tabs(stack, desk, count)
        before = cpu_seconds(desk)
        await asyncio.sleep(seconds)
        used[refresh_seconds] = cpu_seconds(desk) - before
        if refresh_seconds == RARELY:
            return used
        before = cpu_seconds(desk)
        async with httpx.AsyncClient(base_url=api.url, headers=KEY_HEADER) as client:
            await _change(client, seconds)
        used["changes"] = cpu_seconds(desk) - before
    return used


async def _change(client: httpx.AsyncClient, seconds: int) -> None:
    """Close and reopen the newest ticket by turns, one change a second."""
    newest = (await client.get("/v1/tickets", params={"limit": 1})).json()["data"][0]
    began = time.monotonic()
    for second in range(seconds):
        status = "closed" if (newest["status"] == "open") ^ bool(second % 2) else "open"
        answer = await client.patch(f"/v1/tickets/{newest['id']}", json={"status": status})
        answer.raise_for_status()
        await asyncio.sleep(max(0.0, began + second + 1 - time.monotonic()))
