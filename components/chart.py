"""A plotly figure in our colours, drawn after the rows are up, said in words as well."""

from nicegui import ui
from nicegui.events import GenericEventArguments

from components.data import ChartData
from components.dialog import Dialog
from components.elements import Box, Button, Text
from components.events import TextAction
from components.html import html
from components.i18n import _
from components.keyed_list import Item, KeyedList


class Chart:
    """A figure that patches in place; its code is fetched once it is seen and the rows stand.

    What a click on it picks, by mouse, is also a list of buttons: a chart is no place for a focus.
    """

    def __init__(self, *, title: str, on_pick: TextAction) -> None:
        self._data: ChartData | None = None
        self._plot: ui.plotly | None = None
        self._wanted = False
        self._on_pick = on_pick
        with Box("figure", "chart"):
            Text("figcaption", title, aria_hidden="true")
            self._area = Box("div", "chart-area", role="img", aria_label=title, data_seen=True)
            self._area.on("seen", lambda _: self._draw(), args=[])
            choices = Dialog(title)
            name = _("{title}: as a list").format(title=title)
            Button(_("As a list"), "chart-list", name=name, data_opens=choices.address)
        with choices.inside:
            self._choices = KeyedList(acts={"pick": lambda value, _: on_pick(value)})

    def update(self, data: ChartData) -> None:
        """Show `data`; an equal figure is not sent again."""
        if data == self._data:
            return
        self._data = data
        self._area.set(aria_label=f"{data.title}. {data.summary}")
        if self._wanted:
            self._draw()

    def _draw(self) -> None:
        self._wanted = True
        if self._data is None:
            return
        self._choices.show([_choice(one.value, one.label) for one in self._data.choices])
        if self._plot is not None:
            self._plot.update_figure(self._data.figure)
            return
        with self._area:
            self._plot = ui.plotly(self._data.figure).classes("chart-plot")
        self._plot.on("plotly_click", self._click, js_handler=_PICKED)

    def _click(self, event: GenericEventArguments) -> object:
        return self._on_pick(event.args) if isinstance(event.args, str) and event.args else None


def _choice(value: str, label: str) -> Item:
    return Item(value, html("{}", label), {"class": "quiet", "data-act": "pick"}, tag="button")


_PICKED = "(event) => emit(event.points[0].customdata)"
"""of all that plotly tells, the data of the whole line included"""
