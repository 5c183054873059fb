"""A full scan sees every ticket, also while it moves, fails or ends in between."""

from pathlib import Path

import pytest

from app.domain.errors import ApiError, BadAnswerError, KeyRefusedError, RateLimitedError
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.scan_state import ScanPhase
from tests.doubles.scripted_list import BROKEN, Row, Scanner, ScriptedList, row
from tests.store.shop import StillClock


@pytest.mark.parametrize(
    ("rows", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 3), (250, 4), (700, 9)]
)
async def test_scan_sees_every_ticket_in_few_requests(
    scanner: Scanner, rows: int, requests: int
) -> None:
    api = ScriptedList(rows)

    await scanner.scan(api)

    assert await scanner.held() == scanner.changed == {str(row["id"]) for row in api.rows}
    assert len(api.asked) == len(set(api.asked)) + (rows > 100) == requests  # the head twice


async def test_ticket_that_jumps_over_the_scan_is_seen_at_the_head(scanner: Scanner) -> None:
    api = ScriptedList(300)

    def moving(page: int, limit: int) -> list[Row]:
        if len(api.asked) == 2:  # an unread ticket moves to the rows that were read
            api.touch(250)
        return api.usual_page(page, limit)

    api.page_of = moving
    await scanner.once(api)

    assert scanner.mirror.scan.is_complete
    assert await scanner.held() == {str(row["id"]) for row in api.rows}


async def test_scan_steps_back_when_deletions_pull_the_list_past_it(scanner: Scanner) -> None:
    api = ScriptedList(300)

    def moving(page: int, limit: int) -> list[Row]:
        if len(api.asked) == 2:
            del api.rows[:30]
        return api.usual_page(page, limit)

    api.page_of = moving
    await scanner.once(api)

    assert scanner.mirror.scan.counters.page_gaps == 1
    assert {str(row["id"]) for row in api.rows} <= await scanner.held()


async def test_scan_goes_on_when_the_rest_of_the_list_has_vanished(scanner: Scanner) -> None:
    api = ScriptedList(900)

    def moving(page: int, limit: int) -> list[Row]:
        if len(api.asked) == 3:
            del api.rows[:500]
        return api.usual_page(page, limit)

    api.page_of = moving
    await scanner.once(api)

    assert {str(row["id"]) for row in api.rows} <= await scanner.held()
    assert len(api.asked) < 20


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (BROKEN, BadAnswerError),
        (401, KeyRefusedError),
        (429, RateLimitedError),
        (500, BadAnswerError),
    ],
)
async def test_failing_page_stops_the_scan_where_it_is(
    scanner: Scanner, answer: str | int, error: type[ApiError]
) -> None:
    api = ScriptedList(500)
    api.page_of = lambda page, limit: (
        answer if (page - 1) * limit > 150 else api.usual_page(page, limit)
    )
    full_scan = scanner.over(api)

    with pytest.raises(error):
        await scanner.scan_with(full_scan)
    assert 190 <= len(await scanner.held()) == scanner.mirror.scan.position < 200

    api.page_of = api.usual_page
    await scanner.scan(api)
    assert len(await scanner.held()) == 500


async def test_scan_goes_on_where_it_was_after_a_restart(scanner: Scanner, tmp_path: Path) -> None:
    api = ScriptedList(600)
    full_scan = scanner.over(api)
    for _ in range(3):
        await full_scan.step(pages=1)
    reached = scanner.mirror.scan
    await scanner.mirror.close()
    api.asked.clear()

    scanner.mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    assert scanner.mirror.scan == reached
    await scanner.scan(api)

    assert len(await scanner.held()) == 600
    assert min((page - 1) * limit for page, limit in api.asked[:-1]) > 200  # but for the head


async def test_tickets_no_page_shows_any_more_become_suspects(scanner: Scanner) -> None:
    api = ScriptedList(150)
    await scanner.scan(api)
    del api.rows[120]

    full_scan = await scanner.once(api)

    assert full_scan.suspects == ("tkt_0120",)
    assert len(await scanner.held()) == 150


async def test_ticket_that_is_there_again_is_held_again(scanner: Scanner) -> None:
    api = ScriptedList(150)
    await scanner.scan(api)
    restored = api.rows.pop(120)
    await scanner.mirror.mark_gone("tkt_0120", started=scanner.mirror.request_number())
    await scanner.once(api)
    assert len(await scanner.held()) == 149

    api.rows.insert(120, restored)
    await scanner.once(api)

    assert len(await scanner.held()) == 150


@pytest.mark.parametrize("apart", [0, 1])
async def test_scan_ends_when_more_than_a_page_has_moved_to_the_head(
    scanner: Scanner, apart: int
) -> None:
    api = ScriptedList(600)

    def moving(page: int, limit: int) -> list[Row]:
        if len(api.asked) == 4:  # 250 new tickets at once, within one second or a minute apart
            api.rows[:0] = [row(f"new_{n:03}", apart * (n - 250)) for n in range(250)]
        return api.usual_page(page, limit)

    api.page_of = moving
    await scanner.scan(api)

    assert await scanner.held() == {str(row["id"]) for row in api.rows}
    assert len(api.asked) < 20


async def test_scan_ends_while_the_head_moves_faster_than_it_is_read(scanner: Scanner) -> None:
    api = ScriptedList(300)

    def moving(page: int, limit: int) -> list[Row]:
        if len(api.asked) > 4:  # by then it looks at the newest only
            new = range(len(api.rows), len(api.rows) + 120)
            api.rows[:0] = [row(f"new_{n:05}", -n) for n in reversed(new)]
        return api.usual_page(page, limit)

    api.page_of = moving
    full_scan = scanner.over(api)
    for _ in range(500):
        await full_scan.step(pages=1)
        if scanner.mirror.scan.phase is ScanPhase.ENDED:
            break

    assert scanner.mirror.scan.phase is ScanPhase.ENDED
    assert not scanner.mirror.scan.is_complete
