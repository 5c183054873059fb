"""The store under every order of events: pages, counts and turns stay true."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select, text

from app.server.contract import TicketStatus
from app.server.database import open_database, writing
from app.server.errors import UnknownTicketError
from app.server.repository import TicketStore, recount
from app.server.tables import messages
from tests.server.workbench import NOON, SetClock, a_ticket


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TicketStore]:
    """57 tickets, some of the same second, every fourth closed."""
    engine = open_database(Path(tmp_path_factory.mktemp("many")) / "tickets.sqlite3")
    clock = SetClock()
    store = TicketStore(engine, now=clock)
    for number in range(57):
        clock.advance(minutes=number % 3)
        ticket = a_ticket(store)
        if number % 4 == 0:
            store.set_status(ticket.id, "closed")
    yield store
    engine.dispose()


@given(limit=st.integers(1, 100), status=st.sampled_from([None, "open", "closed"]))
@settings(max_examples=40)
def test_pages_together_are_the_whole_list_once(
    many: TicketStore, limit: int, status: TicketStatus | None
) -> None:
    whole = [t for t in many.page(limit=100).data if status in (None, t.status)]
    pages = [
        many.page(offset=offset, limit=limit, status=status)
        for offset in range(0, len(whole) + limit, limit)
    ]

    assert [ticket for page in pages for ticket in page.data] == whole
    assert {page.meta.total for page in pages} == {len(whole)}
    assert all(len(page.data) <= limit for page in pages)
    assert pages[-1].data == []


@given(offset=st.integers(0, 2**70))
@settings(max_examples=20)
def test_page_past_the_end_is_empty_however_far(many: TicketStore, offset: int) -> None:
    page = many.page(offset=57 + offset)

    assert (page.data, page.meta.offset, page.meta.total) == ([], 57 + offset, 57)


def test_list_is_ordered_by_update_then_id(many: TicketStore) -> None:
    rows = many.page(limit=100).data

    assert rows == sorted(rows, key=lambda t: (-t.updated_at.timestamp(), t.id))


ACTS = st.lists(st.tuples(st.sampled_from("nrcox"), st.integers(0, 4)), max_size=25)


@given(acts=ACTS)
@settings(max_examples=25)
def test_counts_are_what_counting_finds(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]]
) -> None:
    engine = open_database(Path(tmp_path_factory.mktemp("counts")) / "tickets.sqlite3")
    store = TicketStore(engine, now=SetClock())
    known = [a_ticket(store).id for _ in range(2)]

    for act, which in acts:
        ticket_id = known[which % len(known)]
        if act == "n":
            known.append(a_ticket(store).id)
        elif act == "r":
            store.reply(ticket_id, "Hi")
        elif act == "x":
            store.customer_writes(ticket_id, "Hm")
        else:
            store.set_status(ticket_id, "closed" if act == "c" else "open")

    rows = store.page(limit=100).data
    waiting = [t for t in rows if (t.status, t.awaiting_response_from) == ("open", "owner")]
    stats = store.stats()
    assert stats.total == len(rows) == len(known)
    assert stats.open == sum(t.status == "open" for t in rows)
    assert stats.closed == stats.total - stats.open
    assert stats.needs_response == len(waiting)
    assert store.page(status="closed").meta.total == stats.closed
    engine.dispose()


def test_threads_that_write_at_once_lose_nothing(store: TicketStore, engine: Engine) -> None:
    ids = [a_ticket(store).id for _ in range(3)]

    def write(number: int) -> None:
        ticket_id = ids[number % 3]
        store.reply(ticket_id, f"reply {number}")
        store.set_status(ticket_id, "closed" if number % 2 else "open")
        store.customer_writes(ticket_id, f"answer {number}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(30)))

    for ticket_id in ids:
        ticket = store.ticket(ticket_id).data
        assert ticket.message_count == len(ticket.messages) == 21
    assert store.stats().open + store.stats().closed == 3
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(messages)).scalar() == 63


def test_update_time_never_goes_back_when_the_clock_does(
    store: TicketStore, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    clock.advance(hours=-1)

    answered = store.reply(ticket.id, "Hi").data

    assert answered.updated_at == answered.messages[-1].created_at == NOON
    assert store.set_status(ticket.id, "closed").data.closed_at == NOON


def test_list_skips_along_an_index(engine: Engine, store: TicketStore) -> None:
    a_ticket(store)
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    store.page(limit=1)
    store.page(limit=1, status="open")
    lists = [(sql, values) for sql, values in asked if "LIMIT" in sql]

    with engine.connect() as connection:
        plans = [
            " / ".join(
                row.detail
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            )
            for sql, values in lists
        ]

    assert "SCAN tickets USING COVERING INDEX tickets_by_update" in plans[0]
    assert "SEARCH tickets USING COVERING INDEX tickets_by_status" in plans[1]
    assert len(plans) == 2


@pytest.mark.parametrize("ticket_id", ["", "tkt_none", "\x00", "TKT", "' OR 1=1 --"])
def test_unknown_ticket_is_an_error_of_its_own(store: TicketStore, ticket_id: str) -> None:
    a_ticket(store)

    with pytest.raises(UnknownTicketError):
        store.ticket(ticket_id)
    with pytest.raises(UnknownTicketError):
        store.customer_writes(ticket_id, "Hi")


def test_id_no_database_could_hold_is_not_looked_for(engine: Engine, store: TicketStore) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    with pytest.raises(UnknownTicketError):
        store.ticket("tkt_\x00")

    assert not [sql for sql in asked if "tickets" in sql]


def test_closed_ticket_waits_for_nobody_in_the_counts(store: TicketStore, clock: SetClock) -> None:
    ticket = a_ticket(store)
    clock.advance(minutes=1)

    closed = store.set_status(ticket.id, "closed").data

    assert closed.awaiting_response_from == "owner"
    assert closed.updated_at - ticket.updated_at == timedelta(minutes=1)
    assert store.stats().needs_response == 0


def test_counting_again_finds_what_was_kept(store: TicketStore, engine: Engine) -> None:
    for status in ("open", "closed", "open"):
        store.set_status(a_ticket(store).id, status)
    kept = store.stats()
    with writing(engine) as connection:
        connection.execute(text("UPDATE ticket_counts SET tickets = 99"))

    with writing(engine) as connection:
        recount(connection)

    assert store.stats() == kept
    assert (kept.total, kept.open, kept.closed, kept.needs_response) == (3, 2, 1, 2)
