from collections.abc import Callable
from dataclasses import replace

from nicegui import ElementFilter
from nicegui.testing import User

from components.data import StatCard
from components.elements import Button
from components.stats_row import StatsRow
from tests.components.user import showing

OPEN = StatCard(key="open", label="Open", value=1234, value_label="1,234", active=True)


async def test_a_card_says_its_number_and_filters() -> None:
    told: list[str] = []
    async with showing(drawn(OPEN, told.append)) as user:
        user.find("Open1,234").click()

        assert told == ["open"]


async def test_a_card_carries_the_raw_number_and_whether_it_holds() -> None:
    async with showing(drawn(OPEN)) as user:
        card = card_of(user)

        assert card.props["data-value"] == "1234"
        assert card.props["aria-pressed"] == "true"


async def test_an_unknown_number_is_no_zero() -> None:
    async with showing(drawn(replace(OPEN, value=None, value_label="—"))) as user:
        card = card_of(user)

        assert card.props["data-value"] == ""


async def test_age_of_a_number_stands_in_place_of_its_line() -> None:
    async with showing(drawn(replace(OPEN, trend=(0, 4), note="as of 12:31"))) as user:
        await user.should_see("Open1,234as of 12:31")
        assert "<svg" not in card_of(user).props["innerHTML"]
    async with showing(drawn(replace(OPEN, trend=(0, 4)))) as user:
        assert "<svg" in card_of(user).props["innerHTML"]


async def test_a_line_is_broken_where_a_day_is_unknown() -> None:
    async with showing(drawn(replace(OPEN, trend=(0, 4, None, 2)))) as user:
        card = card_of(user)

        assert 'd="M0.0 26.5L32.0 2.5M96.0 14.5"' in card.props["innerHTML"]


def card_of(user: User) -> Button:
    with user:
        return next(b for b in ElementFilter(kind=Button) if b.props["data-stat"] == "open")


def drawn(
    card: StatCard, on_card: Callable[[str], object] = lambda _: None
) -> Callable[[], object]:
    return lambda: StatsRow(on_card=on_card).update((card,))
