"""A bench whose shop is the embedded Tickets API, in process, with its choices and its faults."""

from datetime import UTC, datetime
from pathlib import Path

from app.client.tickets import open_client
from app.domain.ticket import Conversation
from app.server.application import build_api
from app.server.contract import Choices
from app.server.database import open_database
from app.server.repository import TicketStore
from tests.doubles.bench import Bench
from tests.doubles.clock import LeapClock
from tests.doubles.fault_injection import FaultInjector

KEY = "sg_live_0123456789abcdef0123456789abcdef"


class EmbeddedBench(Bench):
    """The real client over the real API; only the waiting is not real."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, clock=LeapClock())
        self.choices = Choices()
        self._engine = open_database(folder / "tickets.sqlite3")
        api = build_api(self._engine, api_key=KEY, choices=self.choices)
        self.faults = FaultInjector(api)
        self.store = TicketStore(self._engine, now=lambda: datetime.now(UTC))
        self.ticket_id = self.store.open_ticket(
            subject="Key", customer_email="buyer@example.com", text="Where is my key?"
        ).data.id
        self.tickets = open_client(
            url="http://127.0.0.1/v1",
            api_key=KEY,
            clock=self.clock,
            app=self.faults,
        )
        self.client, self.read = self.tickets, self._read

    async def shut(self) -> None:
        """End both."""
        await self.close()
        await self.faults.settle()
        await self.tickets.aclose()
        self._engine.dispose()

    def answers(self) -> list[str]:
        """What the seller wrote, as the API's own store has it."""
        messages = self.store.ticket(self.ticket_id).data.messages
        return [message.message for message in messages if message.sender == "seller"]

    async def _read(self, ticket_id: str) -> Conversation:
        return (await self.tickets.get_ticket(ticket_id, max_age_seconds=None)).conversation
