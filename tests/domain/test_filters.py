"""Filters as addresses."""

import pytest

from app.domain.filters import (
    VIEWS,
    ListHabits,
    SortKey,
    TicketFilter,
    address,
    filter_from_query,
    filter_to_query,
    names_list,
)


@pytest.mark.parametrize(
    ("older", "now"),
    [
        ({"turn": "seller"}, {"awaiting": "seller"}),
        ({"sort": "-turn"}, {"sort": "-awaiting"}),
        ({"view": "wrote-again"}, {"view": "customer-replied"}),
        ({"view": "wrote-again", "turn": "all"}, {"view": "customer-replied", "awaiting": "all"}),
        ({"view": "to-decide"}, {"view": "needs-review"}),
        ({"idle_hours": "24"}, {"waiting_hours": "24"}),
    ],
)
def test_words_of_older_links_are_still_read(older: dict[str, str], now: dict[str, str]) -> None:
    read = filter_from_query(older)

    assert read == filter_from_query(now)
    assert filter_to_query(read) == now


def test_both_limits_of_a_wait_are_in_the_address() -> None:
    words = {"view": "needs-response", "waiting_hours": "4", "waiting_below": "24"}

    assert filter_to_query(filter_from_query(words)) == words


def test_address_of_all_tickets_says_so_and_one_without_words_is_the_sellers_own() -> None:
    assert address(TicketFilter()) == "/?view=all"
    assert filter_from_query({"view": "all"}) == TicketFilter()
    assert address(None, "tkt_1") == "/?ticket=tkt_1"
    assert not names_list({"ticket": "tkt_1"})
    assert all(names_list(words) for words in ({"q": "refund"}, {"page": "2"}, {"view": "all"}))


def test_first_list_is_the_queue_with_the_longest_wait_first() -> None:
    first = ListHabits().first

    assert first == VIEWS["needs-response"].filter
    assert (first.sort, first.descending) == (SortKey.WAITING, False)
    assert ListHabits(view="no-such-view").first == first


def test_view_opens_in_the_order_it_was_left_in_and_nonsense_changes_nothing() -> None:
    habits = ListHabits(view="open", orders={"open": "-amount", "closed": "<b>"})

    assert habits.first == VIEWS["open"].filter.changed(sort=SortKey.AMOUNT)
    assert habits.opened("closed") == VIEWS["closed"].filter
