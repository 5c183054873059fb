"""The page on which one writes as a customer: it works without script and trusts no one."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from sqlalchemy import Engine

from app.server.application import build_api
from app.server.repository import TicketStore
from tests.server.workbench import KEY, SetClock, a_ticket, client_of

PAGE = "/demo/customer"
OWN = {"Sec-Fetch-Site": "same-origin"}
HOSTILE = "</textarea><script>alert(1)</script>\"'&amp;<img src=x onerror=alert(2)>"


@pytest.fixture
async def client(engine: Engine, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_api(engine, api_key=KEY, now=clock, demo=True), key="") as client:
        yield client


def new_ticket(**fields: str) -> dict[str, str]:
    return {
        "customer_email": "foggy.otter@example.com",
        "subject": "No key",
        "message": "Where is it?",
        **fields,
    }


async def test_customer_writes_a_new_ticket(client: httpx.AsyncClient, store: TicketStore) -> None:
    answer = await client.post(PAGE, data=new_ticket(message="Line one\r\nline two ✓"), headers=OWN)

    ticket = store.page().data[0]
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?ticket={ticket.id}")
    assert (ticket.subject, ticket.customer_email) == ("No key", "foggy.otter@example.com")
    assert store.ticket(ticket.id).data.messages[0].message == "Line one\nline two ✓"
    assert store.stats().needs_response == 1


async def test_customer_writes_again_and_reopens(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = a_ticket(store)
    store.reply(ticket.id, "Try this.")
    store.set_status(ticket.id, "closed")

    answer = await client.post(PAGE, data={"ticket": ticket.id, "message": "No."}, headers=OWN)

    again = store.ticket(ticket.id).data
    assert answer.status_code == 303
    assert [(m.sender, m.message) for m in again.messages[1:]] == [
        ("seller", "Try this."),
        ("customer", "No."),
    ]
    assert (again.status, again.awaiting_response_from, again.closed_at) == ("open", "owner", None)
    assert store.stats().needs_response == 1


async def test_page_shows_hostile_text_as_text(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    ticket = store.open_ticket(subject=HOSTILE, customer_email=HOSTILE, text=HOSTILE).data

    pages = [
        (await client.get(PAGE)).text,
        (await client.get(PAGE, params={"ticket": ticket.id})).text,
        (await client.get(PAGE, params={"ticket": HOSTILE})).text,
        (await client.post(PAGE, data=new_ticket(subject=HOSTILE, message=""), headers=OWN)).text,
        (await client.post(PAGE, data=new_ticket(message=HOSTILE, subject=""), headers=OWN)).text,
    ]

    assert [page.count("<script") + page.count("<img") for page in pages] == [0] * 5
    assert HOSTILE in unescape(pages[1])


@pytest.mark.parametrize(
    "fields",
    [
        *({"message": ""}, {"message": " \r\n\t"}, {"subject": ""}, {"customer_email": "fox"}),
        *({"subject": "a" * 201}, {"customer_email": "a@" + "b" * 200}, {"message": "\x00"}),
    ],
)
async def test_page_keeps_what_was_written_when_something_is_missing(
    client: httpx.AsyncClient, store: TicketStore, fields: dict[str, str]
) -> None:
    answer = await client.post(PAGE, data=new_ticket(**fields), headers=OWN)

    assert answer.status_code == 422
    assert re.search(r'<p role="alert">[A-Z][^<]+\.</p>', answer.text)
    kept = new_ticket() | fields
    assert all(value.strip("\x00 \r\n\t") in unescape(answer.text) for value in kept.values())
    assert store.stats().total == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://other.example.com"},
        {"Origin": "http://desk.example.com.evil.example"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://desk.example.com"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_form_from_elsewhere_is_refused(
    client: httpx.AsyncClient, store: TicketStore, headers: dict[str, str]
) -> None:
    answer = await client.post(PAGE, data=new_ticket(), headers=headers)

    assert answer.status_code == 403
    assert store.stats().total == 0


@pytest.mark.parametrize("headers", [OWN, {"Origin": "http://desk.example.com"}])
async def test_form_from_the_page_itself_is_taken(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await client.post(PAGE, data=new_ticket(), headers=headers)).status_code == 303


async def test_unknown_ticket_is_404_and_offers_a_new_one(client: httpx.AsyncClient) -> None:
    shown = await client.get(PAGE, params={"ticket": "tkt_none"})
    written = await client.post(PAGE, data={"ticket": "tkt_none", "message": "Hi"}, headers=OWN)

    assert (shown.status_code, written.status_code) == (404, 404)
    assert 'name="subject"' in shown.text
    assert "Hi</textarea>" in written.text


@pytest.mark.parametrize(
    "body", [b"", b"message", b"%", b"message=%ED%A0%80", b"\xff=\xfe", b"&" * 9]
)
async def test_odd_form_is_an_answer_not_a_failure(client: httpx.AsyncClient, body: bytes) -> None:
    form = {**OWN, "Content-Type": "application/x-www-form-urlencoded"}

    assert (await client.post(PAGE, content=body, headers=form)).status_code == 422


async def test_page_allows_its_own_style_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get(PAGE)

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert 'name="referrer" content="same-origin"' in answer.text


async def test_page_lists_the_latest_tickets_to_go_on_with(
    client: httpx.AsyncClient, store: TicketStore, clock: SetClock
) -> None:
    for number in range(12):
        clock.advance(minutes=1)
        a_ticket(store, subject=f"ticket {number}")

    text = (await client.get(PAGE)).text

    assert re.findall(r"ticket (\d+)</a>", text) == [str(number) for number in range(11, 1, -1)]
