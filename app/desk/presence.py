"""Who has which ticket open, and who is typing into it: in memory, gone with the window."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.signals import Signal


@dataclass(frozen=True, slots=True)
class Present:
    """One window at a ticket."""

    who: str
    """a user's name, "" for the one seller"""
    ticket_id: str
    is_typing: bool = False


class Presence:
    """Knows each window by its id; `changed` names the tickets at which somebody came or went."""

    def __init__(self) -> None:
        self._windows: dict[str, Present] = {}
        self.changed: Signal[frozenset[str]] = Signal()

    def open(self, window: str, who: str, ticket_id: str) -> None:
        """A window has this ticket open from now on and no other."""
        before = self._windows.get(window)
        if before is None or (before.who, before.ticket_id) != (who, ticket_id):
            self._put(window, Present(who, ticket_id))

    def set_typing(self, window: str, *, is_typing: bool) -> None:
        """Somebody types into the open ticket, or has stopped to."""
        before = self._windows.get(window)
        if before is not None and before.is_typing is not is_typing:
            self._put(window, replace(before, is_typing=is_typing))

    def leave(self, window: str) -> None:
        """A window has no ticket open any more, or is gone."""
        self._put(window, None)

    def others(self, window: str) -> Mapping[str, tuple[Present, ...]]:
        """Who else is at which ticket, by its id; those who type first."""
        found: dict[str, list[Present]] = {}
        for id_, present in self._windows.items():
            if id_ != window:
                found.setdefault(present.ticket_id, []).append(present)
        return {
            ticket_id: tuple(sorted(here, key=lambda one: (not one.is_typing, one.who)))
            for ticket_id, here in found.items()
        }

    def _put(self, window: str, present: Present | None) -> None:
        before = self._windows.pop(window, None)
        if present is not None:
            self._windows[window] = present
        if before != present:
            both = (one.ticket_id for one in (before, present) if one)
            self.changed.emit(frozenset(both))
