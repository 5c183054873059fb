"""Each choice where the document is silent does what it says."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import Engine

from app.server.application import build_api
from app.server.contract import Choices, ErrorShape, SortOrder
from app.server.repository import TicketStore
from tests.server.workbench import KEY, SetClock, a_ticket, client_of


@pytest.fixture
def choices() -> Choices:
    return Choices()


@pytest.fixture
async def client(
    engine: Engine, clock: SetClock, choices: Choices
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_api(engine, api_key=KEY, now=clock, choices=choices)) as client:
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
    client: httpx.AsyncClient, three: None, choices: Choices, order: SortOrder, expected: str
) -> None:
    choices.sort_order = order

    rows = (await client.get("/v1/tickets")).json()["data"]

    assert "".join(row["subject"] for row in rows) == expected


async def test_limit_is_clamped_and_says_so(client: httpx.AsyncClient, choices: Choices) -> None:
    choices.max_limit = 10

    meta = (await client.get("/v1/tickets", params={"limit": 100, "page": 3})).json()["meta"]

    assert (meta["limit"], meta["offset"]) == (10, 20)


async def test_reply_on_closed_is_409_or_reopens(
    client: httpx.AsyncClient, store: TicketStore, choices: Choices, ticket_path: str
) -> None:
    await client.patch(ticket_path, json={"status": "closed"})

    choices.reply_on_closed = "refuse"
    refused = await reply(client, ticket_path)
    choices.reply_on_closed = "reopen"
    reopened = await reply(client, ticket_path)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "ticket_closed")
    assert reopened.json()["data"]["status"] == "open"
    assert store.stats().open == 1
    assert count_of(store, ticket_path) == 2


async def test_write_answers_without_the_ticket(
    client: httpx.AsyncClient, store: TicketStore, choices: Choices, ticket_path: str
) -> None:
    choices.write_response = "empty"
    empty = await reply(client, ticket_path)
    choices.write_response = "success"
    success = await client.patch(ticket_path, json={"status": "closed"})

    assert (empty.status_code, empty.content) == (204, b"")
    assert (success.status_code, success.json()) == (200, {"success": True})
    assert store.stats().closed == 1


async def test_short_detail_has_the_fields_of_the_documents_example(
    client: httpx.AsyncClient, choices: Choices, ticket_path: str
) -> None:
    choices.detail = "short"

    data = (await client.get(ticket_path)).json()["data"]

    assert set(data) == {
        *("id", "subject", "status", "customer_email", "order_id", "messages", "created_at")
    }


@pytest.mark.parametrize(
    ("shape", "status", "body"),
    [
        ("string", 404, '{"error":"There is no ticket with this id."}'),
        ("message", 404, '{"message":"There is no ticket with this id."}'),
        ("list", 404, '{"errors":["There is no ticket with this id."]}'),
        ("html", 404, "<html><body><h1>There is no ticket with this id.</h1></body></html>"),
        ("empty", 404, ""),
        ("disguised", 200, '{"success":false,"error":"There is no ticket with this id."}'),
    ],
)
async def test_errors_come_in_another_shape(
    client: httpx.AsyncClient, choices: Choices, shape: ErrorShape, status: int, body: str
) -> None:
    choices.error_shape = shape

    answer = await client.get("/v1/tickets/tkt_none")

    assert (answer.status_code, answer.text) == (status, body)
