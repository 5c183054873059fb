"""The four endpoints, rule by rule, as product.md and the document say."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.server.repository import TicketStore
from tests.server.workbench import NOON, SetClock, a_ticket


async def listed(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get("/v1/tickets", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
def thirty(store: TicketStore, clock: SetClock) -> list[str]:
    """Thirty tickets a minute apart, oldest first; every third is closed."""
    ids = []
    for number in range(30):
        ids.append(a_ticket(store, subject=f"ticket {number}").id)
        if number % 3 == 0:
            store.set_status(ids[-1], "closed")
        clock.advance(minutes=1)
    return ids


async def test_list_serves_page_one_of_25_when_nothing_is_asked(
    client: httpx.AsyncClient, thirty: list[str]
) -> None:
    body = await listed(client)

    assert [row["id"] for row in body["data"]] == thirty[::-1][:25]
    assert body["meta"] == {"total": 30, "limit": 25, "offset": 0}


async def test_list_serves_later_pages_by_offset(
    client: httpx.AsyncClient, thirty: list[str]
) -> None:
    body = await listed(client, page=3, limit=7)

    assert [row["id"] for row in body["data"]] == thirty[::-1][14:21]
    assert body["meta"] == {"total": 30, "limit": 7, "offset": 14}


async def test_list_serves_limit_100_when_more_is_asked(client: httpx.AsyncClient) -> None:
    body = await listed(client, limit=1_000, page=2)

    assert body["meta"] == {"total": 0, "limit": 100, "offset": 100}


@pytest.mark.parametrize("page", [3, 10**6, 10**30])
async def test_list_is_empty_past_its_end(
    client: httpx.AsyncClient, thirty: list[str], page: int
) -> None:
    body = await listed(client, page=page)

    assert body["data"] == []
    assert body["meta"]["total"] == 30


async def test_list_counts_the_filter_in_meta_and_the_store_in_stats(
    client: httpx.AsyncClient, thirty: list[str]
) -> None:
    body = await listed(client, status="closed", limit=4)

    assert body["meta"]["total"] == 10
    assert {row["status"] for row in body["data"]} == {"closed"}
    assert body["stats"] == {"total": 30, "open": 20, "closed": 10, "needsResponse": 20}


async def test_list_puts_equal_update_times_in_order_of_id(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ids = [a_ticket(store).id for _ in range(9)]

    assert [row["id"] for row in (await listed(client))["data"]] == sorted(ids)


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=-1", "page=one", "page=", "page=1.5", "limit=0", "limit=-5", "limit=x"),
        *("status=pending", "status=OPEN", "status=", "page=NaN", "page=%00"),
    ],
)
async def test_list_answers_400_to_a_wrong_parameter(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/v1/tickets?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_parameter"
    assert query.partition("=")[0] in answer.json()["error"]["message"]


async def test_detail_has_the_messages_oldest_first_within_one_second(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)
    for number in range(12):
        store.reply(ticket.id, str(number))

    messages = (await client.get(f"/v1/tickets/{ticket.id}")).json()["data"]["messages"]

    assert [m["message"] for m in messages[1:]] == [str(number) for number in range(12)]


@pytest.mark.parametrize("ticket_id", ["tkt_none", "%00", "%F0%9F%8E%AB", "%FF", "x" * 5_000, ".."])
async def test_unknown_ticket_is_404_for_every_method(
    client: httpx.AsyncClient, ticket_id: str
) -> None:
    answers = [
        await client.get(f"/v1/tickets/{ticket_id}"),
        await client.post(f"/v1/tickets/{ticket_id}", json={"message": "hi"}),
        await client.patch(f"/v1/tickets/{ticket_id}", json={"status": "open"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert {answer.json()["error"]["code"] for answer in answers} == {"not_found"}


async def test_reply_adds_the_message_and_hands_the_turn_over(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    clock.advance(hours=1)

    answer = await client.post(f"/v1/tickets/{ticket.id}", json={"message": " Look <b>here</b>\n"})

    data = answer.json()["data"]
    assert answer.status_code == 201
    assert data["messages"][-1]["sender"] == "seller"
    assert data["messages"][-1]["message"] == " Look <b>here</b>\n"
    assert data["messages"][-1]["id"].startswith("msg_")
    assert (data["awaiting_response_from"], data["has_owner_reply"]) == ("customer", True)
    assert (data["message_count"], data["updated_at"]) == (2, "2026-03-04T13:00:00Z")
    assert (await listed(client))["stats"]["needsResponse"] == 0


async def test_reply_leaves_a_closed_ticket_closed(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    closed = store.set_status(ticket.id, "closed").data
    clock.advance(minutes=5)

    data = (await client.post(f"/v1/tickets/{ticket.id}", json={"message": "One more"})).json()

    assert data["data"]["status"] == "closed"
    assert data["data"]["closed_at"] == "2026-03-04T12:00:00Z"
    assert closed.closed_at == NOON
    assert (await listed(client))["stats"]["closed"] == 1


@pytest.mark.parametrize("text", ["", " ", "\n\t\r ", "\u00a0\u2003"])
async def test_reply_refuses_a_blank_message(
    client: httpx.AsyncClient, store: TicketStore, text: str
) -> None:
    ticket = a_ticket(store)

    answer = await client.post(f"/v1/tickets/{ticket.id}", json={"message": text})

    assert answer.status_code == 422
    assert answer.json()["error"] == {"code": "bad_field", "message": "message: must not be blank."}
    assert store.ticket(ticket.id).data.message_count == 1


@pytest.mark.parametrize("text", [r"\u0000", r"a\u0000b", r"\ud800", r"hi \udfff there"])
async def test_reply_refuses_text_nobody_can_keep(
    client: httpx.AsyncClient, store: TicketStore, text: str
) -> None:
    ticket = a_ticket(store)

    answer = await client.post(
        f"/v1/tickets/{ticket.id}",
        content=f'{{"message": "{text}"}}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_field"
    assert store.ticket(ticket.id).data.message_count == 1


async def test_reply_keeps_text_to_the_letter(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)
    text = "\u202eevil\u202c שלום 🎫 e\u0301 \r\n\ttab \x07 \ufeff end \U0010ffff"

    await client.post(f"/v1/tickets/{ticket.id}", json={"message": text})

    data = (await client.get(f"/v1/tickets/{ticket.id}")).json()["data"]
    assert data["messages"][-1]["message"] == text


async def test_closing_sets_closed_at_and_counts(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    clock.advance(minutes=3)

    data = (await client.patch(f"/v1/tickets/{ticket.id}", json={"status": "closed"})).json()[
        "data"
    ]

    assert data["closed_at"] == data["updated_at"] == "2026-03-04T12:03:00Z"
    assert len(data["messages"]) == 1
    stats = (await listed(client))["stats"]
    assert stats == {"total": 1, "open": 0, "closed": 1, "needsResponse": 0}


async def test_closing_twice_changes_nothing(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    once = await client.patch(f"/v1/tickets/{ticket.id}", json={"status": "closed"})
    clock.advance(hours=1)

    twice = await client.patch(f"/v1/tickets/{ticket.id}", json={"status": "closed"})

    assert (twice.status_code, twice.json()) == (200, once.json())
    assert (await listed(client))["stats"]["closed"] == 1


async def test_reopening_takes_closed_at_away(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    store.set_status(ticket.id, "closed")
    clock.advance(minutes=1)

    data = (await client.patch(f"/v1/tickets/{ticket.id}", json={"status": "open"})).json()["data"]

    assert (data["status"], data["closed_at"]) == ("open", None)
    assert data["updated_at"] == "2026-03-04T12:01:00Z"
    assert clock() - NOON == timedelta(minutes=1)
