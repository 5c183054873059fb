"""The walk over the list meets every ticket, also while it moves, fails or ends in between."""

from pathlib import Path

import pytest

from app.domain.errors import ApiError, BadAnswerError, KeyRefusedError, RateLimitedError
from app.store.tickets.mirror import TicketMirror
from app.store.walks import Stage
from tests.doubles.lists import BROKEN, Lists, Row, Walker, row
from tests.store.shop import StillClock


@pytest.mark.parametrize(
    ("rows", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 3), (250, 4), (700, 9)]
)
async def test_walk_meets_every_ticket_in_few_requests(
    walker: Walker, rows: int, requests: int
) -> None:
    lists = Lists(rows)

    await walker.walk(lists)

    assert await walker.held() == walker.told == {str(row["id"]) for row in lists.rows}
    assert len(lists.asked) == len(set(lists.asked)) + (rows > 100) == requests  # the top twice


async def test_ticket_that_jumps_over_the_walk_is_met_at_the_top(walker: Walker) -> None:
    lists = Lists(300)

    def moving(page: int, limit: int) -> list[Row]:
        if len(lists.asked) == 2:  # an unread ticket moves to the rows that were read
            lists.touch(250)
        return lists.usual_page(page, limit)

    lists.page_of = moving
    await walker.once(lists)

    assert walker.mirror.walk.complete
    assert await walker.held() == {str(row["id"]) for row in lists.rows}


async def test_walk_steps_back_when_deletions_pull_the_list_past_it(walker: Walker) -> None:
    lists = Lists(300)

    def moving(page: int, limit: int) -> list[Row]:
        if len(lists.asked) == 2:
            del lists.rows[:30]
        return lists.usual_page(page, limit)

    lists.page_of = moving
    await walker.once(lists)

    assert walker.mirror.walk.findings.overlaps_lost == 1
    assert {str(row["id"]) for row in lists.rows} <= await walker.held()


async def test_walk_goes_on_when_the_rest_of_the_list_has_vanished(walker: Walker) -> None:
    lists = Lists(900)

    def moving(page: int, limit: int) -> list[Row]:
        if len(lists.asked) == 3:
            del lists.rows[:500]
        return lists.usual_page(page, limit)

    lists.page_of = moving
    await walker.once(lists)

    assert {str(row["id"]) for row in lists.rows} <= await walker.held()
    assert len(lists.asked) < 20


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (BROKEN, BadAnswerError),
        (401, KeyRefusedError),
        (429, RateLimitedError),
        (500, BadAnswerError),
    ],
)
async def test_failing_page_stops_the_walk_where_it_is(
    walker: Walker, answer: str | int, error: type[ApiError]
) -> None:
    lists = Lists(500)
    lists.page_of = lambda page, limit: (
        answer if (page - 1) * limit > 150 else lists.usual_page(page, limit)
    )
    sweep = walker.over(lists)

    with pytest.raises(error):
        await walker.walk_with(sweep)
    assert 190 <= len(await walker.held()) == walker.mirror.walk.end < 200

    lists.page_of = lists.usual_page
    await walker.walk(lists)
    assert len(await walker.held()) == 500


async def test_walk_goes_on_where_it_was_after_a_restart(walker: Walker, tmp_path: Path) -> None:
    lists = Lists(600)
    sweep = walker.over(lists)
    for _ in range(3):
        await sweep.step(pages=1)
    reached = walker.mirror.walk
    await walker.mirror.close()
    lists.asked.clear()

    walker.mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    assert walker.mirror.walk == reached
    await walker.walk(lists)

    assert len(await walker.held()) == 600
    assert min((page - 1) * limit for page, limit in lists.asked[:-1]) > 200  # but for the top


async def test_tickets_no_page_shows_any_more_become_suspects(walker: Walker) -> None:
    lists = Lists(150)
    await walker.walk(lists)
    del lists.rows[120]

    sweep = await walker.once(lists)

    assert sweep.suspects == ("tkt_0120",)
    assert len(await walker.held()) == 150


async def test_ticket_that_is_there_again_is_held_again(walker: Walker) -> None:
    lists = Lists(150)
    await walker.walk(lists)
    restored = lists.rows.pop(120)
    await walker.mirror.mark_gone("tkt_0120", started=walker.mirror.request_number())
    await walker.once(lists)
    assert len(await walker.held()) == 149

    lists.rows.insert(120, restored)
    await walker.once(lists)

    assert len(await walker.held()) == 150


@pytest.mark.parametrize("apart", [0, 1])
async def test_walk_ends_when_more_than_a_page_has_moved_to_the_top(
    walker: Walker, apart: int
) -> None:
    lists = Lists(600)

    def moving(page: int, limit: int) -> list[Row]:
        if len(lists.asked) == 4:  # 250 new tickets at once, within one second or a minute apart
            lists.rows[:0] = [row(f"new_{n:03}", apart * (n - 250)) for n in range(250)]
        return lists.usual_page(page, limit)

    lists.page_of = moving
    await walker.walk(lists)

    assert await walker.held() == {str(row["id"]) for row in lists.rows}
    assert len(lists.asked) < 20


async def test_walk_ends_while_the_top_moves_faster_than_it_is_read(walker: Walker) -> None:
    lists = Lists(300)

    def moving(page: int, limit: int) -> list[Row]:
        if len(lists.asked) > 4:  # by then it looks at the newest only
            new = range(len(lists.rows), len(lists.rows) + 120)
            lists.rows[:0] = [row(f"new_{n:05}", -n) for n in reversed(new)]
        return lists.usual_page(page, limit)

    lists.page_of = moving
    sweep = walker.over(lists)
    for _ in range(500):
        await sweep.step(pages=1)
        if walker.mirror.walk.stage is Stage.ENDED:
            break

    assert walker.mirror.walk.stage is Stage.ENDED
    assert not walker.mirror.walk.complete
