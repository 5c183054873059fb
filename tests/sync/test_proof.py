"""A key is believed only when its own list shows a ticket that is held."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.client.tickets import TicketsClient, open_client
from app.domain.errors import KeyRefusedError, NotSentError, OtherShopError
from app.domain.ticket import Ticket, TicketPage
from app.server.application import build_api
from app.server.database import open_database
from app.server.demo.seed import seed_store
from app.server.repository import TicketStore
from app.store.holdings import OUTBOX
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.sync.proof import AGAIN_SECONDS, UNPROVED, Proof, find_shop
from app.web.assets import asset_folder
from tests.doubles.clock import HandClock

KEY = "sg_live_" + "b0Gu" * 8


class Case:
    """A shop behind the API, a folder that may be another's, and the client between."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = HandClock()
        self.engine = open_database(folder / "tickets.sqlite3")
        self.shop = TicketStore(self.engine, now=self.clock.now)
        self.plain = self.client_with(KEY)
        self.proved = 0

    def client_with(self, key: str) -> TicketsClient:
        api = build_api(self.engine, api_key=KEY, now=self.clock.now)
        return open_client(url="http://127.0.0.1", api_key=key, clock=self.clock, app=api)

    def behind_proof(self, client: TicketsClient) -> TicketsClient:
        def note() -> None:
            self.proved += 1

        return client.behind(Proof(client, self.folder, on_proved=note, clock=self.clock))

    def opened(self) -> str:
        return self.shop.open_ticket(
            subject="help", customer_email="anna@example.com", text="Where is my key?"
        ).data.id

    async def hold(self, ticket_id: str) -> None:
        outbox = await Outbox.open(self.folder / OUTBOX, clock=self.clock)
        await LocalStore(outbox.database, clock=self.clock).save_draft(ticket_id, "Words")
        await outbox.close()


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    case = Case(tmp_path)
    yield case
    await case.plain.aclose()
    case.engine.dispose()


async def test_key_whose_list_shows_a_held_ticket_is_believed_once_and_for_all(case: Case) -> None:
    ticket_id = case.opened()
    await case.hold(ticket_id)
    client = case.behind_proof(case.plain)

    await client.reply(ticket_id, "Here it is.", idempotency_key="r1")
    used = client.scheduler.requests
    read = (await client.get_ticket(ticket_id)).conversation

    assert [message.text for message in read.messages][-1] == "Here it is."
    assert case.proved == 1
    assert client.scheduler.requests == used + 1


async def test_key_that_is_refused_reads_and_sends_nothing(case: Case) -> None:
    ticket_id = case.opened()
    await case.hold(ticket_id)
    plain = case.client_with("sg_live_mistyped")
    client = case.behind_proof(plain)

    with pytest.raises(KeyRefusedError, match=UNPROVED):
        await client.list_tickets()
    with pytest.raises(KeyRefusedError, match=UNPROVED):
        await client.get_ticket(ticket_id)
    with pytest.raises(NotSentError, match=UNPROVED):
        await client.reply(ticket_id, "Here it is.", idempotency_key="r1")

    assert case.proved == 0
    assert len((await case.plain.get_ticket(ticket_id)).conversation.messages) == 1
    await plain.aclose()


async def test_key_of_another_shop_reads_and_sends_nothing(case: Case) -> None:
    ticket_id = case.opened()
    await case.hold("tkt_of_the_first_shop")
    client = case.behind_proof(case.plain)

    with pytest.raises(OtherShopError):
        await client.list_tickets()
    used = client.scheduler.requests
    with pytest.raises(OtherShopError):
        await client.get_ticket(ticket_id)
    with pytest.raises(NotSentError, match="another shop"):
        await client.reply(ticket_id, "Here it is.", idempotency_key="r1")
    assert client.scheduler.requests == used

    case.clock.advance(AGAIN_SECONDS)
    with pytest.raises(OtherShopError):
        await client.list_tickets()
    assert client.scheduler.requests == used + 1
    assert case.proved == 0


async def test_list_that_was_empty_for_a_moment_is_looked_at_again(case: Case) -> None:
    client = case.behind_proof(case.plain)
    with pytest.raises(OtherShopError):
        await client.list_tickets()
    await case.hold(case.opened())

    case.clock.advance(AGAIN_SECONDS)

    assert (await client.list_tickets()).total == 1


@pytest.mark.parametrize("end", [0, -1])
async def test_ticket_at_either_end_of_a_long_list_is_found(case: Case, end: int) -> None:
    seed_store(
        case.engine,
        conversations=asset_folder() / "demo" / "conversations",
        tickets=1_450,
        seed=1,
        now=case.clock.now(),
    )
    rows = (await case.plain.list_tickets(1 if end == 0 else 15)).tickets
    await case.hold(rows[end].id)
    before = case.plain.scheduler.requests

    assert await find_shop(case.plain, [case.folder / "none", case.folder]) == case.folder
    assert case.plain.scheduler.requests - before <= 2


async def test_list_without_a_total_is_followed_for_some_pages(case: Case) -> None:
    await case.hold("tkt_400")

    class Untold(TicketsClient):
        def __init__(self) -> None:
            self.asked: list[int] = []

        async def list_tickets(self, page: int = 1, **_: object) -> TicketPage:  # type: ignore[override]
            self.asked.append(page)
            ids = range(100 * page, 100 * page + 100)
            return TicketPage(tickets=tuple(Ticket(id=f"tkt_{n}") for n in ids))

    client = Untold()

    assert await find_shop(client, [case.folder]) == case.folder
    assert client.asked == [1, 10, 2, 3, 4]
    assert await find_shop(client, [case.folder / "none"]) is None
    assert len(client.asked) == 15
