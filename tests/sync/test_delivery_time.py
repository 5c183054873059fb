"""Clocks that jump and two days that pass: nothing sleeps for ever, nothing is repeated."""

from datetime import timedelta

import pytest

from app.domain.errors import NotSentError, RateLimitedError, UnreachableError
from app.domain.outbox_entry import DeliveryState
from tests.doubles.bench import Bench
from tests.doubles.shop import Fate

LOST = UnreachableError("The answer broke off.")
HOUR = 3600.0

FATES = {
    "well": (Fate(), "confirmed"),
    "lost answer": (Fate(error=LOST), "confirmed"),
    "applied late": (Fate(late=40, error=LOST), "confirmed"),
    "never applied": (Fate(late=None, error=LOST), "uncertain"),
    "accepted, never shown": (Fate(late=None), "uncertain"),
    "pause": (Fate(late=None, error=RateLimitedError(90)), "confirmed"),
    "not sent": (Fate(late=None, departs=False, error=NotSentError("no")), "confirmed"),
}


@pytest.mark.parametrize("jump", [-24 * HOUR, -HOUR, HOUR, 24 * HOUR])
@pytest.mark.parametrize("name", FATES)
async def test_clock_that_jumps_changes_nothing(bench: Bench, name: str, jump: float) -> None:
    fate, ends = FATES[name]
    bench.shop.fates.append(fate)
    await bench.send("Hello")

    await bench.run_for(1)
    bench.clock.set_wrong(jump)
    await bench.run_for(200)

    assert await bench.state() == ends
    assert bench.truth.applied["r1"] == (ends == "confirmed")


@pytest.mark.parametrize("jump", [-24 * HOUR, 24 * HOUR])
async def test_clock_that_jumps_over_a_restart_delays_a_pause_by_an_hour_at_most(
    bench: Bench, jump: float
) -> None:
    bench.shop.fates.append(Fate(late=None, error=RateLimitedError(90)))
    await bench.send("Hello")
    await bench.run_for(1)

    bench.clock.set_wrong(jump)
    await bench.restart()
    await bench.run_for(HOUR + 1)

    assert await bench.state() == "confirmed"


async def test_pause_asked_for_by_a_read_is_probed_about_once_a_minute(bench: Bench) -> None:
    bench.shop.reads.extend([RateLimitedError(HOUR)])  # a 503 for an hour; well again at once
    await bench.send("Hello")

    await bench.run_for(30)
    assert (await bench.state(), bench.shop.read_count) == ("queued", 1)
    assert bench.delivery.stall
    assert bench.delivery.stall.next_try_at == bench.clock.now() + timedelta(seconds=30)
    await bench.run_for(31)

    assert await bench.state() == "confirmed"


async def test_pause_after_a_write_is_obeyed_however_often_the_ticket_is_read(
    bench: Bench,
) -> None:
    bench.truth.open_ticket("tkt_2")
    bench.shop.fates.append(Fate(late=None, error=RateLimitedError(HOUR)))
    await bench.send("One")
    await bench.run_for(1)
    await bench.send("Two", ticket="tkt_2", entry_id="r2")

    await bench.run_for(HOUR - 5)
    assert bench.truth.arrived == {"r1": 1}
    await bench.run_for(10)

    assert await bench.state() == await bench.state("r2") == "confirmed"


@pytest.mark.parametrize("name", FATES)
async def test_after_two_days_every_reply_is_settled_or_before_a_person(
    bench: Bench, name: str
) -> None:
    bench.shop.fates.append(FATES[name][0])
    await bench.send("Hello")

    await bench.run_for(48 * HOUR)

    row = await bench.row()
    assert row.is_settled or row.needs_person
    assert row.next_check_at is None


@pytest.mark.parametrize("name", FATES)
async def test_whatever_is_not_settled_has_a_time_or_a_person(bench: Bench, name: str) -> None:
    bench.shop.fates.append(FATES[name][0])
    await bench.send("Hello")

    for _ in range(60):
        await bench.run_for(3)
        for row in await bench.outbox.unsettled():
            owned = row.needs_person or row.next_check_at is not None
            assert owned or row.state is DeliveryState.QUEUED
