import pytest

from app.store.tickets.scan_state import ListOrder, RowMarker, ScanState
from app.sync.full_scan.planner import (
    BUSY_OVERLAP,
    CALM_OVERLAP,
    SMALLEST_LIMIT,
    PageRange,
    is_before,
    is_newest_first,
    next_range,
    orders_left,
    overlapping_range,
)

OLD, MIDDLE, NEW = RowMarker("a", 1, 9), RowMarker("b", 2, 5), RowMarker("c", 3, 7)


@pytest.mark.parametrize(
    ("markers", "orders"),
    [
        ((OLD, MIDDLE, NEW), {ListOrder.CREATED_ASC}),
        ((NEW, MIDDLE, OLD), {ListOrder.CREATED_DESC}),
        ((OLD, NEW, MIDDLE), {ListOrder.UPDATED_DESC}),
        ((MIDDLE, NEW, OLD), {ListOrder.UPDATED_ASC}),
        ((OLD,), set(ListOrder)),
        ((), set(ListOrder)),
        ((RowMarker("a", 1, 1), RowMarker("b", 1, 1)), set(ListOrder)),
        ((RowMarker("a", None, 2), RowMarker("b", None, 1)), {ListOrder.UPDATED_DESC}),
        ((RowMarker("a", None, None), RowMarker("b", None, None)), set()),
        ((RowMarker("a", 5, 1), RowMarker("b", 1, 5), RowMarker("c", 5, 1)), set()),
    ],
)
def test_orders_are_possible_until_rows_contradict_them(
    markers: tuple[RowMarker, ...], orders: set[ListOrder]
) -> None:
    assert set(orders_left(ListOrder, markers)) == orders


def test_row_without_a_time_breaks_no_order() -> None:
    markers = (NEW, RowMarker("x", None, None), OLD)

    assert ListOrder.CREATED_DESC in orders_left(ListOrder, markers)


def test_row_is_before_another_only_in_every_possible_order() -> None:
    assert is_before(NEW, OLD, (ListOrder.CREATED_DESC,))
    assert not is_before(NEW, OLD, (ListOrder.CREATED_DESC, ListOrder.UPDATED_DESC))
    assert not is_before(OLD, OLD, (ListOrder.CREATED_DESC,))
    assert not is_before(RowMarker("x", None, None), OLD, (ListOrder.CREATED_DESC,))


def test_place_of_new_rows_is_known_only_when_all_orders_agree() -> None:
    assert is_newest_first((ListOrder.CREATED_DESC, ListOrder.UPDATED_DESC)) is True
    assert is_newest_first((ListOrder.UPDATED_ASC,)) is False
    assert is_newest_first(ListOrder) is None
    assert is_newest_first(()) is None


@pytest.mark.parametrize("limit", [SMALLEST_LIMIT, 25, 60, 100])
@pytest.mark.parametrize("share", [CALM_OVERLAP, BUSY_OVERLAP, 0])
def test_every_range_begins_before_the_last_end_and_reaches_on(limit: int, share: int) -> None:
    overlap = share or limit * 2 // 5  # as at the tail of a list that grows there
    for end in range(limit, 200 * limit):
        found = overlapping_range(end, overlap=overlap, limit=limit)

        assert 0 <= found.start <= end - min(overlap, limit // 4)
        assert end < found.end <= end + limit
        assert limit // 2 < found.limit <= limit


def test_range_is_the_one_that_reaches_furthest_of_all() -> None:
    for end in range(100, 30_000, 77):
        every = (
            PageRange(page, limit)
            for limit in range(51, 101)
            for page in range((end - 2) // limit, (end - 2) // limit + 2)
            if page and PageRange(page, limit).start <= end - 2
        )

        assert overlapping_range(end, overlap=2, limit=100).end == max(found.end for found in every)


@pytest.mark.parametrize("orders", [(), tuple(ListOrder)])
def test_first_range_is_the_first_page(orders: tuple[ListOrder, ...]) -> None:
    assert next_range(ScanState(orders=orders), 0) == PageRange(1, 100)


def test_plain_pages_follow_each_other() -> None:
    in_no_order = ScanState(orders=())

    assert next_range(in_no_order, 200) == PageRange(3, 100)
    assert next_range(in_no_order, 250) == PageRange(3, 100)


def test_overlapping_costs_less_than_a_fifth_more_requests() -> None:
    for rows in (10_000, 100_000):
        end, requests = 100, 1
        while end < rows:
            end = overlapping_range(end, overlap=4, limit=100).end
            requests += 1

        assert requests <= 1.2 * rows / 100
