import pytest

from components.data import Segment
from components.message_text import MOST_BOXES, message_html, target
from tests.components.talk import HOSTILE, MANY_LINES, says


def test_text_of_a_customer_stays_text() -> None:
    drawn = message_html(says(HOSTILE))

    assert "<script>" not in drawn
    assert "<img" not in drawn
    assert drawn.unescape().replace('<div class="msg-line">', "").replace("</div>", "") == HOSTILE


def test_each_paragraph_is_a_box_of_its_own() -> None:
    assert message_html(says("One\n\nTwo")) == (
        '<div class="msg-line">One\n</div><div class="msg-line">\n</div>'
        '<div class="msg-line">Two</div>'
    )


def test_very_many_lines_share_few_boxes() -> None:
    drawn = message_html(MANY_LINES[0].segments)

    assert drawn.count("<div") <= MOST_BOXES
    assert drawn.count("\n") == 100_000


def test_address_that_is_no_link_of_ours_stays_text() -> None:
    assert "<a" not in message_html((Segment(text="x", href="javascript:alert(1)"),))


@pytest.mark.parametrize(
    ("text", "href", "told"),
    [
        ("https://example.com/a", "https://example.com/a", ""),
        ("Anna@example.com", "mailto:Anna@example.com", ""),
        (
            "https://\u0430pple.example",
            "https://\u0430pple.example",
            "(opens xn--pple-43d.example)",
        ),
        ("https://a.example@b.example/", "https://a.example@b.example/", "(opens b.example)"),
        ("our shop", "https://b.example/", "(opens b.example)"),
    ],
)
def test_link_that_leads_elsewhere_than_it_seems_says_where(
    text: str, href: str, told: str
) -> None:
    drawn = message_html((Segment(text=text, href=href),))

    assert drawn.striptags() == f"{text} {told}".strip()
    assert 'rel="noopener noreferrer nofollow"' in drawn


@pytest.mark.parametrize("href", ["http://[::1", "https://a.example:99999/", "http://"])
def test_address_that_no_browser_follows_leads_nowhere(href: str) -> None:
    assert target(href) == ""


@pytest.mark.parametrize(
    ("line", "aligned"),
    [
        ("Item        Qty    Price", True),
        ("Licence\t1\t29.00", True),
        ("    Indented words", False),
        ("One sentence.   And another", False),
        ("Plain words, two  blanks", False),
    ],
)
def test_lines_that_blanks_hold_apart_are_in_a_fixed_font(line: str, aligned: bool) -> None:
    assert ("aligned" in message_html((Segment(text=line),))) is aligned
