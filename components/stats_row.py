"""The four numbers above the list; each is a filter."""

from components.data import StatCard
from components.part import Call, Part


class StatsRow:
    """A card for each number, with its trend drawn as a line."""

    def __init__(self, *, on_card: Call) -> None:
        self._part = _Stats(())
        self._part.hear("card", lambda said: on_card(said.text("key")))

    def update(self, cards: tuple[StatCard, ...]) -> None:
        """Show `cards` in their order."""
        self._part.show(cards)


class _Stats(Part, script="stats_row"):
    pass
