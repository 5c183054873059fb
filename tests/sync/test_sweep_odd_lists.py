"""The walk over lists whose numbers lie, whose pages repeat, or that say little of themselves."""

import pytest

from tests.doubles.lists import Lists, Walker, row


async def test_walk_ends_when_the_total_is_wrong_for_ever(walker: Walker) -> None:
    lists = Lists(120)
    lists.meta = lambda page, limit: {"total": 121, "limit": limit, "offset": (page - 1) * limit}

    await walker.walk(lists)

    assert len(await walker.held()) == 120
    assert len(lists.asked) == 6
    assert walker.mirror.walk.findings.short_walks == 2


async def test_total_that_is_far_too_small_hides_no_page(walker: Walker) -> None:
    lists = Lists(420)
    lists.meta = lambda page, limit: {"total": 120, "limit": limit, "offset": (page - 1) * limit}

    await walker.walk(lists)

    assert len(await walker.held()) == 420


async def test_total_that_is_far_too_large_keeps_no_walk_going(walker: Walker) -> None:
    lists = Lists(120)
    lists.meta = lambda page, limit: {"total": 9999, "limit": limit, "offset": (page - 1) * limit}

    await walker.walk(lists)

    assert len(await walker.held()) == 120
    assert len(lists.asked) < 20


async def test_empty_page_in_the_middle_does_not_end_the_walk(walker: Walker) -> None:
    lists = Lists(500)
    lists.page_of = lambda page, limit: (
        [] if len(lists.asked) == 3 else lists.usual_page(page, limit)
    )

    await walker.walk(lists)

    assert len(await walker.held()) == 500


async def test_walk_does_without_any_total(walker: Walker) -> None:
    lists = Lists(230)
    lists.meta = lambda *_: {}

    await walker.walk(lists)

    assert len(await walker.held()) == 230


async def test_walk_follows_a_limit_that_is_cut_short(walker: Walker) -> None:
    lists = Lists(130)
    lists.page_of = lambda page, _: lists.usual_page(page, 25)
    lists.meta = lambda *_: {"total": 130}

    await walker.walk(lists)

    assert len(await walker.held()) == 130
    assert walker.mirror.walk.is_fixed


@pytest.mark.parametrize(("most", "rows", "requests"), [(25, 230, 18), (5, 60, 30)])
async def test_walk_goes_in_the_steps_that_the_api_takes(
    walker: Walker, most: int, rows: int, requests: int
) -> None:
    lists = Lists(rows)
    lists.page_of = lambda page, limit: lists.usual_page(page, min(most, limit))
    lists.meta = lambda page, limit: {
        "total": rows,
        "limit": min(most, limit),
        "offset": (page - 1) * min(most, limit),
    }

    await walker.walk(lists)

    assert len(await walker.held()) == rows
    assert len(lists.asked) <= requests


async def test_walk_ends_when_the_page_number_is_ignored(walker: Walker) -> None:
    lists = Lists(230)
    lists.page_of = lambda _, limit: lists.usual_page(1, limit)
    lists.meta = lambda *_: {"total": 230, "offset": 0}

    await walker.walk(lists)

    assert len(await walker.held()) == 100
    assert len(lists.asked) < 8


async def test_rows_without_an_id_are_counted_and_hide_no_others(walker: Walker) -> None:
    lists = Lists(120)
    lists.rows[7], lists.rows[110] = row(None, 7), row({"not": "an id"}, 110)

    sweep = await walker.walk(lists)

    assert len(await walker.held()) == 118
    assert sweep.unreadable == 2


async def test_repeated_tickets_are_held_once_with_their_newest_state(walker: Walker) -> None:
    lists = Lists(2)
    newest = row("tkt_0000", subject="newest", updated_at="2026-03-02T10:00:00Z")
    lists.rows = [newest, *lists.rows]

    await walker.walk(lists)

    subjects = await walker.mirror.read(
        lambda c: [row["subject"] for row in c.execute("SELECT subject FROM ticket ORDER BY id")]
    )
    assert subjects == ["newest", "help"]


async def test_counts_that_agree_with_the_api_are_noted_with_their_time(walker: Walker) -> None:
    lists = Lists(150)
    await walker.once(lists)
    verified = walker.mirror.walk.verified
    lists.meta = lambda page, limit: {"total": 151, "limit": limit, "offset": (page - 1) * limit}

    await walker.once(lists)

    assert walker.mirror.walk.began > verified > 0
    assert walker.mirror.walk.verified == verified
    assert walker.mirror.walk.findings.differing_walks == 1


async def test_list_without_any_times_is_walked_twice(walker: Walker) -> None:
    lists = Lists(250)
    for one in lists.rows:
        del one["updated_at"]

    await walker.walk(lists)

    assert len(await walker.held()) == 250
    assert walker.mirror.walk.number == 2
