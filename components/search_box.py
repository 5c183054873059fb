"""The search field of the header."""

from components import keys
from components.elements import Box, Field, Text
from components.events import TextAction
from components.filter_data import SearchData, SearchHint
from components.html import Html, html, icon, join
from components.i18n import _


class SearchBox:
    """A search field that reports each keystroke; `/` focuses it, Esc clears it, then leaves it.

    Empty and with the focus it shows what can be typed; Tab leads there, Enter chooses.
    """

    def __init__(self, *, on_query: TextAction) -> None:
        self._on_query = on_query
        self._query = ""
        with Box("div", "search", role="search"):
            self._field = Field(
                "input",
                "input",
                self._type,
                name=_("Search tickets"),
                type="search",
                placeholder=_("Search tickets"),
                autocomplete="off",
                spellcheck="false",
                maxlength=500,
                enterkeyhint="search",
                aria_describedby="search-doubt",
                data_text="",
                data_key=keys.SEARCH,
            )
            Box("span", "search-icon").show(icon("search"))
            Text("kbd", keys.SEARCH, aria_hidden="true")
            self._doubt = Text("p", "", "search-doubt", id="search-doubt", aria_live="polite")
            self._hints = Box(
                "div", "search-hints", role="group", aria_label=_("What can be searched for")
            )

    def update(self, data: SearchData) -> None:
        """Show `data`; a query that only repeats what was typed meanwhile takes back no letter."""
        self._query = data.query
        self._field.set(data_text=data.query)
        self._doubt.text = data.doubt
        if data.hints:  # they are seen only while the field is empty
            self._hints.show(join(map(_hint, data.hints)))

    def _type(self, text: str | None) -> object:
        typed = (text or "")[:500]
        if typed != self._query:  # a doubt about what is no longer in the field is over
            self._doubt.text = ""
        return self._on_query(typed)


def _hint(hint: SearchHint) -> Html:
    return html(
        '<button type="button" data-insert="{}"><code>{}</code><span>{}</span></button>',
        hint.insert,
        hint.example,
        hint.finds,
    )
