"""A list with a name: what it may be called, and what is left of words that mean nothing."""

import pytest

from app.domain.errors import ViewError
from app.domain.filters import VIEWS, ListHabits, SortKey, TicketFilter, filter_from_query
from app.domain.saved_views import (
    LONGEST_VIEW_NAME,
    MOST_VIEWS,
    SavedView,
    check_room,
    clean_view_name,
    first_list,
    words_of,
)

BIG = TicketFilter(query="refund", product="Premium & more", sort=SortKey.AMOUNT)


def view(words: str, view_id: str = "one") -> SavedView:
    return SavedView(view_id=view_id, author="", name="Big refunds", words=words)


@pytest.mark.parametrize("chosen", [BIG, *(one.filter for one in VIEWS.values())])
def test_any_list_comes_back_from_its_words(chosen: TicketFilter) -> None:
    saved = view(words_of(chosen.changed(page=3)))

    assert saved.filter == chosen
    assert saved.meaningless == ()
    assert saved.is_shown(chosen.changed(page=2))
    assert not saved.is_shown(chosen.changed(query="other"))


@pytest.mark.parametrize(
    ("words", "lost", "left"),
    [
        ("q=refund&status=escalated", ("status=escalated",), {"q": "refund"}),
        ("view=gone&sort=-amount", ("view=gone",), {"sort": "-amount"}),
        ("garbage", ("garbage",), {}),
        ("", ("…",), {}),
    ],
)
def test_words_that_mean_nothing_are_named_and_the_rest_is_shown(
    words: str, lost: tuple[str, ...], left: dict[str, str]
) -> None:
    saved = view(words)

    assert saved.meaningless == lost
    assert saved.filter == filter_from_query(left)
    assert not saved.is_shown(saved.filter)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("  ", "needs a name"),
        ("\u200b\u2800", "needs a name"),
        ("a" * (LONGEST_VIEW_NAME + 1), "at most 60 letters.*has 61"),
        ("Refunds\u202e", "no control characters"),
    ],
)
def test_bad_name_gets_one_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ViewError, match=sentence):
        clean_view_name(typed)


def test_name_is_kept_without_blanks_around_it_and_with_halves_of_signs_replaced() -> None:
    assert clean_view_name("  Big \n refunds\ud83d ") == "Big refunds\ufffd"


def test_name_that_is_taken_in_another_case_is_refused_and_so_is_one_too_many() -> None:
    with pytest.raises(ViewError, match="called “BIG refunds” already"):
        check_room("BIG refunds", ["Big Refunds"])
    with pytest.raises(ViewError, match="50 views already"):
        check_room("One more", [str(number) for number in range(MOST_VIEWS)])


def test_list_that_is_too_long_is_refused() -> None:
    with pytest.raises(ViewError, match="too long"):
        words_of(TicketFilter(product="x" * 3_000))


def test_address_without_words_opens_the_saved_view_looked_at_last() -> None:
    saved = view(words_of(BIG))

    assert first_list(ListHabits(view=saved.key), (saved,)) == BIG
    assert first_list(ListHabits(view=saved.key), ()) == ListHabits().first
    assert first_list(ListHabits(view="closed"), (saved,)) == VIEWS["closed"].filter
