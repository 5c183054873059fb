"""One banner: what happened, why, what to do, and what is safe."""

from components.data import NoticeData
from components.events import Action
from components.vue_component import VueComponent


class Notice:
    """A line with at most one button; takes no room while there is nothing to say."""

    def __init__(self, *, on_action: Action) -> None:
        self._part = _Notice(None)
        self._part.on_command("action", lambda _: on_action())

    def update(self, data: NoticeData | None) -> None:
        """Show `data`, or nothing."""
        self._part.show(data)


class _Notice(VueComponent, script="notice"):
    pass
