"""A copy filled with a shop, and the same shop to compare with."""

from zoneinfo import ZoneInfo

from app.domain.inbox import TicketFilter
from app.domain.ticket import Message, Ticket
from app.store.mirror import Mirror
from app.store.search import Found, Search
from tests.store.shop import NOON, page, put

ZONE = ZoneInfo("Asia/Kathmandu")
Shop = dict[str, tuple[Ticket, tuple[Message, ...] | None]]


class Store:
    """A copy filled with a shop, and the same shop to compare with."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.search = Search()
        self.shop: Shop = {}

    async def add(self, of: Ticket, *messages: Message, held: bool = True) -> None:
        kept = messages if held else None
        self.shop[of.id] = of, kept
        if kept is None:
            await self.mirror.apply_page(page(of), started=self.mirror.start())
        else:
            await put(self.mirror, of, *kept)

    async def find(self, chosen: TicketFilter) -> Found:
        generation = self.mirror.generation
        return await self.mirror.read(
            lambda c: self.search.find(c, chosen, zone=ZONE, now=NOON, generation=generation)
        )

    async def ids(self, query: str = "", **chosen: object) -> list[str]:
        found = await self.find(TicketFilter(query=query, **chosen))  # type: ignore[arg-type]  # checked by TicketFilter
        assert found.total == len(found.rows)
        return [row["id"] for row in found.rows]
