"""The views beside the list: filters with a name and a count."""

from components.data import ViewItem
from components.part import Call, Part


class ViewList:
    """Links to the views; a plain click is handed to the caller, any other opens the address."""

    def __init__(self, *, on_view: Call) -> None:
        self._part = _Views(())
        self._part.hear("view", lambda said: on_view(said.text("key")))

    def update(self, items: tuple[ViewItem, ...]) -> None:
        """Show `items` in their order."""
        self._part.show(items)


class _Views(Part, script="view_list"):
    pass
