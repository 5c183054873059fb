from collections.abc import Callable
from dataclasses import replace

from components.data import EmptyData, FreshnessData, KioskData
from components.kiosk_board import KioskBoard
from tests.components.samples import WALL
from tests.components.user import showing


async def test_a_tile_says_age_badge_subject_and_customer() -> None:
    tile = replace(WALL.tiles[0], subject="<b>Lost</b>", badge="Never answered")
    async with showing(drawn(replace(WALL, tiles=(tile,)))) as user:
        await user.should_see(f"Never answered<b>Lost</b>{tile.customer}{tile.product}")
        await user.should_see("Page 1 of 3")


async def test_why_there_is_no_tile_stands_in_place_of_the_tiles() -> None:
    empty = EmptyData(title="Nobody is waiting.", text="4 customers <owe> you an answer.")
    async with showing(drawn(KioskData(empty=empty))) as user:
        await user.should_see("Nobody is waiting.4 customers <owe> you an answer.")


async def test_how_fresh_it_is_goes_to_the_browser_which_goes_on_by_itself() -> None:
    fresh = FreshnessData(state="live", label="Live", as_of="2025-01-20T10:00:00Z", progress="3/4")
    async with showing(drawn(replace(WALL, freshness=fresh, why="The key was refused."))) as user:
        await user.should_see("3/4")
        await user.should_see("The key was refused.")
        with user:
            status = next(e for e in user.client.elements.values() if e.props.get("role"))
        assert status.props["data-reported"] == "live"
        assert status.props["data-aging"] == "2025-01-20T10:00:00Z"


def drawn(data: KioskData) -> Callable[[], object]:
    return lambda: KioskBoard().update(data)
