"""Nothing here, why, and the next step."""

from components.data import EmptyData
from components.part import Call, Part


class EmptyState:
    """A sentence where something else would be, with a button when there is a next step."""

    def __init__(self, *, on_action: Call) -> None:
        self._part = _Empty(None)
        self._part.hear("action", lambda _: on_action())

    def update(self, data: EmptyData | None) -> None:
        """Show `data`, or nothing."""
        self._part.show(data)


class _Empty(Part, script="empty_state"):
    pass
