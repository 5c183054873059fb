from collections.abc import Callable

from components.data import ViewItem
from components.view_list import ViewList
from tests.components.user import press, showing

VIEWS = (
    ViewItem(key="all", label="All tickets", count="310", active=True, href="/"),
    ViewItem(key="late", label="Waiting > 24 h", count="4", indent=1, tone="waiting", href="/?a=1"),
)


async def test_each_view_says_its_name_and_its_count() -> None:
    async with showing(drawn(VIEWS)) as user:
        await user.should_see("All tickets310")
        await user.should_see("Waiting > 24 h4")


async def test_a_pressed_view_is_told() -> None:
    told: list[str] = []
    async with showing(drawn(VIEWS, told.append)) as user:
        press(user, "view", "late")

    assert told == ["late"]


async def test_a_name_with_markup_stays_text() -> None:
    async with showing(drawn((ViewItem(key="x", label="<img src=x onerror=alert(1)>"),))) as user:
        await user.should_see("<img src=x onerror=alert(1)>")


def drawn(
    views: tuple[ViewItem, ...], on_view: Callable[[str], object] = lambda _: None
) -> Callable[[], object]:
    return lambda: ViewList(on_view=on_view).update(views)
