"""The breaker: closed, open, one probe, closed again."""

from app.client.scheduler import FAILURES, OUTAGE_PROBE_SECONDS, CircuitBreaker


def opened(now: float = 0.0) -> CircuitBreaker:
    breaker = CircuitBreaker()
    for _ in range(FAILURES):
        breaker.record(is_up=False, now=now)
    return breaker


def test_success_in_between_keeps_it_closed() -> None:
    breaker = CircuitBreaker()
    for _ in range(FAILURES):
        breaker.record(is_up=False, now=0)
        breaker.record(is_up=True, now=0)

    assert not breaker.is_open
    assert not breaker.refuses(0)


def test_failures_in_a_row_open_it_until_the_probe_is_due() -> None:
    breaker = opened()

    assert breaker.is_open
    assert breaker.refuses(OUTAGE_PROBE_SECONDS - 0.01)
    assert not breaker.refuses(OUTAGE_PROBE_SECONDS)


def test_one_probe_goes_at_a_time() -> None:
    breaker = opened()

    breaker.begin("probe")

    assert breaker.refuses(100)


def test_probe_that_fails_starts_the_wait_again() -> None:
    breaker = opened()
    breaker.begin("probe")
    breaker.record(is_up=False, now=10)
    breaker.end("probe")

    assert breaker.refuses(10 + OUTAGE_PROBE_SECONDS - 0.01)
    assert not breaker.refuses(10 + OUTAGE_PROBE_SECONDS)


def test_probe_that_succeeds_closes_it() -> None:
    breaker = opened()
    breaker.begin("probe")
    breaker.record(is_up=True, now=10)
    breaker.end("probe")

    assert not breaker.refuses(10)


def test_probe_that_is_given_up_lets_another_go() -> None:
    breaker = opened()
    breaker.begin("probe")
    breaker.end("another")
    assert breaker.refuses(10)

    breaker.end("probe")

    assert not breaker.refuses(10)
