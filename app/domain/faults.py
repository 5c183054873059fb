"""What is wrong with the desk itself: who met it, and the sentence every screen says meanwhile."""

import logging
import math
from dataclasses import replace

from app.domain.clock import Clock
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import DeskError, StoreClosedError
from app.domain.signals import Signal

LOG_AGAIN_SECONDS = 600.0

log = logging.getLogger(__name__)


class Faults:
    """The parts that fail now; `changed` is emitted whenever what is said about them differs."""

    def __init__(self, clock: Clock) -> None:
        self.changed = Signal[None]()
        self._clock = clock
        self._now: dict[str, tuple[str, float]] = {}
        self._logged: dict[tuple[str, type[Exception]], float] = {}
        self._in_log: set[str] = set()

    def met(self, part: str, error: Exception, *, doing: str, seconds: float = math.inf) -> None:
        """A part has failed; it is logged when it begins to.

        Args:
            doing: in words, what the part was at: "reading the list".
            seconds: until this no longer counts unless it is met again: for a part that is
                tried only when somebody asks.
        """
        if isinstance(error, StoreClosedError):  # the desk ends, or begins the copy anew
            return
        before = self._sentence()
        is_new = part not in self._now
        sentence = str(error)
        if not isinstance(error, DeskError):
            sentence = (
                f"The desk has a fault of its own while {doing}; it is tried again by itself."
            )
        self._now[part] = (sentence, self._clock.monotonic() + seconds)
        if is_new and self._is_news(sentence, type(error)):
            log.error("%s", sentence, exc_info=None if isinstance(error, DeskError) else error)
        self._tell(before)

    def over(self, part: str, *, doing: str) -> None:
        """A part works; if it did not before, that is said as well."""
        if part not in self._now:
            return
        before = self._sentence()
        sentence, _ = self._now.pop(part)
        if sentence in self._in_log and sentence not in dict(self._now.values()):
            self._in_log.discard(sentence)
            log.warning("The desk is %s again.", doing)
        self._tell(before)

    def laid_over(self, state: ConnectionState) -> ConnectionState:
        """How the desk stands, its own faults before everything else."""
        sentence = self._sentence()
        return (
            state
            if not sentence
            else replace(state, status=ConnectionStatus.FAULT, problem=sentence)
        )

    def _is_news(self, sentence: str, kind: type[Exception]) -> bool:
        """Whether the log does not have this yet: what comes and goes is written down rarely."""
        now = self._clock.monotonic()
        if now - self._logged.get((sentence, kind), -math.inf) < LOG_AGAIN_SECONDS:
            return False
        self._logged[sentence, kind] = now
        self._in_log.add(sentence)
        return True

    def _sentence(self) -> str:
        now = self._clock.monotonic()
        self._now = {part: known for part, known in self._now.items() if known[1] > now}
        return next((sentence for sentence, _ in self._now.values()), "")

    def _tell(self, before: str) -> None:
        if self._sentence() != before:
            self.changed.emit(None)
