"""The numbers above the list; each is a filter."""

from functools import lru_cache, partial

from components.data import StatCard
from components.elements import Box, Button
from components.events import TextAction
from components.html import NOTHING, Html, html
from components.i18n import _

_AT_FIRST = ("total", "open", "closed", "needs-response")
"""what has a place before any number is known"""
_WIDTH, _HEIGHT = 96, 28
"""of a sparkline, in units of its own"""


class StatsRow:
    """A card for each number, with its trend drawn as a line."""

    def __init__(self, *, on_card: TextAction) -> None:
        self._on_card = on_card
        self._row = Box("div", "stats", role="group", aria_label=_("Numbers"))
        self._cards = {key: self._new_card(key) for key in _AT_FIRST}

    def update(self, cards: tuple[StatCard, ...]) -> None:
        """Show `cards`; one that is new comes after the others."""
        for data in cards:
            card = self._cards.get(data.key) or self._new_card(data.key)
            self._cards[data.key] = card
            card.restyle(f"card {data.tone}".strip())
            card.set(
                disabled=False,
                data_value="" if data.value is None else str(data.value),
                aria_pressed="true" if data.active else "false",
            )
            card.show(_content(data))

    def _new_card(self, key: str) -> Button:
        with self._row:
            card = Button("", "card skeleton", on_click=partial(self._on_card, key), data_stat=key)
        card.set(disabled=True).show(html("<i></i>"))
        return card


@lru_cache(maxsize=64)  # most screens show the same numbers
def _content(data: StatCard) -> Html:
    """A note stands in place of the trend, which is no more current than the number is."""
    beside = html('<span class="card-note">{}</span>', data.note) if data.note else NOTHING
    if len(data.trend) > 1 and not data.note:
        beside = _sparkline(data.trend)
    return html(
        '<span class="card-label">{}</span><span class="card-value">{}</span>{}',
        data.label,
        data.value_label,
        beside,
    )


def _sparkline(trend: tuple[int | None, ...]) -> Html:
    """A line from zero to the largest value, broken where a value is unknown."""
    top = max(1, *(value for value in trend if value is not None), 1)
    step = _WIDTH / (len(trend) - 1)
    path, pen = "", "M"
    for place, value in enumerate(trend):
        if value is None:
            pen = "M"
            continue
        path += f"{pen}{place * step:.1f} {_HEIGHT - 1.5 - value / top * (_HEIGHT - 4):.1f}"
        pen = "L"
    return html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="{}"/></svg>',
        _WIDTH,
        _HEIGHT,
        path,
    )
