"""The client and the embedded API, two readings of one document, over the way they meet."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.client.tickets import TicketsClient, open_client
from app.domain.clock import SystemClock
from app.domain.errors import (
    BadAnswerError,
    KeyRefusedError,
    RateLimitedError,
    RefusedError,
    TicketNotFoundError,
    UnreachableError,
)
from app.domain.ticket import Awaiting, Sender, Status
from app.server.application import build_api, utc_now
from app.server.contract import Choices
from app.server.database import open_database
from app.server.repository import TicketStore
from tests.client.doubles import KEY
from tests.doubles.fault_injection import Fault, FaultInjector, too_many_requests


class Shop:
    """An embedded API with one ticket, and clients of it."""

    def __init__(self, folder: Path) -> None:
        self._engine = open_database(folder / "tickets.sqlite3")
        self.choices = Choices()
        self.store = TicketStore(self._engine, now=utc_now)
        self.faults = FaultInjector(build_api(self._engine, api_key=KEY, choices=self.choices))
        self.ticket_id = self.store.open_ticket(
            subject="help", customer_email="customer@example.com", text="Where is my key?"
        ).data.id
        self.client = self.open_client()

    def open_client(self, key: str = KEY) -> TicketsClient:
        return open_client(
            url="http://desk.example.com", api_key=key, clock=SystemClock(), app=self.faults
        )

    async def aclose(self) -> None:
        await self.client.aclose()
        self._engine.dispose()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    await opened.aclose()


async def test_list_and_ticket_come_over_in_full(shop: Shop) -> None:
    page = await shop.client.list_tickets()
    conversation = (await shop.client.get_ticket(shop.ticket_id)).conversation

    assert (page.total, page.limit, page.offset, page.unreadable) == (1, 100, 0, 0)
    assert page.stats
    assert page.stats.needs_response == 1
    assert page.tickets[0] == conversation.ticket
    assert page.tickets[0].awaiting is Awaiting.SELLER
    assert page.tickets[0].absent == conversation.ticket.absent == frozenset()
    assert [(m.sender, m.text) for m in conversation.messages] == [
        (Sender.CUSTOMER, "Where is my key?")
    ]


@pytest.mark.parametrize("write_answer", ["ticket", "empty", "success"])
async def test_reply_and_close_are_accepted_and_seen(shop: Shop, write_answer: str) -> None:
    shop.choices.write_response = write_answer  # type: ignore[assignment]  # one of its words

    await shop.client.reply(shop.ticket_id, "Here it is: 🔑\n", idempotency_key="r1")
    await shop.client.reply(shop.ticket_id, "Here it is: 🔑\n", idempotency_key="r1")
    await shop.client.set_status(shop.ticket_id, Status.CLOSED)

    seen = (await shop.client.get_ticket(shop.ticket_id)).conversation
    assert [(m.sender, m.text) for m in seen.messages[1:]] == [(Sender.SELLER, "Here it is: 🔑\n")]
    assert (seen.ticket.status, seen.ticket.awaiting) == (Status.CLOSED, Awaiting.CUSTOMER)


async def test_short_detail_names_what_it_leaves_out(shop: Shop) -> None:
    shop.choices.detail = "short"

    seen = (await shop.client.get_ticket(shop.ticket_id)).conversation

    assert {"updated_at", "awaiting", "message_count"} < seen.ticket.absent
    assert len(seen.messages) == 1


async def test_wrong_key_is_refused(shop: Shop) -> None:
    stranger = shop.open_client("sg_live_0000")

    with pytest.raises(KeyRefusedError, match="refused the key"):
        await stranger.list_tickets()
    await stranger.aclose()


async def test_ticket_that_is_not_there_is_not_found(shop: Shop) -> None:
    for ticket_id in ("tkt_none", "..", "../tickets", "a/b", "%2e%2e", "\n"):
        with pytest.raises(TicketNotFoundError):
            await shop.client.get_ticket(ticket_id)


@pytest.mark.parametrize("shape", ["nested", "string", "message", "list", "empty"])
async def test_refused_reply_says_why_in_any_shape(shop: Shop, shape: str) -> None:
    shop.choices.error_shape = shape  # type: ignore[assignment]  # one of its words

    with pytest.raises(RefusedError, match=r"declined this reply \(422") as caught:
        await shop.client.reply(shop.ticket_id, "  ", idempotency_key="r1")

    assert (": " in str(caught.value)) is (shape != "empty")


async def test_disguised_error_is_no_answer(shop: Shop) -> None:
    shop.choices.error_shape = "disguised"

    with pytest.raises(BadAnswerError, match="reported a failure"):
        await shop.client.get_ticket("tkt_none")


async def test_reply_whose_answer_is_lost_may_have_arrived(shop: Shop) -> None:
    shop.faults.script.append(Fault(method="POST", connection="lost"))

    with pytest.raises(UnreachableError):
        await shop.client.reply(shop.ticket_id, "Hello", idempotency_key="r1")

    seen = (await shop.client.get_ticket(shop.ticket_id)).conversation
    assert [message.text for message in seen.messages] == ["Where is my key?", "Hello"]


async def test_pause_is_respected(shop: Shop) -> None:
    shop.faults.script.append(too_many_requests("120"))

    with pytest.raises(RateLimitedError) as caught:
        await shop.client.list_tickets()

    assert caught.value.retry_after == 120
    assert shop.client.scheduler.paused_until


async def test_many_at_once_are_all_answered(shop: Shop) -> None:
    pages = await asyncio.gather(*(shop.client.list_tickets(page) for page in range(1, 41)))

    assert [len(page.tickets) for page in pages] == [1] + [0] * 39
