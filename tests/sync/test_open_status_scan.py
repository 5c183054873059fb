"""The open tickets, read round after round."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.sync.open_status_scan import OpenStatusScan
from tests.sync.live import Live, live

CLOSE = text("UPDATE tickets SET status = 'closed' WHERE id = :id")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Live]:
    async with live(tmp_path) as built:
        await built.start(run=False)
        yield built


async def scan_once(desk: Live) -> tuple[OpenStatusScan, set[str]]:
    told: set[str] = set()
    scan = OpenStatusScan(client=desk.client, mirror=desk.mirror, announce=told.update)
    for _ in range(scan.pages):
        await scan.step()
    while scan._number > 1:
        await scan.step()
    return scan, told


async def test_round_holds_every_open_ticket_and_counts_its_pages(desk: Live) -> None:
    desk.seed(100)
    for _ in range(120):
        desk.open_ticket()

    scan, told = await scan_once(desk)

    [opened] = await desk.mirror.read(lambda c: [*c.execute("SELECT count(*) FROM ticket")])
    stats = desk.mirror.reading.stats
    assert stats
    assert opened[0] == len(told) == stats.open
    assert scan.pages == -(-len(told) // 100) > 1
    assert desk.mirror.reading.expected == 220  # not the number of open ones


async def test_ticket_closed_without_moving_is_lost_once_a_round_misses_it(desk: Live) -> None:
    ticket, other = desk.open_ticket(), desk.open_ticket()
    scan, _ = await scan_once(desk)
    assert scan.lost == ()
    with desk.engine.begin() as connection:
        connection.execute(CLOSE, {"id": ticket})

    await scan.step()

    assert scan.lost == (ticket,)
    assert other in await desk.ids()


async def test_ticket_that_came_during_the_round_is_not_lost(desk: Live) -> None:
    desk.open_ticket()
    scan, _ = await scan_once(desk)

    new = desk.open_ticket()
    await desk.coordinator.refresh_now()
    with desk.engine.begin() as connection:
        connection.execute(CLOSE, {"id": new})
    scan._began = desk.mirror.reading.started  # the round began before that look
    scan._number = 2
    await scan.step()

    assert new not in scan.lost
