"""The key before anything else, the size while reading, and never a traceback."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.server.contract import MAX_BODY_BYTES
from app.server.repository import TicketStore
from tests.server.workbench import KEY, a_ticket, client_of

TOO_LARGE = b'{"message": "' + b"a" * MAX_BODY_BYTES + b'"}'
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("value", [f"Bearer {KEY}", KEY, f"bearer {KEY}", f"  Bearer   {KEY} "])
async def test_door_opens_to_both_forms_of_the_key(api: FastAPI, value: str) -> None:
    async with client_of(api, key="") as client:
        answer = await client.get("/v1/tickets", headers={"Authorization": value})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        *("", "Bearer", "Bearer ", KEY[:-1], KEY + "x", KEY.upper(), f"Basic {KEY}"),
        *(f"Bearer {KEY} {KEY}", f"Bearer Bearer {KEY}", "Bearer schlüssel", f'"{KEY}"'),
    ],
)
async def test_door_stays_shut_without_the_key(api: FastAPI, value: str) -> None:
    async with client_of(api, key="") as client:
        answer = await client.get("/v1/tickets", headers={"Authorization": value.encode("latin-1")})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_door_stays_shut_when_two_keys_are_sent(api: FastAPI) -> None:
    twice = [("Authorization", f"Bearer {KEY}"), ("Authorization", "Bearer wrong")]

    async with client_of(api, key="") as client:
        answer = await client.get("/v1/tickets", headers=twice)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("GET", "/v1/tickets/tkt_none", None),
        ("GET", "/v1/tickets?page=zero", None),
        ("GET", "/v1", None),
        ("GET", "/v1/nowhere", None),
        ("DELETE", "/v1/tickets", None),
        ("POST", "/v1/tickets/tkt_none", b"{"),
        ("POST", "/v1/tickets/tkt_none", TOO_LARGE),
    ],
)
async def test_door_asks_for_the_key_before_anything_else(
    api: FastAPI, method: str, path: str, content: bytes | None
) -> None:
    async with client_of(api, key="") as client:
        answer = await client.request(method, path, content=content)

    assert answer.status_code == 401


async def test_door_never_repeats_the_key(api: FastAPI) -> None:
    wrong = "sg_live_" + "Wr0ng" * 6

    async with client_of(api, key=wrong) as client:
        answer = await client.get(f"/v1/tickets/{wrong}")

    assert wrong not in answer.text + str(answer.headers)
    assert KEY not in answer.text + str(answer.headers)


async def test_body_over_256_kb_is_refused(client: httpx.AsyncClient, store: TicketStore) -> None:
    ticket = a_ticket(store)

    answer = await client.post(f"/v1/tickets/{ticket.id}", content=TOO_LARGE, headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    assert store.ticket(ticket.id).data.message_count == 1


async def test_body_of_256_kb_is_taken(client: httpx.AsyncClient, store: TicketStore) -> None:
    ticket = a_ticket(store)
    frame = len('{"message":""}')

    answer = await client.post(
        f"/v1/tickets/{ticket.id}", json={"message": "a" * (MAX_BODY_BYTES - frame)}
    )

    assert answer.status_code == 201


async def test_chunked_body_is_refused_while_it_is_read(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while given < 100 * MAX_BODY_BYTES:
            given += 65_536
            yield b"a" * 65_536

    answer = await client.post(f"/v1/tickets/{ticket.id}", content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    assert given < 2 * MAX_BODY_BYTES


@pytest.mark.parametrize("length", ["262145", "9" * 400])
async def test_declared_length_is_refused_before_it_is_read(api: FastAPI, length: str) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was read")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/tickets/tkt_none",
        "query_string": b"",
        "headers": [(b"authorization", KEY.encode()), (b"content-length", length.encode())],
    }
    await api(scope, receive, send)

    assert sent[0]["status"] == 413


async def test_failure_of_ours_is_a_500_in_the_same_shape(
    api: FastAPI, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    @api.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    answer = await client.get("/v1/broken")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret detail" not in answer.text
    assert "failed on a request" in caplog.text


@pytest.mark.parametrize(
    ("path", "key"), [("/v1/tickets", KEY), ("/v1/tickets/tkt_none", KEY), ("/v1/tickets", "no")]
)
async def test_answers_of_the_api_are_kept_by_nobody(api: FastAPI, path: str, key: str) -> None:
    async with client_of(api, key=key) as client:
        assert (await client.get(path)).headers["Cache-Control"] == "no-store"
