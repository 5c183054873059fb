"""The simulated customer: writes, answers, stops when asked and goes on when something fails."""

import asyncio
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.server.demo.simulated_customer import SimulatedCustomer
from app.server.repository import TicketStore
from tests.server.workbench import CONVERSATIONS, NOON, SetClock, a_ticket, chance


def a_customer(
    engine: Engine, clock: SetClock, *, seed: int = 1, conversations: Path = CONVERSATIONS
) -> SimulatedCustomer:
    return SimulatedCustomer(engine, conversations=conversations, now=clock, rng=chance(seed))


def test_customer_opens_a_ticket_that_waits(
    engine: Engine, store: TicketStore, clock: SetClock
) -> None:
    ticket_id = a_customer(engine, clock).write_once()

    ticket = store.ticket(ticket_id or "").data
    assert (ticket.status, ticket.awaiting_response_from) == ("open", "owner")
    assert ticket.customer_email.endswith("@example.com")
    assert "{{" not in ticket.subject + ticket.messages[0].message


def test_customer_answers_a_seller_who_replied_lately(
    engine: Engine, store: TicketStore, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    store.reply(ticket.id, "Did you look in the spam folder?")
    clock.advance(minutes=5)

    written = {a_customer(engine, clock, seed=seed).write_once() for seed in range(6)}

    assert ticket.id in written
    answered = store.ticket(ticket.id).data
    assert answered.messages[2].sender == "customer"
    assert answered.awaiting_response_from == "owner"


def test_customer_lets_old_and_closed_tickets_rest(
    engine: Engine, store: TicketStore, clock: SetClock
) -> None:
    old, closed = a_ticket(store), a_ticket(store)
    store.reply(old.id, "Hello?")
    clock.advance(hours=2)
    store.reply(closed.id, "Done.")
    store.set_status(closed.id, "closed")

    for seed in range(8):
        a_customer(engine, clock, seed=seed).write_once()

    assert [store.ticket(t.id).data.message_count for t in (old, closed)] == [2, 2]
    assert store.stats().total == 10


def test_customer_opens_no_more_when_nobody_answers(
    engine: Engine, store: TicketStore, clock: SetClock
) -> None:
    for _ in range(60):
        a_ticket(store)

    assert a_customer(engine, clock).write_once() is None
    assert store.stats().total == 60


async def until(told: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await told.wait()


async def test_customer_goes_on_after_a_failure_and_stops_when_asked(
    engine: Engine,
    store: TicketStore,
    clock: SetClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    naps: list[float] = []
    thrice = asyncio.Event()

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            thrice.set()
            await asyncio.Event().wait()

    customer = SimulatedCustomer(
        engine,
        conversations=tmp_path / "nowhere" / "conversations",
        now=clock,
        sleep=sleep,
        rng=chance(),
        interval_seconds=30,
    )
    customer.start()
    await until(thrice)
    await customer.stop()

    assert caplog.text.count("could not write") == 2
    assert store.stats().total == 0
    assert all(0 < nap < 300 for nap in naps)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_customer_finishes_what_it_writes_when_stopped(
    engine: Engine, store: TicketStore
) -> None:
    writing, may_write = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow_clock() -> datetime:
        loop.call_soon_threadsafe(writing.set)
        assert may_write.wait(5)
        return NOON

    async def no_sleep(_seconds: float) -> None:
        return

    customer = SimulatedCustomer(
        engine, conversations=CONVERSATIONS, now=slow_clock, sleep=no_sleep, rng=chance()
    )
    customer.start()
    await until(writing)
    stopping = asyncio.create_task(customer.stop())
    loop.call_later(0.05, may_write.set)
    await stopping

    assert store.stats().total == 1


async def test_customer_can_be_stopped_without_a_start(engine: Engine, clock: SetClock) -> None:
    await a_customer(engine, clock).stop()
