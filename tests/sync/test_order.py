import pytest

from app.store.walks import Mark
from app.sync.order import (
    CREATED_ASC,
    CREATED_DESC,
    ORDERS,
    UPDATED_ASC,
    UPDATED_DESC,
    holding,
    is_before,
    is_newest_first,
)

OLD, MIDDLE, NEW = Mark("a", 1, 9), Mark("b", 2, 5), Mark("c", 3, 7)


@pytest.mark.parametrize(
    ("marks", "orders"),
    [
        ((OLD, MIDDLE, NEW), {CREATED_ASC}),
        ((NEW, MIDDLE, OLD), {CREATED_DESC}),
        ((OLD, NEW, MIDDLE), {UPDATED_DESC}),
        ((MIDDLE, NEW, OLD), {UPDATED_ASC}),
        ((OLD,), set(ORDERS)),
        ((), set(ORDERS)),
        ((Mark("a", 1, 1), Mark("b", 1, 1)), set(ORDERS)),
        ((Mark("a", None, 2), Mark("b", None, 1)), {UPDATED_DESC}),
        ((Mark("a", None, None), Mark("b", None, None)), set()),
        ((Mark("a", 5, 1), Mark("b", 1, 5), Mark("c", 5, 1)), set()),
    ],
)
def test_orders_are_possible_until_rows_contradict_them(
    marks: tuple[Mark, ...], orders: set[str]
) -> None:
    assert set(holding(ORDERS, marks)) == orders


def test_row_without_a_time_breaks_no_order() -> None:
    marks = (NEW, Mark("x", None, None), OLD)

    assert CREATED_DESC in holding(ORDERS, marks)


def test_row_is_before_another_only_in_every_possible_order() -> None:
    assert is_before(NEW, OLD, (CREATED_DESC,))
    assert not is_before(NEW, OLD, (CREATED_DESC, UPDATED_DESC))
    assert not is_before(OLD, OLD, (CREATED_DESC,))
    assert not is_before(Mark("x", None, None), OLD, (CREATED_DESC,))


def test_place_of_new_rows_is_known_only_when_all_orders_agree() -> None:
    assert is_newest_first((CREATED_DESC, UPDATED_DESC)) is True
    assert is_newest_first((UPDATED_ASC,)) is False
    assert is_newest_first(ORDERS) is None
    assert is_newest_first(()) is None
