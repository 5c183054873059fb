"""Tells the screens what differs from what they were told last: ids, never data."""

from collections.abc import Callable

from app.domain.clock import Clock
from app.domain.connection import ConnectionState
from app.domain.signals import Changes, Signal
from app.store.tickets.mirror import TicketMirror

FLUSH_SECONDS = 0.25
"""how often at most the screens hear of pages while the first full scan runs"""


class ChangeNotifier:
    """Collects changed ids and emits them, batched while the mirror is being filled."""

    def __init__(
        self,
        changes: Signal[Changes],
        *,
        mirror: TicketMirror,
        connection: Callable[[], ConnectionState],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._mirror = mirror
        self._connection = connection
        self._clock = clock
        self._pending: frozenset[str] = frozenset()
        self._flushed: tuple[object, object, object] = (None, None, None)
        self._flushed_at = 0.0

    def add(self, changed: frozenset[str]) -> None:
        """Collect changed tickets; they are emitted now, or by the next `flush`."""
        self._pending |= changed
        is_due = self._clock.monotonic() - self._flushed_at >= FLUSH_SECONDS
        if changed and (is_due or self._mirror.scan.is_complete):
            self.flush()

    def flush(self) -> None:
        """Emit everything that differs from the last flush."""
        reading, is_complete = self._mirror.reading, self._mirror.scan.is_complete
        now = (reading.stats, (self._connection(), is_complete), reading.as_of)
        changes = Changes(
            tickets=self._pending,
            stats=now[0] != self._flushed[0],
            connection=now[1] != self._flushed[1] or (bool(self._pending) and not is_complete),
            age=now[2] != self._flushed[2],
        )
        self._pending, self._flushed, self._flushed_at = frozenset(), now, self._clock.monotonic()
        if changes:
            self._changes.emit(changes)
