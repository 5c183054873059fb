"""Sellers and walls at one desk, each with the states of a real tab, on a clock that leaps."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from app.desk.commands import Commands
from app.desk.desk import Desk
from app.desk.queries import Queries
from app.domain.filters import TicketFilter
from app.domain.signals import Changes, Signal
from app.server.contract import SortOrder
from app.state import filter_actions
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from app.state.inbox import InboxState
from app.state.kiosk import KioskState
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.sync.delivery.sender import Delivery
from app.sync.delivery.write_fence import WriteFence
from tests.doubles.leap import LeapClock
from tests.sync.live import Live, live

CYCLE_SECONDS = 15.0
RATE = 2.0
CUSTOMER_SECONDS = 20.0
FILTERS = ("all", "open", "closed", "needs-response")


class Crowd:
    """One desk over a shop in which customers write; `asked` counts what reaches the API."""

    def __init__(self, shop: Live, outbox: Outbox) -> None:
        self.shop = shop
        self.screens = Signal[Changes]()
        shop.changes.subscribe(self.screens.emit)
        self.screens.on_first = shop.coordinator.wake
        local = LocalStore(outbox.database, clock=shop.clock)
        delivery = Delivery(
            client=WriteFence(shop.client, shop.mirror),
            read=shop.coordinator.read_ticket,
            outbox=outbox,
            changes=shop.changes,
            clock=shop.clock,
            faults=shop.wrong,
        )
        self.desk = Desk(
            queries=Queries(
                mirror=shop.mirror,
                outbox=outbox,
                local=local,
                connection=shop.coordinator.connection,
                clock=shop.clock,
                faults=shop.wrong,
            ),
            commands=Commands(
                outbox=outbox,
                local=local,
                delivery=delivery,
                reader=shop.coordinator,
                changes=shop.changes,
                clock=shop.clock,
            ),
            changes=self.screens,
        )

    async def work(self, *, sellers: int, kiosks: int, minutes: float, seed: int) -> Counter[str]:
        """Let everybody work for so long; what the API was asked meanwhile, by kind."""
        await self._filled()
        people = [
            *(asyncio.create_task(self._sell(Random(f"{seed} {n}"))) for n in range(sellers)),  # noqa: S311  # repeatable on purpose
            *(asyncio.create_task(self._hang()) for _ in range(kiosks)),
        ]
        await self.shop.clock.sleep(60)
        self.shop.faults.requests.clear()
        writing = asyncio.create_task(self._write(Random(seed)))  # noqa: S311  # so
        await self.shop.clock.sleep(60 * minutes)
        asked = Counter(_kind(target) for _, target in self.shop.faults.requests)
        for task in (writing, *people):
            task.cancel()
        results = await asyncio.gather(writing, *people, return_exceptions=True)
        faults = [result for result in results if not isinstance(result, asyncio.CancelledError)]
        assert not faults, faults
        return asked

    async def _filled(self) -> None:
        async with asyncio.timeout(24 * 3600):
            while not self.shop.mirror.scan.is_complete or await self.shop.mirror.messages_due(
                (), limit=1
            ):
                await self.shop.clock.sleep(5)

    async def _sell(self, chance: Random) -> None:
        """Filter, open one ticket after the other, shut it."""
        clock, fmt = self.shop.clock, Formatter()
        inbox = InboxState(
            self.desk.queries, self.screens, chosen=TicketFilter(), fmt=fmt, clock=clock
        )
        drawer = ConversationState(self.desk, viewer=str(id(inbox)), fmt=fmt, clock=clock)
        try:
            await inbox.load()
            inbox.fill()
            while True:
                await clock.sleep(chance.uniform(5, 40))
                rows = list(inbox.known_statuses())
                match chance.choice(("open", "open", "open", "filter", "shut")):
                    case "open" if rows:
                        drawer.open(chance.choice(rows))
                    case "filter":
                        inbox.show(filter_actions.with_card(chance.choice(FILTERS)))
                    case "shut":
                        drawer.open("")
        finally:
            await drawer.close()
            await inbox.close()

    async def _hang(self) -> None:
        wall = KioskState(self.desk.queries, self.screens, fmt=Formatter(), clock=self.shop.clock)
        try:
            await wall.load()
            wall.turn_pages()
            await asyncio.Event().wait()
        finally:
            await wall.close()

    async def _write(self, chance: Random) -> None:
        """Customers write: mostly where the shop is waited for, now and then anew."""
        ids = await self.shop.ids()
        while True:
            await self.shop.clock.sleep(CUSTOMER_SECONDS)
            if chance.random() < 0.3:
                ids.append(self.shop.open_ticket())
            else:
                self.shop.shop.customer_writes(chance.choice(ids), "Hello?")


def _kind(target: str) -> str:
    if not target.startswith("/v1/tickets?"):
        return "one ticket"
    return "open tickets" if "status=open" in target else "pages of the list"


@asynccontextmanager
async def crowd(tickets: int, *, order: SortOrder = "updated_desc") -> AsyncIterator[Crowd]:
    """A desk that reads a shop of so many tickets, two requests a second; on a `LeapLoop`."""
    with tempfile.TemporaryDirectory() as folder:
        clock = LeapClock()
        async with live(Path(folder), clock=clock, cycle_seconds=CYCLE_SECONDS) as shop:
            shop.choices.sort_order = order
            shop.seed(tickets)
            people: list[Crowd] = []
            await shop.start(watched=lambda: bool(people) and people[0].screens.is_heard, rate=RATE)
            outbox = await Outbox.open(Path(folder) / "outbox.sqlite3", clock=clock)
            people.append(Crowd(shop, outbox))
            try:
                yield people[0]
            finally:
                await outbox.close()


async def worked(
    tickets: int, *, sellers: int, kiosks: int, minutes: float, seed: int, order: SortOrder
) -> Counter[str]:
    """What the API is asked within so many minutes of work, by kind."""
    async with crowd(tickets, order=order) as people:
        return await people.work(sellers=sellers, kiosks=kiosks, minutes=minutes, seed=seed)
