"""Filters as addresses."""

import pytest

from app.domain.filters import filter_from_query, filter_to_query


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
