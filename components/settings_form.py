"""What a seller sets: how long a reply can be undone, the theme; and which zone is spoken."""

from collections.abc import Callable
from dataclasses import dataclass

from components.elements import Box, Button, Field, Text
from components.html import Html
from components.i18n import _

_THEMES = {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")}
_NOT_WHOLE = _("That is no whole number of seconds. What was set before still holds.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsData:
    """What a seller can set. `said` is the answer to the last change, in a sentence."""

    undo_seconds: int
    longest_undo: int
    zone: str
    said: str = ""
    wrong: bool = False


class SettingsForm:
    """Each change is handed over at once; the theme is the browser's own affair.

    `key_form` None leaves the key out: it is not this viewer's to change, or there is none.
    """

    def __init__(
        self,
        data: SettingsData,
        *,
        on_undo_seconds: Callable[[int], object],
        key_form: Html | None = None,
        reads_only: bool = False,
    ) -> None:
        self._on_undo_seconds = on_undo_seconds
        with Box("section", "settings", aria_label=_("Settings")):
            with Box("div", hidden=reads_only):
                Text("h2", _("Replies"))
                self._build_undo(data)
            if key_form is not None:
                Text("h2", _("Tickets API"))
                Box().show(key_form)
            Text("h2", _("Appearance"))
            self._build_theme()
            Text("h2", _("Time"))
            with Box("div", "setting"):
                Text("span", _("Zone"))
                with Box("span", "setting-value"):
                    self._zone = Text("b", data.zone)
                Text(
                    "p",
                    _(
                        "All times are shown in the zone of this browser. "
                        "Change it on the machine, then load the page again."
                    ),
                )

    def update(self, data: SettingsData) -> None:
        """Show `data`; what is being typed is left alone."""
        self._zone.text = data.zone
        self._say(data.said, wrong=data.wrong)

    def _build_undo(self, data: SettingsData) -> None:
        with Box("div", "setting"):
            Text("label", _("Undo a sent reply for"), for_="undo-seconds")
            with Box("span", "setting-value"):
                self._undo = Field(
                    "input",
                    "change",
                    self._set_undo_seconds,
                    command=True,
                    id="undo-seconds",
                    type="number",
                    inputmode="numeric",
                    min=0,
                    max=data.longest_undo,
                    step=1,
                    data_text=str(data.undo_seconds),
                    aria_describedby="undo-says",
                )
                Text("span", _("seconds"))
            Text(
                "p",
                _(
                    "Until then it waits in the outbox and its words can come back into the box. "
                    "0 sends at once, {longest} is the most."
                ).format(longest=data.longest_undo),
            )
            self._said = Text("p", data.said, "setting-kept", id="undo-says", aria_live="polite")

    def _build_theme(self) -> None:
        with Box("div", "setting"):
            Text("span", _("Theme"), id="theme-label")
            with (
                Box("span", "setting-value"),
                Box("span", "segments", role="group", aria_labelledby="theme-label"),
            ):
                for name, label in _THEMES.items():
                    Button(label, data_theme_choice=name, aria_pressed="false")
            Text(
                "p",
                _(
                    "Saved in this browser; "
                    "the other settings are saved by the desk and hold in every browser."
                ),
            )

    def _set_undo_seconds(self, text: str | None) -> object:
        seconds = _whole(text or "")
        if seconds is not None:
            return self._on_undo_seconds(seconds)
        self._say(_NOT_WHOLE, wrong=True)
        return None

    def _say(self, said: str, *, wrong: bool) -> None:
        self._undo.set(aria_invalid="true" if wrong else None)
        self._said.restyle("setting-wrong" if wrong else "setting-kept")
        self._said.text = said


def _whole(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
