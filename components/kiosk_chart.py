"""What the wall draws beside its tiles, in HTML and SVG alone: bars that lie, days that stand."""

from components.data import KioskBar, KioskChart, KioskDay
from components.html import NOTHING, Html, html, join

GAP_PERCENT = 12
"""of the room of a day, on either side of its two bars"""
SLIT = 0.92
"""so much of its own room a bar fills"""


def chart_html(chart: KioskChart) -> Html:
    """The panel with its title, for the live and for the plain wall."""
    return html(
        '<h2 class="wall-title">{}{}</h2>{}',
        chart.title,
        _legend(chart) if chart.days else NOTHING,
        _trend(chart) if chart.days else join(map(_bar, chart.bars)),
    )


def _bar(bar: KioskBar) -> Html:
    return html(
        '<p class="wall-bar tone-{}"><bdi translate="no">{}</bdi><span class="wall-track">'
        '<i style="width:{}%"></i></span><strong>{}</strong></p>',
        bar.tone,
        bar.label,
        bar.percent,
        bar.count_label,
    )


def _legend(chart: KioskChart) -> Html:
    return html(
        '<span class="wall-key opened">{}</span><span class="wall-key closed">{}</span>',
        chart.opened,
        chart.closed,
    )


def _trend(chart: KioskChart) -> Html:
    """Two bars a day below a line that says how many the highest is; every size is a share."""
    days = chart.days
    first, middle, last = days[0].label, days[len(days) // 2].label, days[-1].label
    return html(
        '<div class="wall-trend"><p class="wall-most">{}</p><svg aria-hidden="true">{}</svg></div>'
        '<p class="wall-days"><span>{}</span><span>{}</span><span>{}</span></p>',
        chart.most,
        join(_day(day, place, len(days)) for place, day in enumerate(days)),
        first,
        middle,
        last,
    )


def _day(day: KioskDay, place: int, days: int) -> Html:
    room = 100 / days
    left, wide = room * (place + GAP_PERCENT / 100), room * (50 - GAP_PERCENT) / 100
    return join(
        html(
            '<rect class="{}" x="{}%" y="{}%" width="{}%" height="{}%"/>',
            name,
            round(left + wide * beside, 2),
            100 - percent,
            round(wide * SLIT, 2),
            percent,
        )
        for beside, (name, percent) in enumerate(
            (("opened", day.opened_percent), ("closed", day.closed_percent))
        )
    )
