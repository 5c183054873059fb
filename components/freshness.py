"""How current the screen is: a dot and an age in the header, a line below when not live."""

from components.data import FreshnessData
from components.elements import Box, Button, Text
from components.events import Action
from components.i18n import _


def line_word(**more: str) -> Box:
    """The word for how fresh the data is; these stand there while the line proves nothing.

    Args:
        more: words for other states, by attribute (`data_when_late`).
    """
    return Box(
        "span",
        "fresh-word",
        data_when_connecting=_("Connecting…"),
        data_when_silent=_("Checking…"),
        data_when_cut=_("No connection"),
        **more,
    )


class FreshnessBar:
    """Says live, stale, offline or fault, how old the data is, and what still works.

    Live is proved: by a connection that stands, and over which the desk was heard of late. Without
    one `assets/desk.js` says so in the words that are given for it here. Screen readers hear the
    state and the progress, not each second.
    """

    def __init__(self, *, on_action: Action) -> None:
        with Box("div", "freshness"):
            with Box("span", "fresh", role="status") as self._state:
                Box("i", "dot", aria_hidden="true")
                self._word = line_word()
                self._age = Box("time", "fresh-age", aria_hidden="true", data_fine=True)
                self._progress = Text("span", "", "")
            with Box("div", hidden=True) as self._line:
                self._notice = Text("span")
                self._action = Button("", "link", on_click=on_action)
        self.update(FreshnessData())

    def update(self, data: FreshnessData) -> None:
        """Show `data`; its age goes on counting in the browser."""
        self._state.set(data_reported=data.state)
        self._word.set(data_when_up=data.label or data.state)
        self._age.set(
            data_since=data.as_of or None, data_as_of=bool(data.as_of), hidden=not data.as_of
        )
        self._progress.text = data.progress
        self._progress.restyle("fresh-progress" if data.progress else "")
        notice = data.notice
        self._line.restyle(f"fresh-line {notice.tone}" if notice else "")
        self._line.set(hidden=notice is None, role="alert" if notice else None)
        self._notice.text = notice.text if notice else ""
        self._action.text = notice.action if notice else ""
        self._action.set(hidden=not (notice and notice.action))
