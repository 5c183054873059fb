"""How current the screen is: a dot and an age in the header, a line below when not live."""

from components.data import FreshnessData
from components.events import Action
from components.vue_component import VueComponent


class FreshnessBar:
    """Says live, stale, offline or fault, how old the data is, and what still works."""

    def __init__(self, *, on_action: Action) -> None:
        self._part = _Freshness(FreshnessData())
        self._part.on_event("action", lambda _: on_action())

    def update(self, data: FreshnessData) -> None:
        """Show `data`; its age goes on counting in the browser."""
        self._part.show(data)


class _Freshness(VueComponent, script="freshness"):
    pass
