"""What the server's tests work with: a clock that is set by hand, a key, a client in process."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.types import ASGIApp

from app.server.contract import TicketWithMessages
from app.server.repository import TicketStore

KEY = "sg_live_" + "k3Y9" * 8
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "contract"
CONVERSATIONS = Path(__file__).parents[2] / "assets" / "demo" / "conversations"


class SetClock:
    """A clock that moves only when told."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


def chance(seed: int = 1) -> random.Random:
    """A source of chance that repeats itself."""
    return random.Random(seed)  # noqa: S311  # repeatable, nothing secret


def client_of(api: ASGIApp, *, key: str = KEY) -> httpx.AsyncClient:
    """A client that calls `api` in process, with the key the documented way."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=api),
        base_url="http://desk.example.com",
        headers={"Authorization": f"Bearer {key}"} if key else {},
    )


def a_ticket(store: TicketStore, *, subject: str = "help") -> TicketWithMessages:
    """A new ticket that waits for the seller."""
    return store.open_ticket(
        subject=subject, customer_email="customer@example.com", text="Where is my key?"
    ).data
