from collections.abc import Callable
from dataclasses import replace

import pytest

from components.data import Option
from components.filter_bar import FilterBar
from components.filter_data import Chip, FilterBarData
from tests.components.user import attribute, click, fill, press, showing

SHOWN = FilterBarData(
    status="open",
    product="Theme",
    products=(Option(value="Theme", label="Theme · 3"), Option(value="Font", label="Font · 1")),
    chips=(Chip(key="query", label="“<b>refund</b>”"),),
)


async def test_each_filter_tells_its_value() -> None:
    told: list[object] = []
    async with showing(drawn(SHOWN, told)) as user:
        click(user, "Closed")
        click(user, "Needs response")
        click(user, "Needs response")
        fill(user, "Product", "Font")
        fill(user, "Currency", "EUR")
        press(user, "chip", "query")
        click(user, "Clear filters")

    assert told == [
        ("status", "closed"),
        ("needs_response", True),
        ("needs_response", False),
        ("product", "Font"),
        ("currency", "EUR"),
        ("chip", "query"),
        ("clear",),
    ]


async def test_two_days_set_one_after_the_other_are_told_together() -> None:
    told: list[object] = []
    async with showing(drawn(SHOWN, told)) as user:
        fill(user, "Created from", "2025-01-20")
        fill(user, "Created to", None)
        fill(user, "Created to", "2025-01-31")

    assert told == [("created", "2025-01-20", ""), ("created", "2025-01-20", "2025-01-31")]


async def test_what_is_chosen_is_marked_and_stays_when_it_is_offered_no_more() -> None:
    async with showing(drawn(SHOWN)) as user:
        assert attribute(user, "Open", "aria-pressed") == "true"
        assert attribute(user, "All", "aria-pressed") == "false"
        assert '<option value="Theme" selected>Theme · 3</option>' in options(user, "Product")

    async with showing(drawn(replace(SHOWN, products=()))) as user:
        assert '<option value="Theme" selected>Theme</option>' in options(user, "Product")


@pytest.mark.parametrize("name", ["<img src=x>", '"><script>', "a & b"])
async def test_a_product_or_a_chip_with_markup_stays_text(name: str) -> None:
    offered = replace(
        SHOWN, products=(Option(value=name, label=name),), chips=(Chip(key="product", label=name),)
    )
    async with showing(drawn(offered)) as user:
        await user.should_see(name)
        assert "<img" not in options(user, "Product")
        assert "<script" not in options(user, "Product")


def options(user: object, name: str) -> str:
    return str(attribute(user, name, "data-options"))


def drawn(data: FilterBarData, told: list[object] | None = None) -> Callable[[], object]:
    heard = [] if told is None else told

    def tell(name: str) -> Callable[..., None]:
        return lambda *args: heard.append((name, *args))

    names = "status", "needs_response", "product", "currency", "created", "clear", "chip"
    return lambda: FilterBar(**{f"on_{name}": tell(name) for name in names}).update(data)
