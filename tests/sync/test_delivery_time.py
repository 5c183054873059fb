"""Clocks that jump, reads that fail, two days: nothing sleeps for ever, nothing is repeated."""

import pytest

from app.domain.errors import NotSentError, RateLimitedError, UnreachableError
from app.domain.reply import ReplyState
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
            assert owned or row.state is ReplyState.QUEUED


async def test_reads_that_fail_for_hours_never_count_as_absence(bench: Bench) -> None:
    bench.shop.fates.append(Fate(error=LOST))
    await bench.send("Hello")
    await bench.run_for(1)
    bench.shop.reads.extend([UnreachableError("Away.")] * 200)

    await bench.run_for(300)
    assert await bench.state() == "unknown"
    await bench.run_for(3 * HOUR)

    assert await bench.state() == "confirmed"


async def test_reads_that_lack_messages_never_count_as_absence(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(1)
    bench.shop.hidden = lambda message_id: message_id == "msg_1"

    await bench.run_for(300)

    row = await bench.row()
    assert row.state == "uncertain"
    assert "could not be read completely" in (row.reason or "")
    assert row.checked_at is None


async def test_glimpse_of_the_message_in_any_read_confirms_at_once(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(2000)
    bench.truth.reply("tkt_1", "Hello", "r1")

    assert await bench.delivery.confirming.glimpsed(await bench.shop.read("tkt_1"))
    await bench.run_for(0)
    assert await bench.state() == "confirmed"
    assert not await bench.delivery.confirming.glimpsed(await bench.shop.read("tkt_1"))


async def test_glimpse_of_a_double_tells_it(bench: Bench) -> None:
    await bench.send("Hello")
    await bench.run_for(10)
    bench.truth.reply("tkt_1", "Hello", "a proxy sent it again")

    await bench.delivery.confirming.glimpsed(await bench.shop.read("tkt_1"))
    await bench.run_for(0)

    assert (await bench.row()).copies == 2


async def test_equal_reply_under_way_is_not_called_a_double(bench: Bench) -> None:
    await bench.send("Thanks")
    await bench.run_for(10)
    bench.shop.reads.extend([None, *[UnreachableError("Away.")] * 3])
    await bench.send("Thanks", reply_id="r2")
    await bench.run_for(1)
    bench.shop.reads.clear()

    await bench.delivery.confirming.glimpsed(await bench.shop.read("tkt_1"))
    await bench.run_for(100)

    assert [(await bench.row(name)).copies for name in ("r1", "r2")] == [1, 1]
