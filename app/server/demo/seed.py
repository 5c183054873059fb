"""A believable shop of any size: handwritten conversations, one seed, times relative to now."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Engine, insert, select

from app.server.contract import new_id
from app.server.database import writing
from app.server.demo.scenarios import (
    Cut,
    Cuts,
    State,
    draw_order,
    email_of_customer,
    fill_gaps,
    gap_values,
    load_scenarios,
)
from app.server.repository import order_columns, recount
from app.server.tables import messages as message_table
from app.server.tables import tickets as ticket_table

_BATCH = 1_000
_FIRST_INVOICE = 10_401
_TICKETS_A_DAY = 3.4
_LONGEST_HISTORY = timedelta(days=1_095)
_WAITS: dict[State, tuple[timedelta, timedelta]] = {
    "needs-seller": (timedelta(minutes=3), timedelta(days=6)),
    "waiting-customer": (timedelta(minutes=20), timedelta(days=9)),
}
# How much is written in each hour (UTC) beside the busiest: people sleep, in several time zones.
_BUSY = (
    *(0.25, 0.18, 0.12, 0.10, 0.10, 0.15, 0.25, 0.42, 0.62, 0.78, 0.88, 0.92),
    *(0.90, 0.95, 1.00, 0.98, 0.95, 0.90, 0.88, 0.90, 0.88, 0.75, 0.55, 0.38),
)
# Median minutes until the next message, and how widely it varies (sigma of a lognormal).
_PACE = {"seller": (95.0, 1.1), "customer": (50.0, 1.4)}


def seed_store(
    engine: Engine,
    *,
    tickets: int,
    seed: int,
    now: datetime,
    conversations: Path,
    on_progress: Callable[[int], None] = lambda written: None,  # noqa: ARG005  # the default tells nobody
) -> int:
    """Fill an empty store with `tickets` tickets and return how many; 0 if it is not empty.

    The same seed, number, moment and folder give the same store to the last letter.
    `on_progress` is called with how many are written so far, first with 0.
    """
    shop = _Shop(conversations, size=tickets, seed=seed, now=now.replace(microsecond=0))
    with writing(engine) as connection:
        if connection.execute(select(ticket_table.c.id).limit(1)).first():
            return 0
        on_progress(0)
        written, done = shop.tickets(), 0
        while batch := list(islice(written, _BATCH)):
            connection.execute(insert(ticket_table), [one.row for one in batch])
            connection.execute(insert(message_table), [m for one in batch for m in one.messages])
            done += len(batch)
            on_progress(done)
        recount(connection)
    return tickets


@dataclass(frozen=True, slots=True)
class _SeededTicket:
    row: dict[str, Any]
    messages: list[dict[str, Any]]


class _Shop:
    def __init__(self, conversations: Path, *, size: int, seed: int, now: datetime) -> None:
        scenarios = load_scenarios(conversations)
        self._cuts = {state: Cuts(scenarios, state) for state in get_args(State)}
        self._rng = random.Random(seed)  # noqa: S311  # repeatable, nothing secret
        self._size = size
        self._now = now

    def tickets(self) -> Iterator[_SeededTicket]:
        """Every ticket with its messages, the longest untouched first."""
        plan = states_and_ages(self._size, now=self._now, rng=self._rng)
        for number, (age, state) in enumerate(plan):
            yield self._ticket(number, self._now - age, state)

    def _ticket(self, number: int, last: datetime, state: State) -> _SeededTicket:
        rng = self._rng
        cut = self._cuts[state].draw(rng)
        email = self._customer()
        order = draw_order(cut.scenario, number=_FIRST_INVOICE + number, rng=rng)
        words = gap_values(order, customer_email=email, rng=rng)
        times = message_times(cut.senders, last=last, rng=rng)
        closed_at = closing_time(last, now=self._now, rng=rng) if state == "closed" else None
        ticket_id = new_id("tkt_", rng=rng)
        row = {
            "id": ticket_id,
            "subject": fill_gaps(rng.choice(cut.scenario.subjects), words),
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
        return _SeededTicket(row, self._messages(ticket_id, cut, times, words))

    def _messages(
        self, ticket_id: str, cut: Cut, times: list[datetime], words: dict[str, str]
    ) -> list[dict[str, Any]]:
        return [
            {
                "ticket_id": ticket_id,
                "position": position,
                "id": new_id("msg_", rng=self._rng),
                "sender": sender,
                "message": fill_gaps(text, words),
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
        circle = regulars if self._rng.random() < 0.3 else known
        return email_of_customer(self._rng.randrange(circle))


def states_and_ages(
    number: int, *, now: datetime, rng: random.Random
) -> list[tuple[timedelta, State]]:
    """How long ago each of `number` tickets got its last message, oldest first, and its state.

    The backlog of open tickets grows with the square root of the shop: 41 of 412, 632 of 100,000.
    """
    still_open = min(number, round(2 * math.sqrt(number)))
    needs_seller = (still_open + 1) // 2
    planned: list[tuple[timedelta, State]] = [
        *((age, "needs-seller") for age in _waits("needs-seller", needs_seller, rng)),
        *(
            (age, "waiting-customer")
            for age in _waits("waiting-customer", still_open - needs_seller, rng)
        ),
        *((age, "closed") for age in _history(number - still_open, now=now, rng=rng)),
    ]
    return sorted(planned, reverse=True)


def message_times(
    senders: tuple[str, ...], *, last: datetime, rng: random.Random
) -> list[datetime]:
    """When each message was written, the last one at `last`."""
    times = [last]
    for before, sender in zip(senders[-2::-1], senders[:0:-1], strict=True):
        minutes, spread = _PACE[sender]
        if sender == before == "customer":
            minutes = 9.0  # something they forgot to say
        pause = timedelta(minutes=rng.lognormvariate(math.log(minutes), spread))
        times.append(times[-1] - min(max(pause, timedelta(minutes=1)), timedelta(days=5)))
    return [time.replace(microsecond=0) for time in reversed(times)]


def closing_time(last: datetime, *, now: datetime, rng: random.Random) -> datetime:
    """When a ticket was closed whose last message was written at `last`."""
    pause = timedelta(hours=rng.lognormvariate(math.log(5), 1.3))
    return min(last + pause, last + (now - last) * rng.random()).replace(microsecond=0)


def _waits(state: State, number: int, rng: random.Random) -> Iterator[timedelta]:
    """Ages from minutes to days, as many in each tenfold: what a backlog looks like."""
    shortest, longest = _WAITS[state]
    for place in range(number):
        yield shortest * (longest / shortest) ** ((place + rng.random()) / number)


def _history(number: int, *, now: datetime, rng: random.Random) -> Iterator[timedelta]:
    """Ages over the whole history of the shop, denser by day than by night."""
    whole = min(_LONGEST_HISTORY, timedelta(days=1 + number / _TICKETS_A_DAY))
    newest = now - timedelta(hours=2)
    for place in range(number):
        evenly = newest - whole * ((place + rng.random()) / number)
        (hour,) = rng.choices(range(24), weights=_BUSY)
        by_day = evenly.replace(hour=hour, minute=rng.randrange(60))
        yield now - (by_day if by_day < newest else evenly)
