"""A plotly figure in our colours, drawn after the rows are up, said in words as well."""

from nicegui import ui

from components.data import ChartData
from components.elements import Box, Text


class Chart:
    """A figure that patches in place; its code is fetched once it is seen and the rows stand."""

    def __init__(self, *, title: str) -> None:
        self._data: ChartData | None = None
        self._plot: ui.plotly | None = None
        self._wanted = False
        with Box("figure", "chart"):
            Text("figcaption", title, aria_hidden="true")
            self._area = Box("div", "chart-area", role="img", aria_label=title, data_seen=True)
            self._area.on("seen", lambda _: self._draw(), args=[])

    def update(self, data: ChartData) -> None:
        """Show `data`; an equal figure is not sent again."""
        if data == self._data:
            return
        self._data = data
        self._area.set(aria_label=f"{data.title}. {data.summary}")
        if self._plot is not None:
            self._plot.update_figure(data.figure)
        elif self._wanted:
            self._draw()

    def _draw(self) -> None:
        self._wanted = True
        if self._data is not None and self._plot is None:
            with self._area:
                self._plot = ui.plotly(self._data.figure).classes("chart-plot")
