"""The views beside the list: filters with a name and a count."""

from components.data import ViewItem
from components.vue_component import TextAction, VueComponent


class ViewList:
    """Links to the views; a plain click is handed to the caller, any other opens the address."""

    def __init__(self, *, on_view: TextAction) -> None:
        self._part = _Views(())
        self._part.on_event("view", lambda args: on_view(args.text("key")))

    def update(self, items: tuple[ViewItem, ...]) -> None:
        """Show `items` in their order."""
        self._part.show(items)


class _Views(VueComponent, script="view_list"):
    pass
