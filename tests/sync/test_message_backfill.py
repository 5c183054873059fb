"""Conversations come by themselves, the most valuable first, and stay as the list says."""

import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.client.scheduler import Priority
from app.domain.errors import UnreachableError
from app.domain.ticket import Conversation
from app.sync.message_backfill import FAILURE_SECONDS, REST_SECONDS, MessageBackfill
from app.sync.open_tickets import OpenTickets
from app.sync.ticket_fetcher import TicketFetcher
from tests.doubles.fault_injection import CannedResponse, Fault
from tests.doubles.leap import LeapClock, leap
from tests.sync.live import AWAY, Live, live

NONSENSE = Fault(applied="never", response=CannedResponse(body=b'{"data": 7}'))


class Filling:
    """A shop, its list held, and the texts read by hand."""

    def __init__(self, desk: Live) -> None:
        self.desk = desk
        self.open_tickets = OpenTickets()
        self.fetcher = TicketFetcher(client=desk.client, mirror=desk.mirror, changes=desk.changes)
        self.backfill = MessageBackfill(
            fetcher=self.fetcher,
            mirror=desk.mirror,
            open_tickets=self.open_tickets,
            clock=desk.clock,
        )

    async def hear(self) -> None:
        """Read the list, without what follows from it."""
        started = self.desk.mirror.request_number()
        page = await self.desk.client.list_tickets(limit=100)
        await self.desk.mirror.apply_page(page, started=started)

    async def read(self) -> list[str]:
        """The tickets read until there is none left, in order."""
        self.desk.faults.requests.clear()
        while await self.backfill.step():
            pass
        return [path.removeprefix("/v1/tickets/") for _, path in self.desk.faults.requests]


def filling(test: Callable[[Filling], Awaitable[None]]) -> Callable[[], None]:
    """Run a test with a shop of its own whose hours pass at once."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with live(Path(folder), clock=LeapClock()) as desk:
                await desk.start(run=False)
                await test(Filling(desk))

    def leaping() -> None:
        leap(run())

    leaping.__name__ = test.__name__  # type: ignore[attr-defined]  # it is a function
    return leaping


@filling
async def test_waiting_customers_come_first_then_open_then_newest_closed(shop: Filling) -> None:
    closed, answered, asked, newest = (shop.desk.open_ticket(name) for name in "cawn")
    for ticket in (closed, newest):
        await shop.desk.clock.sleep(1)
        shop.desk.shop.set_status(ticket, "closed")
    await shop.desk.clock.sleep(1)
    shop.desk.shop.reply(answered, "Here it is.")
    await shop.hear()

    read = await shop.read()

    assert read == [asked, answered, newest, closed]


@filling
async def test_ticket_on_a_screen_comes_before_all_others(shop: Filling) -> None:
    closed, *_ = (shop.desk.open_ticket() for _ in range(5))
    shop.desk.shop.set_status(closed, "closed")
    await shop.hear()
    shop.open_tickets.set_open("viewer", closed)

    assert (await shop.read())[0] == closed


@filling
async def test_only_a_ticket_that_moved_is_read_again(shop: Filling) -> None:
    tickets = [shop.desk.open_ticket() for _ in range(4)]
    await shop.hear()
    assert len(await shop.read()) == 4
    await shop.desk.clock.sleep(REST_SECONDS)
    assert await shop.read() == []

    shop.desk.shop.customer_writes(tickets[2], "Hello?")
    await shop.hear()

    assert await shop.read() == [tickets[2]]
    assert await shop.desk.texts(tickets[2]) == ["Where is my key?", "Hello?"]


@filling
async def test_customer_who_writes_twice_within_a_minute_is_read_twice(shop: Filling) -> None:
    ticket = shop.desk.open_ticket()
    await shop.hear()
    assert await shop.read() == [ticket]

    for words in ("Hello?", "Anybody there?"):
        await shop.desk.clock.sleep(1)
        shop.desk.shop.customer_writes(ticket, words)
        await shop.hear()

        assert await shop.read() == [ticket]
        assert (await shop.desk.texts(ticket))[-1] == words


class Overtaken(TicketFetcher):
    """Reads a ticket; before the first answer is taken in its customer has written once more."""

    def __init__(self, shop: Filling) -> None:
        desk = shop.desk
        super().__init__(client=desk.client, mirror=desk.mirror, changes=desk.changes)
        self._shop, self._reads = shop, 0

    async def fetch(
        self,
        ticket_id: str,
        *,
        priority: Priority = Priority.INTERACTIVE,
        max_age_seconds: float | None = None,
    ) -> Conversation:
        self._reads += 1
        if self._reads > 1:
            return await super().fetch(
                ticket_id, priority=priority, max_age_seconds=max_age_seconds
            )
        desk, started = self._shop.desk, self._shop.desk.mirror.request_number()
        fetched = await desk.client.get_ticket(
            ticket_id, priority=priority, max_age_seconds=max_age_seconds
        )
        early = fetched.conversation
        await desk.clock.sleep(1)
        desk.shop.customer_writes(ticket_id, "Hello?")
        await self._shop.hear()
        await desk.mirror.apply_conversation(early, started=started)
        return early


@filling
async def test_customer_who_writes_while_the_ticket_is_read_is_read_again(shop: Filling) -> None:
    ticket = shop.desk.open_ticket()
    await shop.hear()
    desk = shop.desk
    backfill = MessageBackfill(
        fetcher=Overtaken(shop),
        mirror=desk.mirror,
        open_tickets=shop.open_tickets,
        clock=desk.clock,
    )

    while await backfill.step():
        pass

    assert await desk.texts(ticket) == ["Where is my key?", "Hello?"]


@filling
async def test_ticket_that_cannot_be_read_keeps_nobody_waiting(shop: Filling) -> None:
    tickets = [shop.desk.open_ticket() for _ in range(6)]
    await shop.hear()
    shop.desk.faults.script.extend([NONSENSE] * 2)

    read = await shop.read()
    assert sorted(read) == sorted(tickets)
    assert await shop.read() == []
    await shop.desk.clock.sleep(FAILURE_SECONDS)

    assert len(await shop.read()) == 2


@filling
async def test_api_that_is_away_is_said_and_no_ticket_is_put_off(shop: Filling) -> None:
    shop.desk.open_ticket()
    await shop.hear()
    shop.desk.faults.always = AWAY
    with pytest.raises(UnreachableError):
        await shop.backfill.step()

    shop.desk.faults.always = None

    assert len(await shop.read()) == 1


@filling
async def test_ticket_that_the_api_does_not_know_is_gone(shop: Filling) -> None:
    ticket = shop.desk.open_ticket()
    await shop.hear()
    shop.desk.delete(ticket)

    assert len(await shop.read()) >= 2
    assert await shop.desk.ids() == []


@filling
async def test_ticket_is_not_chased_when_reading_it_does_not_help(shop: Filling) -> None:
    """What the list says of it is not what the ticket itself says, each agreeing with itself."""
    ticket = shop.desk.open_ticket()

    async def hear() -> None:
        started = shop.desk.mirror.request_number()
        page = await shop.desk.client.list_tickets(limit=100)
        tickets = tuple(replace(of, message_count=9) for of in page.tickets)
        await shop.desk.mirror.apply_page(replace(page, tickets=tickets), started=started)

    await hear()
    assert await shop.read() == [ticket]
    for _ in range(3):
        await hear()
        assert await shop.read() == []

    await shop.desk.clock.sleep(REST_SECONDS)

    assert await shop.read() == [ticket]


@filling
async def test_list_that_never_agrees_with_the_messages_is_not_chased(shop: Filling) -> None:
    ticket = shop.desk.open_ticket()
    for count in (7, 9, 11):
        with shop.desk.engine.begin() as connection:
            connection.execute(text("UPDATE tickets SET message_count = :n"), {"n": count})
        await shop.hear()
        assert len(await shop.read()) == (1 if count == 7 else 0)

    await shop.desk.clock.sleep(REST_SECONDS)

    assert await shop.read() == [ticket]
