"""A day at a desk whose copy still fills: everybody at work, the world outside, and the judging."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from app.store.holdings import OUTBOX
from tests.doubles.tab import NotShownError, Tab
from tests.doubles.weather import CLEAR, SKIES, Sky, Weather
from tests.e2e.desk import KEY, Running, start
from tests.load._ledger import Ledger, read_messages
from tests.load._recount import recounted, same_as_api
from tests.load._seller import Day, Pace, Seller
from tests.load._servers import PATIENCE_SECONDS, store_in
from tests.load._shop import API, COPY, api_store
from tests.load._watch import Foreseen, answers, unforeseen

SETTLE_SECONDS = 240
READS = "what could not be read is asked for again, and Health and the freshness say so"
FORESEEN = (
    Foreseen(
        r"^app\.sync\.connection_monitor: ", "one line when the API turns away, one when it is back"
    ),
    Foreseen(
        r"^app\.sync\.coordinator: a page of the (list|open tickets) could not be read", READS
    ),
    Foreseen(
        r"^app\.sync\.(coordinator|message_backfill): a conversation could not be read", READS
    ),
    Foreseen(
        r"^app\.sync\.delivery\.reconciler: read-back of [\w-]+ failed",
        "it is looked for again later",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large a day is."""

    tickets: int
    sellers: int
    kiosks: int
    rate: float
    """requests a second"""
    seed: int
    pace: Pace = field(default_factory=Pace)
    customers: float = 2.0
    """seconds between two of their acts"""
    desks: float = 3.0
    """seconds between two of their acts"""
    calm: tuple[float, float] = (10, 30)
    foul: tuple[float, float] = (3, 12)
    skies: tuple[Sky, ...] = SKIES


@dataclass(slots=True)
class Shop:
    """The API beside the desk, as its customers and the other desks see it."""

    api: Running
    chance: Random
    day: Day
    ids: list[str]
    wrote: int = 0

    async def customers(self, seconds: float) -> None:
        """Customers write for ever: where somebody reads, where nobody does, and anew."""
        own = {"Origin": self.api.url}
        async with httpx.AsyncClient(base_url=self.api.url, headers=own, timeout=60) as client:
            while True:
                await asyncio.sleep(self.chance.uniform(0, 2 * seconds))
                self.wrote += 1
                words = {"message": f"Hello? This is message {self.wrote} of a customer."}
                if self.chance.random() < 0.2:
                    words |= {"customer_email": f"new{self.wrote}@example.com", "subject": "New"}
                else:
                    words |= {"ticket": self._any()}
                await client.post("/demo/customer", data=words)

    async def desks(self, seconds: float) -> None:
        """Other programs answer, close and reopen, past this desk."""
        key = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=self.api.url, headers=key, timeout=60) as client:
            while True:
                await asyncio.sleep(self.chance.uniform(0, 2 * seconds))
                self.wrote += 1
                path = f"/v1/tickets/{self._any()}"
                if self.chance.random() < 0.5:
                    said = {"message": f"Answer {self.wrote} of another desk."}
                    await client.post(path, json=said)
                else:
                    status = self.chance.choice(("open", "closed"))
                    await client.patch(path, json={"status": status})

    def _any(self) -> str:
        """Half of the time a ticket that somebody has open."""
        opened = [ticket for ticket in self.day.open.values() if ticket]
        if opened and self.chance.random() < 0.5:
            return self.chance.choice(opened)
        return self.chance.choice(self.ids)


@dataclass(slots=True)
class Outcome:
    """How it ended."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Works:
    """The processes of a day: an API with its shop, a weather before it, a desk behind that."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan = folder, plan
        self.day = Day(ledger=Ledger(), pace=plan.pace, sellers=plan.sellers + 2)
        self.api: Running
        self.desk: Running
        self.weather: Weather
        self.shop: Shop

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Works"]:
        """Start everything; at the end the desk has to end in order."""
        chance = Random(f"{self.plan.seed} world")  # noqa: S311  # repeatable on purpose
        self.api = _api(self.folder / "api", self.plan.tickets)
        self.weather = await Weather(self.api.url, chance, skies=self.plan.skies).listen()
        settings = {
            "TICKETDESK_API_URL": self.weather.url,
            "TICKETDESK_API_KEY": KEY,
            "TICKETDESK_REFRESH_SECONDS": "2",
            "TICKETDESK_REQUESTS_PER_SECOND": f"{self.plan.rate:g}",
        }
        self.desk = start(
            "serve",
            folder=self.folder / "desk",
            module="tests.load._watched",
            patience=PATIENCE_SECONDS,
            **settings,
        )
        ids = _ids(self.books)
        for ticket in ids:
            self.day.ids.setdefault(self.day.whose(ticket), []).append(ticket)
        self.shop = Shop(self.api, chance, self.day, ids)
        try:
            yield self
        finally:
            if code := await asyncio.to_thread(self.desk.stop):
                self.day.ledger.faults.append(f"the desk ended with {code}")
            await self.weather.close()
            await asyncio.to_thread(self.api.stop)

    @property
    def books(self) -> Path:
        """The API's database."""
        return self.api.folder / "data" / "embedded" / API

    @property
    def copy(self) -> Path:
        """The desk's copy."""
        return store_in(self.desk) / COPY

    @property
    def outbox(self) -> Path:
        """The desk's outbox."""
        return store_in(self.desk) / OUTBOX

    def sellers(self) -> list[Seller]:
        """People with a tab each, not opened yet."""
        return [
            Seller(n, Tab(self.desk.url, "/?view=all"), self.day, Random(f"{self.plan.seed} {n}"))  # noqa: S311  # so
            for n in range(self.plan.sellers)
        ]

    @asynccontextmanager
    async def world(self) -> AsyncIterator[None]:
        """Customers, other desks, weather and a doctor, until the day is over."""
        plan = self.plan
        tasks = [
            asyncio.create_task(self.shop.customers(plan.customers)),
            asyncio.create_task(self.shop.desks(plan.desks)),
            asyncio.create_task(self.weather.change(calm=plan.calm, foul=plan.foul)),
            asyncio.create_task(self._look_after()),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            self.weather.sky = CLEAR
            self.day.ledger.faults += [
                f"the world itself failed: {end!r}"
                for end in ends
                if isinstance(end, Exception) and not isinstance(end, asyncio.CancelledError)
            ]

    async def _look_after(self) -> None:
        """The desk has to answer all the while."""
        while True:
            await asyncio.sleep(5)
            self.day.ledger.faults += [f"meanwhile {wrong}" for wrong in await answers(self.desk)]

    # ── The end of the day ───────────────────────────────────────────────────────────────────────

    async def judged(self, sellers: Sequence[Seller], kiosks: Sequence[Tab]) -> list[str]:
        """Everything that is wrong once it is quiet: replies, lists, numbers, log, the people."""
        faults = self.day.ledger.faults
        await self._settle(sellers[0])
        faults += self.day.ledger.judge(self.books, self.outbox)
        await self._follow()
        faults += await recounted(self.books, self.copy, [one.tab for one in sellers], kiosks)
        faults += await answers(self.desk)
        faults += [f"in the log: {line}" for line in unforeseen(self.desk, FORESEEN)]
        return faults

    async def _settle(self, seller: Seller) -> None:
        """Let every reply come to its end, with a person's answer where one is asked for."""
        until = time.monotonic() + SETTLE_SECONDS
        with suppress(NotShownError):
            while time.monotonic() < until:
                moving, asking = _unsettled(self.books, self.outbox)
                if not moving and not asking:
                    return
                for ticket in asking:
                    await seller.review(ticket)
                await asyncio.sleep(1)
        self.day.ledger.faults += [f"never settled: {row}" for row in _told(self.outbox)]

    async def _follow(self) -> None:
        """Wait until the copy holds what the API has."""
        until = time.monotonic() + SETTLE_SECONDS
        differing = list(same_as_api(self.books, self.copy))
        while differing and time.monotonic() < until:
            await asyncio.sleep(1)
            differing = list(same_as_api(self.books, self.copy))
        self.day.ledger.faults += [f"the copy never followed: {one}" for one in differing[:10]]


def _api(folder: Path, tickets: int) -> Running:
    """`ticketdesk api` over a shop with so many tickets."""
    place = folder / "data" / "embedded"
    place.mkdir(parents=True)
    shutil.copyfile(api_store(tickets), place / API)
    return start("api", folder=folder, patience=PATIENCE_SECONDS, TICKETDESK_API_KEY=KEY)


def _ids(books: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{books}?mode=ro", uri=True)) as shop:
        return [row[0] for row in shop.execute("SELECT id FROM tickets ORDER BY id")]


def _unsettled(books: Path, outbox: Path) -> tuple[list[str], list[str]]:
    """The tickets of replies on their way, and of those that wait for a person's answer.

    A reply of which nobody knows whether it arrived is at its end when the API does not have it:
    it is looked for ever more seldom, for days; and so is what waits behind it in its ticket.
    """
    asked = (
        "SELECT ticket_id, text, state, review_reason IS NOT NULL, next_check_at IS NOT NULL "
        "FROM outbox WHERE state NOT IN ('confirmed', 'cancelled')"
    )
    with closing(sqlite3.connect(f"file:{outbox}?mode=ro", uri=True)) as kept:
        rows = kept.execute(asked).fetchall()
    arrived = {text for _, text in read_messages(books).values()}
    asking = [
        ticket
        for ticket, _, state, is_asked, is_looked_for in rows
        if is_asked or (state == "refused" and not is_looked_for)
    ]
    doubtful = {ticket for ticket, _, state, *_ in rows if state == "uncertain"}
    moving = [
        ticket
        for ticket, text, state, *_ in rows
        if ticket not in asking
        and (state not in {"unknown", "uncertain"} or text in arrived)
        and not (state == "queued" and ticket in doubtful)
    ]
    return moving, asking


def _told(outbox: Path) -> list[str]:
    """What the outbox says of each reply on its way."""
    asked = (
        "SELECT ticket_id, substr(text, 1, 40), status, state, review_reason, reason, sent_at, "
        "checked_at, next_check_at, attempts FROM outbox "
        "WHERE state NOT IN ('confirmed', 'cancelled')"
    )
    with closing(sqlite3.connect(f"file:{outbox}?mode=ro", uri=True)) as kept:
        return [str(row) for row in kept.execute(asked)]


@asynccontextmanager
async def opened(people: Sequence[Seller], kiosks: Sequence[Tab]) -> AsyncIterator[None]:
    """Open every tab, and close them at the end."""
    tabs = [*(one.tab for one in people), *kiosks]
    try:
        for tab in tabs:
            await tab.open()
        yield
    finally:
        for tab in tabs:
            await tab.close()


def figures(day: Day, tabs: Sequence[Tab]) -> Iterator[tuple[str, list[float]]]:
    """Seconds by what was done, keystrokes first."""
    yield "keystroke", [seconds for tab in tabs for seconds in tab.took]
    yield from sorted(day.times.items())
