"""What a seller sets: how long a reply can be undone, the theme; and which zone is spoken."""

from collections.abc import Callable
from dataclasses import dataclass

from components.vue_component import VueComponent


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsData:
    """What a seller can set. `said` is the answer to the last change, in a sentence."""

    undo_seconds: int
    longest_undo: int
    zone: str
    said: str = ""
    wrong: bool = False


class SettingsForm:
    """Each change is handed over at once; the theme is the browser's own affair."""

    def __init__(self, data: SettingsData, *, on_undo_seconds: Callable[[int], object]) -> None:
        self._part = _Form(data)
        self._part.on_command("undo", lambda args: on_undo_seconds(args.number("seconds")))

    def update(self, data: SettingsData) -> None:
        """Show `data`; what is being typed is left alone."""
        self._part.show(data)


class _Form(VueComponent, script="settings_form"):
    pass
