"""A customer who writes to the demo shop now and then, so that the desk can be watched at work."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from app.server.contract import Ticket
from app.server.demo.scenarios import (
    Scenario,
    draw_order,
    draw_weighted,
    email_of_customer,
    fill_gaps,
    gap_values,
    load_scenarios,
)
from app.server.repository import TicketStore

_log = logging.getLogger(__name__)

# A desk nobody answers at is left in peace once this many tickets wait.
_PATIENCE = 60
_ANSWERS_WITHIN = timedelta(hours=1)
_THANKS = (
    "Thank you, that solved it!",
    "Works now, thanks for the quick help.",
    "Perfect, thank you. You can close this.",
    "Great, got it. Have a nice day!",
)
_MORE = (
    "Hmm, I tried that and it is still the same. Is there anything else I can do?",
    "Thanks. One more question: does this also work on a second computer?",
    "I am not sure I understand. Could you explain the second step?",
    "Okay. And how long does that usually take?",
)


class SimulatedCustomer:
    """Writes a new ticket or answers the seller, at random moments, until it is stopped."""

    def __init__(
        self,
        engine: Engine,
        *,
        conversations: Path,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
        interval_seconds: float = 90.0,
    ) -> None:
        self._store = TicketStore(engine, now=now)
        self._conversations = conversations
        self._now = now
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311  # nothing secret
        self._interval_seconds = interval_seconds
        self._scenarios: list[Scenario] = []
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write, on the running event loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write no more; what is being written is finished first."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            await self._sleep(self._rng.expovariate(1 / self._interval_seconds))
            writing = asyncio.ensure_future(asyncio.to_thread(self.write_once))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await asyncio.wait([writing])
                raise
            except Exception:  # noqa: BLE001  # whatever went wrong, the demo goes on
                _log.exception("The demo's customer could not write; it tries again later.")

    def write_once(self) -> str | None:
        """Write one message: an answer if the seller said something, else a new ticket.

        Returns the ticket's id, None when enough tickets wait already.
        """
        answered = self._recently_answered()
        if answered and self._rng.random() < 0.7:
            return self._answer(self._rng.choice(answered))
        if self._store.stats().needs_response >= _PATIENCE:
            return None
        return self._new_ticket()

    def _recently_answered(self) -> list[Ticket]:
        newest = self._store.page(limit=100, status="open").data
        return [
            ticket
            for ticket in newest
            if ticket.awaiting_response_from == "customer"
            and self._now() - ticket.updated_at < _ANSWERS_WITHIN
        ]

    def _answer(self, ticket: Ticket) -> str:
        lines = _THANKS if self._rng.random() < 0.5 else _MORE
        self._store.customer_writes(ticket.id, self._rng.choice(lines))
        return ticket.id

    def _new_ticket(self) -> str:
        rng = self._rng
        self._scenarios = self._scenarios or load_scenarios(self._conversations)
        scenario: Scenario = draw_weighted(self._scenarios, rng)
        email = email_of_customer(rng.randrange(10_000))
        order = draw_order(scenario, number=rng.randrange(500_000, 999_999), rng=rng)
        words = gap_values(order, customer_email=email, rng=rng)
        answer = self._store.open_ticket(
            subject=fill_gaps(rng.choice(scenario.subjects), words),
            customer_email=email,
            text=fill_gaps(scenario.texts[0], words),
            order=order if scenario.has_order else None,
        )
        return answer.data.id
