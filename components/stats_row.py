"""The four numbers above the list; each is a filter."""

from components.data import StatCard
from components.vue_component import TextAction, VueComponent


class StatsRow:
    """A card for each number, with its trend drawn as a line."""

    def __init__(self, *, on_card: TextAction) -> None:
        self._part = _Stats(())
        self._part.on_event("card", lambda args: on_card(args.text("key")))

    def update(self, cards: tuple[StatCard, ...]) -> None:
        """Show `cards` in their order."""
        self._part.show(cards)


class _Stats(VueComponent, script="stats_row"):
    pass
