import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.connection import ConnectionStatus
from app.domain.errors import StoreDamagedError
from app.domain.filters import VIEWS, TicketFilter
from app.domain.metrics import Exactness, Wait
from app.domain.signals import Changes
from app.domain.ticket import Stats, Ticket
from app.state.formatting import Formatter
from app.state.inbox import InboxState
from app.state.presenters import ticket_list
from components.data import TableData
from tests.state.scripted import FastClock, ScriptedDesk, until_quiet


class MovingClock(FastClock):
    passed = timedelta()

    def now(self) -> datetime:
        return super().now() + self.passed


def drawn(state: InboxState) -> list[TableData]:
    tables: list[TableData] = []
    state.table.follow(tables.append)
    return tables


def ids(state: InboxState) -> list[str]:
    return [row.id for row in state.table.value.rows] if state.table.value else []


async def test_rows_are_asked_for_before_anything_else(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    await inbox.show(TicketFilter())

    assert scripted.queries.asked == ["inbox  1"]
    assert len(ids(inbox)) == 25

    inbox.fill()
    await until_quiet()
    assert scripted.queries.asked[1:] == ["dashboard_stats", "choices"]
    assert inbox.waiting.value == 60


async def test_late_answer_never_replaces_a_newer_one(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.queries.held = []
    older = inbox.show(TicketFilter(query="No 1"))
    await until_quiet()
    newer = inbox.show(TicketFilter(query="No 2"))
    await until_quiet()

    for release in reversed(scripted.queries.held):
        if not release.done():
            release.set_result(None)
    await asyncio.gather(older, newer, return_exceptions=True)

    assert older.cancelled()
    assert ids(inbox)[:2] == ["t2", "t20"]


async def test_late_answer_of_a_refresh_never_replaces_a_newer_one(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.queries.held = []
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()
    task = inbox.show(TicketFilter(query="No 2"))
    await until_quiet()

    refresh, asked = scripted.queries.held
    asked.set_result(None)
    await task
    refresh.set_result(None)
    await until_quiet()

    assert ids(inbox)[:2] == ["t2", "t20"]


async def test_what_was_typed_last_is_shown_whatever_order_the_answers_come_in(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    chance = random.Random(7)  # noqa: S311  # a fixed schedule, not a secret
    scripted.queries.held = []
    for _ in range(500):
        inbox.show(TicketFilter(query=f"No {chance.randrange(60)}"))
        if chance.random() < 0.3:
            scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
        scripted.release(chance)
        await asyncio.sleep(0)
    task = inbox.show(TicketFilter(query="No 5"))
    await until_quiet()
    scripted.release()
    await task
    await until_quiet()

    assert ids(inbox)[0] == "t5"


async def test_change_that_alters_nothing_on_screen_is_not_drawn(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    await inbox.show(TicketFilter())
    tables = drawn(inbox)

    scripted.changes.emit(Changes(tickets=frozenset({"t59"})))
    await until_quiet()

    assert scripted.queries.asked.count("inbox  1") == 2
    assert len(tables) == 1


async def test_old_rows_drawn_meanwhile_do_not_pass_for_those_that_were_asked_for(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    await inbox.show(TicketFilter())
    assert inbox.table.value
    before = inbox.table.value.asked
    scripted.queries.held = []

    task = inbox.show(TicketFilter(query="No 2"))
    await until_quiet()
    checking = asyncio.create_task(inbox.check())
    await until_quiet()
    scripted.queries.held[1].set_result(None)
    await checking
    assert inbox.table.value.asked == before

    scripted.queries.held[0].set_result(None)
    await task
    assert ids(inbox)[:2] == ["t2", "t20"]
    assert inbox.table.value.asked > before


async def test_change_of_a_row_is_drawn_unasked(inbox: InboxState, scripted: ScriptedDesk) -> None:
    await inbox.show(TicketFilter())
    asked = inbox.table.value.asked if inbox.table.value else -1

    scripted.put(Ticket(id="t3", subject="Changed", status="open", awaiting="customer"))
    await until_quiet()

    assert inbox.table.value
    assert inbox.table.value.rows[3].subject == "Changed"
    assert inbox.table.value.asked == asked


async def test_burst_of_changes_asks_once(inbox: InboxState, scripted: ScriptedDesk) -> None:
    await inbox.show(TicketFilter())
    inbox.fill()
    await until_quiet()
    scripted.queries.asked.clear()

    for number in range(500):
        scripted.changes.emit(
            Changes(tickets=frozenset({f"t{number}"}), stats=True, connection=True)
        )
    await until_quiet()

    assert sorted(scripted.queries.asked) == ["choices", "dashboard_stats", "freshness", "inbox  1"]


async def test_changes_ask_only_for_what_they_may_touch(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.changes.emit(Changes(connection=True))
    scripted.changes.emit(Changes(stats=True))
    await until_quiet()
    assert scripted.queries.asked == ["freshness"]

    inbox.fill()
    await until_quiet()
    scripted.queries.asked.clear()
    scripted.changes.emit(Changes(stats=True))
    await until_quiet()
    assert scripted.queries.asked == ["dashboard_stats", "choices"]


async def test_page_that_no_longer_exists_becomes_the_last(inbox: InboxState) -> None:
    moved: list[int] = []
    inbox.clamped.subscribe(lambda chosen: moved.append(chosen.page))

    await inbox.show(TicketFilter(page=9))

    assert (inbox.chosen.page, moved, len(ids(inbox))) == (3, [3], 10)


async def test_list_that_shrinks_while_shown_moves_to_its_last_page(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    await inbox.show(TicketFilter(page=3))
    for number in range(20, 60):
        del scripted.queries.tickets[f"t{number}"]

    scripted.changes.emit(Changes(tickets=frozenset({"t20"})))
    await until_quiet()

    assert (inbox.chosen.page, len(ids(inbox))) == (1, 20)


async def test_failed_answer_is_said_and_leaves_the_rows(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    await inbox.show(TicketFilter())
    scripted.queries.error = StoreDamagedError("The local copy cannot be read.")

    await inbox.show(TicketFilter(query="No 1"))
    assert len(ids(inbox)) == 25
    assert inbox.notice.value
    assert inbox.notice.value.text.startswith("The local copy cannot be read.")

    scripted.queries.error = None
    await inbox.show(TicketFilter(query="No 1"))
    assert inbox.notice.value is None


async def test_freshness_is_drawn_when_the_link_changes(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.queries.known = replace(
        scripted.queries.known,
        status=ConnectionStatus.OFFLINE,
        problem="The Tickets API cannot be reached.",
    )

    scripted.changes.emit(Changes(connection=True))
    await until_quiet()

    assert inbox.freshness.value
    assert (inbox.freshness.value.state, inbox.freshness.value.label) == ("offline", "Offline")


async def test_refresh_with_nothing_new_still_turns_a_wait_red_in_time(
    scripted: ScriptedDesk,
) -> None:
    clock = MovingClock()
    since = clock.now() - timedelta(hours=23, minutes=59)
    wait = Wait(since=since, exactness=Exactness.EXACT)
    inbox = InboxState(
        scripted.queries,
        scripted.changes,
        chosen=TicketFilter(),
        fmt=Formatter(),
        clock=clock,
    )
    scripted.queries.wait = wait
    await inbox.show(TicketFilter())
    before = [row.tone for row in inbox.table.value.rows]

    clock.passed = timedelta(minutes=2)
    scripted.changes.emit(Changes(connection=True))
    await until_quiet()

    assert (set(before), {row.tone for row in inbox.table.value.rows}) == ({"waiting"}, {"late"})
    await inbox.close()


async def test_numbers_are_unknown_not_zero_before_anything_was_read(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    read = scripted.queries.known
    scripted.queries.known = replace(read, as_of=None, held=0)
    await inbox.check()
    inbox.fill()
    await until_quiet()
    assert inbox.stats.value
    assert {card.value for card in inbox.stats.value} == {None}
    assert inbox.charts.value is None

    scripted.queries.known = read
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()
    assert inbox.waiting.value == 60


async def test_filter_bar_does_not_wait_for_rows_that_take_long(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.queries.held = []

    drawn = asyncio.Event()
    inbox.filters.follow(lambda _: drawn.set())
    inbox.show(VIEWS["open"].filter)
    await drawn.wait()

    assert inbox.filters.value
    assert inbox.filters.value.status == "open"
    assert inbox.views.value
    assert [view.key for view in inbox.views.value if view.active] == ["open"]


async def test_times_are_said_in_the_viewers_zone_once_it_is_known(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.put(Ticket(id="t0", updated_at=FastClock().now()))
    await inbox.show(TicketFilter())

    inbox.set_formatter(Formatter(zone=ZoneInfo("Asia/Tokyo")))
    await until_quiet()

    assert inbox.table.value
    assert inbox.table.value.rows[0].updated_exact.endswith("JST")


async def test_empty_list_of_the_waiting_leads_to_those_who_owe(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    inbox.dashboard = replace(
        await scripted.queries.dashboard_stats(zone=ZoneInfo("UTC")),
        stats=Stats(),
        views={"waiting-on-customer": 4},
    )
    scripted.queries.said = 0
    scripted.queries.tickets = {"t": Ticket(id="t", subject="x")}
    await inbox.show(VIEWS["needs-response"].filter.changed(query=""))

    assert inbox.follow_empty() == VIEWS["waiting-on-customer"].filter


async def test_closed_state_hears_of_nothing_more(scripted: ScriptedDesk) -> None:
    state = InboxState(
        scripted.desk.queries,
        scripted.changes,
        chosen=TicketFilter(),
        fmt=Formatter(),
        clock=FastClock(),
    )
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))

    await state.close()
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()

    assert (scripted.listeners, scripted.queries.asked) == (0, [])


async def test_list_that_could_not_be_read_says_so_and_is_asked_for_again_by_itself(
    inbox: InboxState, scripted: ScriptedDesk
) -> None:
    scripted.queries.error = StoreDamagedError("The local copy cannot be read.")
    await inbox.show(TicketFilter())

    assert inbox.table.value
    assert inbox.table.value.empty
    assert "The local copy cannot be read." in inbox.table.value.empty.text

    scripted.queries.error = None
    await until_quiet()
    assert len(ids(inbox)) == 25
    assert inbox.notice.value is None


async def test_fault_while_rows_are_drawn_is_said_and_tried_again(
    inbox: InboxState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> TableData:
        raise KeyError("x")

    with monkeypatch.context() as patch:
        patch.setattr(ticket_list, "table", broken)
        await inbox.show(TicketFilter())
        assert inbox.notice.value
        assert "fault in the desk" in inbox.notice.value.text

    await until_quiet()
    assert len(ids(inbox)) == 25
