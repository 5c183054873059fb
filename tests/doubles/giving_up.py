"""Questions and orders of a desk, given up at random moments while others write into its files."""

import asyncio
import logging
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from app.desk.queries import Queries
from app.domain.clock import SystemClock
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.filters import OWN_VIEWS, VIEWS, SortKey, TicketFilter
from app.domain.outbox_entry import Reply
from app.domain.ticket import Awaiting, Conversation, Status
from app.store.database import READERS, Database
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror

ZONE = ZoneInfo("Europe/Berlin")
WORDS = (
    *("", "r", "re", "refund", "the", "not wor", '"license key"', "-refund", "example.com", "退款"),
    *("from:anna", "amount:>20", "is:waiting the", "zzqy"),
)
PATIENCE_SECONDS = 30.0
"""far more than anything takes; who waits longer waits for something that was not let go"""

Ask = Callable[[], Awaitable[object]]


@dataclass
class Tally:
    """What came of it; nothing may be in `faults`."""

    given_up: Counter[str] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    slowest_check: float = 0.0
    faults: list[str] = field(default_factory=list)


class Renewals(logging.Handler):
    """Counts the connections that had to be opened anew."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += "opened anew" in record.getMessage()


class GivingUp:
    """One desk over its two files; made by `opened`."""

    def __init__(self, folder: Path, mirror: TicketMirror, outbox: Outbox, *, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311  # chance, not secrecy
        self._files = (folder / "copy.sqlite3", folder / "outbox.sqlite3")
        self._mirror, self._outbox = mirror, outbox
        self._local = LocalStore(outbox.database, clock=SystemClock())
        self._queries = self._asking()
        self._ids: list[str] = []
        self._patience: defaultdict[str, float] = defaultdict(lambda: 0.005)
        self._ordered: dict[str, str] = {}
        self._pen = asyncio.Lock()
        self.tally = Tally()

    @classmethod
    async def opened(cls, folder: Path, *, seed: int) -> "GivingUp":
        """Open a copy that is filled already, and an outbox."""
        mirror = await TicketMirror.open(folder / "copy.sqlite3", clock=SystemClock())
        outbox = await Outbox.open(folder / "outbox.sqlite3", clock=SystemClock())
        return cls(folder, mirror, outbox, seed=seed)

    async def close(self) -> None:
        await self._mirror.close()
        await self._outbox.close()

    async def play(self, count: int) -> Tally:
        """Give up `count` questions and orders; after each round all must be well."""
        renewals = Renewals()
        logging.getLogger("app.store.database").addHandler(renewals)
        query = "SELECT id FROM ticket ORDER BY number LIMIT 2000"
        self._ids = await self._mirror.read(lambda c: [row["id"] for row in c.execute(query)])
        writing = asyncio.create_task(self._write_on())
        try:
            while self.tally.given_up.total() < count and not self.tally.faults:
                await self._round()
                async with self._pen:
                    await self._check(writing)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            logging.getLogger("app.store.database").removeHandler(renewals)
        if not self.tally.faults:
            await self._compare()
        if renewals.count:
            self.tally.faults.append(f"{renewals.count} connections were opened anew")
        return self.tally

    async def _round(self) -> None:
        asked = [self._any() for _ in range(self._chance.randint(1, 9))]
        outcomes = await asyncio.gather(*[self._given_up(name, ask) for name, ask in asked])
        for (name, _), outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, asyncio.CancelledError):
                self.tally.given_up[name] += 1
            elif isinstance(outcome, BaseException):
                self.tally.faults.append(f"{name}: {outcome!r}")
            else:
                self.tally.finished[name] += 1

    async def _given_up(self, name: str, ask: Ask) -> object:
        """Ask, and leave at a random moment of the time that this takes otherwise."""
        leaves = self._chance.uniform(-0.1, 1.2) * self._patience[name]
        asking = asyncio.ensure_future(ask())
        asyncio.get_running_loop().call_later(leaves, asking.cancel)
        (outcome,) = await asyncio.gather(asking, return_exceptions=True)
        # So that on any machine some are given up at their very end, and some not at all.
        self._patience[name] *= 1.05 if isinstance(outcome, asyncio.CancelledError) else 0.9
        return outcome

    def _any(self) -> tuple[str, Ask]:
        """A question that some screen asks, or an order that some seller gives."""
        queries, chosen, id_ = self._queries, self._chosen(), self._chance.choice(self._ids)
        asks: dict[str, Ask] = {
            "find": lambda: queries.inbox(chosen, zone=ZONE),
            "count": lambda: queries.total(replace(chosen, own=None), zone=ZONE),
            "facets": lambda: queries.choices(replace(chosen, own=None), zone=ZONE),
            "dashboard_stats": lambda: queries.dashboard_stats(zone=ZONE),
            "conversation": lambda: queries.conversation(id_),
            "drafts": lambda: queries.drafts(id_),
            "undecided": queries.review_queue,
            "freshness": queries.freshness,
            "wall": queries.kiosk,
            "undo": queries.undo_seconds,
            "due": lambda: self._mirror.messages_due([id_], limit=10),
            "draft": self._draft,
            "order": self._order,
            "put away": lambda: self._apply_changes(id_),
        }
        weights = [4, 4, 4, 2, 2, *[1] * (len(asks) - 5)]
        name = self._chance.choices([*asks], weights)[0]
        return name, asks[name]

    def _chosen(self) -> TicketFilter:
        chance = self._chance
        if chance.random() < 0.2:  # one in five opens a view
            return chance.choice([*VIEWS.values(), *OWN_VIEWS.values()]).filter
        return TicketFilter(
            query=chance.choice(WORDS),
            status=chance.choice([None, Status.OPEN, Status.CLOSED]),
            awaiting=chance.choice([None, None, Awaiting.SELLER]),
            created_from=chance.choice([None, None, date(2020, 1, 1)]),
            sort=chance.choice([*SortKey]),
            page=chance.choice([1, 1, 2, 7]),
        )

    async def _draft(self) -> None:
        place = f"draft{len(self._ordered)}"
        self._ordered[place] = f"text {place}"
        await self._local.save_draft(place, f"text {place}")

    async def _order(self) -> None:
        place = f"order{len(self._ordered)}"
        self._ordered[place] = f"text {place}"
        now = SystemClock().now()
        await self._outbox.enqueue(
            Reply(entry_id=place, ticket_id=place, written_at=now, text=f"text {place}")
        )

    async def _apply_changes(self, ticket_id: str) -> None:
        started = self._mirror.request_number()
        held = await self._mirror.load_conversation(ticket_id)
        if held is None:
            return
        turned = replace(held.ticket, updated_at=SystemClock().now(), status=Status.CLOSED)
        if held.ticket.status == Status.CLOSED:
            turned = replace(turned, status=Status.OPEN)
        read = Conversation(ticket=turned, messages=held.messages)
        await self._mirror.apply_conversation(read, started=started)

    async def _write_on(self) -> None:
        """Keep both writers at work."""
        while True:
            async with self._pen:
                await self._apply_changes(self._chance.choice(self._ids))
                await self._local.save_draft("elsewhere", f"{self.tally.writes} letters")
            self.tally.writes += 1

    async def _check(self, writing: asyncio.Task[None]) -> None:
        """Every reader of both files answers, and none of them holds anything."""
        began = time.perf_counter()
        try:
            await asyncio.wait_for(self._all_read(self._mirror), PATIENCE_SECONDS)
            await asyncio.wait_for(self._all_read(self._outbox.database), PATIENCE_SECONDS)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            self.tally.faults.append(f"a reader does not answer: {error!r}")
        tasks = asyncio.all_tasks() - {writing, asyncio.current_task()}
        if tasks and (left := (await asyncio.wait(tasks, timeout=PATIENCE_SECONDS))[1]):
            self.tally.faults.append(f"still runs: {left}")
        for file in self._files:
            if await asyncio.to_thread(_is_held, file):
                self.tally.faults.append(f"somebody still reads {file.name}")
        self.tally.slowest_check = max(self.tally.slowest_check, time.perf_counter() - began)

    async def _all_read(self, file: TicketMirror | Database) -> None:
        together = threading.Barrier(READERS)

        def look(connection: sqlite3.Connection) -> None:
            together.wait(PATIENCE_SECONDS)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

        await asyncio.gather(*[file.read(look) for _ in range(READERS)])

    async def _compare(self) -> None:
        """What was given up has spoiled nothing that is kept, and orders were carried out."""
        await self._mirror.save_scan(self._mirror.scan)  # after all that is being written
        fresh = self._asking()
        for word in WORDS:
            chosen = TicketFilter(query=word)
            now = await self._queries.inbox(chosen, zone=ZONE)
            if now != await fresh.inbox(chosen, zone=ZONE):
                self.tally.faults.append(f"the list of {word!r} is another")
            total = await self._queries.total(chosen, zone=ZONE)
            if total != await fresh.total(chosen, zone=ZONE):
                self.tally.faults.append(f"the count of {word!r} is another")
        if await self._queries.dashboard_stats(zone=ZONE) != await fresh.dashboard_stats(zone=ZONE):
            self.tally.faults.append("the numbers are others")
        for place, text in self._ordered.items():
            kept = await self._local.drafts(place), await self._outbox.find(place)
            if text not in {*(draft.text for draft in kept[0]), getattr(kept[1], "text", None)}:
                self.tally.faults.append(f"{place} was not carried out")

    def _asking(self) -> Queries:
        return Queries(
            mirror=self._mirror,
            outbox=self._outbox,
            local=self._local,
            connection=lambda: ConnectionState(status=ConnectionStatus.LIVE),
            clock=SystemClock(),
        )


def _is_held(file: Path) -> bool:
    """Whether a connection reads an old state of the file: then its log cannot be emptied."""
    with closing(sqlite3.connect(file, timeout=PATIENCE_SECONDS)) as other:
        return bool(other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
