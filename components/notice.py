"""One banner: what happened, why, what to do, and what is safe."""

from components import keys
from components.data import NoticeData
from components.elements import Box, Button
from components.events import Action
from components.html import Html, html
from components.i18n import _


class Notice:
    """A line with at most one button; takes no room while there is nothing to say."""

    def __init__(self, *, on_action: Action) -> None:
        self._data: NoticeData | None = None
        with Box("div", hidden=True) as self._box:
            self._words = Box("p")
            self._action = Button("", "link", on_click=on_action, command=True)

    def update(self, data: NoticeData | None) -> None:
        """Show `data`, or nothing."""
        before, self._data = self._data, data
        if data == before:
            return
        self._box.restyle(f"notice {data.tone}" if data else "")
        self._box.set(hidden=data is None)
        if data is None:
            self._box.set(role=None, data_say=None)
            return
        # An error is an alert already; a countdown is said once, with the seconds it begins with.
        error = data.tone == "error"
        self._box.set(role="alert" if error else None)
        if before is None or before.text != data.text:
            self._box.set(data_say=None if error else _words(data).striptags())
        self._words.show(_words(data))
        self._action.text = data.action
        undo = data.action == _("Undo")
        self._action.set(hidden=not data.action, data_key=keys.UNDO if undo else None)


def _words(data: NoticeData) -> Html:
    if not data.undo_until:
        return html("{}", data.text)
    return html(
        '{} <span data-until="{}" data-form="{}">{}</span>',
        data.text,
        data.undo_until,
        _("{} s"),
        data.undo_left,
    )
