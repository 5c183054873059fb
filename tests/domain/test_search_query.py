"""What is typed is read piece by piece; whatever is not understood is text, and is said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_query import FIELDS, HasTraits, SearchQuery, Term, parse_query


def test_words_phrases_and_exclusions_stand_beside_each_other() -> None:
    assert parse_query('refund "not received" -spam -"gift card"').terms == (
        Term(text="refund"),
        Term(text="not received", whole=True),
        Term(text="spam", excluded=True),
        Term(text="gift card", whole=True, excluded=True),
    )


@pytest.mark.parametrize("marks", ["“%s”", "„%s“", "«%s»", "”%s”", "\uff02%s\uff02"])
def test_quotes_of_phones_and_other_languages_make_a_phrase(marks: str) -> None:
    assert parse_query(f"-{marks % 'not received'}").terms == (
        Term(text="not received", whole=True, excluded=True),
    )


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("from:anna@example.com", Term(text="anna@example.com", field="customer")),
        ("FROM:Anna", Term(text="Anna", field="customer")),
        ('from:"anna k"', Term(text="anna k", field="customer", whole=True)),
        ("subject:refund", Term(text="refund", field="subject")),
        ("order:ord_77", Term(text="ord_77", field="order")),
        ("-invoice:INV-1", Term(text="INV-1", field="invoice", excluded=True)),
    ],
)
def test_field_word_looks_into_one_field(typed: str, term: Term) -> None:
    assert parse_query(typed) == SearchQuery(terms=(term,))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("is:open", HasTraits(traits=(("status", "open"),))),
        ("is:CLOSED", HasTraits(traits=(("status", "closed"),))),
        ("is:waiting", HasTraits(traits=(("status", "open"), ("awaiting", "seller")))),
        ("is:answered", HasTraits(traits=(("answered", True),))),
        ("-is:unanswered", HasTraits(traits=(("answered", False),), excluded=True)),
        ("currency:eur", HasTraits(traits=(("currency", "eur"),))),
        ("currency:€", HasTraits(traits=(("currency", "€"),))),
        ('currency:"kr"', HasTraits(traits=(("currency", "kr"),), whole=True)),
        ("product:Premium", HasTraits(traits=(("product", "Premium"),))),
        (
            'product:"Premium License"',
            HasTraits(traits=(("product", "Premium License"),), whole=True),
        ),
    ],
)
def test_field_word_asks_for_a_trait(typed: str, asked: HasTraits) -> None:
    assert parse_query(typed) == SearchQuery(traits=(asked,))


@pytest.mark.parametrize(
    ("typed", "measure", "compare", "value"),
    [
        ("older:3d", "idle", ">", timedelta(days=3)),
        ("older:3", "idle", ">", timedelta(days=3)),
        ("newer:2h", "idle", "<=", timedelta(hours=2)),
        ("newer:90M", "idle", "<=", timedelta(minutes=90)),
        ("older:999999w", "idle", ">", timedelta(weeks=999999)),
        ("amount:>50", "amount", ">", Decimal(50)),
        ("amount:<=-9,99", "amount", "<=", Decimal("-9.99")),
        ("amount:29.90", "amount", "=", Decimal("29.9")),
        ("messages:>3", "messages", ">", Decimal(3)),
        ("messages:=0", "messages", "=", Decimal(0)),
    ],
)
def test_field_word_compares_a_number(
    typed: str, measure: str, compare: str, value: Decimal | timedelta
) -> None:
    [read] = parse_query(typed).comparisons

    assert (read.measure, read.compare, read.value) == (measure, compare, value)
    assert parse_query(typed).warning == ""


def test_unreadable_value_is_text_and_says_so() -> None:
    assert parse_query("older:soon") == SearchQuery(
        terms=(Term(text="older:soon"),),
        warning="“older:soon” is searched as text: write older:3d or older:12h.",
    )


@pytest.mark.parametrize("typed", ["amount:much", "messages:1.5", "is:late", "newer:1y"])
def test_what_no_field_word_reads_is_searched_as_text(typed: str) -> None:
    query = parse_query(typed)

    assert query.terms == (Term(text=typed),)
    assert query.warning.startswith(f"“{typed}” is searched as text: write ")


def test_unknown_field_word_is_text_and_the_known_ones_are_named() -> None:
    query = parse_query("-colour:red")

    assert query.terms == (Term(text="colour:red", excluded=True),)
    assert query.warning.startswith("“colour:red” is searched as text: field words are from:, ")
    assert all(f"{name}:" in query.warning for name in FIELDS)


@pytest.mark.parametrize(
    "typed", ["from:", 'from:"', "is:", "is:op", "older:", "amount:>", "amount:5."]
)
def test_word_that_is_not_complete_finds_nothing_less_and_says_so(typed: str) -> None:
    query = parse_query(typed)

    assert query == SearchQuery(warning=query.warning)
    assert "is not complete: write " in query.warning


@pytest.mark.parametrize(
    "typed", ["https://example.com/a?b", "12:30", "Re:", "C:\\keys", "std::string", '"is:open"']
)
def test_text_with_a_colon_is_no_field_word(typed: str) -> None:
    query = parse_query(typed)

    assert [term.text for term in query.terms] == [typed.strip('"')]
    assert (query.traits, query.warning) == ((), "")


def test_only_the_first_doubt_is_said() -> None:
    assert parse_query("older:soon newer:then").warning == parse_query("older:soon").warning


def test_open_phrase_reaches_to_the_end_and_may_go_on() -> None:
    assert parse_query('a "not rec').terms == (Term(text="a"), Term(text="not rec"))


@pytest.mark.parametrize("name", FIELDS)
def test_every_example_is_understood(name: str) -> None:
    for example in (FIELDS[name].example, *FIELDS[name].also):
        assert example.startswith(f"{name}:")
        assert parse_query(example) != SearchQuery()
        assert parse_query(example).warning == ""


@given(st.text() | st.text(alphabet='-":<>=abisopen 0123dolr'))
def test_anything_is_a_query(typed: str) -> None:
    query = parse_query(typed)

    assert len(query.terms) + len(query.traits) + len(query.comparisons) <= 200
    assert "\n" not in query.warning or "\n" in typed
