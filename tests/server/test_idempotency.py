"""A reply under an Idempotency-Key is added once, whatever happens in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, func, select

from app.server.database import open_database, writing
from app.server.errors import KeyReusedError
from app.server.idempotency import RETENTION, store_response
from app.server.repository import TicketStore
from app.server.tables import given_answers
from tests.server.workbench import NOON, SetClock, a_ticket

ONCE = {"Idempotency-Key": "0192f0c4-reply"}


async def test_repeated_key_gives_the_same_answer_and_no_second_message(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    path = f"/v1/tickets/{a_ticket(store).id}"
    first = await client.post(path, json={"message": "Sent again."}, headers=ONCE)
    clock.advance(hours=1)
    await client.post(path, json={"message": "Another."})
    await client.patch(path, json={"status": "closed"})

    again = await client.post(path, json={"message": "Sent again."}, headers=ONCE)

    assert (again.status_code, again.content) == (201, first.content)
    said = (await client.get(path)).json()["data"]["messages"]
    assert [m["message"] for m in said[1:]] == ["Sent again.", "Another."]


async def test_repeated_key_survives_a_restart(
    client: httpx.AsyncClient, store: TicketStore, tmp_path: Path, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    path = f"/v1/tickets/{ticket.id}"
    first = await client.post(path, json={"message": "Sent again."}, headers=ONCE)

    reopened = open_database(tmp_path / "tickets.sqlite3")
    answer = TicketStore(reopened, now=clock).reply(
        ticket.id, "Sent again.", key=ONCE["Idempotency-Key"]
    )
    reopened.dispose()

    assert answer.model_dump_json() == first.text


async def test_key_with_another_text_is_422_and_adds_nothing(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)
    path = f"/v1/tickets/{ticket.id}"
    await client.post(path, json={"message": "One"}, headers=ONCE)

    answer = await client.post(path, json={"message": "Two"}, headers=ONCE)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "idempotency_key_reused"
    assert store.ticket(ticket.id).data.message_count == 2


async def test_key_with_another_ticket_is_422_and_adds_nothing(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    one, other = a_ticket(store), a_ticket(store)
    await client.post(f"/v1/tickets/{one.id}", json={"message": "Hi"}, headers=ONCE)

    answer = await client.post(f"/v1/tickets/{other.id}", json={"message": "Hi"}, headers=ONCE)

    assert answer.status_code == 422
    assert store.ticket(other.id).data.message_count == 1


async def test_refused_reply_does_not_use_the_key_up(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)
    await client.post("/v1/tickets/tkt_none", json={"message": "Hi"}, headers=ONCE)
    await client.post(f"/v1/tickets/{ticket.id}", json={"message": " "}, headers=ONCE)

    answer = await client.post(f"/v1/tickets/{ticket.id}", json={"message": "Hi"}, headers=ONCE)

    assert answer.status_code == 201


async def test_same_text_without_a_key_is_added_twice(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)
    for _ in range(2):
        await client.post(f"/v1/tickets/{ticket.id}", json={"message": "Hi"})

    assert store.ticket(ticket.id).data.message_count == 3


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "two words", "ключ".encode()])
async def test_key_of_a_wrong_form_is_400(
    client: httpx.AsyncClient, store: TicketStore, key: str | bytes
) -> None:
    headers = {b"Idempotency-Key": key if isinstance(key, bytes) else key.encode()}

    answer = await client.post(
        f"/v1/tickets/{a_ticket(store).id}", json={"message": "Hi"}, headers=headers
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_parameter"
    assert "idempotency-key" in answer.json()["error"]["message"].lower()


def test_one_key_from_many_threads_adds_one_message(store: TicketStore) -> None:
    ticket = a_ticket(store)

    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(store.reply, ticket.id, "Hi", key="same") for _ in range(24)]
        answers = {future.result().model_dump_json() for future in sent}

    assert len(answers) == 1
    assert store.ticket(ticket.id).data.message_count == 2


def test_key_taken_a_moment_ago_is_refused(store: TicketStore, engine: Engine) -> None:
    answer = store.ticket(a_ticket(store).id)
    store.reply(answer.data.id, "Hi", key="taken")

    with writing(engine) as connection, pytest.raises(KeyReusedError):
        store_response(connection, answer, key="taken", text="Hi", now=NOON)


def test_old_answers_are_let_go(store: TicketStore, engine: Engine, clock: SetClock) -> None:
    ticket = a_ticket(store)
    store.reply(ticket.id, "Hi", key="old")
    clock.advance(seconds=(RETENTION + timedelta(hours=1)).total_seconds())

    store.reply(ticket.id, "Hi again", key="new")

    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(given_answers)).scalar() == 1
