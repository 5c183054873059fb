"""When a snooze ends, and which times it refuses with a sentence."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.errors import MarkError
from app.domain.marks import wakes_at

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 20, 11, 30, 20, tzinfo=UTC)
"""a Friday, half past twelve in Berlin"""


@pytest.mark.parametrize(
    ("choice", "local"),
    [
        ("later", "2026-03-20 15:30"),
        ("tomorrow", "2026-03-21 09:00"),
        ("week", "2026-03-23 09:00"),
        ("2026-03-30T08:15", "2026-03-30 08:15"),
    ],
)
def test_snooze_ends_at_the_viewers_own_time(choice: str, local: str) -> None:
    at = wakes_at(choice, now=NOW, zone=BERLIN)

    assert at is not None
    assert f"{at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == local
    assert at.second == 0


def test_snooze_until_the_customer_replies_has_no_time() -> None:
    assert wakes_at("reply", now=NOW, zone=BERLIN) is None


def test_tomorrow_is_nine_o_clock_also_across_a_change_of_clocks() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert wakes_at("tomorrow", now=before, zone=BERLIN) == datetime(2026, 3, 29, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("2026-03-20T12:30", "is over already"),
        ("2025-01-01T09:00", "is over already"),
        ("2026-03-29T02:30", "The clocks skip 29.03.2026 02:30"),
        ("2026-10-25T02:30", "twice"),
        ("2028-01-01T09:00", "more than a year away"),
        ("0001-01-01T00:00", "no time"),
        ("9999-12-31T23:59", "year away"),
        ("soon", "no time"),
        ("", "no time"),
    ],
)
def test_time_that_cannot_be_is_refused_with_a_sentence(choice: str, sentence: str) -> None:
    with pytest.raises(MarkError, match=sentence):
        wakes_at(choice, now=NOW, zone=BERLIN)
