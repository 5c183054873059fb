"""Series to plotly figures as plain dicts (pure); the style sheet colours their text and grid."""

from collections.abc import Sequence
from typing import Any

from components.theme import CHART, SIZES

Figure = dict[str, Any]


def opened_and_closed(days: Sequence[tuple[str, int, int]]) -> Figure:
    """Tickets opened and closed for each day.

    Shape: `days` holds (ISO day, opened, closed), oldest first.
    """
    labels = [day for day, _, _ in days]
    opened, closed = [o for _, o, _ in days], [c for _, _, c in days]
    figure = _figure([_line("Opened", labels, opened), _line("Closed", labels, closed)])
    figure["layout"]["xaxis"] |= {"type": "date", "tickformat": "%-d %b", "nticks": 5}
    figure["layout"]["hovermode"] = "x unified"
    figure["layout"]["margin"] |= {"r": 52}
    if days:
        figure["layout"]["xaxis"]["range"] = [labels[0], labels[-1]]
        figure["layout"]["annotations"] = _names_at_the_end(
            labels[-1], opened[-1], closed[-1], top=max(opened + closed)
        )
    return figure


def waiting_by_age(bands: Sequence[tuple[str, int]]) -> Figure:
    """Tickets that wait for the seller, by how long.

    Shape: `bands` holds (label, tickets), shortest wait first.
    """
    labels, counts = [label for label, _ in bands], [count for _, count in bands]
    late = len(bands) - 2
    colours = [CHART["late"] if i >= late else CHART["waiting"] for i in range(len(bands))]
    bar = {
        "type": "bar",
        "x": labels,
        "y": counts,
        "text": [str(count) for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": colours},
        "hovertemplate": "%{x}: %{y}<extra></extra>",
    }
    figure = _figure([bar])
    figure["layout"]["yaxis"] |= {"visible": False}
    figure["layout"]["bargap"] = 0.35
    return figure


def _line(name: str, days: list[str], counts: list[int]) -> Figure:
    colour = CHART[name.lower()]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": days,
        "y": counts,
        "line": {"color": colour, "width": 2, "shape": "linear"},
        "hovertemplate": "%{y}",
    }


def _names_at_the_end(day: str, opened: int, closed: int, *, top: int) -> list[Figure]:
    """What each line is, beside its last point; names that would touch are moved apart."""
    apart = 0 if abs(opened - closed) > 0.2 * top else 9
    shifts = (apart, 0) if opened >= closed else (0, apart)
    return [
        {
            "text": name,
            "x": day,
            "y": value,
            "xanchor": "left",
            "xshift": 4,
            "yshift": shift,
            "showarrow": False,
        }
        for name, value, shift in (("Opened", opened, shifts[0]), ("Closed", closed, shifts[1]))
    ]


def _figure(traces: list[Figure]) -> Figure:
    axis = {"fixedrange": True, "zeroline": False, "showline": False, "tickangle": 0}
    return {
        "data": traces,
        "layout": {
            "margin": {"l": 28, "r": 8, "t": 6, "b": 20},
            "paper_bgcolor": "transparent",
            "plot_bgcolor": "transparent",
            "font": {"family": SIZES["font"], "size": 11},
            "showlegend": False,
            "autosize": True,
            "dragmode": False,
            "xaxis": {**axis, "showgrid": False},
            "yaxis": {**axis, "rangemode": "tozero", "nticks": 4},
        },
        "config": {"displayModeBar": False, "responsive": True},
    }
