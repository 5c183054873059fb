import pytest

from app.sync.course import BUSY_OVERLAP, CALM_OVERLAP, SMALLEST
from app.sync.windows import Window, overlapping, plain


@pytest.mark.parametrize("limit", [SMALLEST, 25, 60, 100])
@pytest.mark.parametrize("share", [CALM_OVERLAP, BUSY_OVERLAP, 0])
def test_every_window_begins_before_the_last_end_and_reaches_on(limit: int, share: int) -> None:
    overlap = share or limit * 2 // 5  # as when the newest are read again
    for end in range(limit, 200 * limit):
        window = overlapping(end, overlap=overlap, limit=limit)

        assert 0 <= window.start <= end - min(overlap, limit // 4)
        assert end < window.end <= end + limit
        assert limit // 2 < window.limit <= limit


def test_window_is_the_one_that_reaches_furthest_of_all() -> None:
    for end in range(100, 30_000, 77):
        every = (
            Window(page, limit)
            for limit in range(51, 101)
            for page in range((end - 2) // limit, (end - 2) // limit + 2)
            if page and Window(page, limit).start <= end - 2
        )

        assert overlapping(end, overlap=2, limit=100).end == max(window.end for window in every)


def test_first_window_is_the_first_page() -> None:
    assert overlapping(0, overlap=2, limit=100) == plain(0, limit=100) == Window(1, 100)


def test_plain_pages_follow_each_other() -> None:
    assert plain(200, limit=100) == Window(3, 100)
    assert plain(250, limit=100) == Window(3, 100)


def test_overlapping_costs_less_than_a_fifth_more_requests() -> None:
    for rows in (10_000, 100_000):
        end, requests = 100, 1
        while end < rows:
            end = overlapping(end, overlap=4, limit=100).end
            requests += 1

        assert requests <= 1.2 * rows / 100
