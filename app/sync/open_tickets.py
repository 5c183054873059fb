"""Which tickets viewers have open, and which of them is to be read again."""

import math


class OpenTickets:
    """Each viewer has one ticket open at most; one that several have open counts once."""

    def __init__(self) -> None:
        self._viewed: dict[object, str] = {}
        self._read_at: dict[str, float] = {}

    def set_open(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` has this ticket open from now on and no other; None for none."""
        left = self._viewed.pop(viewer, None)
        if ticket_id is not None:
            self._viewed[viewer] = ticket_id
        if left is not None and left not in self._viewed.values():
            self._read_at.pop(left, None)

    def tickets(self) -> tuple[str, ...]:
        """The open tickets, those opened last first."""
        return tuple(dict.fromkeys(reversed(self._viewed.values())))

    def mark_read(self, ticket_id: str, now: float) -> None:
        """A read of this ticket begins.

        Args:
            now: seconds of a clock that never goes back.
        """
        if ticket_id in self._viewed.values():
            self._read_at[ticket_id] = now

    def due(self, now: float, *, every: float) -> str | None:
        """The ticket whose last read began longest ago, None when none is `every` seconds old."""
        ages = {id_: now - self._read_at.get(id_, -math.inf) for id_ in self.tickets()}
        oldest = max(ages, key=lambda id_: ages[id_], default=None)
        return None if oldest is None or ages[oldest] < every else oldest
