from datetime import date, timedelta

from app.desk.read_models import AgeBand, DashboardStats, DayCount, Freshness
from app.domain.connection import ConnectionStatus
from app.domain.ticket import Stats
from app.state.formatting import Formatter
from app.state.presenters.charts import charts
from components.data import Option

WORDS = Formatter()


def dashboard(
    days: tuple[DayCount, ...] = (), waiting: tuple[AgeBand, ...] = (), estimated: int = 0
) -> DashboardStats:
    stats = Stats()
    return DashboardStats(
        stats=stats,
        counted=stats,
        days=days,
        waiting=waiting,
        trends={},
        views={},
        estimated=estimated,
    )


def test_charts_say_in_words_what_they_draw() -> None:
    days = (
        DayCount(day=date(2025, 1, 19), opened=1, closed=4),
        DayCount(day=date(2025, 1, 20), opened=3, closed=0),
    )
    bands = (
        AgeBand(label="under 1 h", count=3, at_least=timedelta(0), below=timedelta(hours=1)),
        AgeBand(label="over 3 d", count=1, at_least=timedelta(days=3)),
        AgeBand(label="time unknown", count=0),
    )

    opened, waiting = charts(dashboard(days, bands), fmt=WORDS)

    assert opened.summary == (
        "4 opened and 4 closed in the last 2 days; most opened on Jan 20, 2025 (3). "
        "Days of the zone UTC."
    )
    assert waiting.summary == (
        "4 tickets wait for an answer: 3 under 1 h, 1 over 3 d, 0 time unknown."
    )
    assert opened.choices == (
        Option(value="2025-01-20", label="Jan 20, 2025: 3 opened, 0 closed"),
        Option(value="2025-01-19", label="Jan 19, 2025: 1 opened, 4 closed"),
    )
    assert waiting.choices == (
        Option(value="0-1", label="under 1 h: 3 tickets"),
        Option(value="72-", label="over 3 d: 1 ticket"),
    )


def test_charts_say_how_many_waits_are_estimated() -> None:
    bands = (AgeBand(label="under 1 h", count=3),)

    _, waiting = charts(dashboard((), bands, estimated=2), fmt=WORDS)

    assert waiting.summary == (
        "3 tickets wait for an answer: 3 under 1 h. Of these times 2 are estimated."
    )


def test_charts_say_of_how_many_tickets_while_some_are_lacking() -> None:
    filling = Freshness(
        status=ConnectionStatus.LIVE, as_of=None, problem=None, held=9, expected=25, complete=False
    )

    for chart in charts(dashboard(), fmt=WORDS, freshness=filling):
        assert chart.summary.endswith("Counted in the 9 tickets read so far.")


def test_charts_without_a_ticket_say_that_there_is_none() -> None:
    quiet = (DayCount(day=date(2025, 1, 20), opened=0, closed=0),)
    opened, waiting = charts(dashboard(quiet), fmt=WORDS)

    assert opened.summary == "0 opened and 0 closed in the last 1 day. Days of the zone UTC."
    assert waiting.summary == "Nobody is waiting."
