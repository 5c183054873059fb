"""The second try: for what may have passed, once, within the time there is."""

import pytest

from app.client.answers import Answer
from app.client.gate import Gate, Lane, Urgency
from app.client.retry import PAUSE_SECONDS, read_again_once
from app.domain.errors import ApiError, BadAnswerError, NotSentError, UnreachableError
from tests.doubles.clock import LeapClock

WITHIN = 20.0


class Attempts:
    """Requests that end as told, each after `takes` seconds."""

    def __init__(self, *outcomes: Answer | ApiError, takes: float = 0.0) -> None:
        self.clock = LeapClock()
        self.gate = Gate(clock=self.clock, requests_per_second=None)
        self.told: list[float] = []
        self._outcomes = list(outcomes)
        self._takes = takes

    async def run(self) -> Answer:
        return await read_again_once(
            self.gate,
            Urgency(Lane.PERSON),
            self._request,
            clock=self.clock,
            within_seconds=WITHIN,
        )

    async def _request(self, seconds: float) -> Answer:
        self.told.append(seconds)
        self.clock.advance(self._takes)
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, ApiError):
            raise outcome
        return outcome


GOOD = Answer(status=200)


@pytest.mark.parametrize(
    "passing",
    [UnreachableError(""), NotSentError(""), *(Answer(status=s) for s in (502, 503, 504))],
)
async def test_passing_failure_is_tried_again_in_the_time_that_is_left(
    passing: Answer | ApiError,
) -> None:
    attempts = Attempts(passing, GOOD, takes=2)

    assert await attempts.run() == GOOD
    assert attempts.told == pytest.approx([WITHIN, WITHIN - 2 - PAUSE_SECONDS])


@pytest.mark.parametrize(
    "lasting",
    [
        *(Answer(status=status) for status in (200, 401, 404, 429, 500)),
        Answer(status=503, retry_after=9.0),
    ],
)
async def test_answer_that_will_not_change_is_not_asked_for_again(lasting: Answer) -> None:
    attempts = Attempts(lasting)

    assert await attempts.run() == lasting


async def test_answer_of_no_use_is_not_asked_for_again() -> None:
    with pytest.raises(BadAnswerError):
        await Attempts(BadAnswerError("too large")).run()


async def test_second_failure_is_the_last() -> None:
    attempts = Attempts(UnreachableError("first"), UnreachableError("second"))

    with pytest.raises(UnreachableError, match="second"):
        await attempts.run()


async def test_failure_that_took_long_is_not_tried_again() -> None:
    attempts = Attempts(UnreachableError("slow"), takes=WITHIN * 0.6)

    with pytest.raises(UnreachableError, match="slow"):
        await attempts.run()


async def test_api_that_is_down_is_not_tried_again() -> None:
    attempts = Attempts(*[UnreachableError(str(number)) for number in range(9)])
    for _ in range(3):
        with pytest.raises(UnreachableError):
            await attempts.run()

    assert len(attempts.told) == 5
    assert attempts.clock.monotonic() == pytest.approx(2 * PAUSE_SECONDS)
