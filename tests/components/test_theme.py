import re
from pathlib import Path

import pytest

from components import theme

ASSETS = Path(__file__).parents[2] / "assets"
PALETTES = {
    "light": theme.LIGHT,
    "dark": theme.DARK,
    "wall, dark": theme.KIOSK_DARK,
    "wall, light": theme.KIOSK_LIGHT,
}
MARKS = ("amber-mark", "red-mark", "green", "grey-mark", "accent")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", PALETTES)
def test_text_stands_out_from_every_background_it_is_used_on(name: str) -> None:
    palette = PALETTES[name]

    weak = [(t, g) for t, g in theme.TEXT_ON if contrast(palette[t], palette[g]) < 4.5]

    assert weak == []


@pytest.mark.parametrize("name", PALETTES)
def test_marks_and_traces_stand_out_from_the_surface(name: str) -> None:
    palette = PALETTES[name]
    colours = {mark: palette[mark] for mark in MARKS} | theme.CHART

    assert [c for c, v in colours.items() if contrast(v, palette["surface"]) < 3] == []


def test_every_palette_has_the_same_tokens() -> None:
    assert len({frozenset(palette) for palette in PALETTES.values()}) == 1


def test_style_sheets_use_only_tokens_that_exist() -> None:
    known = {*theme.LIGHT, *theme.SIZES, "drift-x", "drift-y", "fade"}

    used = {
        token
        for name in theme.STYLES
        for token in re.findall(r"var\(--([\w-]+)\)", (ASSETS / name).read_text("utf-8"))
    }

    assert used - known == set()
    assert known - used == set()


def test_css_gives_the_dark_tokens_by_choice_and_by_the_systems_setting() -> None:
    css = theme.css()

    assert css.count(f"--page: {theme.DARK['page']};") == 2
    assert ":root:not([data-theme=light])" in css


def test_head_chooses_the_theme_at_once_and_waits_for_no_script() -> None:
    head = theme.head_html(lambda name: f"/a/{name}")

    assert head.index("dataset.theme") < head.index("<link")
    assert '<script src="/a/desk.js" defer></script>' in head
    assert '<link rel="stylesheet" href="/a/desk.css">' in head


def test_each_rule_for_a_narrow_middle_holds_without_containers() -> None:
    style = "\n".join((ASSETS / name).read_text("utf-8") for name in theme.STYLES)

    told = theme.without_containers(style).partition("@supports not (container-type: inline-size)")[
        2
    ]

    assert told.count("@media") == style.count("@container main")
    assert told.count("{") == told.count("}")
    # 1440 px with the views and a conversation leave 712 px: the subject needs the columns' room
    assert "(min-width: 1280px) and (max-width: 1628px) { .c-status, .c-product" in told


def test_sizes_follow_the_text_size_and_lines_stay_thin() -> None:
    style = "@media (max-width: 599px) { a { border: 1px solid; margin: -8px .5px 4.5px; } }"
    grown = (
        "@media (max-width: 37.4375rem) { a { border: 1px solid; margin: -0.5rem .5px 0.28125rem"
    )

    assert theme.in_text_sizes(style) == f"{grown}; }} }}"
