"""The search field of the header."""

from dataclasses import dataclass

from components.part import Call, Part


class SearchBox:
    """A search field that reports each keystroke; `/` focuses it, Esc clears it, then leaves it."""

    def __init__(self, *, on_query: Call) -> None:
        self._part = _Search(_SearchData())
        self._part.hear("query", lambda said: on_query(said.text("text")))

    def update(self, query: str) -> None:
        """Show `query`, unless it only repeats what the person has typed meanwhile."""
        self._part.show(_SearchData(query=query))


@dataclass(frozen=True, slots=True, kw_only=True)
class _SearchData:
    query: str = ""


class _Search(Part, component="search_box.js"):
    pass
