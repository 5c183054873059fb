"""Leaves an API that is down in peace: after some failures in a row one probe now and then."""

FAILURES = 5
PROBE_SECONDS = 5.0


class Breaker:
    """Open after five failures in a row; then one request each five seconds finds out.

    Units: every `now` is in seconds of the monotonic clock.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._probe_at = 0.0
        self._probe: object = None

    @property
    def is_open(self) -> bool:
        """Whether the API counts as down."""
        return self._failures >= FAILURES

    def refuses(self, now: float) -> bool:
        """Whether a request would be turned away now."""
        return self.is_open and (self._probe is not None or now < self._probe_at)

    def probe_now(self, now: float) -> None:
        """Let the next request find out, unless one is at it."""
        self._probe_at = min(self._probe_at, now)

    def enter(self, request: object) -> None:
        """A request goes out; while the breaker is open it is the probe."""
        if self.is_open:
            self._probe = request

    def leave(self, request: object) -> None:
        """A request has ended or was given up."""
        if self._probe is request:
            self._probe = None

    def note(self, *, is_up: bool, now: float) -> None:
        """A request has shown whether the API is up."""
        self._failures = 0 if is_up else self._failures + 1
        self._probe_at = now + PROBE_SECONDS
