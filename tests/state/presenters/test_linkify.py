from itertools import count

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.bounds import LINKS_SHOWN
from app.state.presenters.linkify import LINKED_LENGTH, segments
from components.data import Segment
from tests.doubles.growth import FACTOR, grows_too_fast

pieces = st.sampled_from(
    [
        "https://example.com/a?b=c",
        "HTTP://EXAMPLE.COM",
        "mailto:anna@example.com",
        "anna@example.com",
        "javascript:alert(1)",
        "data:text/html,<b>",
        "ftp://example.com",
        "//evil.example",
        "<img src=x onerror=alert(1)>",
        "http://",
        "。",
        "\u202e",
        "\u0000",
        "(",
        ")",
        ".",
        " ",
        "\n",
    ]
)
texts = st.lists(pieces | st.text(max_size=20), max_size=30).map("".join)


@given(texts)
@example("https://example.com" + "a" * LINKED_LENGTH)
def test_segments_joined_are_the_text_and_link_only_to_named_schemes(text: str) -> None:
    found = segments(text)

    assert "".join(segment.text for segment in found) == text
    hrefs = [segment.href.lower() for segment in found if segment.href]
    assert all(href.startswith(("http://", "https://", "mailto:")) for href in hrefs)


def test_segments_link_what_a_person_would_follow() -> None:
    found = segments("See https://example.com/a_(b), or write to anna@example.com.")

    assert [(s.text, s.href) for s in found if s.href] == [
        ("https://example.com/a_(b)", "https://example.com/a_(b)"),
        ("anna@example.com", "mailto:anna@example.com"),
    ]


@pytest.mark.parametrize("after", [*"。、」”»", "\uff0c谢谢", "\uff01", "\uff09次", "\uff1fa"])
def test_link_ends_where_no_address_goes_on(after: str) -> None:
    found = segments(f"见 https://shop.example/a{after}\uff0canna@example.com{after}")

    assert [(s.text, s.href) for s in found if s.href] == [
        ("https://shop.example/a", "https://shop.example/a"),
        ("anna@example.com", "mailto:anna@example.com"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html;base64,AA",
        "//evil.example/x",
        "ftp://example.com/x",
        "setup.py",
        "example.com",
        "https://example.com/\u202egpj.exe",
        "file:///etc/passwd",
    ],
)
def test_segments_leave_everything_else_plain(text: str) -> None:
    assert segments(text) == (Segment(text=text),)


@pytest.mark.parametrize(
    "piece",
    [
        "a@",
        "http://",
        "(",
        "http://a@",
        "https://a.b/(((",
        "https://a.b/( ",
        "a@b.co ",
        "https://a.b ",
    ],
)
def test_work_of_finding_links_grows_with_the_text_and_no_faster(piece: str) -> None:
    texts = count()

    def find(text: str) -> object:
        return segments(f"{next(texts)} https://a.b/{text}")  # never remembered

    assert not grows_too_fast(find, piece, size=LINKED_LENGTH // FACTOR)
    assert not grows_too_fast(find, piece, size=LINKED_LENGTH)


def test_links_of_a_message_are_counted() -> None:
    found = segments("https://example.com " * 10_000)

    assert len([segment for segment in found if segment.href]) == LINKS_SHOWN
