"""Tells the screens what differs from what they were told last: ids, never data."""

from collections.abc import Callable

from app.domain.clock import Clock
from app.domain.link import LinkState
from app.domain.signals import Changes, Signal
from app.store.mirror import Mirror

TELL_SECONDS = 0.25
"""how often at most the screens hear of pages while the first walk runs"""


class Telling:
    """Announces what changed, in bundles while that is very much; `link` is asked each time."""

    def __init__(
        self,
        changes: Signal[Changes],
        *,
        mirror: Mirror,
        link: Callable[[], LinkState],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._mirror = mirror
        self._link = link
        self._clock = clock
        self._untold: frozenset[str] = frozenset()
        self._told: tuple[object, object] = (None, None)
        self._told_at = 0.0

    def announce(self, changed: frozenset[str]) -> None:
        """Tell the screens of changed tickets, at the latest with the next `tell`."""
        self._untold |= changed
        is_due = self._clock.monotonic() - self._told_at >= TELL_SECONDS
        if changed and (is_due or self._mirror.walk.complete):
            self.tell()

    def tell(self) -> None:
        """Tell the screens everything that differs from what they were told last."""
        reading, is_complete = self._mirror.reading, self._mirror.walk.complete
        now = (reading.stats, (self._link(), reading.as_of, is_complete))
        changes = Changes(
            tickets=self._untold,
            stats=now[0] != self._told[0],
            link=now[1] != self._told[1] or (bool(self._untold) and not is_complete),
        )
        self._untold, self._told, self._told_at = frozenset(), now, self._clock.monotonic()
        if changes:
            self._changes.emit(changes)
