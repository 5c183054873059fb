"""Texts are searched without case, accents or signs, in every script."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.search.normalize import normalize, normalize_lines
from tests.doubles.growth import grows_too_fast


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Order-123 (refund!)", "order 123 refund"),
        ("O'Brien+x@Example.COM", "o brien x example com"),
        ("Grüße, déjà Ångström", "grusse deja angstrom"),
        ("\uff26\uff35\uff2c\uff2c \u2460", "full 1"),
        ("退款问题 ok", "退 款 问 题 ok"),
        ("が ガ", "が ガ"),
        ("한국어 지원", "한국어 지원"),
        ("مُحَمَّد ـــ آدم", "محمد ادم"),
        ("कुंजी", "कुंजी"),
        ("Łódź, Søren, Đorđe", "lodz soren dorde"),
        ("Œuvre, Þór, ħoŧel, \u0131l\u0131k, қазақ", "oeuvre thor hotel ilik казак"),
        ("$30 US$", "\uff04 30 us \uff04"),
        ("50€ 👍🏽 ok", "50 € 👍 ok"),
        ("zero\u200bwidth\u202e\0nul", "zero width nul"),
        ("snake_case", "snake case"),
        ("\ud83d", ""),
        ("", ""),
    ],
)
def test_normalize_leaves_only_words(text: str, folded: str) -> None:
    assert normalize(text) == folded


def test_normalize_lines_keeps_lines_apart() -> None:
    assert normalize_lines("Order  One\nAnna@Example.com\n!") == " order one\n anna example com\n "


@pytest.mark.parametrize("sign", [*map(chr, range(32, 127)), *"€£¥₹₽₿¢₩₺฿♥™©№"])
def test_every_sign_that_is_a_word_is_one_for_the_index(sign: str) -> None:
    word = normalize(sign)
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'ascii')")
    index.execute("INSERT INTO words VALUES (?)", (word,))

    found = index.execute("SELECT count(*) FROM words WHERE words MATCH ?", (f'"{word}"',))

    assert found.fetchone()[0] == (word != "")
    index.close()


@pytest.mark.parametrize("piece", ["\u0301\u0327", "\u3099\u094d", "a\u0327\u0301", "é", "a"])
def test_work_of_normalizing_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert not grows_too_fast(lambda text: normalize(f"é{text}"), piece, size=2_000)


@given(st.text())
def test_folded_text_folds_to_itself(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text())
def test_folded_text_can_be_stored_and_quoted(text: str) -> None:
    folded = normalize(text)

    folded.encode()
    assert '"' not in folded
    assert "\0" not in folded
    assert folded == " ".join(folded.split())
