"""A desk over an empty copy, to which nothing comes by itself."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.desk.queries import Queries
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.faults import Faults
from app.domain.outbox_entry import OutboxEntry, Reply, Stall, StatusChange
from app.domain.ticket import Stats, Ticket
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.scan_state import ScanResult, ScanState
from tests.store.shop import NOON, StillClock, page

UTC_ZONE = ZoneInfo("UTC")


class Desk:
    """A desk over an empty copy; nothing is read by itself."""

    def __init__(self, mirror: TicketMirror, outbox: Outbox, clock: StillClock) -> None:
        self.mirror, self.outbox, self.clock = mirror, outbox, clock
        self.local = LocalStore(outbox.database, clock=clock)
        self.connection = ConnectionState(status=ConnectionStatus.LIVE)
        self.stall: Stall | None = None
        self.faults = Faults(clock)
        self.skew = timedelta(0)
        self.queries = Queries(
            mirror=mirror,
            outbox=outbox,
            local=self.local,
            connection=lambda: self.faults.laid_over(self.connection),
            clock=clock,
            skew=lambda: self.skew,
            stall=lambda: self.stall,
            faults=self.faults,
        )

    async def hold(self, *tickets: Ticket, stats: Stats | None = None) -> None:
        """Let the copy hold these, and be complete."""
        read = page(*tickets, total=len(tickets), stats=stats)
        await self.mirror.apply_page(read, started=self.mirror.request_number())
        await self.mirror.save_scan(ScanState(result=ScanResult(is_complete=True)))

    async def queue(self, entry_id: str, ticket_id: str, **fields: Any) -> OutboxEntry:
        """Put something into the outbox: a status change if it has a `status`."""
        kind: type[OutboxEntry] = StatusChange if "status" in fields else Reply
        entry = kind(entry_id=entry_id, ticket_id=ticket_id, written_at=NOON, **fields)
        return await self.outbox.enqueue(entry)
