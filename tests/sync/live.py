"""A desk's reading half over an embedded API in this process, with the shop behind it at hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from app.client.scheduler import RequestScheduler
from app.client.tickets import TicketsClient
from app.client.transport import open_transport
from app.domain.clock import Clock, SystemClock
from app.domain.faults import Faults as DeskFaults
from app.domain.filters import TicketFilter
from app.domain.signals import Changes, Signal
from app.server.application import build_api
from app.server.contract import Choices
from app.server.database import open_database
from app.server.demo.seed import seed_store
from app.server.repository import TicketStore, recount
from app.server.tables import messages, tickets
from app.store.search.search import Search, SearchRequest
from app.store.tickets.mirror import TicketMirror
from app.sync.coordinator import SyncCoordinator
from app.web.assets import asset_folder
from tests.doubles.fault_injection import CannedResponse, Fault, FaultInjector
from tests.doubles.leap import LeapClock, working

KEY = "sg_live_" + "b0Gu" * 8
CYCLE_SECONDS = 0.05
DEADLINE_SECONDS = 20.0
AWAY = Fault(applied="never", connection="lost")
BROKEN = Fault(applied="never", response=CannedResponse(body=b"<html>Sign in</html>"))


class Live:
    """The shop, the copy and what reads it; `told` are all changes that were announced."""

    def __init__(
        self, folder: Path, *, clock: Clock | None = None, cycle_seconds: float = CYCLE_SECONDS
    ) -> None:
        self.folder = folder
        self.engine = open_database(folder / "tickets.sqlite3")
        self.clock = clock or SystemClock()
        self.shop = TicketStore(self.engine, now=self.clock.now)
        self.choices = Choices()
        self.wrong = DeskFaults(self.clock)
        api = build_api(self.engine, api_key=KEY, choices=self.choices, now=self.clock.now)
        self.faults = FaultInjector(api)
        self.api = working(self.faults) if isinstance(clock, LeapClock) else self.faults
        self._cycle = cycle_seconds
        self.changes = Signal[Changes]()
        self.told: list[Changes] = []
        self.changes.subscribe(self.told.append)
        self.client: TicketsClient
        self.mirror: TicketMirror
        self.coordinator: SyncCoordinator
        self._search = Search()
        self._reading: asyncio.Task[None] | None = None

    def seed(self, number: int) -> None:
        """Fill the shop with demo tickets."""
        conversations = asset_folder() / "demo" / "conversations"
        seed_store(
            self.engine, conversations=conversations, tickets=number, seed=1, now=self.clock.now()
        )

    def open_ticket(self, subject: str = "help", words: str = "Where is my key?") -> str:
        """A customer writes for the first time; the ticket's id."""
        return self.shop.open_ticket(
            subject=subject, customer_email="anna@example.com", text=words
        ).data.id

    def delete(self, ticket_id: str) -> None:
        """The API forgets a ticket."""
        with self.engine.begin() as connection:
            connection.execute(delete(messages).where(messages.c.ticket_id == ticket_id))
            connection.execute(delete(tickets).where(tickets.c.id == ticket_id))
            recount(connection)

    async def start(
        self,
        *,
        key: str = KEY,
        run: bool = True,
        watched: Callable[[], bool] = lambda: True,
        rate: float | None = None,
    ) -> None:
        """Begin to read."""
        transport = open_transport(
            url="http://desk.example.com", api_key=key, clock=self.clock, app=self.api
        )
        scheduler = RequestScheduler(clock=self.clock, requests_per_second=rate)
        self.client = TicketsClient(transport=transport, scheduler=scheduler, clock=self.clock)
        self.mirror = await TicketMirror.open(self.folder / "copy.sqlite3", clock=self.clock)
        self.coordinator = SyncCoordinator(
            client=self.client,
            mirror=self.mirror,
            changes=self.changes,
            clock=self.clock,
            faults=self.wrong,
            refresh_seconds=self._cycle,
            watched=watched,
        )
        if run:
            self._reading = asyncio.create_task(self.coordinator.run())

    async def stop(self) -> None:
        """End reading, as the desk does when it is closed."""
        if self._reading:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        await self.mirror.close()
        await self.client.aclose()

    async def ids(self, **chosen: object) -> list[str]:
        """What the list shows."""
        request = SearchRequest(
            filter=TicketFilter(**chosen),  # type: ignore[arg-type]  # names are checked by the filter
            zone=ZoneInfo("UTC"),
            now=self.clock.now(),
            generation=self.mirror.generation,
        )
        found = await self.mirror.read(lambda c: self._search.find(c, request))
        return [row["id"] for row in found.rows]

    async def held(self) -> int:
        """How many tickets the copy has."""
        return await self.mirror.read(
            lambda c: int(c.execute("SELECT count(*) FROM ticket").fetchone()[0])
        )

    async def texts(self, ticket_id: str) -> list[str]:
        """The texts held of a ticket."""
        held = await self.mirror.load_conversation(ticket_id)
        return [message.text for message in held.messages] if held else []

    def told_of(self, ticket_id: str) -> int:
        """How often this ticket was announced."""
        return sum(ticket_id in changes.tickets for changes in self.told)

    def requests(self, path: str = "/v1/tickets?") -> int:
        """How many requests came whose path begins so."""
        return sum(target.startswith(path) for _, target in self.faults.requests)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something holds; give up after a while."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not condition():  # noqa: ASYNC110 what is waited for has no event
                await asyncio.sleep(0.005)

    async def filled(self) -> None:
        """Wait until every ticket and every conversation is held."""
        await self.until(lambda: self.mirror.scan.is_complete)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await self.mirror.messages_due((), limit=1):  # noqa: ASYNC110 nothing tells it to us
                await asyncio.sleep(0.005)

    async def together(self, *works: Awaitable[object]) -> None:
        """Do several things at the same time."""
        await asyncio.gather(*works)

    async def cycles(self, number: int) -> None:
        """Wait until the list was read some times more."""
        for _ in range(number):
            before = self.mirror.reading.started
            await self.until(lambda before=before: self.mirror.reading.started > before)


@asynccontextmanager
async def live(
    folder: Path, *, clock: Clock | None = None, cycle_seconds: float = CYCLE_SECONDS
) -> AsyncIterator[Live]:
    """A shop and a desk that is not yet reading; both are closed afterwards."""
    built = Live(folder, clock=clock, cycle_seconds=cycle_seconds)
    try:
        yield built
    finally:
        if hasattr(built, "mirror"):
            await built.stop()
        built.engine.dispose()
