"""Outbox, delivery and commands on a clock by hand: time passes only in `run_for`."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.desk.commands import Commands
from app.domain.faults import Faults
from app.domain.outbox_entry import DeliveryState, OutboxEntry, Reply
from app.domain.signals import Changes, Signal
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.sync.delivery.schedule import RetryPolicy
from app.sync.delivery.sender import Delivery, Writer
from tests.doubles.clock import HandClock
from tests.doubles.shop import Shop
from tests.doubles.truth import Truth


class NoReader:
    """Nobody reads in the background here; what was looked at is remembered."""

    def __init__(self) -> None:
        self.looked_at: list[tuple[object, str | None]] = []
        self.refreshed = 0

    def set_open_ticket(self, viewer: object, ticket_id: str | None) -> None:
        self.looked_at.append((viewer, ticket_id))

    async def refresh_now(self) -> None:
        self.refreshed += 1


class Bench:
    """One desk and its shop; `open` and `restart` build the desk anew on the same file."""

    def __init__(
        self, folder: Path, *, undo_window: float = 0, clock: HandClock | None = None
    ) -> None:
        self.path = folder / "outbox.sqlite3"
        self.clock = clock or HandClock()
        self.truth = Truth()
        self.shop = Shop(self.clock, self.truth)
        self.client: Writer = self.shop
        self.read = self.shop.read
        self.told: list[Changes] = []
        self.reader = NoReader()
        self.policy = RetryPolicy()
        self.outbox_kind = Outbox
        self._undo_window = undo_window
        self.outbox: Outbox
        self.local: LocalStore
        self.delivery: Delivery
        self.commands: Commands

    async def open(self) -> "Bench":
        """Start the desk."""
        self.changes = Signal[Changes]()
        self.changes.subscribe(self.told.append)
        self.outbox = await self.outbox_kind.open(self.path, clock=self.clock)
        self.local = LocalStore(self.outbox.database, clock=self.clock)
        self.build()
        await self.delivery.resume()
        return self

    def build(self) -> None:
        """Make a delivery that knows nothing yet of what the outbox holds, and its commands."""
        self.delivery = Delivery(
            client=self.client,
            read=self.read,
            outbox=self.outbox,
            changes=self.changes,
            clock=self.clock,
            faults=Faults(self.clock),
            policy=self.policy,
        )
        self.commands = Commands(
            outbox=self.outbox,
            local=self.local,
            delivery=self.delivery,
            reader=self.reader,
            changes=self.changes,
            clock=self.clock,
            undo_window=self._undo_window,
        )

    async def restart(self) -> None:
        """End the desk and start it again."""
        await self.outbox.close()
        await self.open()

    async def close(self) -> None:
        """End the desk."""
        await self.outbox.close()

    async def run_for(self, seconds: float) -> None:
        """Let `seconds` pass, with everything that becomes due meanwhile."""
        end = self.clock.monotonic() + seconds
        while True:
            wait = min(await self.delivery.send_next(), await self.delivery.reconciler.check_next())
            if self.clock.monotonic() + wait > end:
                self.clock.advance(end - self.clock.monotonic())
                return
            self.clock.advance(max(wait, 0))

    async def send(self, text: str, *, ticket: str = "tkt_1", entry_id: str = "r1") -> None:
        """Send a reply, with everything in the ticket seen."""
        await self.commands.send_reply(ticket, entry_id, text, seen=self.truth.seen(ticket))

    async def row(self, entry_id: str = "r1") -> Reply:
        """The row of a reply."""
        found = await self.entry(entry_id)
        assert isinstance(found, Reply)
        return found

    async def entry(self, entry_id: str) -> OutboxEntry:
        """The row of whatever has this id."""
        found = await self.outbox.find(entry_id)
        assert found is not None
        return found

    async def state(self, entry_id: str = "r1") -> DeliveryState:
        """The state of a reply."""
        return (await self.entry(entry_id)).state

    def state_on_disk(self, entry_id: str = "r1") -> str:
        """The state of a reply as another process would read it."""
        with closing(sqlite3.connect(self.path)) as other:
            query = "SELECT state FROM outbox WHERE entry_id = ?"
            return str(other.execute(query, (entry_id,)).fetchone()[0])
