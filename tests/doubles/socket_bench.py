"""A bench whose shop is on a real socket, read and written by the real client."""

from contextlib import suppress
from pathlib import Path

from app.client.tickets import TicketsClient, open_client
from app.client.transport import Deadlines
from app.domain.ticket import Conversation
from tests.doubles.bench import Bench
from tests.doubles.clock import LeapClock
from tests.doubles.upstream import Upstream

KEY = "sg_live_0123456789abcdef0123456789abcdef"
SHORT = Deadlines(connect=0.6, write=0.6, read=0.6, whole_read=1.2, whole_write=1.2)


class SocketBench(Bench):
    """The waits of delivery take no time here; those of the network are real and short."""

    upstream: Upstream
    tickets: TicketsClient

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, clock=LeapClock())

    async def listen(self, url: str | None = None) -> "SocketBench":
        """Start the shop, then the desk; `url` is where the desk looks for the shop."""
        self.upstream = await Upstream(self.truth, self.clock).listen()
        self.tickets = open_client(
            url=(url or self.upstream.url).replace("PORT", str(self.upstream.port)),
            api_key=KEY,
            clock=self.clock,
            requests_per_second=None,
            deadlines=SHORT,
        )
        self.client, self.read = self.tickets, self._read
        await self.open()
        return self

    async def shut(self) -> None:
        """End both."""
        await self.close()
        with suppress(Exception):
            await self.tickets.aclose()
        await self.upstream.close()

    async def _read(self, ticket_id: str) -> Conversation:
        return (await self.tickets.get_ticket(ticket_id, max_age_seconds=None)).conversation
