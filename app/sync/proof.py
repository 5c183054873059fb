"""Whether a key belongs to the shop whose folder is open: its own list must show a stored ticket.

Until then nothing is read into the mirror and nothing leaves the outbox.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from app.client.scheduler import Priority
from app.client.tickets import TicketsClient, open_client
from app.domain.clock import Clock
from app.domain.errors import ApiError, OtherShopError
from app.domain.ticket import TicketPage
from app.store.holdings import names_any

PAGE_LIMIT = 100
PAGES_AT_MOST = 10
AGAIN_SECONDS = 60.0
"""after so long a list that showed another shop is looked at once more"""

UNPROVED = (
    "Until the API has accepted this new key, you see what was kept before, and nothing is sent."
)


class Proof:
    """The check before each request of a client with a new key: it must be the open shop's."""

    def __init__(
        self, client: TicketsClient, folder: Path, *, on_proved: Callable[[], object], clock: Clock
    ) -> None:
        self._client = client
        self._folder = folder
        self._on_proved = on_proved
        self._clock = clock
        self._lock = asyncio.Lock()
        self._is_proved = False
        self._not_before = -math.inf

    async def __call__(self) -> None:
        """Return once the key has proved right. Raises: ApiError, OtherShopError among them."""
        if self._is_proved:
            return
        async with self._lock:
            if not self._is_proved:
                await self._prove()

    async def _prove(self) -> None:
        if self._clock.monotonic() < self._not_before:
            raise OtherShopError
        try:
            found = await find_shop(self._client, [self._folder])
        except ApiError as error:
            error.args = (f"{error} {UNPROVED}",)
            raise
        if found is None:
            self._not_before = self._clock.monotonic() + AGAIN_SECONDS
            raise OtherShopError
        await asyncio.to_thread(self._on_proved)
        self._is_proved = True


async def find_shop(client: TicketsClient, folders: Sequence[Path]) -> Path | None:
    """Which of these folders holds a ticket of the client's list. Raises: ApiError."""
    async for page in _from_its_ends(client):
        ids = [ticket.id for ticket in page.tickets]
        for folder in folders:
            if await asyncio.to_thread(names_any, folder, ids):
                return folder
    return None


async def _from_its_ends(client: TicketsClient) -> AsyncIterator[TicketPage]:
    """Pages of the list, both ends first: in one of them stand its oldest tickets."""
    page = await client.list_tickets(1, priority=Priority.INTERACTIVE)
    yield page
    last = PAGES_AT_MOST if page.total is None else -(-page.total // (page.limit or PAGE_LIMIT))
    for number in [last, *range(2, last)][: PAGES_AT_MOST - 1]:
        if number > 1:
            yield await client.list_tickets(number, priority=Priority.INTERACTIVE)


async def probe_api(url: str, key: str, *, clock: Clock) -> tuple[TicketPage, float | None]:
    """Ask once for one ticket: the page, and the seconds by which the API's clock is ahead.

    Raises: ApiError.
    """
    client = open_client(url=url, api_key=key, clock=clock)
    try:
        page = await client.list_tickets(limit=1)
    finally:
        await client.aclose()
    return page, client.transport.skew_seconds
