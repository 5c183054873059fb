"""State of the connection to the API: what people are told, and when it is tried again."""

import logging

from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import (
    DeskError,
    KeyRefusedError,
    RateLimitedError,
    StoreError,
    UnreachableError,
)

log = logging.getLogger(__name__)

SOON_SECONDS = 2.0
OFTEN_SECONDS = 5.0
RARELY_SECONDS = 60.0


class ConnectionMonitor:
    """The outcome of the last reads of the list."""

    def __init__(self) -> None:
        self.state = ConnectionState(status=ConnectionStatus.STALE)
        self._silences = 0
        self._failures = 0
        self._logged: type[DeskError] | None = None

    def succeeded(self) -> None:
        """The API has answered; if the log says otherwise, that is put right."""
        self._silences = 0
        self._failures = 0
        if self._logged:
            log.warning("The tickets are read again.")
        self._logged = None
        self.state = ConnectionState(status=ConnectionStatus.LIVE)

    def failed(self, error: DeskError) -> float:
        """A read has failed; the seconds until the next try.

        One silence may be a hiccup and only makes the mirror stale; two mean offline.
        """
        is_silence = isinstance(error, UnreachableError)
        self._silences = self._silences + 1 if is_silence else 0
        status = ConnectionStatus.OFFLINE if self._silences > 1 else ConnectionStatus.STALE
        if isinstance(error, StoreError):
            status = ConnectionStatus.FAULT
        self.state = ConnectionState(status=status, problem=str(error))
        self._log(error)
        match error:
            case UnreachableError():
                return SOON_SECONDS if self._silences < 3 else OFTEN_SECONDS
            case RateLimitedError():
                return min(max(SOON_SECONDS, error.retry_after), RARELY_SECONDS)
            case KeyRefusedError():
                return RARELY_SECONDS
        return OFTEN_SECONDS

    def _log(self, error: DeskError) -> None:
        """One line when it turns: at once where only a person can help, else at the second time."""
        self._failures += 1
        is_for_person = isinstance(error, KeyRefusedError | StoreError)
        is_certain = self._logged is None and self._failures > 1
        if is_certain or (is_for_person and self._logged is not type(error)):
            self._logged = type(error)
            log.warning("%s", error)
