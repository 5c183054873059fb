"""Full scans of lists whose numbers lie, whose pages repeat, or that say little of themselves."""

import pytest

from tests.doubles.scripted_list import Scanner, ScriptedList, row


async def test_scan_ends_when_the_total_is_wrong_for_ever(scanner: Scanner) -> None:
    api = ScriptedList(120)
    api.meta = lambda page, limit: {"total": 121, "limit": limit, "offset": (page - 1) * limit}

    await scanner.scan(api)

    assert len(await scanner.held()) == 120
    assert len(api.asked) == 6
    assert scanner.mirror.scan.counters.short_scans == 2


async def test_total_that_is_far_too_small_hides_no_page(scanner: Scanner) -> None:
    api = ScriptedList(420)
    api.meta = lambda page, limit: {"total": 120, "limit": limit, "offset": (page - 1) * limit}

    await scanner.scan(api)

    assert len(await scanner.held()) == 420


async def test_total_that_is_far_too_large_keeps_no_scan_going(scanner: Scanner) -> None:
    api = ScriptedList(120)
    api.meta = lambda page, limit: {"total": 9999, "limit": limit, "offset": (page - 1) * limit}

    await scanner.scan(api)

    assert len(await scanner.held()) == 120
    assert len(api.asked) < 20


async def test_empty_page_in_the_middle_does_not_end_the_scan(scanner: Scanner) -> None:
    api = ScriptedList(500)
    api.page_of = lambda page, limit: [] if len(api.asked) == 3 else api.usual_page(page, limit)

    await scanner.scan(api)

    assert len(await scanner.held()) == 500


async def test_scan_does_without_any_total(scanner: Scanner) -> None:
    api = ScriptedList(230)
    api.meta = lambda *_: {}

    await scanner.scan(api)

    assert len(await scanner.held()) == 230


async def test_scan_follows_a_limit_that_is_cut_short(scanner: Scanner) -> None:
    api = ScriptedList(130)
    api.page_of = lambda page, _: api.usual_page(page, 25)
    api.meta = lambda *_: {"total": 130}

    await scanner.scan(api)

    assert len(await scanner.held()) == 130
    assert scanner.mirror.scan.has_fixed_limit


@pytest.mark.parametrize(("most", "rows", "requests"), [(25, 230, 18), (5, 60, 30)])
async def test_scan_goes_in_the_steps_that_the_api_takes(
    scanner: Scanner, most: int, rows: int, requests: int
) -> None:
    api = ScriptedList(rows)
    api.page_of = lambda page, limit: api.usual_page(page, min(most, limit))
    api.meta = lambda page, limit: {
        "total": rows,
        "limit": min(most, limit),
        "offset": (page - 1) * min(most, limit),
    }

    await scanner.scan(api)

    assert len(await scanner.held()) == rows
    assert len(api.asked) <= requests


async def test_scan_ends_when_the_page_number_is_ignored(scanner: Scanner) -> None:
    api = ScriptedList(230)
    api.page_of = lambda _, limit: api.usual_page(1, limit)
    api.meta = lambda *_: {"total": 230, "offset": 0}

    await scanner.scan(api)

    assert len(await scanner.held()) == 100
    assert len(api.asked) < 8


async def test_rows_without_an_id_are_counted_and_hide_no_others(scanner: Scanner) -> None:
    api = ScriptedList(120)
    api.rows[7], api.rows[110] = row(None, 7), row({"not": "an id"}, 110)

    full_scan = await scanner.scan(api)

    assert len(await scanner.held()) == 118
    assert full_scan.unreadable == 2


async def test_repeated_tickets_are_held_once_with_their_newest_state(scanner: Scanner) -> None:
    api = ScriptedList(2)
    newest = row("tkt_0000", subject="newest", updated_at="2026-03-02T10:00:00Z")
    api.rows = [newest, *api.rows]

    await scanner.scan(api)

    subjects = await scanner.mirror.read(
        lambda c: [row["subject"] for row in c.execute("SELECT subject FROM ticket ORDER BY id")]
    )
    assert subjects == ["newest", "help"]


async def test_counts_that_agree_with_the_api_are_noted_with_their_time(scanner: Scanner) -> None:
    api = ScriptedList(150)
    await scanner.once(api)
    verified = scanner.mirror.scan.result.verified_at
    api.meta = lambda page, limit: {"total": 151, "limit": limit, "offset": (page - 1) * limit}

    await scanner.once(api)

    assert scanner.mirror.scan.started > verified > 0
    assert scanner.mirror.scan.result.verified_at == verified
    assert scanner.mirror.scan.counters.differing_scans == 1


async def test_list_without_any_times_is_scanned_twice(scanner: Scanner) -> None:
    api = ScriptedList(250)
    for one in api.rows:
        del one["updated_at"]

    await scanner.scan(api)

    assert len(await scanner.held()) == 250
    assert scanner.mirror.scan.number == 2
