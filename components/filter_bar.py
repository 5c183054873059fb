"""The line of filters above the list."""

from collections.abc import Callable

from components.events import Action, TextAction
from components.filter_data import FilterBarData
from components.vue_component import VueComponent


class FilterBar:
    """Status, turn, product, currency and dates, and a chip for each filter in force."""

    def __init__(
        self,
        *,
        on_status: TextAction,
        on_needs_response: Callable[[bool], object],
        on_product: TextAction,
        on_currency: TextAction,
        on_created: Callable[[str, str], object],
        on_clear: Action,
        on_chip: TextAction,
    ) -> None:
        self._part = _Filters(FilterBarData())
        self._part.on_event("status", lambda args: on_status(args.text("value")))
        self._part.on_event("turn", lambda args: on_needs_response(args.flag("value")))
        self._part.on_event("product", lambda args: on_product(args.text("value")))
        self._part.on_event("currency", lambda args: on_currency(args.text("value")))
        self._part.on_event("created", lambda args: on_created(args.text("from"), args.text("to")))
        self._part.on_event("clear", lambda _: on_clear())
        self._part.on_event("chip", lambda args: on_chip(args.text("key")))

    def update(self, data: FilterBarData) -> None:
        """Show `data`; a field that has the focus keeps what the person is putting in."""
        self._part.show(data)


class _Filters(VueComponent, script="filter_bar"):
    pass
