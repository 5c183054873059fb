"""What a wall shows of an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.masking import masked, without_addresses


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("anna@example.com", "a…@example.com"),
        ("a@example.com", "a…@example.com"),
        ("annabel.long.name@example.com", "a…@example.com"),
        ("odd@name@example.com", "o…@example.com"),
        ("no address at all", "n…"),
        ("@example.com", "…@example.com"),
        ("", "…"),
        (None, None),
    ],
)
def test_masked_shows_the_first_sign_and_the_host(email: str | None, shown: str | None) -> None:
    assert masked(email) == shown


@given(name=st.text(min_size=2), host=st.from_regex(r"[a-z]{3,9}\.com", fullmatch=True))
def test_masked_does_not_tell_how_long_a_name_is(name: str, host: str) -> None:
    name = "x" + name.strip()

    assert masked(f"{name}@{host}") == f"x…@{host}"


def test_addresses_within_a_subject_are_masked() -> None:
    subject = "Refund <anna@example.com>, also bo@shop.example please"

    assert without_addresses(subject) == "Refund <a…@example.com>, also b…@shop.example please"
    assert without_addresses("no address, only a @ sign") == "no address, only a @ sign"
    assert without_addresses(None) is None
