import pytest

from app.domain.errors import WallLinkError
from app.domain.wall_links import (
    NOT_DWELL,
    NOT_NIGHT,
    NOT_PRODUCTS,
    NOT_ROTATION,
    NOT_THRESHOLDS,
    USUAL,
    Masking,
    WallBoard,
    WallPanel,
    WallSize,
    WallView,
    night_words,
    rotation_words,
    wall_board,
)


def test_board_is_chosen_in_words() -> None:
    chosen = wall_board(
        view="never-answered",
        masking="numbers",
        size="far",
        amber=" 2",
        red="8 ",
        dwell="60",
        night="22 - 6",
        rotation="trend, oldest",
    )

    assert chosen == WallBoard(
        view=WallView.NEVER_ANSWERED,
        masking=Masking.NUMBERS,
        size=WallSize.FAR,
        amber_hours=2,
        red_hours=8,
        dwell_seconds=60,
        night=(22, 6),
        rotation=(WallPanel.TREND, WallPanel.OLDEST),
    )
    assert night_words(chosen.night) == "22-6"
    assert rotation_words(chosen.rotation) == "trend,oldest"
    assert wall_board() == USUAL


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"amber": "24"}, NOT_THRESHOLDS),
        ({"amber": "0"}, NOT_THRESHOLDS),
        ({"red": "1000"}, NOT_THRESHOLDS),
        ({"red": "1e3"}, NOT_THRESHOLDS),
        ({"red": ""}, NOT_THRESHOLDS),
        ({"red": "\u0662\u0664"}, NOT_THRESHOLDS),
        ({"dwell": "11"}, NOT_DWELL),
        ({"dwell": "601"}, NOT_DWELL),
        ({"dwell": "-12"}, NOT_DWELL),
        ({"night": "22"}, NOT_NIGHT),
        ({"night": "22-24"}, NOT_NIGHT),
        ({"night": "6-6"}, NOT_NIGHT),
        ({"night": "late"}, NOT_NIGHT),
        ({"rotation": " ,"}, NOT_ROTATION),
        ({"rotation": "trend,trend"}, NOT_ROTATION),
        ({"rotation": "ages,products", "masking": "numbers"}, NOT_PRODUCTS),
    ],
)
def test_what_makes_no_sense_on_a_wall_is_one_sentence(
    words: dict[str, str], sentence: str
) -> None:
    with pytest.raises(WallLinkError) as refused:
        wall_board(**words)

    assert str(refused.value) == sentence


def test_word_that_a_wall_does_not_know_is_named_with_those_it_does() -> None:
    with pytest.raises(WallLinkError, match=r"no “huge”.*near, far"):
        wall_board(size="huge")


@pytest.mark.parametrize(
    ("night", "dim"),
    [
        (None, set()),
        ((22, 6), {22, 23, 0, 1, 2, 3, 4, 5}),
        ((1, 4), {1, 2, 3}),
        ((0, 23), set(range(23))),
    ],
)
def test_night_goes_over_midnight(night: tuple[int, int] | None, dim: set[int]) -> None:
    assert {hour for hour in range(24) if WallBoard(night=night).is_night(hour)} == dim
