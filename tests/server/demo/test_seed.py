"""The demo store: the same for the same seed, believable, and never poured over another."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from app.server.database import open_database
from app.server.demo.seed import closing_time, message_times, seed_store, states_and_ages
from app.server.repository import TicketStore
from app.server.tables import messages, tickets
from tests.server.workbench import CONVERSATIONS, NOON, SetClock, a_ticket, chance

STORE = 412


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(Path(tmp_path_factory.mktemp("shop")) / "tickets.sqlite3")
    assert seed(engine, number=STORE) == STORE
    yield engine
    engine.dispose()


def seed(engine: Engine, *, number: int, seed: int = 1) -> int:
    return seed_store(engine, tickets=number, seed=seed, now=NOON, conversations=CONVERSATIONS)


def rows_of(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        written = connection.execute(select(tickets).order_by(tickets.c.id)).all()
        said = connection.execute(select(messages).order_by(messages.c.id)).all()
    return [tuple(row) for row in (*written, *said)]


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "another.sqlite3")
    yield engine
    engine.dispose()


def test_same_seed_gives_the_same_store_to_the_last_letter(engine: Engine, another: Engine) -> None:
    seed(engine, number=60, seed=7)
    seed(another, number=60, seed=7)

    assert rows_of(engine) == rows_of(another)


def test_another_seed_gives_another_store(engine: Engine, another: Engine) -> None:
    seed(engine, number=60, seed=7)
    seed(another, number=60, seed=8)

    assert not set(rows_of(engine)) & set(rows_of(another))


def test_store_that_holds_a_ticket_is_left_alone(engine: Engine, store: TicketStore) -> None:
    ticket = a_ticket(store)

    assert seed(engine, number=60) == 0

    assert store.stats().total == 1
    assert store.ticket(ticket.id).data == ticket


@pytest.mark.parametrize("number", [1, 2, 3, 1_001])
def test_store_gets_exactly_as_many_as_asked(
    engine: Engine, store: TicketStore, number: int
) -> None:
    assert seed(engine, number=number) == number

    assert store.stats().total == number
    assert len(rows_of(engine)) > number


def test_backlog_is_believable(shop: Engine) -> None:
    stats = TicketStore(shop, now=SetClock()).stats()

    assert (stats.total, stats.open) == (STORE, 41)
    assert 15 <= stats.needs_response <= 25


def test_every_row_fits_its_messages(shop: Engine) -> None:
    store = TicketStore(shop, now=SetClock())
    rows = [row for page in range(5) for row in store.page(offset=page * 100, limit=100).data]

    for row in rows:
        ticket = store.ticket(row.id).data
        last = ticket.messages[-1]
        assert ticket.message_count == len(ticket.messages)
        assert ticket.has_owner_reply == ("seller" in {m.sender for m in ticket.messages})
        assert ticket.awaiting_response_from == (
            "owner" if last.sender == "customer" else "customer"
        )
        assert ticket.created_at == ticket.messages[0].created_at
        assert ticket.updated_at == (ticket.closed_at or last.created_at)
        assert ticket.messages[0].sender == "customer"
        assert (ticket.status == "closed") == (ticket.closed_at is not None)
        assert last.created_at <= ticket.updated_at <= NOON


def test_shop_has_regulars_currencies_and_tickets_without_an_order(shop: Engine) -> None:
    store = TicketStore(shop, now=SetClock())
    rows = [row for page in range(5) for row in store.page(offset=page * 100, limit=100).data]

    customers = Counter(row.customer_email for row in rows)
    assert sum(number > 2 for number in customers.values()) > 10
    assert len({row.order_currency for row in rows}) >= 5
    assert 0.03 < sum(row.order_id is None for row in rows) / STORE < 0.4
    assert all((row.order_id is None) == (row.order_amount is None) for row in rows)
    invoices = [row.invoice_id for row in rows if row.invoice_id]
    assert len(set(invoices)) == len(invoices)


def test_history_is_full_and_recent(shop: Engine) -> None:
    store = TicketStore(shop, now=SetClock())
    ages = [NOON - row.updated_at for row in store.page(limit=100).data]

    assert ages[0] < timedelta(minutes=15)
    assert ages[-1] < timedelta(days=30)
    oldest = store.page(offset=STORE - 1, limit=1).data[0]
    assert NOON - oldest.updated_at > timedelta(days=90)


def test_kept_counts_are_right_after_seeding(shop: Engine) -> None:
    store = TicketStore(shop, now=SetClock())

    closed = sum(
        len(store.page(offset=at, limit=100, status="closed").data) for at in range(0, 500, 100)
    )

    assert closed == store.stats().closed


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, {"needs-seller": 1}),
        (2, {"needs-seller": 1, "waiting-customer": 1}),
        (412, {"needs-seller": 21, "waiting-customer": 20, "closed": 371}),
        (100_000, {"needs-seller": 316, "waiting-customer": 316, "closed": 99_368}),
    ],
)
def test_backlog_grows_slower_than_the_shop(number: int, expected: dict[str, int]) -> None:
    planned = states_and_ages(number, now=NOON, rng=chance())

    assert Counter(state for _, state in planned) == expected


def test_waits_reach_from_minutes_to_days() -> None:
    planned = states_and_ages(412, now=NOON, rng=chance())

    waits = sorted(age for age, state in planned if state == "needs-seller")
    assert waits[0] < timedelta(minutes=10)
    assert waits[-1] > timedelta(days=2)
    assert sum(wait > timedelta(hours=1) for wait in waits) > 8


def test_customers_write_more_by_day() -> None:
    planned = states_and_ages(20_000, now=NOON, rng=chance())

    hours = Counter((NOON - age).hour for age, _ in planned)
    assert sum(hours[h] for h in range(10, 18)) > 2.5 * sum(
        hours[h] for h in (0, 1, 2, 3, 4, 5, 6, 7)
    )


def test_history_is_planned_oldest_first() -> None:
    ages = [age for age, _ in states_and_ages(500, now=NOON, rng=chance())]

    assert ages == sorted(ages, reverse=True)


SENDERS = st.lists(st.sampled_from(["customer", "seller"]), min_size=1, max_size=30).map(tuple)


@given(senders=SENDERS, seed=st.integers(0, 999))
def test_messages_come_one_after_the_other(senders: tuple[str, ...], seed: int) -> None:
    times = message_times(senders, last=NOON, rng=chance(seed))

    pauses = [after - before for before, after in pairwise(times)]
    assert (len(times), times[-1]) == (len(senders), NOON)
    assert all(timedelta(seconds=59) <= pause <= timedelta(days=5, seconds=1) for pause in pauses)


@given(age=st.timedeltas(timedelta(minutes=2), timedelta(days=900)), seed=st.integers(0, 999))
def test_ticket_is_closed_between_its_last_message_and_now(age: timedelta, seed: int) -> None:
    last = (NOON - age).replace(microsecond=0)

    assert last <= closing_time(last, now=NOON, rng=chance(seed)) <= NOON
