"""Series to plotly figures as plain dicts (pure); the style sheet colours their text and grid."""

from collections.abc import Sequence
from html import escape
from typing import Any

from components.i18n import _
from components.theme import CHART, SIZES, TRANSPARENT

Figure = dict[str, Any]


def opened_and_closed(days: Sequence[tuple[str, int, int]], *, zone: str) -> Figure:
    """Tickets opened and closed for each day of `zone`; the last day is not over.

    Args:
        days: ISO day, opened, closed; oldest first.
    """
    labels = [day for day, _, _ in days]
    opened, closed = [o for _, o, _ in days], [c for _, _, c in days]
    top = max(opened + closed, default=0)
    lines = [_line("opened", labels, opened), _line("closed", labels, closed)]
    figure = _figure(lines, top=top)
    figure["layout"]["xaxis"] |= {
        "type": "date",
        "tickformat": "%-d %b",
        "nticks": 5,
        "unifiedhovertitle": {"text": f"%{{x|%-d %b %Y}} · {escape(zone)}"},
    }
    figure["layout"]["hovermode"] = "x unified"
    figure["layout"]["margin"] |= {"r": 52}
    if days:
        figure["layout"]["xaxis"]["range"] = [labels[0], labels[-1]]
        figure["layout"]["annotations"] = _names_at_the_end(
            labels[-1], opened[-1], closed[-1], top=top
        )
    return figure


def waiting_by_age(bands: Sequence[tuple[str, str, int]]) -> Figure:
    """Tickets that wait for the seller, by how long.

    Args:
        bands: key, label, tickets; shortest wait first.
    """
    labels, counts = [label for _, label, _ in bands], [count for _, _, count in bands]
    late = len(bands) - 2
    colours = [CHART["late"] if i >= late else CHART["waiting"] for i in range(len(bands))]
    bar = {
        "type": "bar",
        "x": labels,
        "y": counts,
        "customdata": [key for key, _, _ in bands],
        "text": [str(count) for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": colours},
        "hovertemplate": _("%{x}: %{y} waiting") + "<extra></extra>",
    }
    figure = _figure([bar], top=max(counts, default=0))
    figure["layout"]["yaxis"] |= {"visible": False}
    figure["layout"]["bargap"] = 0.35
    return figure


def _line(kind: str, days: list[str], counts: list[int]) -> Figure:
    """A line whose last point, the day that is not over, is a hollow one."""
    before = max(0, len(days) - 1)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": _NAMES[kind],
        "x": days,
        "y": counts,
        "customdata": days,
        "line": {"color": CHART[kind], "width": 2, "shape": "linear"},
        "marker": {"symbol": "circle-open", "size": [*[0] * before, 7][: len(days)]},
        "cliponaxis": False,
        "hovertemplate": [*["%{y}"] * before, "%{y} " + _("so far")][: len(days)],
    }


def _names_at_the_end(day: str, opened: int, closed: int, *, top: int) -> list[Figure]:
    """What each line is, beside its last point; names that would touch are moved apart."""
    apart = 0 if abs(opened - closed) > 0.2 * top else 9
    shifts = (apart, 0) if opened >= closed else (0, apart)
    return [
        {
            "text": _NAMES[kind],
            "x": day,
            "y": value,
            "xanchor": "left",
            "xshift": 6,
            "yshift": shift,
            "showarrow": False,
        }
        for kind, value, shift in (("opened", opened, shifts[0]), ("closed", closed, shifts[1]))
    ]


def _figure(traces: list[Figure], *, top: int) -> Figure:
    axis = {"fixedrange": True, "zeroline": False, "showline": False, "tickangle": 0}
    return {
        "data": traces,
        "layout": {
            "margin": {"l": 28, "r": 8, "t": 6, "b": 24},
            "paper_bgcolor": TRANSPARENT,
            "plot_bgcolor": TRANSPARENT,
            "font": {"family": SIZES["font"], "size": 11},
            "showlegend": False,
            "autosize": True,
            "dragmode": False,
            "xaxis": {**axis, "showgrid": False, "ticklabelstandoff": 4},  # clear of the lowest y
            "yaxis": {**axis, "rangemode": "tozero", "tick0": 0, "dtick": _whole_step(top)},
        },
        "config": {"displayModeBar": False, "responsive": True},
    }


def _whole_step(top: int) -> int:
    """Between two ticks: a round whole number, with at most four steps up to `top`."""
    step = 1
    while step * 4 < top:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


_NAMES = {"opened": _("Opened"), "closed": _("Closed")}
