"""The server is held to the document's own examples, key by key and type by type."""

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from app.server.contract import Money, iso
from app.server.repository import Order, TicketStore
from tests.server.workbench import FIXTURES, NOON, SetClock, a_ticket


def example(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def shape(value: Any) -> Any:
    """Keys in their order and the kind of each value; lists by their first entry."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value)


@pytest.fixture
def ordered_ticket(store: TicketStore, clock: SetClock) -> str:
    order = Order(
        order_id="ord_xyz789",
        invoice_id="INV-12345",
        product_name="Premium License",
        amount=Decimal("29.99"),
        currency="USD",
    )
    ticket = store.open_ticket(
        subject="Order not received",
        customer_email="customer@example.com",
        text="I haven't received my order yet.",
        order=order,
    ).data
    clock.advance(hours=2.5)
    return ticket.id


async def test_list_has_the_documents_keys_order_and_types(
    client: httpx.AsyncClient, ordered_ticket: str
) -> None:
    answer = await client.get("/v1/tickets")

    documented = shape(example("list_response"))
    assert list(answer.json()) == list(documented)
    assert shape(answer.json()) == documented
    assert list(answer.json()["data"][0]) == list(documented["data"][0])


async def test_list_row_holds_the_documents_values(
    client: httpx.AsyncClient, ordered_ticket: str
) -> None:
    row = (await client.get("/v1/tickets")).json()["data"][0]

    documented = example("list_response")["data"][0]
    same = ("customer_email", "order_id", "invoice_id", "product_name", "order_amount")
    assert {name: row[name] for name in same} == {name: documented[name] for name in same}
    assert row["awaiting_response_from"] == documented["awaiting_response_from"] == "owner"


async def test_detail_has_every_documented_key_with_its_type(
    client: httpx.AsyncClient, store: TicketStore, ordered_ticket: str
) -> None:
    store.reply(ordered_ticket, "Let me check on that for you.")

    detail = (await client.get(f"/v1/tickets/{ordered_ticket}")).json()

    documented = example("detail_response")["data"]
    own = shape(detail["data"])
    assert list(detail) == ["data"]
    assert {key: own[key] for key in documented} == shape(documented)
    assert [(m["sender"], m["message"]) for m in detail["data"]["messages"]] == [
        (m["sender"], m["message"]) for m in documented["messages"]
    ]


async def test_detail_has_every_field_of_the_list_row_too(
    client: httpx.AsyncClient, ordered_ticket: str
) -> None:
    row = (await client.get("/v1/tickets")).json()["data"][0]

    detail = (await client.get(f"/v1/tickets/{ordered_ticket}")).json()["data"]

    messages = detail.pop("messages")
    assert detail == row
    assert len(messages) == row["message_count"]


async def test_documented_request_headers_open_the_door(
    client: httpx.AsyncClient, ordered_ticket: str
) -> None:
    documented = example("list_request")
    headers = {
        name: value.replace("sg_live_your_api_key", client.headers["authorization"].split()[1])
        for name, value in documented["headers"].items()
    }

    answer = await client.request(
        documented["method"], httpx.URL(documented["url"]).raw_path.decode(), headers=headers
    )

    assert answer.status_code == 200


async def test_documented_reply_body_adds_its_message(
    client: httpx.AsyncClient, ordered_ticket: str
) -> None:
    answer = await client.post(f"/v1/tickets/{ordered_ticket}", json=example("reply_body"))

    assert answer.status_code == 201
    assert answer.json()["data"]["messages"][-1]["message"] == example("reply_body")["message"]


async def test_documented_patch_body_closes(client: httpx.AsyncClient, ordered_ticket: str) -> None:
    answer = await client.patch(f"/v1/tickets/{ordered_ticket}", json=example("patch_body"))

    assert answer.status_code == 200
    assert answer.json()["data"]["status"] == "closed"


async def test_ticket_without_an_order_has_nulls_for_it(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)

    data = (await client.get(f"/v1/tickets/{ticket.id}")).json()["data"]

    names = ("order_id", "invoice_id", "product_name", "order_amount", "order_currency")
    assert [data[name] for name in names] == [None] * 5


async def test_times_are_whole_seconds_in_utc(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    clock.moment = NOON.replace(microsecond=987_654)
    ticket = a_ticket(store)

    data = (await client.get(f"/v1/tickets/{ticket.id}")).json()["data"]

    assert data["created_at"] == data["messages"][0]["created_at"] == "2026-03-04T12:00:00Z"
    assert iso(clock.moment) == "2026-03-04T12:00:00Z"


@pytest.mark.parametrize("amount", ["29.99", "0.1", "8900", "18.250", "1234567890.12", "0.07"])
def test_amounts_are_numbers_without_noise(amount: str) -> None:
    written = TypeAdapter(Money).dump_json(Decimal(amount)).decode()

    assert Decimal(written) == Decimal(amount)
    assert len(written) <= len(amount) + 2
