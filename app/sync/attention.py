"""Which tickets are on a screen now, and which of them is to be read again."""

import math


class Attention:
    """Each viewer looks at one ticket at most; one that several look at counts once."""

    def __init__(self) -> None:
        self._looking: dict[object, str] = {}
        self._read_at: dict[str, float] = {}

    def look(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` looks at this ticket from now on, at no other; None for at none."""
        left = self._looking.pop(viewer, None)
        if ticket_id is not None:
            self._looking[viewer] = ticket_id
        if left is not None and left not in self._looking.values():
            self._read_at.pop(left, None)

    def tickets(self) -> tuple[str, ...]:
        """The tickets looked at, those opened last first."""
        return tuple(dict.fromkeys(reversed(self._looking.values())))

    def note(self, ticket_id: str, now: float) -> None:
        """A read of this ticket begins. Units: seconds of a clock that never goes back."""
        if ticket_id in self._looking.values():
            self._read_at[ticket_id] = now

    def due(self, now: float, *, every: float) -> str | None:
        """The ticket whose last read began longest ago, None when none is `every` seconds old."""
        ages = {id_: now - self._read_at.get(id_, -math.inf) for id_ in self.tickets()}
        oldest = max(ages, key=lambda id_: ages[id_], default=None)
        return None if oldest is None or ages[oldest] < every else oldest
