import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import pytest
from babel.core import get_global

from app.domain.errors import StoreFullError, UnreachableError
from app.domain.ticket import Ticket
from app.state.formatting import (
    UNKNOWN,
    Formatter,
    awaiting_label,
    error_notice,
    formatter_in,
    iso,
    status_label,
    subject_of,
    tone,
    visible,
)
from tests.conventions.tree import ROOT

WORDS = Formatter()
BERLIN = Formatter(zone=ZoneInfo("Europe/Berlin"))
NOON = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("29.99", "USD", "$29.99"),
        ("1234.5", "EUR", "€1,234.50"),
        ("1200", "JPY", "¥1,200"),
        ("0.12345", "USD", "$0.12345"),
        ("-5", "USD", "-$5.00"),
        ("0", "EUR", "€0.00"),
        ("29.99", "XXX", "29.99 XXX"),
        ("29.99", "usd", "29.99 usd"),
        ("0.5", "BTC", "0.5 BTC"),
        ("29.99", "$", "29.99 $"),
        ("29.99", None, "29.99"),
        ("1E+22", "USD", "$10,000,000,000,000,000,000,000.00"),
        ("1E+999999", "USD", "1E+999999 USD"),
        ("NaN", "USD", UNKNOWN),
        (None, "USD", UNKNOWN),
        (None, None, UNKNOWN),
    ],
)
def test_money_is_said_exactly_or_as_a_dash(amount: str | None, currency: str, said: str) -> None:
    assert WORDS.money(Decimal(amount) if amount else None, currency) == said


def test_amount_that_nobody_could_read_is_said_to_be_so() -> None:
    odd = Ticket(id="tkt_1", order_currency="USD", unreadable=frozenset({"order_amount"}))

    assert WORDS.order_amount(odd) == "unreadable"
    assert WORDS.order_amount(Ticket(id="tkt_1", order_currency="USD")) == UNKNOWN


def test_exact_time_names_the_viewers_zone() -> None:
    assert BERLIN.exact(NOON).endswith("1:30:00\u202fPM CET")
    assert BERLIN.exact(datetime(2025, 7, 1, tzinfo=UTC)).endswith("2:00:00\u202fAM CEST")


def test_one_moment_is_said_by_each_viewers_own_clock() -> None:
    said = [
        Formatter(zone=ZoneInfo(place)).exact(NOON)
        for place in ("Asia/Shanghai", "America/Chicago")
    ]

    assert said == [
        "January 20, 2025, 8:30:00\u202fPM CST",
        "January 20, 2025, 6:30:00\u202fAM CST",
    ]


def test_time_at_the_edge_of_the_calendar_is_still_said() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)

    assert "1" in Formatter(zone=ZoneInfo("America/New_York")).exact(first)
    assert WORDS.exact(None) == "unknown time"


def test_days_are_today_yesterday_or_a_date() -> None:
    today = date(2025, 1, 20)

    said = [WORDS.day(day, today=today) for day in (today, date(2025, 1, 19), date(2025, 1, 18))]

    assert said == ["Today", "Yesterday", "18 January"]
    assert WORDS.day(date(2024, 12, 31), today=today) == "31 December 2024"


def test_day_of_a_moment_is_the_viewers_day() -> None:
    late = datetime(2025, 1, 20, 23, 30, tzinfo=UTC)

    assert (WORDS.day_of(late), BERLIN.day_of(late)) == (date(2025, 1, 20), date(2025, 1, 21))


def test_counts_have_separators_nouns_and_a_dash_for_unknown() -> None:
    assert [WORDS.count(n) for n in (0, 1200, None)] == ["0", "1,200", UNKNOWN]
    assert [WORDS.counted(n, "ticket", "tickets") for n in (0, 1, 2)] == [
        "0 tickets",
        "1 ticket",
        "2 tickets",
    ]


def test_statuses_we_do_not_know_are_said_as_they_came() -> None:
    assert [status_label(s) for s in ("open", "closed", "pending", "", None)] == [
        "Open",
        "Closed",
        "pending",
        "Unknown",
        "Unknown",
    ]


def test_whose_turn_it_is_only_matters_while_open() -> None:
    assert awaiting_label("open", "seller") == "Needs response"
    assert awaiting_label("open", "customer") == "Waiting on customer"
    assert awaiting_label("open", "robot") == "robot"
    assert awaiting_label("open", None) == "Open"
    assert awaiting_label("closed", "seller") == "Closed"


def test_tone_turns_late_after_a_day_of_waiting() -> None:
    assert tone("open", "seller", waited=timedelta(hours=23)) == "waiting"
    assert tone("open", "seller", waited=timedelta(hours=24)) == "late"
    assert tone("open", "customer", waited=timedelta(days=9)) == "idle"
    assert tone("closed", "seller", waited=timedelta(days=9)) == "closed"
    assert tone("pending", "seller") == tone("open", None) == "unknown"


def test_hidden_signs_become_visible_in_one_line_texts() -> None:
    assert visible("invoice\u202efdp.exe\x00") == "invoice□fdp.exe□"
    assert visible(None) == ""


def test_entities_of_a_subject_are_read_once() -> None:
    said = {
        "It&#39;s &quot;late&quot; &amp; wrong": 'It\'s "late" & wrong',
        "&amp;lt;b&amp;gt;": "&lt;b&gt;",
        "&lt;img src=x&gt; AT&T": "<img src=x> AT&T",
        "a&#8238;b&#0;": "a□b\ufffd",
        "&nbsp;": "(no subject)",
    }

    assert {text: subject_of(Ticket(id="t", subject=text)) for text in said} == said


@pytest.mark.parametrize("name", [None, "", "UTC"])
def test_zone_is_utc_until_the_browser_has_said_another(name: str | None) -> None:
    fmt = formatter_in(name)

    assert (fmt.zone_name, fmt.clock(NOON)) == ("UTC", "12:30\u202fPM")


@pytest.mark.parametrize(
    "name",
    ["Mars/Base", "../../etc/passwd", "/etc/passwd", "Europe", "\0", "x" * 9_000, "a\u202eb"],
)
def test_zone_nobody_knows_is_utc_and_said(name: str) -> None:
    fmt = formatter_in(name)

    assert fmt.zone == ZoneInfo("UTC")
    assert fmt.zone_name.startswith("UTC, as the desk does not know the zone “")
    assert len(fmt.zone_name) < 120
    assert fmt.zone_name.isprintable()
    assert fmt.clock(NOON) == "12:30\u202fPM UTC"
    assert fmt.moment(NOON).endswith("12:30\u202fPM UTC")


@pytest.mark.parametrize(
    ("old", "hours"),
    [("Asia/Calcutta", 5.5), ("Asia/Katmandu", 5.75), ("Asia/Saigon", 7), ("US/Pacific", -8)],
)
def test_old_name_of_a_zone_is_that_zone(old: str, hours: float) -> None:
    fmt = formatter_in(old)

    assert NOON.astimezone(fmt.zone).utcoffset() == timedelta(hours=hours)
    assert not fmt.unknown_zone


@pytest.mark.parametrize("old", ["Asia/Calcutta", "Europe/Kiev", "Africa/Asmera"])
def test_old_name_is_known_where_the_systems_data_lacks_it(old: str, tmp_path: Path) -> None:
    new = get_global("zone_aliases").get(old, "Europe/Kyiv")
    for name in {new, "UTC"}:
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"".join(_data_of(name)))
    asked = f"from app.state.formatting import formatter_in; print(formatter_in({old!r}).zone_name)"

    done = _without_tzdata(f"{asked}", tmp_path)

    assert done.stdout.strip() in {new, old}, done.stderr


def test_without_any_zone_data_the_start_says_one_line(tmp_path: Path) -> None:
    fmt = ["serve", "--port", "0", "--data-dir", str(tmp_path)]
    done = _without_tzdata(f"from app.cli import main; sys.argv[1:] = {fmt}; main()", tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        "ticketdesk: This machine has no time zone data. Install it: pip install tzdata\n"
    )


def test_zone_data_comes_along_on_every_system() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    (wanted,) = [one for one in project["dependencies"] if one.startswith("tzdata")]
    assert ";" not in wanted


def _data_of(name: str) -> Iterator[bytes]:
    for folder in map(Path, TZPATH):
        if (folder / name).is_file():
            yield (folder / name).read_bytes()
            return
    yield (files("tzdata.zoneinfo") / name).read_bytes()


def _without_tzdata(code: str, zones: Path) -> subprocess.CompletedProcess[str]:
    """Run code where nothing but `zones` holds data of zones."""
    return subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", f"import sys; sys.modules['tzdata'] = None; {code}"],
        cwd=zones,
        env=dict(os.environ) | {"PYTHONTZPATH": str(zones), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_zone_of_the_viewer_is_taken_by_name() -> None:
    assert formatter_in("Europe/Berlin") == BERLIN
    assert (BERLIN.zone_name, WORDS.zone_name) == ("Europe/Berlin", "UTC")


def test_moment_for_the_browser_is_utc() -> None:
    assert iso(NOON.astimezone(ZoneInfo("Asia/Tokyo"))) == "2025-01-20T12:30:00Z"
    assert iso(None) == ""


def test_trouble_says_what_happened_and_what_is_kept() -> None:
    notice = error_notice(
        UnreachableError("The Tickets API cannot be reached."), kept="It is kept."
    )

    assert (notice.text, notice.tone) == ("The Tickets API cannot be reached. It is kept.", "error")


def test_trouble_of_a_full_disk_says_that_nothing_was_sent() -> None:
    assert "Nothing was sent." in error_notice(StoreFullError("The disk is full.")).text


def test_trouble_we_did_not_foresee_is_logged_and_never_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    notice = error_notice(KeyError("secret inner name"))

    assert "secret" not in notice.text
    assert "unforeseen" in caplog.text
