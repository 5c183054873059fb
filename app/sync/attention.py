"""Which tickets are on a screen now."""


class Attention:
    """Each viewer looks at one ticket at most; one that several look at counts once."""

    def __init__(self) -> None:
        self._looking: dict[object, str] = {}

    def look(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` looks at this ticket from now on, at no other; None for at none."""
        self._looking.pop(viewer, None)
        if ticket_id is not None:
            self._looking[viewer] = ticket_id

    def tickets(self) -> tuple[str, ...]:
        """The tickets looked at, those opened last first."""
        return tuple(dict.fromkeys(reversed(self._looking.values())))
