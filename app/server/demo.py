"""A believable shop of any size: handwritten conversations, one seed, times relative to now."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Engine, insert, select

from app.server.counts import count_again
from app.server.database import writing
from app.server.handles import handle
from app.server.names import new_id
from app.server.repository import order_columns
from app.server.scenarios import Cut, Cuts, filled, load_scenarios, ordered, words_of
from app.server.tables import messages as message_table
from app.server.tables import tickets as ticket_table
from app.server.timeline import State, closing_time, message_times, states_and_ages

_BATCH = 1_000
_FIRST_INVOICE = 10_401


def seed_store(
    engine: Engine,
    *,
    tickets: int,
    seed: int,
    now: datetime,
    conversations: Path,
    told: Callable[[int], None] = lambda written: None,  # noqa: ARG005  # nobody asks
) -> int:
    """Fill an empty store with `tickets` tickets and return how many; 0 if it is not empty.

    The same seed, number, moment and folder give the same store to the last letter. `told` hears
    how many are written so far, first that it is none.
    """
    shop = _Shop(conversations, size=tickets, seed=seed, now=now.replace(microsecond=0))
    with writing(engine) as connection:
        if connection.execute(select(ticket_table.c.id).limit(1)).first():
            return 0
        told(0)
        written, done = shop.tickets(), 0
        while batch := list(islice(written, _BATCH)):
            connection.execute(insert(ticket_table), [one.row for one in batch])
            connection.execute(insert(message_table), [m for one in batch for m in one.messages])
            done += len(batch)
            told(done)
        count_again(connection)
    return tickets


@dataclass(frozen=True, slots=True)
class _Written:
    row: dict[str, Any]
    messages: list[dict[str, Any]]


class _Shop:
    def __init__(self, conversations: Path, *, size: int, seed: int, now: datetime) -> None:
        scenarios = load_scenarios(conversations)
        self._cuts = {state: Cuts(scenarios, state) for state in get_args(State)}
        self._rng = random.Random(seed)  # noqa: S311  # repeatable, nothing secret
        self._size = size
        self._now = now

    def tickets(self) -> Iterator[_Written]:
        """Every ticket with its messages, the longest untouched first."""
        plan = states_and_ages(self._size, now=self._now, rng=self._rng)
        for number, (age, state) in enumerate(plan):
            yield self._ticket(number, self._now - age, state)

    def _ticket(self, number: int, last: datetime, state: State) -> _Written:
        rng = self._rng
        cut = self._cuts[state].drawn(rng)
        email = self._customer()
        order = ordered(cut.scenario, number=_FIRST_INVOICE + number, rng=rng)
        words = words_of(order, customer_email=email, rng=rng)
        times = message_times(cut.senders, last=last, rng=rng)
        closed_at = closing_time(last, now=self._now, rng=rng) if state == "closed" else None
        ticket_id = new_id("tkt_", rng=rng)
        row = {
            "id": ticket_id,
            "subject": filled(rng.choice(cut.scenario.subjects), words),
            "status": "open" if closed_at is None else "closed",
            "awaiting_response_from": "owner" if cut.senders[-1] == "customer" else "customer",
            "customer_email": email,
            **order_columns(order if cut.scenario.has_order else None),
            "message_count": len(times),
            "has_owner_reply": "seller" in cut.senders,
            "created_at": times[0],
            "updated_at": closed_at or last,
            "closed_at": closed_at,
        }
        return _Written(row, self._messages(ticket_id, cut, times, words))

    def _messages(
        self, ticket_id: str, cut: Cut, times: list[datetime], words: dict[str, str]
    ) -> list[dict[str, Any]]:
        return [
            {
                "ticket_id": ticket_id,
                "position": position,
                "id": new_id("msg_", rng=self._rng),
                "sender": sender,
                "message": filled(text, words),
                "created_at": time,
            }
            for position, (sender, text, time) in enumerate(
                zip(cut.senders, cut.texts, times, strict=True), start=1
            )
        ]

    def _customer(self) -> str:
        """A third of the tickets come from a few regulars."""
        known = max(1, self._size * 7 // 10)
        regulars = max(1, known // 12)
        return handle(self._rng.randrange(regulars if self._rng.random() < 0.3 else known))
