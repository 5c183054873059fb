"""The line of filters above the list."""

from components.filter_data import FilterBarData
from components.part import Call, Part


class FilterBar:
    """Status, turn, product, currency and dates, and a chip for each filter in force."""

    def __init__(
        self,
        *,
        on_status: Call,
        on_needs_response: Call,
        on_product: Call,
        on_currency: Call,
        on_created: Call,
        on_clear: Call,
        on_chip: Call,
    ) -> None:
        self._part = _Filters(FilterBarData())
        self._part.hear("status", lambda said: on_status(said.text("value")))
        self._part.hear("turn", lambda said: on_needs_response(said.flag("value")))
        self._part.hear("product", lambda said: on_product(said.text("value")))
        self._part.hear("currency", lambda said: on_currency(said.text("value")))
        self._part.hear("created", lambda said: on_created(said.text("from"), said.text("to")))
        self._part.hear("clear", lambda _: on_clear())
        self._part.hear("chip", lambda said: on_chip(said.text("key")))

    def update(self, data: FilterBarData) -> None:
        """Show `data`; a field that has the focus keeps what the person is putting in."""
        self._part.show(data)


class _Filters(Part, script="filter_bar"):
    pass
