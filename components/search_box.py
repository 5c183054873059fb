"""The search field of the header."""

from components.events import TextAction
from components.filter_data import SearchData
from components.vue_component import VueComponent


class SearchBox:
    """A search field that reports each keystroke; `/` focuses it, Esc clears it, then leaves it.

    Empty and with the focus it shows what can be typed; Tab leads there, arrows and Enter choose.
    """

    def __init__(self, *, on_query: TextAction) -> None:
        self._part = _Search(SearchData())
        self._part.on_event("query", lambda args: on_query(args.text("text")))

    def update(self, data: SearchData) -> None:
        """Show `data`; a query that only repeats what was typed meanwhile takes back no letter."""
        self._part.show(data)


class _Search(VueComponent, script="search_box"):
    pass
