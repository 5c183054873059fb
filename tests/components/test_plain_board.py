import re
from dataclasses import replace

import pytest

from app.web.assets import plain_style
from components.data import EmptyData, FreshnessData, KioskChart, KioskData, PlainKioskData
from components.kiosk_board import tile_item
from components.kiosk_chart import chart_html
from components.plain_board import REFRESH_SECONDS, plain_board, plain_page
from tests.components import samples

LIVE = PlainKioskData(
    board=replace(samples.WALL, freshness=samples.LIVE),
    state="live",
    as_of="14:02:05 UTC",
    late_in=40,
    old_in=280,
)
TOO_NEW = re.compile(
    r"(?<![\w-])(?:grid|gap|inset|place-\w+|aspect-ratio)\s*:|(?:^|[\s:(])(?:min|max|clamp)\("
    r"|:(?:is|where|has|focus-visible)\(|@(?:layer|container|supports)|color-mix|\dd[vl][hw]\b|&"
)
"""what no engine before Chromium 57, Safari 10.1 knows, and much that is newer"""


def drawn(data: PlainKioskData, *, light: bool = False) -> str:
    return str(plain_board(data, light=light, look="1"))


def words(data: PlainKioskData) -> dict[str, str]:
    """What is said of the age, and when it comes and goes."""
    found = re.findall(r'<b class="word ([^"]*)" style="animation-delay:([^"]*)">', drawn(data))
    return dict(found)


def test_plain_wall_has_the_tiles_of_the_live_one_with_their_ages_in_words() -> None:
    board = drawn(LIVE)

    for tile in LIVE.board.tiles:
        assert str(tile_item(tile, waited=tile.waited).content) in board
        assert f'data-ticket-id="{tile.id}"' in board
        assert f">{tile.waited}</time>" in board


def test_words_of_customers_are_text_on_the_plain_wall() -> None:
    tile = replace(samples.WALL.tiles[0], subject="<img src=x onerror=y>", customer='"><script>')
    board = drawn(replace(LIVE, board=replace(LIVE.board, tiles=(tile,), why="<b>&")))

    assert "<img" not in board
    assert "<script>" not in board
    assert "&lt;b&gt;&amp;" in board


def test_live_data_is_late_and_then_old_where_nothing_newer_comes() -> None:
    assert words(LIVE) == {
        "live goes": "40s",
        "stale comes goes": "40s,280s",
        "offline comes": "280s",
        "silent": "",
    }
    assert drawn(LIVE).count('style="animation-delay:280s"') == 3  # the numbers and tiles as well


@pytest.mark.parametrize(
    ("late_in", "old_in", "left"),
    [(-20, 220, {"stale goes", "offline comes"}), (-260, -20, {"offline"})],
)
def test_word_that_is_true_no_more_is_not_even_sent(
    late_in: int, old_in: int, left: set[str]
) -> None:
    assert {*words(replace(LIVE, late_in=late_in, old_in=old_in))} - {"silent"} == left


def test_what_the_desk_says_of_itself_is_said_instead_of_live() -> None:
    fresh = FreshnessData(state="offline", label="Offline", as_of="2025-01-20T10:00:00Z")
    data = replace(LIVE, board=replace(LIVE.board, freshness=fresh), state="offline")

    assert {*words(data)} == {"offline", "silent"}
    assert "data from 14:02:05 UTC" in drawn(data)


@pytest.mark.parametrize("chart", [samples.BARS, samples.TREND], ids=["bars", "trend"])
def test_both_walls_draw_the_same_panel_and_escape_its_words(chart: KioskChart) -> None:
    plain = drawn(replace(LIVE, board=KioskData(chart=chart)))

    assert str(chart_html(chart)) in plain
    assert "<b>" not in chart_html(chart)
    assert 'class="wall-tiles"' not in plain


def test_plain_wall_without_tiles_says_why() -> None:
    empty = EmptyData(title="Nobody is waiting.", text="<3")

    assert "Nobody is waiting." in drawn(replace(LIVE, board=KioskData(empty=empty)))
    assert "&lt;3" in drawn(replace(LIVE, board=KioskData(empty=empty)))


def test_script_and_browser_ask_again_at_the_same_pace() -> None:
    page = plain_page(LIVE, head_html="", light=False, look="1", vue="")

    assert f'<noscript><meta http-equiv="refresh" content="{REFRESH_SECONDS}"></noscript>' in page
    assert page.count(f"setInterval(ask, {REFRESH_SECONDS}000)") == 1
    assert 'type="module"' not in page
    assert "importmap" not in page


def test_script_of_the_plain_wall_is_older_than_2015() -> None:
    script = re.search(
        "<script>(.*)</script>",
        plain_page(LIVE, head_html="", light=False, look="1", vue=""),
        re.DOTALL,
    )

    assert re.findall(r"=>|`|\b(?:let|const|class|async|fetch)\b|\?\.|\.\.\.", script[1]) == []


def test_style_of_the_plain_wall_is_what_old_engines_know() -> None:
    style = re.sub(r"/\*.*?\*/", "", plain_style(), flags=re.S)

    assert ".wall-tile" in style
    assert ".wall-bar" in style
    assert TOO_NEW.findall(style) == []


@pytest.mark.parametrize("rule", ["gap: 1em", "font-size: min(1vh, 1vw)", "a:is(b)", "inset: 0"])
def test_style_that_is_too_new_would_be_found(rule: str) -> None:
    assert TOO_NEW.search(rule)
