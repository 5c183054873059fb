"""Hits are cut out of the text as it was written, whatever folding makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_query import parse_query
from app.state.presenters.ticket_list import marked


@pytest.mark.parametrize(
    ("text", "query", "hits"),
    [
        ("Order not received", "eceive", ["eceive"]),
        ("Grüße aus ZÜRICH", "zurich gru", ["Grü", "ZÜRICH"]),
        ("Straße 5", "STRASSE", ["Straße"]),
        ("我想退款 (退款)", "退款", ["退款", "退款"]),
        ("ライセンスキー", "キー", ["キー"]),
        ("أَيْنَ الطَّلَب", "الطلب", ["الطَّلَب"]),
        ("मुझे कुंजी", "कुंजी", ["कुंजी"]),
        ("한국어 환불", "환불", ["환불"]),
        ("e\u0301te\u0301", "ete", ["e\u0301te\u0301"]),
        ("INV-12345 paid", "inv-123", ["INV-123"]),
        ("costs 30€ more", "€", ["€"]),
        ("no or not", '"no"', ["no"]),
        ("a refund, not an offer", "-refund of", ["of"]),
        ("Order 5", "subject:ord from:order", ["Ord"]),
        ("anything", "is:open older:3d", []),
        ("nothing", "zzz", []),
    ],
)
def test_hits_of_a_query_are_cut_out_as_written(text: str, query: str, hits: list[str]) -> None:
    pieces = marked(text, parse_query(query), "subject")

    assert list(pieces[1::2]) == hits
    assert not hits or "".join(pieces) == text


def test_hit_in_a_message_begins_a_word() -> None:
    assert marked("prefer a refund", parse_query("ref"), "messages") == ("prefer a ", "ref", "und")
    assert marked("of the offer", parse_query("of"), "messages") == ("", "of", " the offer")


@given(text=st.text(max_size=60), query=st.text(max_size=20))
def test_pieces_joined_are_the_text_again(text: str, query: str) -> None:
    for field in ("subject", "messages", "product"):
        pieces = marked(text, parse_query(f"{query} {text[2:6]}"), field)

        assert pieces == () or ("".join(pieces) == text and all(pieces[1::2]))
