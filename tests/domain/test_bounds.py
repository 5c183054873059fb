"""Texts are cut between signs, and put into a normal form in bounded time."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bounds import LONGEST_MARKS, cut, normalized
from tests.doubles.growth import grows_too_fast


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [
        ("hello", 5, "hello"),
        ("hello!", 5, "hell…"),
        ("to be or", 6, "to be…"),
        ("to be or", 4, "to…"),
        ("cafe\u0301s", 5, "caf…"),
        ("👩\u200d👩\u200d👧 hi", 4, "…"),
        ("a👍🏽b", 3, "a…"),
        ("🇫🇷🇩🇪!", 4, "🇫🇷…"),
        ("🇫🇷🇩🇪!", 5, "🇫🇷🇩🇪!"),
        ("\u1112\u1161\u11abb", 3, "…"),
        ("ab", 1, "…"),
        ("", 0, ""),
    ],
)
def test_cut_takes_no_sign_apart(text: str, length: int, shown: str) -> None:
    assert cut(text, length) == shown


@given(st.text(), st.integers(1, 50))
def test_cut_text_is_a_beginning_within_its_bound(text: str, length: int) -> None:
    shown = cut(text, length)

    assert len(shown) <= length
    assert shown == text or text.startswith(shown.removesuffix("…"))


@given(st.text(st.characters(codec="utf-8")))
def test_normal_form_of_what_people_write_is_unicodes_own(text: str) -> None:
    assert normalized("NFKD", text) == unicodedata.normalize("NFKD", text)


@pytest.mark.parametrize("piece", ["\u0301\u0327", "\u3099\u094d", "a\u0327\u0301", "é", "☂"])
def test_work_of_a_normal_form_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert not grows_too_fast(lambda text: normalized("NFKD", text), piece, size=2_000)


def test_tower_of_marks_keeps_as_many_as_a_letter_may_have() -> None:
    assert (
        normalized("NFD", "o" + "\u0301" * 99 + "ẑ☂") == "o" + "\u0301" * LONGEST_MARKS + "z\u0302☂"
    )
