"""Typing without end while the copy fills: afterwards the desk must be well, and be right.

Several sellers on sockets and one in Chromium type words, take letters back and give up, and never
wait for an answer, on a desk that reads its tickets meanwhile, slowly enough that it is not done by
the end. Then everything is asked: the addresses, the log, every reader, and searches against the
API's own database.
"""

import argparse
import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from playwright.async_api import Page, async_playwright

from app.cli.browser import find_browser
from tests.browser import ARGUMENTS
from tests.doubles.tab import NotShownError, Tab
from tests.e2e.desk import Running
from tests.load._books import read_books
from tests.load._browser import middle, p95
from tests.load._servers import api_process, desk_process, room, stopped, store_in
from tests.load._shop import API, COPY
from tests.load._table import say
from tests.load._watch import Foreseen, answers, cost, unforeseen

WORDS = (
    *("refund", "invoice", "license key", "not working", "@example.com", "double charge"),
    *("the", "re", "where is my order", "thank you", "download link", "zzqy", "eceive", "12345"),
    *("premium", "is:waiting", "-refund", "amount:>50", "install", "$", "退款", "email address"),
)
ASKED = ("refund", "re", "the", "not working", "license key", "zzqy", "eceive", "example.com")
FORESEEN: tuple[Foreseen, ...] = ()
"""nothing: the API is well all the while"""
REST_SECONDS = 1.5
PATIENCE_SECONDS = 120


@dataclass(slots=True)
class Storm:
    """What came of it."""

    keys: int = 0
    seconds: list[float] = field(default_factory=list)
    """from each key on a socket to a list that knows of it"""
    held: str = ""
    """how far the copy was at the end"""
    faults: list[str] = field(default_factory=list)


def run(arguments: Sequence[str]) -> int:
    """Let it rage as often as told; 1 when a desk was not well afterwards."""
    parser = argparse.ArgumentParser(prog="python -m tests.load storm", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--sellers", type=int, default=8, help="on sockets, beside Chromium")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=2611, help="of the first run; then one up")
    parser.add_argument("--rate", type=float, help="requests a second, else by size and time")
    given = parser.parse_args(arguments)
    rate = given.rate or min(100.0, max(0.5, given.tickets / (120 * given.minutes)))
    say(
        f"{given.tickets:,} tickets, {given.minutes:g} minutes, {given.sellers} sellers and "
        f"Chromium, {rate:g} requests a second"
    )
    broken = 0
    for seed in range(given.seed, given.seed + given.runs):
        storm = asyncio.run(_rage(given.tickets, given.minutes, given.sellers, rate, seed))
        broken += bool(storm.faults)
    return 1 if broken else 0


async def _rage(tickets: int, minutes: float, sellers: int, rate: float, seed: int) -> Storm:
    storm, began = Storm(), time.monotonic()
    with room() as folder, stopped(api_process(folder / "api", tickets)) as api:
        setting = {"TICKETDESK_REQUESTS_PER_SECOND": f"{rate:g}"}
        desk = desk_process(folder / "desk", api, **setting)
        try:
            await _type(storm, desk, 60 * minutes, sellers, seed)
            used = cost(desk.process.pid)
            storm.held = _held(store_in(desk) / COPY)
            await _judge(storm, desk, api)
        finally:
            code = desk.stop()
    if code:
        storm.faults.append(f"the desk ended with {code}")
    say(
        f"seed {seed}: {storm.keys:,} keys, each answered after {1000 * middle(storm.seconds):.0f} "
        f"ms (p95 {1000 * p95(storm.seconds):.0f}); then {storm.held}; "
        f"{used.memory:.0f} MB, {used.processor:.0f} s of processor time; "
        f"{time.monotonic() - began:.0f} s in all: {'**broken**' if storm.faults else 'well'}"
    )
    for fault in storm.faults[:20]:
        say(f"  {fault}")
    return storm


# ── The storm ────────────────────────────────────────────────────────────────────────────────────


async def _type(storm: Storm, desk: Running, seconds: float, sellers: int, seed: int) -> None:
    """Everybody types until the time is over."""
    until = time.monotonic() + seconds
    async with _tabs(desk.url, sellers) as tabs, _chromium(desk.url, storm) as page:
        async with asyncio.TaskGroup() as people:
            for number, tab in enumerate(tabs):
                chance = Random(f"{seed} {number}")  # noqa: S311  # repeatable on purpose
                people.create_task(_seller(storm, tab, chance, until))
            people.create_task(_in_chromium(storm, page, Random(seed), until))  # noqa: S311  # so
        storm.seconds = [seconds for tab in tabs for seconds in tab.took]


async def _seller(storm: Storm, tab: Tab, chance: Random, until: float) -> None:
    while time.monotonic() < until:
        typed = ""
        for key in keys(chance):
            typed = typed[:-1] if key == "Backspace" else "" if key == "Escape" else typed + key
            asked = tab.search(typed)
            storm.keys += 1
            await asyncio.sleep(chance.uniform(0.02, 0.2))
        if chance.random() < 0.3:
            try:
                await tab.answered(asked, seconds=PATIENCE_SECONDS)
            except NotShownError as error:
                storm.faults.append(f"while it raged: {error}")
                return


async def _in_chromium(storm: Storm, page: Page, chance: Random, until: float) -> None:
    box = page.get_by_role("searchbox", name="Search tickets")
    await box.focus()
    while time.monotonic() < until:
        for key in keys(chance):
            if key in {"Backspace", "Escape"}:
                await page.keyboard.press(key)
            else:
                await page.keyboard.insert_text(key)
            storm.keys += 1
            await asyncio.sleep(chance.uniform(0.02, 0.2))
        await box.focus()


def keys(chance: Random) -> Iterator[str]:
    """A word letter by letter, with slips, and sometimes given up half way."""
    word = chance.choice(WORDS)
    gives_up = chance.random() < 0.35
    for letter in word[: chance.randint(1, len(word))] if gives_up else word:
        yield letter
        if chance.random() < 0.15:
            yield "Backspace"
            yield letter
    if gives_up or chance.random() < 0.5:
        yield "Escape"
    else:
        yield from ["Backspace"] * len(word)


@asynccontextmanager
async def _tabs(url: str, count: int) -> AsyncIterator[list[Tab]]:
    tabs = [Tab(url) for _ in range(count)]
    try:
        for tab in tabs:
            await tab.open()
        yield tabs
    finally:
        for tab in tabs:
            await tab.close()


@asynccontextmanager
async def _chromium(url: str, storm: Storm) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        path = find_browser()
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = await browser.new_page()
        page.on("pageerror", lambda error: storm.faults.append(f"in the page: {error}"))
        await page.goto(url)
        await page.wait_for_function("window.did_handshake === true")
        yield page
        await browser.close()


def _held(copy: Path) -> str:
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as looking:
        held, heard = looking.execute(
            "SELECT count(*), sum(has_all_messages) FROM ticket"
        ).fetchone()
    return f"{held:,} tickets held, {heard or 0:,} with their messages"


# ── Afterwards ───────────────────────────────────────────────────────────────────────────────────


async def _judge(storm: Storm, desk: Running, api: Running) -> None:
    """Note everything that is wrong with the desk now."""
    storm.faults += await answers(desk)
    storm.faults += [f"in the log: {line}" for line in unforeseen(desk, FORESEEN)]
    try:
        async with _tabs(desk.url, 12) as tabs:
            for tab in tabs:
                await tab.until(lambda tab=tab: len(tab.ids) == 25, what="the first page")
            os.kill(api.process.pid, signal.SIGSTOP)  # what the desk holds stays as it is
            try:
                copy = store_in(desk) / COPY
                storm.faults += [wrong async for wrong in _right(tabs, copy, api)]
            finally:
                os.kill(api.process.pid, signal.SIGCONT)
    except NotShownError as error:
        storm.faults.append(f"afterwards: {error}")


async def _right(tabs: Sequence[Tab], copy: Path, api: Running) -> AsyncIterator[str]:
    """Searches at once in all tabs, so that all readers work, against the API's database."""
    await _at_rest(copy)
    books = read_books(api.folder / API, copy)
    for start in range(len(tabs)):
        asked = [(tab, ASKED[(start + number) % len(ASKED)]) for number, tab in enumerate(tabs)]
        waited = [(tab, query, tab.search(query)) for tab, query in asked]
        for tab, query, number in waited:
            await tab.answered(number, seconds=PATIENCE_SECONDS)
            await tab.until(lambda tab=tab: tab.count is not None, what="the count")
            ids, right = set(tab.ids), books.find(query)
            if tab.count != len(right) or not ids <= right or len(ids) != min(25, len(right)):
                yield (
                    f"{query!r} shows {tab.count} tickets and {len(ids)} rows, of which "
                    f"{len(ids - right)} are wrong; the API has {len(right)}"
                )


async def _at_rest(copy: Path) -> None:
    """Wait until nobody writes the copy any more."""
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as looking:
        before = None
        while (now := looking.execute("PRAGMA data_version").fetchone()) != before:
            before = now
            await asyncio.sleep(REST_SECONDS)
