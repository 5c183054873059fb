from dataclasses import replace
from datetime import UTC, datetime

from app.desk.read_models import DashboardStats, Freshness, InboxSnapshot
from app.domain.connection import ConnectionStatus
from app.domain.filters import VIEWS, TicketFilter
from app.domain.ticket import Stats
from app.state.formatting import Formatter
from app.state.presenters.empty_state import empty_list, way_out

WORDS = Formatter()
WAITING = VIEWS["needs-response"].filter
FRESH = Freshness(
    status=ConnectionStatus.LIVE,
    as_of=datetime(2025, 1, 20, tzinfo=UTC),
    problem=None,
    held=9,
    expected=9,
    complete=True,
)


def empty(chosen: TicketFilter, *, held: int = 9) -> InboxSnapshot:
    return InboxSnapshot(chosen=chosen, rows=(), total=0, held=held)


def owing(count: int) -> DashboardStats:
    views = {"waiting-on-customer": count}
    return DashboardStats(
        stats=Stats(), counted=Stats(), days=(), waiting=(), trends={}, views=views
    )


def test_nobody_waiting_leads_to_those_who_owe_an_answer() -> None:
    data = empty_list(empty(WAITING), fmt=WORDS, dashboard=owing(4))

    assert (data.title, data.text, data.action) == (
        "Nobody is waiting.",
        "4 customers owe you an answer.",
        "Show",
    )
    assert way_out(WAITING, owing(4)) == VIEWS["waiting-on-customer"].filter


def test_nobody_waiting_and_nobody_owing_leads_to_all_tickets() -> None:
    assert empty_list(empty(WAITING), fmt=WORDS, dashboard=owing(0)).action == "Show all tickets"
    assert way_out(WAITING, owing(0)) == TicketFilter()


def test_nobody_waiting_is_said_of_the_tickets_read_while_some_are_lacking() -> None:
    filling = replace(FRESH, complete=False)

    data = empty_list(empty(WAITING), fmt=WORDS, freshness=filling, dashboard=owing(0))

    assert data.title == "Nobody is waiting among the tickets read."
    assert data.text == "The copy is still being read."


def test_search_without_a_hit_says_what_was_searched() -> None:
    chosen = WAITING.changed(query="refnud")

    data = empty_list(empty(chosen), fmt=WORDS, freshness=FRESH, dashboard=owing(4))

    assert data.title == "No ticket matches \u201crefnud\u201d."
    assert data.text == "Searched subject, e-mail, ids, product and the messages held."
    assert data.action == "Search all tickets"
    assert way_out(chosen, owing(4)) == TicketFilter(query="refnud")


def test_search_of_all_tickets_without_a_hit_leads_back_to_them() -> None:
    chosen = TicketFilter(query="refnud")

    assert empty_list(empty(chosen), fmt=WORDS).action == "Clear filters"
    assert way_out(chosen, owing(4)) == TicketFilter()


def test_search_in_a_partial_copy_says_that_it_is_partial() -> None:
    data = empty_list(
        empty(TicketFilter(query="x")), fmt=WORDS, freshness=replace(FRESH, complete=False)
    )

    assert data.text.endswith("The copy is still being read.")


def test_empty_copy_is_being_read_or_is_empty_or_says_what_is_wrong() -> None:
    nothing = empty(TicketFilter(), held=0)
    reading = replace(FRESH, complete=False)
    refused = replace(reading, problem="The key was refused.")

    none, busy, failed = (
        empty_list(nothing, fmt=WORDS, freshness=known) for known in (FRESH, reading, refused)
    )

    assert (none.title, none.busy) == ("No tickets yet.", False)
    assert (busy.title, busy.busy) == ("Reading the tickets …", True)
    assert (failed.title, failed.busy) == ("No ticket has been read yet.", False)
    assert empty_list(nothing, fmt=WORDS, freshness=refused).text == "The key was refused."
