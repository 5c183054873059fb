"""A small day of work: sellers at a desk whose copy still fills, in foul weather, then judged.

As many acts as told, however long they take; `python -m tests.load sellers` works by the minute.
"""

import asyncio
import logging
from pathlib import Path

from app.config.logging import OneLine, Redaction
from tests.doubles.tab import Tab
from tests.load._day import Plan, Works, opened
from tests.load._seller import Pace, Seller
from tests.load._watch import LINE

ACTS = 14
QUICK = Pace(key=(0.0, 0.02), between=(0.0, 0.1), cut=(0.1, 1.0), sleep=1.0)
PLAN = Plan(
    tickets=200,
    sellers=4,
    kiosks=1,
    rate=20,
    seed=11,
    pace=QUICK,
    customers=0.5,
    desks=0.7,
    calm=(0.2, 0.5),
    foul=(0.5, 2),
)


async def test_nothing_is_lost_doubled_or_falsely_said_in_a_day_of_work(tmp_path: Path) -> None:
    works = Works(tmp_path, PLAN)

    def goes_on(at: Seller) -> bool:
        """However fast this machine is: somebody has sent, and the weather has harmed something."""
        return at.done < ACTS or not (works.day.ledger.kept and works.weather.harmed)

    async with works.running():
        sellers, kiosks = works.sellers(), [Tab(works.desk.url, "/kiosk")]
        async with opened(sellers, kiosks):
            async with works.world():
                await asyncio.gather(*(one.work(goes_on) for one in sellers))
            for one in sellers:
                await one.rest()
            faults = await works.judged(sellers, kiosks)

    assert faults == []


def test_lines_of_the_log_are_told_apart_as_the_desk_writes_them() -> None:
    record = logging.LogRecord("app.sync", logging.WARNING, "", 0, "It is away.", None, None)

    written = OneLine(Redaction(()), tracebacks=False).format(record)

    found = LINE.match(written)
    assert found
    assert (found["level"], found["told"]) == ("WARNING", "app.sync: It is away.")
