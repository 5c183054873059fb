"""A copy filled with a shop, and the same shop to compare with."""

from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.domain.filters import TicketFilter
from app.domain.ticket import Message, Ticket
from app.store.search.search import FacetChoices, Search, SearchRequest, SearchResult
from app.store.tickets.mirror import TicketMirror
from tests.store.shop import NOON, page, put

T = TypeVar("T")

ZONE = ZoneInfo("Asia/Kathmandu")
Shop = dict[str, tuple[Ticket, tuple[Message, ...] | None]]


class Store:
    """A copy filled with a shop, and the same shop to compare with."""

    def __init__(self, mirror: TicketMirror) -> None:
        self.mirror = mirror
        self.search = Search()
        self.shop: Shop = {}

    async def add(self, of: Ticket, *messages: Message, held: bool = True) -> None:
        kept = messages if held else None
        self.shop[of.id] = of, kept
        if kept is None:
            await self.mirror.apply_page(page(of), started=self.mirror.request_number())
        else:
            await put(self.mirror, of, *kept)

    async def find(self, chosen: TicketFilter) -> SearchResult:
        return await self._asked(self.search.find, chosen)

    async def count(self, chosen: TicketFilter) -> int:
        return await self._asked(self.search.count, chosen)

    async def facets(self, chosen: TicketFilter) -> FacetChoices:
        return await self._asked(self.search.facets, chosen)

    async def ids(self, query: str = "", **chosen: object) -> list[str]:
        found = await self.find(TicketFilter(query=query, **chosen))  # type: ignore[arg-type]  # checked by TicketFilter
        assert found.total == len(found.rows)
        return [row["id"] for row in found.rows]

    async def _asked(self, question: Callable[..., T], chosen: TicketFilter) -> T:
        request = SearchRequest(
            filter=chosen, zone=ZONE, now=NOON, generation=self.mirror.generation
        )
        return await self.mirror.read(lambda c: question(c, request))
