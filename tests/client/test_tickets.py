"""The four calls: what is asked, what is shared, what a write makes void."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.client.scheduler import Priority, RequestScheduler
from app.client.tickets import TicketsClient
from app.client.transport import open_transport
from app.domain.clock import SystemClock
from app.domain.errors import (
    ApiError,
    BadAnswerError,
    KeyRefusedError,
    RateLimitedError,
    TicketNotFoundError,
)
from app.domain.ticket import Status
from tests.client.doubles import KEY, ScriptedApi, until_quiet

CONTRACT = Path(__file__).parents[1] / "fixtures" / "contract"
TICKET = {"data": {"id": "t", "messages": []}}


@asynccontextmanager
async def a_client(
    api: ScriptedApi, *, requests_per_second: float | None = None
) -> AsyncIterator[TicketsClient]:
    clock = SystemClock()
    transport = open_transport(url="https://api.sellgate.cc", api_key=KEY, clock=clock, app=api)
    scheduler = RequestScheduler(clock=clock, requests_per_second=requests_per_second)
    client = TicketsClient(transport=transport, scheduler=scheduler, clock=clock)
    yield client
    await client.aclose()


def contract(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((CONTRACT / f"{name}.json").read_bytes())
    return found


async def test_list_is_asked_for_as_the_document_does() -> None:
    api = ScriptedApi().then(200, contract("list_response"))
    async with a_client(api) as client:
        page = await client.list_tickets(3, limit=50, status=Status.OPEN)

    assert page.total == 25
    assert (api.asked[0].path, api.asked[0].query) == (
        "/v1/tickets",
        "limit=50&page=3&status=open",
    )
    assert contract("list_request")["url"] == "https://api.sellgate.cc/v1/tickets?status=open"


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", ""])
async def test_json_is_read_whatever_its_content_type(kind: str) -> None:
    api = ScriptedApi().then(200, contract("list_response"), content_type=kind)
    async with a_client(api) as client:
        page = await client.list_tickets()

    assert [ticket.id for ticket in page.tickets] == ["tkt_abc123"]


async def test_ticket_is_asked_for_as_the_document_does() -> None:
    api = ScriptedApi().then(200, contract("detail_response"))
    async with a_client(api) as client:
        conversation = (await client.get_ticket("tkt_abc123")).conversation

    assert len(conversation.messages) == 2
    assert (api.asked[0].method, api.asked[0].path) == ("GET", "/v1/tickets/tkt_abc123")


async def test_reply_is_sent_as_the_document_does_and_with_a_key_of_its_own() -> None:
    api = ScriptedApi().then(201, {"data": {}})
    body = contract("reply_body")
    async with a_client(api) as client:
        await client.reply("tkt_abc123", str(body["message"]), idempotency_key="reply-1")

    sent = api.asked[0]
    assert (sent.method, sent.path) == ("POST", "/v1/tickets/tkt_abc123")
    assert json.loads(sent.body) == body
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["idempotency-key"] == "reply-1"


async def test_status_is_sent_as_the_document_does() -> None:
    api = ScriptedApi().then(204)
    async with a_client(api) as client:
        await client.set_status("tkt_abc123", Status.CLOSED)

    assert api.asked[0].method == "PATCH"
    assert json.loads(api.asked[0].body) == contract("patch_body")


@pytest.mark.parametrize("ticket_id", ["", "x" * 201, "\ud83d"])
async def test_id_no_ticket_can_have_is_not_asked_for(ticket_id: str) -> None:
    api = ScriptedApi()
    async with a_client(api) as client:
        for call in (
            client.get_ticket(ticket_id),
            client.reply(ticket_id, "Hello", idempotency_key="k"),
        ):
            with pytest.raises(TicketNotFoundError):
                await call

    assert api.asked == []


async def test_fifty_viewers_cause_the_requests_of_one() -> None:
    api = ScriptedApi().then(200, TICKET)
    async with a_client(api) as client:
        await asyncio.gather(*(client.get_ticket("t") for _ in range(50)))
        await client.get_ticket("t")

        assert len(api.asked) == client.scheduler.requests == 1
        assert (client.cache.shared, client.cache.hits) == (49, 1)


async def test_shared_ticket_carries_the_number_of_the_request_that_brought_it() -> None:
    api = ScriptedApi().then(200, TICKET).then(200, TICKET)
    async with a_client(api) as client:
        asks = (client.get_ticket("t", started=number) for number in (7, 8))
        first, second = await asyncio.gather(*asks)
        kept = await client.get_ticket("t", started=9)
        own = await client.get_ticket("t", started=10, max_age_seconds=None)

    assert [read.started for read in (first, second, kept, own)] == [7, 7, 7, 10]


async def test_list_is_always_the_answer_of_a_request_of_its_own() -> None:
    api = ScriptedApi()
    async with a_client(api) as client:
        await asyncio.gather(client.list_tickets(), client.list_tickets())
        await client.list_tickets()

    assert len(api.asked) == 3


async def test_person_who_joins_a_read_of_the_background_takes_it_past_the_budget() -> None:
    api = ScriptedApi().then(200, {"data": []}).then(200, TICKET)
    async with a_client(api, requests_per_second=1.0) as client:
        await client.list_tickets(priority=Priority.BACKGROUND)
        background = asyncio.create_task(client.get_ticket("t", priority=Priority.IDLE))
        await until_quiet()
        assert len(api.asked) == 1

        person = asyncio.create_task(client.get_ticket("t", priority=Priority.INTERACTIVE))
        await until_quiet()

        assert background.done()
        assert person.done()
        assert len(api.asked) == 2


async def test_different_questions_are_different_requests() -> None:
    api = ScriptedApi()
    async with a_client(api) as client:
        await asyncio.gather(
            client.list_tickets(1),
            client.list_tickets(2),
            client.list_tickets(1, limit=50),
            client.list_tickets(1, status=Status.OPEN),
        )

    assert len(api.asked) == 4


async def test_baseline_never_joins_a_read_that_is_under_way() -> None:
    api = ScriptedApi(hold=asyncio.Event())
    api.then(200, TICKET).then(200, TICKET)
    async with a_client(api) as client:
        first = asyncio.create_task(client.get_ticket("t"))
        await until_quiet()
        baseline = asyncio.create_task(client.get_ticket("t", max_age_seconds=None))
        await until_quiet()

        assert len(api.asked) == 2
        api.hold.set()  # type: ignore[union-attr]  # given above
        await asyncio.gather(first, baseline)


WRITES: list[Callable[[TicketsClient], object]] = [
    lambda client: client.reply("t", "Hello", idempotency_key="k"),
    lambda client: client.set_status("t", Status.CLOSED),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("status", [201, 422, 500])
async def test_write_makes_its_ticket_void(
    write: Callable[[TicketsClient], asyncio.Future[None]], status: int
) -> None:
    api = ScriptedApi().then(200, TICKET).then(status)
    async with a_client(api) as client:
        await client.get_ticket("t")
        try:
            await write(client)
        except ApiError:
            assert status > 300
        api.then(200, TICKET)
        await client.get_ticket("t")

    assert len(api.asked) == 3


async def test_read_from_before_a_write_is_not_joined_after_it() -> None:
    api = ScriptedApi(hold=asyncio.Event()).then(200, TICKET)
    hold = api.hold
    assert hold
    async with a_client(api) as client:
        before = asyncio.create_task(client.get_ticket("t"))
        await until_quiet()
        api.hold = None
        api.then(201).then(200, TICKET)
        await client.reply("t", "Hello", idempotency_key="k")
        await client.get_ticket("t")
        hold.set()
        await before

    assert [asked.method for asked in api.asked] == ["GET", "POST", "GET"]


async def test_reply_is_never_repeated() -> None:
    api = ScriptedApi().then(502).then(201)
    async with a_client(api) as client:
        with pytest.raises(BadAnswerError):
            await client.reply("t", "Hello", idempotency_key="k")

    assert len(api.asked) == 1


async def test_read_is_repeated_once_when_a_gateway_had_a_moment() -> None:
    api = ScriptedApi().then(502).then(200, TICKET)
    async with a_client(api) as client:
        await client.get_ticket("t")

    assert len(api.asked) == 2


async def test_pause_the_api_asks_for_holds_for_every_call() -> None:
    api = ScriptedApi().then(429, retry_after="90")
    async with a_client(api) as client:
        with pytest.raises(RateLimitedError, match="a pause of 90 s"):
            await client.list_tickets()
        for call in (
            client.get_ticket("t", priority=Priority.BACKGROUND),
            client.reply("t", "Hello", idempotency_key="k"),
        ):
            with pytest.raises(RateLimitedError):
                await call

    assert len(api.asked) == 1


async def test_long_answer_is_read_all_the_same() -> None:
    messages = [{"id": str(number), "message": "x" * 500} for number in range(1000)]
    api = ScriptedApi().then(200, {"data": {"id": "t", "messages": messages}})
    async with a_client(api) as client:
        assert len((await client.get_ticket("t")).conversation.messages) == 1000


async def test_key_is_in_no_error_no_name_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"error": {"message": f"unknown key {KEY}", "log": KEY}}
    api = ScriptedApi().then(401, echo, location=f"https://{KEY}.example.com", retry_after=KEY)
    async with a_client(api) as client:
        with pytest.raises(KeyRefusedError) as caught:
            await client.list_tickets()
        told = f"{caught.value!r} {caught.getrepr()} {client!r} {vars(client)!r} {caplog.text}"

    assert "refused the key (401: unknown key sg_…)" in str(caught.value)
    assert KEY not in told
