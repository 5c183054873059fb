"""What a wall costs and whether it lasts: a month of updates, cut lines, beside a single label.

`--updates 518400` is a month at one refresh every five seconds; at 20 a second it takes 7.2 hours.
"""

import argparse
import asyncio
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

import httpx
from playwright.sync_api import Page, sync_playwright

from tests.browser import a_browser
from tests.e2e.desk import Running, start
from tests.load._servers import PATIENCE_SECONDS, stopped
from tests.load._shop import apart
from tests.load._table import HEAD, Line, say
from tests.load._viewers import open_tabs

MINUTE = 12
"""updates, at one every five seconds"""
MINUTES = 5
REMEMBERED = 6
"""updates of the half minute for which the framework keeps what it has sent to a page"""
AT_ONCE = 1_000
"""updates between two looks at the browser"""
LOOKS = 20
FEWEST = 20_000
"""updates by which the slope of memory is judged"""
TILES = "[data-kiosk] [data-ticket-id]"
COUNT_DRAWN = """
() => {
  window.drawn = 0;
  const counts = document.querySelector(".wall-counts");
  new MutationObserver(() => (window.drawn += 1)).observe(counts, {
    subtree: true, childList: true, characterData: true,
  });
}
"""
MEGABYTE = 1e6


def run(arguments: Sequence[str]) -> int:
    """Print what was measured; 1 when a promise does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.load kiosk", description=__doc__)
    parser.add_argument("--updates", type=int, default=518_400)
    parser.add_argument("--rate", type=float, default=20, help="updates a second")
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--walls", type=int, default=20, help="of which the cost of one is taken")
    parser.add_argument("--tickets", type=int, default=10_000)
    given = parser.parse_args(arguments)
    lines = [
        *(_cost(given.tickets, given.walls) if given.walls else ()),
        *_soak(given.tickets, given.updates, given.rate, given.cuts),
    ]
    say(HEAD)
    for line in lines:
        say(line)
    return 0 if all(line.holds for line in lines) else 1


def _cost(tickets: int, walls: int) -> list[Line]:
    """Memory and processor time of one wall, beside those of a page with one label."""
    label, wall, plain = (
        apart(_each(tickets, walls, address)) for address in ("/label", "/kiosk", "/kiosk/plain")
    )
    alone = apart(_each(tickets, 1, "/kiosk"))
    return [
        Line(
            what="a wall alone at a desk, processor time a minute",
            measured=alone.milliseconds,
            most=10,
            note=f"a label: {label.milliseconds:.1f} ms",
        ),
        *_lines(f"one of {walls} walls", wall, label),
        *_lines(f"one of {walls} plain walls", plain, label),
    ]


def _lines(name: str, cost: "_Cost", label: "_Cost") -> list[Line]:
    return [
        Line(
            what=f"{name}, memory",
            measured=cost.megabytes,
            most=0.3,
            unit="MB",
            note=f"a label: {label.megabytes:.2f} MB",
        ),
        Line(
            what=f"{name}, processor time a minute",
            measured=cost.milliseconds,
            most=10,
            note=f"a label: {label.milliseconds:.1f} ms",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """Of one page: what it holds, and what a minute of updates takes."""

    megabytes: float
    milliseconds: float


async def _each(tickets: int, pages: int, address: str) -> _Cost:
    """What many such pages cost beyond none, for each of them."""
    with _wall_process(tickets) as desk:
        async with AsyncExitStack() as stack:
            await _open(stack, desk, address, 1)  # what only the first one costs
            await _minutes(desk, address, 1, MINUTE)
        for _ in range(PATIENCE_SECONDS):  # it is kept for as long as it might come back
            if not (await _figures(desk))["clients"]:
                break
            await asyncio.sleep(1)
        async with AsyncExitStack() as stack:
            idle = await _minutes(desk, address, 0, MINUTES * MINUTE)
            before = await _figures(desk)
            await _open(stack, desk, address, pages)
            await _minutes(desk, address, pages, REMEMBERED)
            after = await _figures(desk)
            busy = await _minutes(desk, address, pages, MINUTES * MINUTE)
    return _Cost(
        megabytes=(after["resident_bytes"] - before["resident_bytes"]) / pages / MEGABYTE,
        milliseconds=1000 * (busy - idle) / pages / MINUTES,
    )


async def _open(stack: AsyncExitStack, desk: Running, address: str, pages: int) -> None:
    if address != "/kiosk/plain":  # which has no line to the desk
        await open_tabs(stack, desk, pages, address=address, settle_seconds=1)


async def _minutes(desk: Running, address: str, pages: int, updates: int) -> float:
    """Seconds of processor time that so many updates take; plain pages ask twice in three."""
    began = (await _figures(desk))["processor_seconds"]
    async with httpx.AsyncClient(base_url=desk.url, timeout=updates) as client:
        replayed = asyncio.create_task(
            client.post("/replay", params={"updates": updates, "rate": MINUTE})
        )
        if address == "/kiosk/plain":
            for _ in range(updates * 6 // MINUTE * pages):  # as often as they would
                (await client.get(address)).raise_for_status()
        (await replayed).raise_for_status()
    return (await _figures(desk))["processor_seconds"] - began


async def _figures(desk: Running) -> dict[str, float]:
    async with httpx.AsyncClient(base_url=desk.url) as client:
        found: dict[str, float] = (await client.get("/figures")).raise_for_status().json()
        return found


def _soak(tickets: int, updates: int, rate: float, cuts: int) -> Iterator[Line]:
    """A browser that shows the wall while updates come, then while its line is cut."""
    with _wall_process(tickets) as desk, sync_playwright() as playwright:
        browser = a_browser(playwright)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{desk.url}/kiosk")
        page.locator(TILES).first.wait_for()
        page.evaluate(COUNT_DRAWN)
        looks = [*_replay(desk, page, updates, rate)]
        yield from _lasting(looks)
        yield _cut(desk, page, cuts)
        browser.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What desk and browser hold after so many updates."""

    updates: int
    drawn: int
    megabytes: float
    counts: tuple[float, float, float]
    """clients, elements and tasks of the desk"""
    heap_bytes: float
    nodes: int

    def __str__(self) -> str:
        clients, elements, tasks = self.counts
        return (
            f"{self.updates:>8,} updates, {self.drawn:,} drawn: {self.megabytes:.2f} MB, "
            f"{clients:g} clients, {elements:g} elements, {tasks:g} tasks; "
            f"browser {self.heap_bytes / MEGABYTE:.2f} MB, {self.nodes} nodes"
        )


def _replay(desk: Running, page: Page, updates: int, rate: float) -> Iterator[_Look]:
    step = max(1, min(AT_ONCE, updates // LOOKS))
    every = max(1, updates // step // LOOKS)
    for number in range(1, updates // step + 1):
        with httpx.Client(base_url=desk.url, timeout=PATIENCE_SECONDS + step / rate) as client:
            asked = {"updates": step, "rate": rate}
            client.post("/replay", params=asked).raise_for_status()
        if number % every == 0:
            look = _look(desk, page, number * step)
            say(look)
            yield look


def _look(desk: Running, page: Page, updates: int) -> _Look:
    line = page.context.new_cdp_session(page)
    for _ in range(2):
        line.send("HeapProfiler.collectGarbage")
    heap = line.send("Runtime.getHeapUsage")["usedSize"]
    nodes = line.send("Memory.getDOMCounters")["nodes"]
    line.detach()
    held = apart(_figures(desk))
    return _Look(
        updates=updates,
        drawn=int(page.evaluate("window.drawn")),
        megabytes=held["resident_bytes"] / MEGABYTE,
        counts=(held["clients"], held["elements"], held["tasks"]),
        heap_bytes=heap,
        nodes=nodes,
    )


def _lasting(looks: list[_Look]) -> Iterator[Line]:
    """How much everything has grown, of which the first quarter is for warming up."""
    warm = looks[len(looks) // 4 :]
    at = [look.updates / 100_000 for look in warm]
    slope, _ = linear_regression(at, [look.megabytes for look in warm])
    note = f"over {warm[0].updates:,} to {warm[-1].updates:,}"
    most = 1 if warm[-1].updates >= FEWEST else math.inf
    yield Line(what="memory, 100,000 updates", measured=slope, most=most, unit="MB", note=note)
    # What is at work just then counts for a moment: the fewest of several looks stay.
    half = len(warm) // 2
    before, after = (
        [min(of) for of in zip(*(look.counts for look in part), strict=True)]
        for part in (warm[:half], warm[half:])
    )
    grown = sum(b - a for a, b in zip(before, after, strict=True))
    yield Line(what="clients, elements, tasks more", measured=grown, most=0, unit="", note=note)
    heap = 100 * (warm[-1].heap_bytes / warm[0].heap_bytes - 1)
    yield Line(what="heap of the browser, growth", measured=heap, most=20, unit="%", note=note)


def _cut(desk: Running, page: Page, cuts: int) -> Line:
    """Break the line so often; a wall is blank that shows no tile, or is green without a line."""
    blank = 0
    for _ in range(cuts):
        page.context.set_offline(True)
        page.evaluate("window.socket.io.engine.close()")
        page.locator("[data-kiosk]:not([data-state=live])").wait_for()
        blank += not page.locator(TILES).count()
        page.context.set_offline(False)
        with httpx.Client(base_url=desk.url) as client:
            client.post("/replay", params={"updates": 1, "rate": 20}).raise_for_status()
        page.locator("[data-kiosk][data-state=live]").wait_for()
        blank += not page.locator(TILES).count()
    return Line(what=f"{cuts} cuts of the line, blank pages", measured=blank, most=0, unit="")


@contextmanager
def _wall_process(tickets: int) -> Iterator[Running]:
    with (
        tempfile.TemporaryDirectory() as folder,
        stopped(
            start(
                str(tickets),
                module="tests.load._wall",
                folder=Path(folder),
                patience=PATIENCE_SECONDS,
            )
        ) as desk,
    ):
        yield desk
