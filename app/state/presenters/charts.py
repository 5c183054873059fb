"""Presenter of the two charts above the list: a figure, and a summary for screen readers."""

from dataclasses import replace
from datetime import timedelta

from app.desk.read_models import AgeBand, DashboardStats, Freshness
from app.state.formatting import Formatter
from components import figures
from components.data import ChartData, Option
from components.i18n import _

OPENED = _("Opened and closed per day")
WAITING = _("Waiting by age")


def charts(
    dashboard: DashboardStats, *, fmt: Formatter, freshness: Freshness | None = None
) -> tuple[ChartData, ...]:
    """Both charts; each says in its summary what its figure shows, and of how much of the shop."""
    both = (_opened_and_closed(dashboard, fmt), _waiting(dashboard, fmt))
    if freshness is None or freshness.complete:
        return both
    partial = _(" Counted in the {held} read so far.").format(
        held=fmt.counted(freshness.held, "ticket", "tickets")
    )
    return tuple(replace(chart, summary=chart.summary + partial) for chart in both)


def _opened_and_closed(dashboard: DashboardStats, fmt: Formatter) -> ChartData:
    days = dashboard.days
    opened, closed = sum(day.opened for day in days), sum(day.closed for day in days)
    span = fmt.counted(len(days), "day", "days")
    summary = _("{opened} opened and {closed} closed in the last {span}").format(
        opened=fmt.count(opened), closed=fmt.count(closed), span=span
    )
    if opened:
        busiest = max(days, key=lambda day: day.opened)
        summary += _("; most opened on {day} ({opened})").format(
            day=fmt.short_date(busiest.day), opened=fmt.count(busiest.opened)
        )
    return ChartData(
        key="opened-closed",
        title=OPENED,
        summary=_("{summary}. Days of the zone {zone_name}.").format(
            summary=summary, zone_name=fmt.zone_name
        ),
        figure=figures.opened_and_closed(
            [(day.day.isoformat(), day.opened, day.closed) for day in days], zone=fmt.zone_name
        ),
        choices=tuple(
            Option(
                value=day.day.isoformat(),
                label=_("{day}: {opened} opened, {closed} closed").format(
                    day=fmt.short_date(day.day),
                    opened=fmt.count(day.opened),
                    closed=fmt.count(day.closed),
                ),
            )
            for day in reversed(days)
        ),
    )


def _waiting(dashboard: DashboardStats, fmt: Formatter) -> ChartData:
    total = sum(band.count for band in dashboard.waiting)
    said = ", ".join(f"{fmt.count(band.count)} {band.label}" for band in dashboard.waiting)
    summary = _("{total} for an answer: {said}.").format(
        total=fmt.counted(total, "ticket waits", "tickets wait"), said=said
    )
    if dashboard.estimated:
        summary += _(" Of these times {estimated} are estimated.").format(
            estimated=fmt.count(dashboard.estimated)
        )
    return ChartData(
        key="waiting-age",
        title=WAITING,
        summary=summary if total else _("Nobody is waiting."),
        figure=figures.waiting_by_age(
            [(_band(band), band.label, band.count) for band in dashboard.waiting]
        ),
        choices=tuple(
            Option(
                value=_band(band),
                label=_("{band}: {waiting}").format(
                    band=band.label, waiting=fmt.counted(band.count, "ticket", "tickets")
                ),
            )
            for band in dashboard.waiting
            if _band(band)
        ),
    )


def _band(band: AgeBand) -> str:
    """How long its tickets have waited, in hours: "4-24", "72-"; nothing where it is not known."""
    if band.at_least is None:
        return ""
    hour = timedelta(hours=1)
    return f"{band.at_least // hour}-{band.below // hour if band.below else ''}"
