import asyncio
from datetime import UTC, datetime

import pytest

from app.domain.tasks import TaskSet
from app.pages.frame import follow_days
from app.state.formatting import formatter_in
from components.keyed_list import KeyedList
from tests.doubles.clock import HandClock
from tests.pages.conftest import Site

LATE = datetime(2026, 10, 25, 22, 30, 30, tzinfo=UTC)
"""half an hour before midnight in Berlin, where summer time has ended on that day"""


@pytest.mark.parametrize("step", [60, 7200], ids=["minute by minute", "asleep over midnight"])
async def test_words_that_depend_on_the_day_are_drawn_anew_at_the_viewers_midnight(
    step: int,
) -> None:
    clock, fmt, tasks = HandClock(LATE), formatter_in("Europe/Berlin"), TaskSet()
    drawn: list[datetime] = []
    tasks.start(
        follow_days(lambda: fmt.day_of(clock.now()), lambda: drawn.append(clock.now()), clock=clock)
    )

    for _ in range(7200 // step):
        await asyncio.sleep(0)
        clock.advance(step)
        await asyncio.sleep(0)

    await tasks.close()
    assert len(drawn) == 1
    assert step != 60 or drawn == [datetime(2026, 10, 25, 23, 0, 30, tzinfo=UTC)]


@pytest.mark.parametrize("address", ["/?view=all", "/kiosk", "/health"])
async def test_page_whose_line_comes_back_is_sent_whole_once_more(site: Site, address: str) -> None:
    await site.http.get(address)
    [tab] = site.tabs
    lists = [one for one in tab.elements.values() if isinstance(one, KeyedList)]
    tab.outbox.updates.clear()

    def come() -> None:
        for handler in tab.connect_handlers:
            tab.safe_invoke(handler)

    come()
    assert set(tab.outbox.updates) != set(tab.elements)
    tab.outbox.updates.clear()  # lost with the line
    come()

    assert set(tab.outbox.updates) == set(tab.elements)
    for one in lists:
        patch = one._to_dict()["props"]["patch"]  # what the outbox sends
        assert [item["key"] for item in patch["items"]] == patch["order"]
    assert address == "/health" or any(one.items for one in lists)
