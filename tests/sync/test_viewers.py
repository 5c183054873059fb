"""A small day of `python -m tests.load viewers`."""

import pytest

from tests.doubles.crowd import worked
from tests.doubles.leap import leap

CUT = 3
"""requests by which two such short days may differ because of where they end"""
DAY = {"minutes": 2.0, "seed": 2611, "order": "updated_desc"}


@pytest.mark.parametrize(("sellers", "kiosks"), [(6, 2)])
def test_many_at_the_screens_cost_what_one_costs(sellers: int, kiosks: int) -> None:
    alone = leap(worked(40, sellers=1, kiosks=0, **DAY))  # type: ignore[arg-type]  # as above

    crowd = leap(worked(40, sellers=sellers, kiosks=kiosks, **DAY))  # type: ignore[arg-type]  # as above

    assert abs(crowd.total() - alone.total()) <= 0.05 * alone.total() + CUT
