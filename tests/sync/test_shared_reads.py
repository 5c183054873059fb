"""One ticket opened by many: one request at a time, and nothing older than a write."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.client.scheduler import Priority
from app.client.transport import ASGI, Event, Receive, Send
from app.domain.ticket import Status
from app.sync.delivery.write_fence import WriteFence
from tests.doubles.leap import LeapClock, leap
from tests.sync.live import Live, live

ANSWER_SECONDS = 1.0


@asynccontextmanager
async def opening() -> AsyncIterator[tuple[Live, str]]:
    """A desk that reads only what is opened, and a ticket it does not hold yet; the API takes a
    second from what it sees to what it says.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with live(Path(folder), clock=LeapClock(), cycle_seconds=1.0) as desk:
            ticket = desk.open_ticket(words="Where is my key?")
            desk.api = late(desk.api)
            await desk.start(run=False)
            yield desk, ticket


def late(api: ASGI) -> ASGI:
    """The API; each answer to a read comes a second after it was made."""

    async def answer(scope: Event, receive: Receive, send: Send) -> None:
        events: list[Event] = []

        async def hold(event: Event) -> None:
            events.append(event)

        await api(scope, receive, hold)
        if scope["method"] == "GET":
            await asyncio.sleep(ANSWER_SECONDS)
        for event in events:
            await send(event)

    return answer


def counted(desk: Live, ticket: str) -> tuple[int, int, int]:
    """The requests for a ticket, and how often one was shared or not needed."""
    cache = desk.client.cache
    return desk.requests(f"/v1/tickets/{ticket}"), cache.shared, cache.hits


def test_ticket_opened_again_before_it_is_held_waits_for_the_same_request() -> None:
    async def run() -> None:
        async with opening() as (desk, ticket):
            for viewer in ("ana", "ben"):
                desk.coordinator.set_open_ticket(viewer, ticket)
            await desk.clock.sleep(0.5)
            for ticket_id in (None, ticket):
                desk.coordinator.set_open_ticket("ana", ticket_id)
            await desk.clock.sleep(2)

            assert counted(desk, ticket) == (1, 2, 0)
            assert await desk.texts(ticket) == ["Where is my key?"]

    leap(run())


def test_person_who_opens_what_the_background_reads_makes_no_request_more() -> None:
    async def run() -> None:
        async with opening() as (desk, ticket):
            background = asyncio.create_task(
                desk.coordinator._fetcher.fetch(ticket, priority=Priority.IDLE)
            )
            await desk.clock.sleep(0.1)
            desk.coordinator.set_open_ticket("ana", ticket)
            await background

            assert counted(desk, ticket) == (1, 1, 0)

    leap(run())


def test_second_viewer_within_the_same_moment_is_answered_from_the_cache() -> None:
    async def run() -> None:
        async with opening() as (desk, ticket):
            desk.coordinator.set_open_ticket("ana", ticket)
            await desk.clock.sleep(2.5)  # longer than two cycles: what is held may be old
            desk.coordinator.set_open_ticket("ben", ticket)
            await desk.clock.sleep(0.1)
            assert counted(desk, ticket) == (1, 0, 1)

            await desk.clock.sleep(1)
            desk.coordinator.set_open_ticket("cleo", ticket)
            await desk.clock.sleep(2)
            assert counted(desk, ticket) == (2, 0, 1)

    leap(run())


def test_viewer_after_a_write_is_answered_by_a_request_after_it() -> None:
    async def run() -> None:
        async with opening() as (desk, ticket):
            desk.coordinator.set_open_ticket("ana", ticket)
            await desk.clock.sleep(2.5)

            await WriteFence(desk.client, desk.mirror).set_status(ticket, Status.CLOSED)
            desk.coordinator.set_open_ticket("ben", ticket)
            await desk.clock.sleep(2)

            assert counted(desk, ticket)[2] == 0
            assert await desk.ids(status=Status.CLOSED) == [ticket]

    leap(run())


def test_read_begun_before_a_write_and_shared_takes_nothing_back() -> None:
    async def run() -> None:
        async with opening() as (desk, ticket):
            desk.coordinator.set_open_ticket("ana", ticket)
            await desk.clock.sleep(0.1)

            await WriteFence(desk.client, desk.mirror).set_status(ticket, Status.CLOSED)
            await desk.coordinator.read_ticket(ticket)
            for viewer in ("ben", "ana"):
                desk.coordinator.set_open_ticket(viewer, ticket)
            await desk.clock.sleep(2)

            assert await desk.ids(status=Status.CLOSED) == [ticket]

    leap(run())


def test_cached_answer_undoes_nothing_that_a_later_one_brought() -> None:
    async def run() -> None:
        async with opening() as (desk, ticket):
            early = await desk.client.get_ticket(ticket, started=desk.mirror.request_number())
            desk.shop.customer_writes(ticket, "Hello?")
            await desk.clock.sleep(1)
            await desk.coordinator.read_ticket(ticket)

            await desk.mirror.apply_conversation(early.conversation, started=early.started)

            assert await desk.texts(ticket) == ["Where is my key?", "Hello?"]

    leap(run())
