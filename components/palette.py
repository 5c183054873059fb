"""The command palette: a few letters find an action, a view, a ticket or a customer."""

from components import keys
from components.data import PaletteData, PaletteEntry
from components.dialog import Dialog
from components.elements import Box, Button, Field, Text
from components.events import TextAction
from components.html import NOTHING, Html, html, icon
from components.keyed_list import Item, ItemAction, KeyedList


class Palette:
    """A field over the page, and what its text finds. Enter takes the first of it, arrows lead on.

    Args:
        on_query: called at each keystroke.
        on_pick: called with the key of an entry, and the text for which it was offered.
    """

    def __init__(self, *, on_query: TextAction, on_pick: ItemAction) -> None:
        title = keys.WORDS[keys.PALETTE]
        self._text = ""
        dialog = Dialog(title)
        Button(
            "",
            "quiet step",
            name=title,
            title=f"{title} ({keys.PALETTE})",
            key=keys.PALETTE,
            on_click=lambda: on_query(self._text),  # what can be done has changed since
            data_opens=dialog.address,
        ).show(icon("palette"))

        def type_text(text: str | None) -> object:
            self._text = (text or "")[:200]
            return on_query(self._text)

        with dialog.inside:
            self._field = Field(
                "input",
                "input",
                type_text,
                name=title,
                type="text",
                autocomplete="off",
                spellcheck="false",
                maxlength=200,
                enterkeyhint="go",
            )
            with Box("div", "palette-entries"):
                self._list = KeyedList(acts={"pick": on_pick})
            self._says = Text("p", "", "palette-says", aria_live="polite")

    def update(self, data: PaletteData) -> None:
        """Show `data`."""
        self._list.show([_item(entry, data.query) for entry in data.entries])
        self._says.text = data.says


def _item(entry: PaletteEntry, query: str) -> Item:
    """A button of the dialog's form: the first one is what Enter in the field presses."""
    return Item(
        entry.key,
        html('<span dir="auto">{}</span>{}{}', entry.label, _note(entry.note), _cap(entry.hotkey)),
        {"class": "quiet", "data-act": "pick", "data-value": query, "data-command": ""},
        tag="button",
    )


def _note(note: str) -> Html:
    return html('<span class="palette-note" dir="auto">{}</span>', note) if note else NOTHING


def _cap(hotkey: str) -> Html:
    return html("<kbd>{}</kbd>", hotkey) if hotkey else NOTHING
