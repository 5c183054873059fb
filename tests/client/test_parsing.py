"""Single values: the corpus of things an API may write where a value belongs."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.parsing import (
    parse_amount,
    parse_count,
    parse_flag,
    parse_id,
    parse_text,
    parse_time,
    parse_word,
)

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(),
    st.text(alphabet=st.characters(categories=["Cs", "Nd", "Lu"])),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.integers()),
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (Decimal("29.99"), "29.99"),
        ("29.99", "29.99"),
        (30, "30"),
        (Decimal("-5.5"), "-5.5"),
        (0, "0"),
        (Decimal("0.30000000000000004"), "0.30000000000000004"),
        (Decimal("1e22"), "1e22"),
        (Decimal("12.345"), "12.345"),
    ],
)
def test_amount_is_exact(written: object, read: str) -> None:
    assert parse_amount(written) == Decimal(read)


@pytest.mark.parametrize(
    "written",
    [
        *("", "1_000", "NaN", "Infinity", "٣", "9" * 5000, "1e999", "0e999"),
        *(Decimal(bad) for bad in ("NaN", "Infinity", "1e999", "1e-999")),
        *(None, True, []),
    ],
)
def test_amount_is_unknown_when_absurd(written: object) -> None:
    assert parse_amount(written) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((text, "29.99") for text in ("29,99", "$29.99", "29,99 €", "EUR 29.99", "29.99 USDT")),
        *((text, "1299.00") for text in ("1,299.00", "1.299,00", "1 299,00", "CHF 1'299.00")),
        *((text, "1299") for text in ("1\u202f299 kr", "US$1 299", "1\u2019299")),
        *((text, "-5") for text in ("-$5", "$-5", "-5 zł", "-5,0")),
        *((text, "1299000") for text in ("1,299,000", "1.299.000", "1 299 000")),
        *((text, "0.125") for text in ("0,125", "0,125 BTC")),
    ],
)
def test_amount_is_read_as_people_write_it(written: str, read: str) -> None:
    assert parse_amount(written) == Decimal(read)


@pytest.mark.parametrize(
    "written",
    [
        *("1,299", "1.299 €", "1,2,3", "12,34,567.00", "--5", "-$-5", "5-", "€", "free", "1 2"),
        *("1,299 or 1.299", "29.99 / 31.50", "1.299.00", "," * 90, "1 " * 45, "$" * 90),
    ],
)
def test_amount_that_could_be_two_or_none_is_unknown(written: str) -> None:
    assert parse_amount(written) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [(3, 3), (0, 0), (Decimal("3.0"), 3), (2**63 - 1, 2**63 - 1)]
    + [(bad, None) for bad in (-1, 2**63, True, "3", None, Decimal("2.5"), Decimal("1e99"), {})],
)
def test_count_is_a_whole_number_of_things(written: object, read: int | None) -> None:
    assert parse_count(written) == read


NOON = datetime(2025, 1, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *("2025-01-20T12:00:00Z", "2025-01-20T12:00:00", "2025-01-20 12:00"),
        *("2025-01-20T13:30:00+01:30", "2025-01-20T12:00:00.000000000Z", " 2025-01-20t12:00:00z "),
        *(1737374400, 1737374400000, "1737374400", Decimal("1737374400.0")),
    ],
)
def test_moment_is_utc_however_it_is_written(written: object) -> None:
    assert parse_time(written) == NOON


@pytest.mark.parametrize(
    "written",
    [
        *("", "soon", "2025-01-20T25:00:00Z", "2025-02-30", "0001-01-01T00:00:00+14:00"),
        *("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "0" * 10_000, "\ud83d"),
        *(0, -1, True, 10**30, None, {}, Decimal("NaN"), Decimal("1e-999999")),
    ],
)
def test_moment_is_unknown_when_it_makes_no_sense(written: object) -> None:
    assert parse_time(written) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [("OPEN", "open"), (" Pending ", "pending"), ("", None), (7, None), ("x" * 10_000, "x" * 100)],
)
def test_word_is_folded_and_kept_when_unknown(written: object, read: str | None) -> None:
    assert parse_word(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("a\x00b", "a\x00b"), ("half \ud83d", "half \ufffd"), ("\ud83d\ude00", "😀"), (12, "12")]
    + [(bad, None) for bad in ("", " \n", True, 1.5, [], None)],
)
def test_text_keeps_all_but_half_characters(written: object, read: str | None) -> None:
    assert parse_text(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("tkt_1", "tkt_1"), (7, "7"), ("../a%2f\n", "../a%2f\n"), (" a ", " a ")]
    + [(bad, None) for bad in ("", None, True, "x" * 201, "\ud83d", {}, Decimal(7))],
)
def test_identity_survives_the_way_back_or_is_none(written: object, read: str | None) -> None:
    assert parse_id(written) == read


def test_flag_takes_nothing_for_yes() -> None:
    assert [parse_flag(value) for value in (True, False, 1, "true", None)] == [
        True,
        False,
        None,
        None,
        None,
    ]


@given(ANYTHING)
def test_values_never_raise_and_always_encode(value: object) -> None:
    for read in (parse_amount, parse_count, parse_flag, parse_time):
        read(value)
    for read_text in (parse_text, parse_word, parse_id):
        (read_text(value) or "").encode()


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_moment_can_be_shown_in_any_zone(at: datetime) -> None:
    read = parse_time(at.isoformat())

    if read is not None:
        assert read == at.astimezone(UTC)
        for offset in ("-12:00", "+14:00"):
            read.astimezone(datetime.fromisoformat(f"2025-01-01T00:00:00{offset}").tzinfo)
