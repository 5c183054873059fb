from datetime import date

from app.desk.read_models import Choice, Choices
from app.domain.filters import VIEWS, TicketFilter
from app.domain.search_query import parse_query
from app.state.formatting import Formatter
from app.state.presenters import filters

WORDS = Formatter()


def test_search_box_says_what_is_doubtful_and_never_hides_a_sign() -> None:
    assert filters.search_box("refund").doubt == ""
    assert filters.search_box("older:\u202esoon").doubt == (
        "“older:\u25a1soon” is searched as text: write older:3d or older:12h."
    )


def test_every_hint_can_be_typed() -> None:
    for hint in filters.search_box("").hints:
        assert hint.example.startswith(hint.insert)
        assert parse_query(hint.example).warning == ""


def test_filter_bar_has_a_chip_for_each_filter_that_no_button_shows() -> None:
    chosen = VIEWS["over-a-day"].filter.changed(
        query="refund", product="Theme", created_from=date(2025, 1, 2)
    )

    data = filters.filter_bar(chosen, fmt=WORDS)

    assert [chip.label for chip in data.chips] == [
        "\u201crefund\u201d",
        "Waiting > 24 h",
        "Theme",
        "From Jan 2, 2025",
    ]
    assert (data.status, data.needs_response, data.created_from) == ("open", True, "2025-01-02")


def test_filter_bar_offers_the_chosen_product_also_when_no_ticket_has_it() -> None:
    choices = Choices(products=(Choice(value="Theme", count=1200),), currencies=())

    data = filters.filter_bar(TicketFilter(product="Gone"), fmt=WORDS, choices=choices)

    assert [(o.value, o.label) for o in data.products] == [
        ("Theme", "Theme · 1,200"),
        ("Gone", "Gone"),
    ]
