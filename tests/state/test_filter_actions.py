from datetime import date, timedelta

import pytest

from app.domain.filters import VIEWS, SortKey, TicketFilter
from app.domain.ticket import Awaiting, Status
from app.state import filter_actions

WAITING = VIEWS["needs-response"].filter
SEARCH = WAITING.changed(query="refund", product="Theme", page=3)


def test_status_leaves_the_view_but_keeps_the_search() -> None:
    closed = filter_actions.with_status(SEARCH, "closed")

    assert (closed.view, closed.status, closed.awaiting) == ("", Status.CLOSED, None)
    assert (closed.query, closed.product, closed.page) == ("refund", "Theme", 1)


def test_order_that_was_only_the_views_goes_with_the_view() -> None:
    assert filter_actions.with_status(WAITING, "all") == TicketFilter()
    own = WAITING.changed(sort=SortKey.AMOUNT)
    assert filter_actions.with_status(own, "all").sort is SortKey.AMOUNT


def test_longest_wait_comes_first_where_everybody_waits_and_nowhere_else() -> None:
    waiting = filter_actions.with_needs_response(TicketFilter(), on=True)

    assert (waiting.sort, waiting.descending) == (SortKey.WAITING, False)
    for chosen in (
        filter_actions.with_needs_response(waiting, on=False),
        filter_actions.with_status(waiting, "closed"),
        filter_actions.without(waiting, "awaiting"),
        filter_actions.cleared(waiting),
    ):
        assert (chosen.sort, chosen.descending) == (SortKey.UPDATED, True)


def test_needs_response_means_open_and_the_sellers_turn() -> None:
    on = filter_actions.with_needs_response(TicketFilter(status=Status.CLOSED), on=True)

    assert (on.status, on.awaiting) == (Status.OPEN, Awaiting.SELLER)
    off = filter_actions.with_needs_response(on, on=False)
    assert (off.status, off.awaiting) == (Status.OPEN, None)


@pytest.mark.parametrize("key", ["needs-response", "open", "closed"])
def test_card_leads_to_the_view_of_its_name(key: str) -> None:
    assert filter_actions.view_of(filter_actions.with_card(key)) == key


def test_card_of_the_total_leads_to_the_bare_list() -> None:
    assert filter_actions.with_card("total") == TicketFilter()


def test_view_is_known_by_its_meaning_not_by_its_name() -> None:
    assert filter_actions.view_of(TicketFilter()) == "all"
    assert filter_actions.view_of(TicketFilter(status=Status.OPEN, query="x")) == "open"
    assert filter_actions.view_of(WAITING.changed(status=Status.CLOSED)) == ""


def test_sort_by_a_name_that_is_no_column_changes_nothing() -> None:
    assert filter_actions.with_sort(SEARCH, "; drop table", descending=True) == SEARCH
    assert filter_actions.with_sort(SEARCH, "amount", descending=False).sort is SortKey.AMOUNT


def test_days_that_are_none_are_no_limit() -> None:
    chosen = filter_actions.with_days(TicketFilter(), "2025-02-01", "2025-02-31")

    assert (chosen.created_from, chosen.created_to) == (date(2025, 2, 1), None)


@pytest.mark.parametrize(
    "chosen",
    [
        TicketFilter(query="x"),
        TicketFilter(status=Status.OPEN),
        TicketFilter(other_status=True),
        TicketFilter(status=Status.OPEN, awaiting=Awaiting.SELLER, answered=True),
        TicketFilter(waits_longer_than=timedelta(hours=24)),
        TicketFilter(product="Theme", currency="EUR"),
        TicketFilter(created_from=date(2025, 1, 1), created_to=date(2025, 1, 2)),
    ],
)
def test_taking_every_chip_away_leaves_no_filter(chosen: TicketFilter) -> None:
    chips = [
        n
        for n in ("query", "status", "awaiting", "answered", "waits_longer_than")
        if getattr(chosen, n)
    ]
    chips += [
        n for n in ("product", "currency", "created_from", "created_to") if getattr(chosen, n)
    ]

    chips += ["status"] if chosen.other_status else []
    for chip in chips:
        chosen = filter_actions.without(chosen, chip)

    assert chosen == TicketFilter()
    assert not filter_actions.narrowed(chosen)


def test_clearing_keeps_only_an_order_the_person_chose() -> None:
    assert filter_actions.cleared(SEARCH) == TicketFilter()
    assert filter_actions.cleared(SEARCH.changed(sort=SortKey.SUBJECT)).sort is SortKey.SUBJECT


def test_day_of_the_chart_leads_to_the_tickets_created_on_it() -> None:
    day = date(2025, 1, 20)

    assert filter_actions.with_day("2025-01-20") == TicketFilter(created_from=day, created_to=day)
    assert filter_actions.with_day("<b>") == TicketFilter()


@pytest.mark.parametrize(
    ("band", "at_least", "below"),
    [("0-1", 0, 1), ("4-24", 4, 24), ("72-", 72, None), ("", None, None), ("x-\u0664", None, None)],
)
def test_bar_of_the_chart_leads_to_those_who_have_waited_so_long(
    band: str, at_least: int | None, below: int | None
) -> None:
    limits = [None if n is None else timedelta(hours=n) for n in (at_least, below)]

    chosen = filter_actions.with_wait(band)

    assert chosen == WAITING.changed(waits_longer_than=limits[0], waits_less_than=limits[1])
