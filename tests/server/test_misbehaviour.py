"""Each switch does what it says, and nothing unless it is turned."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from app.server.application import build_api
from app.server.faults import Answer, ErrorShape, Faults, Mishap, too_many_requests
from app.server.repository import ListOrder, TicketStore
from tests.server.workbench import KEY, SetClock, a_ticket, client_of


@pytest.fixture
def faults() -> Faults:
    async def no_wait(_seconds: float) -> None:
        return

    return Faults(sleep=no_wait)


@pytest.fixture
async def client(
    engine: Engine, clock: SetClock, faults: Faults
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_api(engine, api_key=KEY, now=clock, faults=faults)) as client:
        yield client


@pytest.fixture
def ticket_path(store: TicketStore) -> str:
    return f"/v1/tickets/{a_ticket(store).id}"


@pytest.fixture
def three(store: TicketStore, clock: SetClock) -> None:
    """Tickets a, b and c, each a minute younger; b was closed last of all."""
    for name in "abc":
        clock.advance(minutes=1)
        ticket = a_ticket(store, subject=name)
        if name == "b":
            closed = ticket.id
    clock.advance(minutes=1)
    store.set_status(closed, "closed")


async def reply(client: httpx.AsyncClient, path: str) -> httpx.Response:
    return await client.post(path, json={"message": "Hi"})


def count_of(store: TicketStore, path: str) -> int:
    return store.ticket(path.rpartition("/")[2]).data.message_count


async def test_faults_change_nothing_while_all_are_off(
    client: httpx.AsyncClient, store: TicketStore, ticket_path: str, api: Any
) -> None:
    async with client_of(api) as plain:
        for method, path in (("GET", "/v1/tickets"), ("GET", ticket_path), ("GET", "/v1/x")):
            own, faulty = await plain.request(method, path), await client.request(method, path)
            assert (own.status_code, own.content) == (faulty.status_code, faulty.content)

    assert (await reply(client, ticket_path)).status_code == 201


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("updated_desc", "bca"),
        ("updated_asc", "acb"),
        ("created_desc", "cba"),
        ("created_asc", "abc"),
        ("open_first", "cab"),
    ],
)
async def test_list_comes_in_another_order(
    client: httpx.AsyncClient, three: None, faults: Faults, order: ListOrder, expected: str
) -> None:
    faults.order = order

    rows = (await client.get("/v1/tickets")).json()["data"]

    assert "".join(row["subject"] for row in rows) == expected


async def test_limit_is_clamped_and_says_so(client: httpx.AsyncClient, faults: Faults) -> None:
    faults.max_limit = 10

    meta = (await client.get("/v1/tickets", params={"limit": 100, "page": 3})).json()["meta"]

    assert (meta["limit"], meta["offset"]) == (10, 20)


async def test_reply_on_closed_is_409_or_reopens(
    client: httpx.AsyncClient, store: TicketStore, faults: Faults, ticket_path: str
) -> None:
    await client.patch(ticket_path, json={"status": "closed"})

    faults.reply_on_closed = "refuse"
    refused = await reply(client, ticket_path)
    faults.reply_on_closed = "reopen"
    reopened = await reply(client, ticket_path)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "ticket_closed")
    assert reopened.json()["data"]["status"] == "open"
    assert store.stats().open == 1
    assert count_of(store, ticket_path) == 2


async def test_write_answers_without_the_ticket(
    client: httpx.AsyncClient, store: TicketStore, faults: Faults, ticket_path: str
) -> None:
    faults.write_answer = "empty"
    empty = await reply(client, ticket_path)
    faults.write_answer = "success"
    success = await client.patch(ticket_path, json={"status": "closed"})

    assert (empty.status_code, empty.content) == (204, b"")
    assert (success.status_code, success.json()) == (200, {"success": True})
    assert store.stats().closed == 1


async def test_short_detail_has_the_fields_of_the_documents_example(
    client: httpx.AsyncClient, faults: Faults, ticket_path: str
) -> None:
    faults.detail = "short"

    data = (await client.get(ticket_path)).json()["data"]

    assert set(data) == {
        *("id", "subject", "status", "customer_email", "order_id", "messages", "created_at")
    }


@pytest.mark.parametrize(
    ("shape", "status", "body"),
    [
        ("string", 404, '{"error": "There is no ticket with this id."}'),
        ("message", 404, '{"message": "There is no ticket with this id."}'),
        ("list", 404, '{"errors": ["There is no ticket with this id."]}'),
        ("html", 404, "<html><body><h1>There is no ticket with this id.</h1></body></html>"),
        ("empty", 404, ""),
        ("disguised", 200, '{"success": false, "error": "There is no ticket with this id."}'),
    ],
)
async def test_errors_come_in_another_shape(
    client: httpx.AsyncClient, faults: Faults, shape: ErrorShape, status: int, body: str
) -> None:
    faults.errors = shape

    answer = await client.get("/v1/tickets/tkt_none")

    assert (answer.status_code, answer.text) == (status, body)


async def test_too_many_requests_asks_for_a_pause_once(
    client: httpx.AsyncClient, store: TicketStore, faults: Faults, ticket_path: str
) -> None:
    faults.script.append(too_many_requests("2", method="POST"))

    read = await client.get(ticket_path)
    first, second = await reply(client, ticket_path), await reply(client, ticket_path)

    assert [read.status_code, first.status_code, second.status_code] == [200, 429, 201]
    assert first.headers["retry-after"] == "2"
    assert count_of(store, ticket_path) == 2


async def test_lost_answer_is_applied_and_breaks_the_connection(
    client: httpx.AsyncClient, store: TicketStore, faults: Faults, ticket_path: str
) -> None:
    faults.script.append(Mishap(method="POST", line="lost"))

    with pytest.raises(ConnectionResetError):
        await reply(client, ticket_path)

    assert count_of(store, ticket_path) == 2


async def test_cut_answer_has_its_head_and_half_of_its_body(
    client: httpx.AsyncClient, store: TicketStore, faults: Faults, ticket_path: str
) -> None:
    faults.script.append(Mishap(line="cut"))

    with pytest.raises(ConnectionResetError):
        await reply(client, ticket_path)

    assert count_of(store, ticket_path) == 2


async def test_late_write_is_applied_after_its_answer(
    client: httpx.AsyncClient, store: TicketStore, faults: Faults, ticket_path: str
) -> None:
    faults.script.append(Mishap(applied="late", late_seconds=40))

    answer = await reply(client, ticket_path)
    before = count_of(store, ticket_path)
    await faults.settle()

    assert (answer.status_code, before, count_of(store, ticket_path)) == (504, 1, 2)


async def test_server_error_comes_before_or_after_the_write(
    client: httpx.AsyncClient, store: TicketStore, faults: Faults, ticket_path: str
) -> None:
    faults.always = Mishap(method="POST", applied="never", answer=Answer(status=500))
    before = await reply(client, ticket_path), count_of(store, ticket_path)
    faults.always = Mishap(method="POST", answer=Answer(status=500))
    after = await reply(client, ticket_path), count_of(store, ticket_path)

    assert [before[0].status_code, before[1]] == [500, 1]
    assert [after[0].status_code, after[1]] == [500, 2]
    assert (await client.get(ticket_path)).status_code == 200


async def test_latency_is_waited_before_and_after(engine: Engine, clock: SetClock) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    faults = Faults(always=Mishap(before_seconds=0.03, after_seconds=7), sleep=sleep)
    async with client_of(build_api(engine, api_key=KEY, now=clock, faults=faults)) as client:
        answer = await client.get("/v1/tickets")

    assert answer.status_code == 200
    assert waited == [0.03, 7]


async def test_any_answer_can_be_put_in_place(client: httpx.AsyncClient, faults: Faults) -> None:
    page = json.dumps({"data": [{"id": None}], "meta": {}}).encode()
    faults.script.append(Mishap(answer=Answer(body=page, headers={"content-type": "text/plain"})))

    answer = await client.get("/v1/tickets")

    assert (answer.status_code, answer.content) == (200, page)
    assert answer.headers["content-type"] == "text/plain"


async def test_requests_are_counted_in_their_order(
    client: httpx.AsyncClient, faults: Faults, ticket_path: str
) -> None:
    await client.get("/v1/tickets", params={"page": 2})
    await reply(client, ticket_path)

    assert faults.requests == [("GET", "/v1/tickets?page=2"), ("POST", ticket_path)]
