"""The demo store: the same for the same seed, believable, and never poured over another."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.server.database import open_database
from app.server.demo import seed_store
from app.server.repository import TicketStore
from app.server.tables import messages, tickets
from tests.server.workbench import CONVERSATIONS, NOON, SetClock, a_ticket

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
