"""The second try of a read. Writes have none: only `sync` may decide to send again."""

from collections.abc import Awaitable, Callable

from app.client.answers import Answer
from app.client.gate import Gate, Urgency
from app.domain.clock import Clock
from app.domain.errors import UnreachableError

PAUSE_SECONDS = 0.3
PASSING = frozenset({502, 503, 504})
"""What a proxy says while the API behind it restarts."""


async def read_again_once(
    gate: Gate,
    urgency: Urgency,
    request: Callable[[float], Awaitable[Answer]],
    *,
    clock: Clock,
    within_seconds: float,
) -> Answer:
    """Answer of `request`, made again if it failed early for a reason that may have passed.

    Units: `request` is told how many seconds it may take, so that both stay `within_seconds`.
    Errors: those of the last request made.
    """
    end = clock.monotonic() + within_seconds

    def is_hopeless() -> bool:
        return gate.is_down or end - clock.monotonic() < within_seconds / 2

    try:
        answer = await gate.run(urgency, lambda: request(within_seconds))
    except UnreachableError:
        if is_hopeless():
            raise
    else:
        is_passing = answer.status in PASSING and answer.retry_after is None
        if not is_passing or is_hopeless():
            return answer
    await clock.sleep(PAUSE_SECONDS)
    return await gate.run(urgency, lambda: request(end - clock.monotonic()))
