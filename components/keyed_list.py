"""A list of pieces of HTML, each with a key: only the pieces that changed go to the browser."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui.element import Element

from components.elements import UNWATCHED
from components.events import EventArgs
from components.html import Html

ItemAction = Callable[[str, str], object]
"""The key of an item, and the value (`data-value`) of what was pressed inside it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece: an element with attributes, and what is inside it.

    `attributes` belong to the caller; others that a script sets beside them stay.
    """

    key: str
    content: Html
    attributes: Mapping[str, str] = field(default_factory=dict)
    tag: str = "div"


class KeyedList(Element, component="keyed_list.js"):
    """Draws items in order; an item that stays keeps its element, its focus and its place.

    Args:
        tag: of the element around them.
        acts: what a click on `data-act` inside an item calls, by that name.
    """

    def __init__(self, tag: str = "div", *, acts: Mapping[str, ItemAction] | None = None) -> None:
        super().__init__()
        self._items: dict[str, Item] = {}
        self._sent: dict[str, Item] = {}
        self._acts = dict(acts or {})
        self._props["as"] = tag
        self.on("act", self._act)

    @property
    def items(self) -> tuple[Item, ...]:
        """What is shown, in its order."""
        return tuple(self._items.values())

    def show(self, items: Sequence[Item]) -> None:
        """Show these items; keys are unique."""
        wanted = {item.key: item for item in items}
        if wanted != self._items or list(wanted) != list(self._items):
            self._items = wanted
            self.update()

    def forget_sent(self) -> None:
        """Send every item with the next update: some may have been lost on their way."""
        self._sent = {}

    def _to_dict(self) -> dict[str, Any]:
        """What is sent: the order, and those items that the browser does not have yet."""
        changed = [
            {"key": key, "tag": item.tag, "html": str(item.content), "attrs": dict(item.attributes)}
            for key, item in self._items.items()
            if self._sent.get(key) != item
        ]
        self._sent = dict(self._items)
        described = super()._to_dict()
        described["props"] = {
            **self._props,
            "patch": {"order": list(self._items), "items": changed},
        }
        return described | UNWATCHED

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        """What NiceGUI's test user reads."""
        shown = [item.content.striptags() for item in self._items.values()]
        return [*super()._displayed_contents(only_visible=only_visible), *shown]

    def _act(self, event: Any) -> object:
        args = EventArgs(event.args)
        call = self._acts.get(args.text("act"))
        return call(args.text("key"), args.text("value")) if call else None
