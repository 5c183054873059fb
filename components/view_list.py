"""The views beside the list: filters with a name and a count."""

from functools import lru_cache

from components import keys
from components.data import ViewItem
from components.elements import Box, Text
from components.events import TextAction
from components.html import NOTHING, html
from components.i18n import _
from components.keyed_list import Item, KeyedList
from components.site import SITE


class ViewList:
    """Links to the views; a plain click is handed to the caller, any other opens the address."""

    def __init__(self, *, on_view: TextAction) -> None:
        with Box("nav", "views", aria_label=_("Views")):
            Text("h2", _("Views"), "views-title")
            self._list = KeyedList(acts={"view": lambda key, _: on_view(key)})

    def update(self, items: tuple[ViewItem, ...]) -> None:
        """Show `items` in their order; keys lead to the one before and after the active one, and to
        each of the first nine.
        """
        active = next((place for place, view in enumerate(items) if view.active), -1)
        key_of = {active - 1: keys.PREVIOUS_VIEW, active + 1: keys.NEXT_VIEW}
        self._list.show(
            [
                _item(view, key_of.get(place, ""), keys.OF_VIEWS.get(place, ""))
                for place, view in enumerate(items)
            ]
        )


@lru_cache(maxsize=256)  # most screens show the same counts
def _item(view: ViewItem, key: str, number: str) -> Item:
    label = html(
        '<span class="view-label" dir="auto"{}>{}</span>',
        html(' data-key="{}"', number) if number else NOTHING,
        view.label,
    )
    count = html('<span class="view-count">{}</span>', view.count) if view.count else ""
    style = " ".join(
        name
        for name, on in (
            ("inner", view.indent),
            ("waiting", view.tone == "waiting"),
            ("saved", view.is_saved),
        )
        if on
    )
    attributes = {"href": SITE.link(view.href), "class": style, "data-act": "view"}
    if key:
        attributes["data-key"] = key
    if view.about:
        attributes["title"] = view.about
    if view.active:
        attributes["aria-current"] = "page"
    return Item(view.key, html("{}{}", label, count), attributes, tag="a")
