"""The views beside the list: filters with a name and a count."""

from components.data import ViewItem
from components.elements import Box, Text
from components.events import TextAction
from components.html import html
from components.keyed_list import Item, KeyedList


class ViewList:
    """Links to the views; a plain click is handed to the caller, any other opens the address."""

    def __init__(self, *, on_view: TextAction) -> None:
        with Box("nav", "views", aria_label="Views"):
            Text("h2", "Views", "views-title")
            self._list = KeyedList(acts={"view": lambda key, _: on_view(key)})

    def update(self, items: tuple[ViewItem, ...]) -> None:
        """Show `items` in their order."""
        self._list.show([_item(view) for view in items])


def _item(view: ViewItem) -> Item:
    label = html('<span class="view-label">{}</span>', view.label)
    count = html('<span class="view-count">{}</span>', view.count) if view.count else ""
    style = " ".join(
        name for name, on in (("inner", view.indent), ("waiting", view.tone == "waiting")) if on
    )
    attributes = {"href": view.href, "class": style, "data-act": "view"}
    if view.active:
        attributes["aria-current"] = "page"
    return Item(view.key, html("{}{}", label, count), attributes, tag="a")
