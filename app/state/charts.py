"""The two charts above the list: their figures, and the same in words."""

from dataclasses import replace

from app.desk.snapshots import Freshness, Overview
from app.state.wording import Wording
from components import figures
from components.data import ChartData

OPENED = "Opened and closed per day"
WAITING = "Waiting by age"


def charts(
    overview: Overview, *, words: Wording, freshness: Freshness | None = None
) -> tuple[ChartData, ...]:
    """Both charts; each says in its summary what its figure shows, and of how much of the shop."""
    both = (_opened_and_closed(overview, words), _waiting(overview, words))
    if freshness is None or freshness.complete:
        return both
    partial = f" Counted in the {words.counted(freshness.held, 'ticket', 'tickets')} read so far."
    return tuple(replace(chart, summary=chart.summary + partial) for chart in both)


def _opened_and_closed(overview: Overview, words: Wording) -> ChartData:
    days = overview.days
    opened, closed = sum(day.opened for day in days), sum(day.closed for day in days)
    span = words.counted(len(days), "day", "days")
    summary = f"{words.count(opened)} opened and {words.count(closed)} closed in the last {span}"
    if days:
        busiest = max(days, key=lambda day: day.opened)
        summary += (
            f"; most opened on {words.short_date(busiest.day)} ({words.count(busiest.opened)})"
        )
    return ChartData(
        key="opened-closed",
        title=OPENED,
        summary=f"{summary}. Days of the zone {words.zone_name}.",
        figure=figures.opened_and_closed(
            [(day.day.isoformat(), day.opened, day.closed) for day in days]
        ),
    )


def _waiting(overview: Overview, words: Wording) -> ChartData:
    total = sum(band.count for band in overview.waiting)
    said = ", ".join(f"{words.count(band.count)} {band.label}" for band in overview.waiting)
    summary = f"{words.counted(total, 'ticket waits', 'tickets wait')} for an answer: {said}."
    if overview.estimated:
        summary += f" Of these times {words.count(overview.estimated)} are estimated."
    return ChartData(
        key="waiting-age",
        title=WAITING,
        summary=summary if total else "Nobody is waiting.",
        figure=figures.waiting_by_age([(band.label, band.count) for band in overview.waiting]),
    )
