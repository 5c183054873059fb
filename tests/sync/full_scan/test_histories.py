"""Random histories: the list moves between any two answers, scans are refused and killed.

`python -m tests.load scan` plays ten thousand of them in each order.
"""

from pathlib import Path

import pytest

from tests.doubles.moving_list import ORDERS, SIMPLE, Churn
from tests.doubles.scan_history import ScanHistory
from tests.load.scan import BOUND_OTHER, BOUND_SIMPLE, FEW_ROWS, one

SEEDS = 12
EXTRA = 4
"""requests that any scan takes, however short the list"""


@pytest.mark.parametrize("order", ORDERS)
def test_copy_ends_as_the_list_whatever_moved(order: str) -> None:
    outcomes = [one(order, seed)[1] for seed in range(1, SEEDS + 1)]

    assert [outcome.different for outcome in outcomes] == [0] * SEEDS
    if order in SIMPLE:
        assert [outcome.missing for outcome in outcomes] == [0] * SEEDS


@pytest.mark.parametrize("order", ORDERS)
def test_scan_takes_few_requests_more_than_there_are_pages(order: str) -> None:
    bound, extra = (BOUND_SIMPLE, EXTRA) if order in SIMPLE else (BOUND_OTHER, 2 * EXTRA)
    calm = [one(order, seed)[1] for seed in (1, 2, 5, 6)]

    assert [o.requests for o in calm if o.requests > bound * o.pages + extra] == []


@pytest.mark.parametrize("order", ORDERS)
async def test_real_copy_ends_as_the_list_after_refusals_and_kills(
    order: str, tmp_path: Path
) -> None:
    history = ScanHistory(3, order, rows=FEW_ROWS, folder=tmp_path)
    try:
        outcome = await history.play(Churn())
    finally:
        await history.close()

    assert (outcome.is_rough, outcome.different) == (True, 0)
