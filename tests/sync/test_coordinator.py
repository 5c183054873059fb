"""The copy follows the API by itself, says what differs, and survives the API's bad days."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from app.client.tickets import TicketsClient
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import TicketNotFoundError, UnreachableError
from app.domain.ticket import TicketPage
from app.server.contract import SortOrder
from app.server.tables import messages, tickets
from tests.doubles.clock import HandClock
from tests.doubles.fault_injection import CannedResponse, Fault
from tests.sync.live import AWAY, BROKEN, Live, live


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Live]:
    async with live(tmp_path) as built:
        yield built


async def complete(desk: Live) -> None:
    """Start and wait until every ticket is held and the API has been asked once more."""
    await desk.start()
    await desk.until(lambda: desk.mirror.scan.is_complete)
    await desk.cycles(1)
    desk.told.clear()


async def test_all_tickets_are_held_soon_after_the_start(desk: Live) -> None:
    desk.seed(412)

    await desk.start()
    await desk.until(lambda: desk.mirror.scan.is_complete)

    assert await desk.held() == 412
    assert desk.mirror.reading.expected == 412
    assert desk.coordinator.connection().status is ConnectionStatus.LIVE


async def test_first_tickets_are_told_before_all_are_held(desk: Live) -> None:
    desk.seed(412)
    whole = []
    desk.changes.subscribe(lambda _: whole.append(desk.mirror.scan.is_complete))

    await desk.start()
    await desk.until(lambda: desk.mirror.scan.is_complete and True in whole)

    assert desk.told[0].tickets
    assert whole[0] is False
    assert len(frozenset().union(*(changes.tickets for changes in desk.told))) == 412


async def test_new_and_changed_tickets_are_told_by_id(desk: Live) -> None:
    old = desk.open_ticket()
    await complete(desk)

    new = desk.open_ticket()
    desk.shop.customer_writes(old, "Hello?")

    await desk.until(lambda: desk.told_of(new) and desk.told_of(old))
    assert await desk.ids(query=new) == [new]


async def test_nothing_is_told_of_tickets_that_stay_as_they_are(desk: Live) -> None:
    desk.seed(20)
    await complete(desk)
    await desk.filled()
    await desk.cycles(1)
    desk.told.clear()

    await desk.cycles(5)

    assert [changes for changes in desk.told if changes.tickets or changes.stats] == []


async def test_head_page_alone_is_asked_for_while_nothing_changes(desk: Live) -> None:
    desk.seed(450)
    await complete(desk)
    desk.faults.requests.clear()

    await desk.cycles(6)

    assert desk.requests() <= 2 * 8  # one head page and one page of the full scan each cycle


async def test_ticket_that_is_not_held_is_read_when_it_is_opened(desk: Live) -> None:
    ticket = desk.open_ticket(words="Where is my key?")
    await desk.start(run=False)

    desk.coordinator.set_open_ticket("viewer", ticket)
    await desk.until(lambda: desk.told_of(ticket))

    assert await desk.texts(ticket) == ["Where is my key?"]


async def test_open_ticket_is_followed(desk: Live) -> None:
    ticket = desk.open_ticket(words="Where is my key?")
    await complete(desk)
    desk.coordinator.set_open_ticket("viewer", ticket)

    desk.shop.customer_writes(ticket, "Hello?")
    await desk.until(lambda: desk.mirror.messages_read_at(ticket))
    while await desk.texts(ticket) != ["Where is my key?", "Hello?"]:
        await desk.cycles(1)


async def test_ticket_that_nobody_looks_at_any_more_is_left_alone(desk: Live) -> None:
    ticket = desk.open_ticket()
    await complete(desk)
    desk.coordinator.set_open_ticket("one", ticket)
    desk.coordinator.set_open_ticket("two", ticket)

    desk.coordinator.set_open_ticket("one", None)
    desk.coordinator.set_open_ticket("two", None)

    assert desk.coordinator._open_tickets.tickets() == ()


async def test_many_viewers_of_a_ticket_cause_one_request(desk: Live) -> None:
    ticket = desk.open_ticket()
    await desk.start(run=False)

    for viewer in range(20):
        desk.coordinator.set_open_ticket(viewer, ticket)
    await desk.until(lambda: desk.told_of(ticket))

    assert desk.requests(f"/v1/tickets/{ticket}") == 1


async def test_reads_of_tickets_that_were_left_are_given_up(desk: Live) -> None:
    first, *others, last = (desk.open_ticket() for _ in range(20))
    await desk.start(run=False)
    desk.faults.always = asks_to_wait(429, "1")
    desk.coordinator.set_open_ticket("viewer", first)
    await desk.until(lambda: desk.client.scheduler.paused_until)
    desk.faults.always = None

    for ticket in (*others, last):  # while the shop has asked for a pause
        desk.coordinator.set_open_ticket("viewer", ticket)
        await asyncio.sleep(0.005)
    await desk.until(lambda: desk.told_of(last))

    assert [t for t in others if desk.requests(f"/v1/tickets/{t}")] == []


async def test_ticket_that_was_left_for_a_moment_is_read(desk: Live) -> None:
    ticket = desk.open_ticket(words="Where is my key?")
    await desk.start(run=False)

    for ticket_id in (ticket, None, ticket):
        desk.coordinator.set_open_ticket("viewer", ticket_id)
    await desk.until(lambda: desk.told_of(ticket))

    assert await desk.texts(ticket) == ["Where is my key?"]


async def test_unreachable_api_is_said_and_returns_by_itself(desk: Live) -> None:
    desk.seed(120)
    desk.faults.always = AWAY

    await desk.start()
    await desk.until(lambda: desk.coordinator.connection().status is ConnectionStatus.OFFLINE)
    assert desk.coordinator.connection().problem
    assert desk.mirror.reading.as_of is None

    desk.faults.always = None
    await desk.until(lambda: desk.mirror.scan.is_complete)
    assert desk.coordinator.connection().status is ConnectionStatus.LIVE
    assert desk.coordinator.connection().problem is None
    assert await desk.held() == 120


async def test_copy_stays_when_the_api_goes_away(desk: Live) -> None:
    desk.seed(120)
    await complete(desk)
    as_of = desk.mirror.reading.as_of

    desk.faults.always = AWAY
    await desk.until(lambda: desk.coordinator.connection().status is ConnectionStatus.OFFLINE)

    assert len(await desk.ids()) == 25
    assert desk.mirror.reading.as_of is not None
    assert desk.mirror.reading.as_of >= as_of  # type: ignore[operator]  # it was read before
    assert any(changes.connection for changes in desk.told)


async def test_web_page_instead_of_json_makes_the_copy_stale(desk: Live) -> None:
    desk.seed(30)
    await complete(desk)

    desk.faults.always = BROKEN
    await desk.until(lambda: desk.coordinator.connection().problem)

    assert desk.coordinator.connection().status is ConnectionStatus.STALE
    assert "web page" in str(desk.coordinator.connection().problem)
    assert await desk.held() == 30


async def test_wrong_key_is_said_and_not_tried_in_a_hurry(desk: Live) -> None:
    await desk.start(key="sg_live_" + "x" * 32)

    await desk.until(lambda: desk.coordinator.connection().problem)

    assert "key" in str(desk.coordinator.connection().problem)
    assert desk.coordinator.connection().status is ConnectionStatus.STALE
    assert desk.requests() <= 2


async def test_ticket_that_vanished_while_open_is_gone(desk: Live) -> None:
    ticket = desk.open_ticket()
    await complete(desk)
    await desk.filled()
    desk.coordinator.set_open_ticket("viewer", ticket)
    await desk.cycles(1)
    desk.told.clear()

    desk.delete(ticket)
    await desk.until(lambda: desk.told_of(ticket))

    assert await desk.ids() == []


async def test_ticket_that_vanished_unseen_is_found_gone(desk: Live) -> None:
    desk.seed(150)
    await complete(desk)
    [ticket, *_] = await desk.ids(page=6)

    desk.delete(ticket)
    await desk.until(lambda: desk.told_of(ticket))

    assert await desk.held() == 149


async def test_ticket_is_gone_only_when_that_is_said_twice(desk: Live) -> None:
    ticket = desk.open_ticket()
    await complete(desk)
    await desk.filled()
    await desk.cycles(1)
    desk.told.clear()
    desk.delete(ticket)
    desk.faults.requests.clear()

    desk.coordinator.set_open_ticket("viewer", ticket)
    await desk.until(lambda: desk.told_of(ticket))

    assert desk.requests(f"/v1/tickets/{ticket}") >= 2


async def test_failed_read_of_a_ticket_is_told_beside_it(desk: Live) -> None:
    ticket = desk.open_ticket()
    await desk.start(run=False)

    desk.faults.always = BROKEN
    desk.coordinator.set_open_ticket("viewer", ticket)
    await desk.until(lambda: desk.mirror.problem(ticket))
    assert desk.told_of(ticket) == 1

    desk.faults.always = None
    desk.coordinator.set_open_ticket("another", ticket)
    await desk.until(lambda: desk.told_of(ticket) == 2)
    assert desk.mirror.problem(ticket) is None


async def test_read_ticket_gives_what_it_kept(desk: Live) -> None:
    ticket = desk.open_ticket(words="Where is my key?")
    await desk.start(run=False)

    read = await desk.coordinator.read_ticket(ticket)

    assert [message.text for message in read.messages] == ["Where is my key?"]
    assert await desk.mirror.load_conversation(ticket) == read


async def test_read_ticket_leaves_its_errors_to_the_asker(desk: Live) -> None:
    await desk.start(run=False)

    with pytest.raises(TicketNotFoundError):
        await desk.coordinator.read_ticket("tkt_nobody")
    desk.faults.always = AWAY
    with pytest.raises(UnreachableError):
        await desk.coordinator.read_ticket("tkt_nobody")


async def test_refresh_now_does_not_wait_for_its_turn(desk: Live) -> None:
    await desk.start(run=False)
    ticket = desk.open_ticket()

    await desk.coordinator.refresh_now()

    assert await desk.ids() == [ticket]


@pytest.mark.parametrize("intact", [0, 0.3, 0.6])
async def test_damaged_copy_is_built_again_by_itself(desk: Live, intact: float) -> None:
    desk.seed(300)
    await complete(desk)
    await desk.stop()
    path = desk.folder / "copy.sqlite3"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(int(intact * size))
        file.write(b"\xa5" * (size - file.tell()))
    desk.open_ticket()

    await desk.start()
    await desk.until((desk.folder / "copy.damaged").exists)
    await desk.until(
        lambda: (
            desk.mirror.scan.is_complete
            and desk.coordinator.connection().status is ConnectionStatus.LIVE
        )
    )

    assert await desk.held() == 301


async def test_copy_of_the_last_run_is_shown_and_brought_up_to_date(desk: Live) -> None:
    desk.seed(140)
    await complete(desk)
    await desk.stop()
    new = desk.open_ticket()

    desk.faults.always = AWAY
    await desk.start()
    assert await desk.held() == 140
    assert desk.mirror.scan.is_complete

    desk.faults.always = None
    await desk.until(lambda: desk.told_of(new))
    assert await desk.held() == 141


async def test_row_whose_id_holds_a_nul_is_one_unreadable_row(desk: Live) -> None:
    desk.seed(30)
    odd = [desk.open_ticket(), desk.open_ticket()]
    with desk.engine.begin() as connection:
        for name, ticket in zip("xy", odd, strict=True):
            connection.execute(delete(messages).where(messages.c.ticket_id == ticket))
            renamed = update(tickets).where(tickets.c.id == ticket)
            connection.execute(renamed.values(id=f"tkt_same\0{name}"))

    await complete(desk)
    new = desk.open_ticket()
    await desk.until(lambda: desk.told_of(new))

    assert await desk.held() == 31
    state = desk.coordinator.connection()
    assert (state.status, state.problem, state.unreadable) == (ConnectionStatus.LIVE, None, 2)


async def test_fault_behind_the_list_is_said_until_it_heals_without_a_restart(
    desk: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.seed(30)
    await complete(desk)
    well = desk.mirror.apply_page

    async def broken(*_args: object, **_more: object) -> frozenset[str]:
        raise sqlite3.IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(desk.mirror, "apply_page", broken)
    desk.told.clear()
    await desk.until(lambda: desk.coordinator.connection().status is ConnectionStatus.FAULT)
    assert "fault of its own while reading the list" in str(desk.coordinator.connection().problem)
    assert any(changes.connection for changes in desk.told)
    monkeypatch.setattr(desk.mirror, "apply_page", well)
    new = desk.open_ticket()
    await desk.until(
        lambda: desk.told_of(new) and desk.coordinator.connection().status is ConnectionStatus.LIVE
    )
    assert len([record for record in caplog.records if record.exc_info]) == 1


async def test_fault_of_one_ticket_that_is_opened_is_said(
    desk: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.open_ticket()
    await desk.start(run=False)

    async def broken(*_args: object, **_more: object) -> frozenset[str]:
        raise KeyError("x")

    with monkeypatch.context() as patch:
        patch.setattr(desk.mirror, "apply_conversation", broken)
        desk.coordinator.set_open_ticket("viewer", ticket)
        await desk.until(lambda: desk.coordinator.connection().status is ConnectionStatus.FAULT)

    desk.coordinator.set_open_ticket("another", ticket)
    await desk.until(lambda: desk.coordinator.connection().status is not ConnectionStatus.FAULT)


@pytest.mark.parametrize("order", ["updated_desc", "updated_asc", "created_desc", "open_first"])
async def test_copy_of_an_api_that_repeats_its_first_page_does_not_call_itself_complete(
    desk: Live, order: SortOrder
) -> None:
    desk.seed(163)
    desk.choices.sort_order, desk.faults.ignores_page = order, True
    await complete(desk)
    await desk.cycles(3)

    state, held = desk.coordinator.connection(), desk.mirror.reading.counted.total
    assert held is not None
    assert held < 163
    assert (state.status, state.lacking) == (ConnectionStatus.STALE, 163 - held)
    assert "same page" in str(state.problem)

    desk.faults.ignores_page = False
    await desk.until(
        lambda: desk.coordinator.connection() == ConnectionState(status=ConnectionStatus.LIVE)
    )
    await desk.cycles(1)
    assert await desk.held() == 163


@pytest.mark.parametrize("claim", ["meta", "stats"])
async def test_larger_claim_of_the_api_wins_until_it_is_taken_back(
    desk: Live, monkeypatch: pytest.MonkeyPatch, claim: str
) -> None:
    desk.seed(130)
    listed = TicketsClient.list_tickets

    async def claiming(*args: Any, **asked: Any) -> TicketPage:
        page = await listed(*args, **asked)
        if claim == "meta":
            return replace(page, total=(page.total or 0) + 7)
        return replace(page, stats=page.stats and replace(page.stats, total=137))

    with monkeypatch.context() as patch:
        patch.setattr(TicketsClient, "list_tickets", claiming)
        await complete(desk)
        await desk.cycles(3)
        state = desk.coordinator.connection()
        assert (state.status, state.lacking, state.problem) == (ConnectionStatus.LIVE, 7, None)

    await desk.until(lambda: desk.coordinator.connection().lacking == 0)


def asks_to_wait(status: int, header: str) -> Fault:
    response = CannedResponse(status=status, headers={"retry-after": header})
    return Fault(applied="never", response=response)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", ["3600", "Wed, 24 Nov 2100 12:00:00 GMT"])
async def test_person_is_not_held_back_by_a_pause_whose_reason_is_gone(
    desk: Live, status: int, header: str
) -> None:
    desk.seed(10)
    await complete(desk)
    await desk.filled()
    desk.faults.always = asks_to_wait(status, header)
    await desk.until(lambda: desk.coordinator.connection().problem)
    desk.faults.always = None
    new = desk.open_ticket()

    await desk.coordinator.refresh_now()

    assert (desk.coordinator.connection().status, desk.coordinator.connection().next_try) == (
        ConnectionStatus.LIVE,
        None,
    )
    assert new in await desk.ids()


async def test_pause_is_looked_into_once_a_minute_and_the_next_look_is_said(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    async with live(tmp_path, clock=clock, cycle_seconds=15) as desk:
        ticket = desk.open_ticket()
        desk.faults.always = asks_to_wait(429, "3600")
        await desk.start()
        await desk.until(lambda: desk.coordinator.connection().next_try)

        for _ in range(10):
            before = desk.coordinator.connection().next_try
            assert before == clock.now() + timedelta(seconds=60)
            asked = desk.requests()
            await desk.until(lambda: clock.sleepers)
            clock.advance(60)
            await desk.until(  # none is told while one is under way
                lambda before=before: desk.coordinator.connection().next_try not in (None, before)
            )
            assert desk.requests() == asked + 1

        desk.faults.always = None
        await desk.until(lambda: clock.sleepers)
        clock.advance(60)
        await desk.until(lambda: desk.told_of(ticket))
