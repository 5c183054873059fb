"""How a floor tells those above it that something changed: ids only, never data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has changed; whoever shows it asks `desk.queries` again."""

    tickets: frozenset[str] = frozenset()
    """ids of tickets whose row, messages or pending replies differ from before"""
    drafts: frozenset[str] = frozenset()
    """ids of tickets whose drafts differ: for those who have that very reply box open"""
    marks: str | None = None
    """the seller whose own marks on tickets, or claims, differ"""
    private_notes: bool = False
    """those of a ticket or of a customer differ, which may stand in many tickets"""
    views: bool = False
    """the views that sellers have saved differ"""
    stats: bool = False
    """the API's own counts differ"""
    connection: bool = False
    """reachability or coverage of the mirror differs"""
    age: bool = False
    """the mirror is as of a later time, which alone changes no row and no number"""

    def __bool__(self) -> bool:
        return (
            bool(self.tickets or self.drafts)
            or self.marks is not None
            or self.private_notes
            or (self.views or self.stats or self.connection or self.age)
        )


class Signal(Generic[T]):
    """A list of listeners, called in order on the event loop that emits."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []
        self.on_first: Callable[[], None] = lambda: None
        """called when somebody listens after nobody did"""

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def subscribe(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call `listener` for each value from now on; returns the function that ends it."""
        self._listeners.append(listener)
        if len(self._listeners) == 1:
            self.on_first()

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def emit(self, value: T) -> None:
        """Tell every listener; a listener that leaves meanwhile is not called twice."""
        for listener in tuple(self._listeners):
            listener(value)
