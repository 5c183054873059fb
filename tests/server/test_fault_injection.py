"""Each fault that a test injects does what it says, and nothing unless it is asked for."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.server.repository import TicketStore
from tests.doubles.fault_injection import CannedResponse, Fault, FaultInjector, too_many_requests
from tests.server.workbench import a_ticket, client_of


@pytest.fixture
def faults(api: FastAPI) -> FaultInjector:
    async def no_wait(_seconds: float) -> None:
        return

    return FaultInjector(api, sleep=no_wait)


@pytest.fixture
async def client(faults: FaultInjector) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(faults) as client:
        yield client


@pytest.fixture
def ticket_path(store: TicketStore) -> str:
    return f"/v1/tickets/{a_ticket(store).id}"


async def reply(client: httpx.AsyncClient, path: str) -> httpx.Response:
    return await client.post(path, json={"message": "Hi"})


def count_of(store: TicketStore, path: str) -> int:
    return store.ticket(path.rpartition("/")[2]).data.message_count


async def test_injector_changes_nothing_while_no_fault_is_due(
    client: httpx.AsyncClient, store: TicketStore, ticket_path: str, api: FastAPI
) -> None:
    async with client_of(api) as plain:
        for method, path in (("GET", "/v1/tickets"), ("GET", ticket_path), ("GET", "/v1/x")):
            own, faulty = await plain.request(method, path), await client.request(method, path)
            assert (own.status_code, own.content) == (faulty.status_code, faulty.content)

    assert (await reply(client, ticket_path)).status_code == 201


async def test_too_many_requests_asks_for_a_pause_once(
    client: httpx.AsyncClient, store: TicketStore, faults: FaultInjector, ticket_path: str
) -> None:
    faults.script.append(too_many_requests("2", method="POST"))

    read = await client.get(ticket_path)
    first, second = await reply(client, ticket_path), await reply(client, ticket_path)

    assert [read.status_code, first.status_code, second.status_code] == [200, 429, 201]
    assert first.headers["retry-after"] == "2"
    assert count_of(store, ticket_path) == 2


async def test_lost_answer_is_applied_and_breaks_the_connection(
    client: httpx.AsyncClient, store: TicketStore, faults: FaultInjector, ticket_path: str
) -> None:
    faults.script.append(Fault(method="POST", connection="lost"))

    with pytest.raises(ConnectionResetError):
        await reply(client, ticket_path)

    assert count_of(store, ticket_path) == 2


async def test_cut_answer_has_its_head_and_half_of_its_body(
    client: httpx.AsyncClient, store: TicketStore, faults: FaultInjector, ticket_path: str
) -> None:
    faults.script.append(Fault(connection="cut"))

    with pytest.raises(ConnectionResetError):
        await reply(client, ticket_path)

    assert count_of(store, ticket_path) == 2


async def test_late_write_is_applied_after_its_answer(
    client: httpx.AsyncClient, store: TicketStore, faults: FaultInjector, ticket_path: str
) -> None:
    faults.script.append(Fault(applied="late", late_seconds=40))

    answer = await reply(client, ticket_path)
    before = count_of(store, ticket_path)
    await faults.settle()

    assert (answer.status_code, before, count_of(store, ticket_path)) == (504, 1, 2)


async def test_server_error_comes_before_or_after_the_write(
    client: httpx.AsyncClient, store: TicketStore, faults: FaultInjector, ticket_path: str
) -> None:
    faults.always = Fault(method="POST", applied="never", response=CannedResponse(status=500))
    before = await reply(client, ticket_path), count_of(store, ticket_path)
    faults.always = Fault(method="POST", response=CannedResponse(status=500))
    after = await reply(client, ticket_path), count_of(store, ticket_path)

    assert [before[0].status_code, before[1]] == [500, 1]
    assert [after[0].status_code, after[1]] == [500, 2]
    assert (await client.get(ticket_path)).status_code == 200


async def test_latency_is_waited_before_and_after(api: FastAPI) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    slow = Fault(before_seconds=0.03, after_seconds=7)
    async with client_of(FaultInjector(api, always=slow, sleep=sleep)) as client:
        answer = await client.get("/v1/tickets")

    assert answer.status_code == 200
    assert waited == [0.03, 7]


async def test_any_response_can_be_put_in_place(
    client: httpx.AsyncClient, faults: FaultInjector
) -> None:
    page = json.dumps({"data": [{"id": None}], "meta": {}}).encode()
    faults.script.append(
        Fault(response=CannedResponse(body=page, headers={"content-type": "text/plain"}))
    )

    answer = await client.get("/v1/tickets")

    assert (answer.status_code, answer.content) == (200, page)
    assert answer.headers["content-type"] == "text/plain"


async def test_requests_are_counted_in_their_order(
    client: httpx.AsyncClient, faults: FaultInjector, ticket_path: str
) -> None:
    await client.get("/v1/tickets", params={"page": 2})
    await reply(client, ticket_path)

    assert faults.requests == [("GET", "/v1/tickets?page=2"), ("POST", ticket_path)]
