"""A sheet over the page, which a button opens in the browser alone."""

from components.elements import Box, Text
from components.i18n import _


class Dialog:
    """Put things between its heading and *Close*: `with Dialog("Keyboard shortcuts").inside:`.

    A button with `data_opens=dialog.address` opens it; Escape, a click beside it and every button
    in it close it.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        with Box("dialog", "sheet", aria_label=title) as box, Box("form", method="dialog"):
            Text("h2", title)
            self.inside = Box("div", "sheet-inside")
            Text("button", _("Close"), "secondary")
        self.address = box.html_id
