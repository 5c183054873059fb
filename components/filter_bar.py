"""The line of filters above the list."""

from collections.abc import Callable
from functools import partial

from components.data import Option
from components.elements import Box, Button, Field, Text
from components.events import Action, TextAction
from components.filter_data import Chip, FilterBarData
from components.html import DOT, NOTHING, Html, html, icon, join
from components.i18n import _
from components.keyed_list import Item, KeyedList

_STATUSES = {"open": _("Open"), "closed": _("Closed"), "all": _("All")}


class FilterBar:
    """Status, awaiting, product, currency and dates, and a chip for what no button shows."""

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
        self._on_needs_response = on_needs_response
        self._on_created = on_created
        with Box("div", "filters", role="group", aria_label=_("Filters")):
            with Box("div", "segments", role="group", aria_label=_("Status"), data_press=True):
                self._statuses = {
                    status: Button(label, on_click=partial(on_status, status), aria_pressed="false")
                    for status, label in _STATUSES.items()
                }
            self._needs_response = Button(
                "", "toggle", on_click=self._turn, data_press=True, aria_pressed="false"
            )
            self._needs_response.show(html("{}{}", DOT, _("Needs response")))
            self._product = _Choice(_("Product"), _("Any product"), on_product)
            self._currency = _Choice(_("Currency"), _("Any currency"), on_currency)
            self._dates = Box("span", "dates")
            with self._dates:
                Text("span", _("Created"), aria_hidden="true")
                self._from = _day(_("Created from"), partial(self._set_day, "from"))
                Text("span", "\N{EN DASH}", aria_hidden="true")
                self._to = _day(_("Created to"), partial(self._set_day, "to"))
            self._chips = KeyedList(acts={"chip": lambda key, _value: on_chip(key)})
            self._chips.classes("chips")
            self._clear = Button(_("Clear filters"), "quiet clear", on_click=on_clear)
        self._needs = False
        self._days = {"from": "", "to": ""}
        self.update(FilterBarData())

    def update(self, data: FilterBarData) -> None:
        """Show `data`; a field that has the focus keeps what the person is putting in."""
        for status, button in self._statuses.items():
            button.set(aria_pressed="true" if status == data.status else "false")
        self._needs = data.needs_response
        self._needs_response.set(aria_pressed="true" if data.needs_response else "false")
        self._product.offer(data.products, data.product)
        self._currency.offer(data.currencies, data.currency)
        self._days = {"from": data.created_from, "to": data.created_to}
        self._from.set(data_text=data.created_from, max=data.created_to or None)
        self._to.set(data_text=data.created_to, min=data.created_from or None)
        self._dates.restyle("dates on" if data.created_from or data.created_to else "dates")
        self._chips.show([_chip(chip) for chip in data.chips])
        self._clear.set(disabled=not _is_filtered(data))

    def _turn(self) -> object:
        self._needs = not self._needs
        return self._on_needs_response(self._needs)

    def _set_day(self, end: str, day: str | None) -> object:
        if day is None:  # half typed
            return None
        self._days[end] = day
        return self._on_created(self._days["from"], self._days["to"])


class _Choice:
    """A list of values, the first of which is none."""

    def __init__(self, name: str, none: str, on_choice: TextAction) -> None:
        self._none = Option(value="", label=none)
        with Box("span", "select") as self._frame:
            self._list = Field("select", "change", lambda value: on_choice(value or ""), name=name)

    def offer(self, options: tuple[Option, ...], chosen: str) -> None:
        """Offer `options`; a chosen value that is no longer among them is still in force."""
        known = not chosen or any(option.value == chosen for option in options)
        gone = () if known else (Option(value=chosen, label=chosen),)
        shown = join(_option(option, chosen) for option in (self._none, *gone, *options))
        self._list.set(data_options=str(shown))
        self._frame.restyle("select on" if chosen else "select")


def _option(option: Option, chosen: str) -> Html:
    selected = html(" selected") if option.value == chosen else NOTHING
    return html('<option value="{}"{}>{}</option>', option.value, selected, option.label)


def _day(name: str, on_day: Callable[[str | None], object]) -> Field:
    """A field for a day; the browser makes one of it once it has time to."""
    return Field("input", "change", on_day, name=name, type="text", data_type="date", data_text="")


def _chip(chip: Chip) -> Item:
    content = html(
        '<bdi>{}</bdi><button type="button" data-act="chip" aria-label="{}">{}</button>',
        chip.label,
        _("Remove filter {name}").format(name=chip.label),
        icon("close"),
    )
    return Item(chip.key, content, {"class": "chip"}, tag="span")


def _is_filtered(data: FilterBarData) -> bool:
    chosen = data.product, data.currency, data.created_from, data.created_to, data.chips
    return data.status != "all" or data.needs_response or any(chosen)
