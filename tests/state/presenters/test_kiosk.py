from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.desk.read_models import (
    AgeBand,
    DayCount,
    Freshness,
    KioskSnapshot,
    KioskTicket,
    ProductCount,
)
from app.domain.connection import ConnectionStatus
from app.domain.metrics import Exactness, Wait
from app.domain.ticket import Stats
from app.domain.wall_links import WallBoard, WallPanel, WallSize
from app.state.formatting import Formatter, age, formatter_in
from app.state.presenters.kiosk import TILES, kiosk_board, plain_kiosk
from components.data import KioskChart, PlainKioskData

WORDS = Formatter()
HOUR = timedelta(hours=1)
EIGHT = TILES[WallSize.NEAR]
NOON = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)
FRESH = Freshness(
    status=ConnectionStatus.LIVE, as_of=NOON, problem=None, held=9, expected=9, complete=True
)


def waiting(
    hours: float | None = 1, *, answered: bool = False, exactness: Exactness = Exactness.EXACT
) -> KioskTicket:
    return KioskTicket(
        id="t",
        subject="Order not received",
        masked_email="a…@example.com",
        product_name="Theme",
        amount=Decimal("29.99"),
        currency="USD",
        wait=Wait(
            since=None if hours is None else NOON - timedelta(hours=hours), exactness=exactness
        ),
        answered=answered,
    )


def snapshot(*tickets: KioskTicket, stats: Stats | None = None) -> KioskSnapshot:
    return KioskSnapshot(stats=stats or Stats(), waiting=tickets, freshness=FRESH)


@pytest.mark.parametrize(
    ("hours", "tone"), [(0, "calm"), (3.9, "calm"), (4, "waiting"), (24, "late"), (None, "calm")]
)
def test_tile_changes_its_tone_with_the_wait(hours: float | None, tone: str) -> None:
    assert kiosk_board(snapshot(waiting(hours)), fmt=WORDS, now=NOON).tiles[0].tone == tone


@pytest.mark.parametrize(
    ("hours", "tone"), [(1, "calm"), (2, "waiting"), (7, "waiting"), (8, "late")]
)
def test_each_wall_has_its_own_amber_and_red_and_says_so(hours: float, tone: str) -> None:
    shows = WallBoard(amber_hours=2, red_hours=8)

    board = kiosk_board(snapshot(waiting(hours)), fmt=WORDS, now=NOON, shows=shows)

    assert board.tiles[0].tone == tone
    assert board.colours == "Amber from 2 h, red from 8 h"


def test_wall_that_is_read_from_afar_has_half_as_many_tickets_on_more_pages() -> None:
    many = snapshot(*[waiting() for _ in range(9)])

    board = kiosk_board(many, fmt=WORDS, now=NOON, shows=WallBoard(size=WallSize.FAR))

    assert (len(board.tiles), board.pages, board.size) == (4, 3, "far")


@pytest.mark.parametrize(
    ("zone", "moment", "is_dim"),
    [
        ("UTC", "2025-01-20T22:00:00", True),
        ("Europe/Berlin", "2025-01-20T21:00:00", True),
        ("Europe/Berlin", "2025-01-20T20:59:00", False),
        ("Europe/Berlin", "2025-07-20T20:00:00", True),
        ("Europe/Berlin", "2025-03-30T03:59:00", True),
        ("Europe/Berlin", "2025-03-30T04:00:00", False),
    ],
)
def test_wall_is_dim_in_the_night_of_its_room(zone: str, moment: str, is_dim: bool) -> None:
    now = datetime.fromisoformat(f"{moment}+00:00")
    shows = WallBoard(night=(22, 6))

    assert kiosk_board(snapshot(), fmt=formatter_in(zone), now=now, shows=shows).is_dim is is_dim


@pytest.mark.parametrize(("exactness", "sign"), [("exact", ""), ("about", "≈"), ("at-least", "≥")])
def test_tile_marks_a_wait_that_is_estimated(exactness: str, sign: str) -> None:
    shown = kiosk_board(snapshot(waiting(exactness=Exactness(exactness))), fmt=WORDS, now=NOON)

    assert shown.tiles[0].waiting_sign == sign


def test_tile_says_what_a_room_may_read() -> None:
    tile = kiosk_board(snapshot(waiting(answered=True)), fmt=WORDS, now=NOON).tiles[0]

    assert (tile.customer, tile.product, tile.badge) == (
        "a…@example.com",
        "Theme · $29.99",
        "Customer replied",
    )


def test_wall_is_paged_and_never_cut_off() -> None:
    many = snapshot(*[waiting() for _ in range(EIGHT + 1)], stats=Stats(needs_response=90))

    first, last = (kiosk_board(many, fmt=WORDS, now=NOON, page=page) for page in (1, 99))

    assert (first.page, first.pages, len(first.tiles)) == (1, 2, EIGHT)
    assert (last.page, len(last.tiles)) == (2, 1)
    assert first.more == "The longest 9 of 90 waits"


def test_wall_without_a_waiting_ticket_says_so() -> None:
    board = kiosk_board(snapshot(stats=Stats(open=3)), fmt=WORDS, now=NOON)

    assert board.empty
    assert board.empty.title == "Nobody is waiting."
    assert [(c.key, c.value_label) for c in board.counts] == [
        ("needs-response", "—"),
        ("open", "3"),
        ("closed", "—"),
    ]


def test_wall_says_why_its_data_is_not_live() -> None:
    refused = replace(
        FRESH, status=ConnectionStatus.STALE, problem="The Tickets API refused the key (401)."
    )
    shown = kiosk_board(replace(snapshot(waiting()), freshness=refused), fmt=WORDS, now=NOON)

    assert (shown.freshness.state, shown.why) == ("stale", "The Tickets API refused the key (401).")
    assert kiosk_board(snapshot(waiting()), fmt=WORDS, now=NOON).why == ""


AGES = [
    *(timedelta(seconds=seconds) for seconds in (0, 59, 60, 3599, 3600, 172_799, 172_800)),
    *(timedelta(days=days) for days in (3, 89, 90, 364, 365, 800)),
]


def test_ages_have_words_of_their_own() -> None:
    assert [age(span) for span in (*AGES, timedelta(seconds=-5), None)] == [
        *("now", "now", "1 min", "59 min", "1 h", "47 h", "2 d"),
        *("3 d", "89 d", "3 mo", "12 mo", "1 y", "2 y", "now", ""),
    ]


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, "live"), (45, "live"), (46, "stale"), (300, "stale"), (301, "offline")],
)
def test_plain_wall_is_late_and_old_by_the_age_of_its_data(seconds: int, state: str) -> None:
    data = plain(snapshot(waiting()), after=timedelta(seconds=seconds))

    assert (data.state, data.late_in, data.old_in) == (state, 45 - seconds, 300 - seconds)
    assert data.as_of == "12:30:00\u202fPM UTC"


@pytest.mark.parametrize(
    ("refresh", "late", "old"),
    [(1, 30, 300), (15, 45, 300), (60, 180, 360), (3600, 10_800, 21_600)],
)
def test_wall_is_late_after_two_missed_refreshes_and_old_after_five_minutes(
    refresh: int, late: int, old: int
) -> None:
    known = replace(FRESH, refresh=timedelta(seconds=refresh))
    board = kiosk_board(replace(snapshot(), freshness=known), fmt=WORDS, now=NOON)

    assert (board.late_after, board.old_after) == (late, old)


def charted(panel: WallPanel, shown: KioskSnapshot, **board: Any) -> KioskChart | None:
    shows = WallBoard(rotation=(panel,), **board)
    return kiosk_board(shown, fmt=WORDS, now=NOON, shows=shows).chart


def test_products_that_are_not_named_are_counted_in_one_bar() -> None:
    products = (
        ProductCount(name="Theme", count=40),
        ProductCount(name=None, count=9),
        ProductCount(name=None, count=1, others=1_200),
    )

    chart = charted(WallPanel.PRODUCTS, replace(snapshot(), products=products))

    assert chart
    assert [(bar.label, bar.count_label, bar.percent) for bar in chart.bars] == [
        ("Theme", "40", 100),
        ("(no product)", "9", 22),
        ("1,200 other products", "1", 2),
    ]


def test_ages_have_the_colours_of_the_tiles() -> None:
    ages = tuple(
        AgeBand(label=str(hours), count=1, at_least=None if hours is None else hours * HOUR)
        for hours in (0, 1, 4, 24, 72, None)
    )

    chart = charted(WallPanel.AGES, replace(snapshot(), ages=ages), amber_hours=4, red_hours=72)

    assert chart
    assert [bar.tone for bar in chart.bars] == [
        *("calm", "calm", "waiting", "waiting", "late", "calm")
    ]


def test_trend_measures_every_day_by_the_busiest() -> None:
    days = tuple(
        DayCount(day=NOON.date() - timedelta(days=back), opened=opened, closed=closed)
        for back, opened, closed in ((2, 0, 20), (1, 5, 0), (0, 1_000, 1))
    )

    chart = charted(WallPanel.TREND, replace(snapshot(), days=days))

    assert chart
    assert [(day.label, day.opened_percent, day.closed_percent) for day in chart.days] == [
        ("18 January", 0, 2),
        ("Yesterday", 1, 0),
        ("Today", 100, 1),
    ]
    assert (chart.opened, chart.closed) == ("1,005 opened", "21 closed")
    assert chart.most == "1,000 at most on a day"


@pytest.mark.parametrize("panel", [WallPanel.PRODUCTS, WallPanel.AGES])
def test_panel_with_nothing_to_draw_says_that_nobody_waits(panel: WallPanel) -> None:
    nobody = replace(snapshot(), ages=(AgeBand(label="< 1 h", count=0),))
    board = kiosk_board(nobody, fmt=WORDS, now=NOON, shows=WallBoard(rotation=(panel,)))

    assert board.chart is None
    assert board.empty
    assert board.empty.title == "Nobody is waiting."


def test_pages_count_over_all_panels_and_each_says_which_tickets_it_is_about() -> None:
    many = replace(
        snapshot(*[waiting() for _ in range(EIGHT + 1)], stats=Stats(needs_response=90)),
        ages=(AgeBand(label="< 1 h", count=3),),
        days=(DayCount(day=NOON.date(), opened=1, closed=1),),
    )
    shows = WallBoard(rotation=(WallPanel.TREND, WallPanel.OLDEST, WallPanel.AGES))

    pages = [kiosk_board(many, fmt=WORDS, now=NOON, page=n, shows=shows) for n in range(1, 6)]

    assert [(page.page, page.pages, len(page.tiles)) for page in pages] == [
        *((1, 4, 0), (2, 4, EIGHT), (3, 4, 1), (4, 4, 0), (4, 4, 0))
    ]
    longest, colours = "The longest 9 of 90 waits", "Amber from 4 h, red from 24 h"
    assert [(page.more, page.colours) for page in pages[:4]] == [
        *(("", ""), (longest, colours), (longest, colours), ("", colours))
    ]


@pytest.mark.parametrize("status", ["stale", "offline", "fault"])
def test_plain_wall_says_what_is_wrong_as_the_live_one_does(status: str) -> None:
    wrong = replace(snapshot(), freshness=replace(FRESH, status=ConnectionStatus(status)))

    assert plain(wrong).state == status


def test_plain_wall_that_has_read_nothing_names_no_time() -> None:
    assert plain(replace(snapshot(), freshness=replace(FRESH, as_of=None))).as_of == ""


@pytest.mark.parametrize(
    ("as_of", "now", "said"),
    [
        ("2025-01-20T22:59:58", "2025-01-20T23:00:05", "Jan 20, 2025, 11:59:58 PM CET"),
        ("2025-01-20T23:00:00", "2025-01-20T23:00:05", "12:00:00 AM CET"),
        ("2025-03-30T00:59:58", "2025-03-30T01:00:05", "1:59:58 AM CET"),
        ("2025-03-30T01:00:00", "2025-03-30T01:00:05", "3:00:00 AM CEST"),
        ("2025-10-26T00:59:58", "2025-10-26T01:00:05", "2:59:58 AM CEST"),
        ("2025-10-26T01:00:00", "2025-10-26T01:00:05", "2:00:00 AM CET"),
    ],
)
def test_time_of_the_data_is_plain_across_midnight_and_both_clock_changes(
    as_of: str, now: str, said: str
) -> None:
    moment, later = (datetime.fromisoformat(f"{one}+00:00") for one in (as_of, now))

    assert formatter_in("Europe/Berlin").as_of(moment, now=later).replace("\u202f", " ") == said


def plain(shown: KioskSnapshot, *, after: timedelta = timedelta(0)) -> PlainKioskData:
    board = kiosk_board(shown, fmt=WORDS, now=NOON + after)
    return plain_kiosk(board, shown, fmt=WORDS, now=NOON + after)
