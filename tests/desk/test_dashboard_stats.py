"""The numbers above the list, worked out from counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.desk.dashboard_stats import DAYS, Numbers, by_day, dashboard_stats, last_days, shown_stats
from app.domain.ticket import Stats, Ticket

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
COUNTED = Stats(total=10, open=4, closed=6, needs_response=3)
SAID = Stats(total=12, open=5, closed=7, needs_response=4)
KNOWN = Numbers(
    said=SAID,
    counted_then=COUNTED,
    counted=COUNTED,
    complete=True,
    waiting=(1, 2, 0, 0, 4),
    views={"all": 10},
)


def test_shown_stats_are_what_the_api_said() -> None:
    assert shown_stats(KNOWN) == SAID


def test_shown_stats_move_with_what_was_read_since() -> None:
    since = replace(KNOWN, counted=Stats(total=11, open=3, closed=8, needs_response=1))

    assert shown_stats(since) == Stats(total=13, open=4, closed=9, needs_response=2)


def test_shown_stats_do_not_move_while_the_copy_is_filled() -> None:
    filling = replace(KNOWN, counted=replace(COUNTED, total=900), complete=False)

    assert shown_stats(filling) == SAID


def test_shown_stats_are_counted_where_the_api_says_nothing() -> None:
    silent = replace(KNOWN, said=replace(SAID, open=None))

    assert shown_stats(silent) == replace(SAID, open=4)
    assert shown_stats(replace(silent, said=None)) == COUNTED
    assert shown_stats(replace(silent, said=None, complete=False)) == Stats()


@pytest.mark.parametrize(
    ("status", "awaiting", "ordered", "stats"),
    [
        ("open", "seller", "closed", Stats(total=12, open=4, closed=8, needs_response=3)),
        ("open", "customer", "closed", Stats(total=12, open=4, closed=8, needs_response=4)),
        ("closed", "seller", "open", Stats(total=12, open=6, closed=6, needs_response=5)),
        ("closed", "seller", "closed", SAID),
        ("open", "seller", None, SAID),
    ],
)
def test_shown_stats_count_a_status_change_as_done(
    status: str, awaiting: str, ordered: str | None, stats: Stats
) -> None:
    ticket = Ticket(id="tkt_1", status=status, awaiting=awaiting)

    assert shown_stats(replace(KNOWN, orders=((ticket, ordered),))) == stats


def test_days_are_those_of_the_viewers_zone() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    late = datetime(2026, 3, 20, 20, tzinfo=UTC)  # already the 21st there

    days = last_days(late, tokyo)

    assert (len(days), days[0], days[-1]) == (DAYS, date(2026, 2, 20), date(2026, 3, 21))
    happened = [(datetime(2026, 3, 20, 15, tzinfo=UTC), {"opened": 2, "closed": 1, "waits": 0})]
    assert by_day(days, tokyo, happened)[-1] == {"opened": 2, "closed": 1, "waits": 0}
    assert by_day(days, UTC_ZONE, happened)[-2]["opened"] == 2


def test_days_keep_their_hours_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]
    starts = [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)]

    sums = by_day(days, berlin, [(at, {"opened": 1, "closed": 0, "waits": 0}) for at in starts])

    assert [of["opened"] for of in sums] == [0, 1, 1]


def test_trends_are_worked_out_backwards_from_now() -> None:
    happened = [
        (NOON - timedelta(days=40), {"opened": 99, "closed": 99, "waits": 99}),
        (NOON - timedelta(days=2), {"opened": 5, "closed": 2, "waits": 3}),
        (NOON - timedelta(hours=1), {"opened": 1, "closed": 4, "waits": -2}),
    ]

    made = dashboard_stats(replace(KNOWN, happened=happened), now=NOON, zone=UTC_ZONE)

    assert {name: len(values) for name, values in made.trends.items()} == dict.fromkeys(
        ("total", "open", "closed", "needs-response"), DAYS
    )
    assert made.trends["total"][-4:] == (6, 11, 11, 12)
    assert made.trends["open"][-4:] == (5, 8, 8, 5)
    assert made.trends["closed"][-4:] == (1, 3, 3, 7)
    assert made.trends["needs-response"][-4:] == (3, 6, 6, 4)
    assert [(of.opened, of.closed) for of in made.days[-3:]] == [(5, 2), (0, 0), (1, 4)]
    assert (made.days[-1].day, made.counted, made.views) == (NOON.date(), COUNTED, {"all": 10})


def test_trends_say_nothing_of_days_the_copy_cannot_know() -> None:
    filling = dashboard_stats(replace(KNOWN, complete=False), now=NOON, zone=UTC_ZONE)
    incomplete = dashboard_stats(
        replace(KNOWN, heard_since=NOON - timedelta(days=2)), now=NOON, zone=UTC_ZONE
    )

    assert filling.trends["total"] == (*(None,) * (DAYS - 1), 12)
    assert incomplete.trends["needs-response"] == (*(None,) * (DAYS - 3), 4, 4, 4)
    assert incomplete.trends["open"] == (5,) * DAYS


def test_bands_carry_their_names() -> None:
    made = dashboard_stats(KNOWN, now=NOON, zone=UTC_ZONE)

    assert [(band.label.replace("\N{EN DASH}", "-"), band.count) for band in made.waiting] == [
        ("< 1 h", 1),
        ("1-4 h", 2),
        ("4-24 h", 0),
        ("1-3 d", 0),
        ("> 3 d", 4),
    ]
