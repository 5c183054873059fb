"""Closing and reopening: repeated where that is harmless, never against a person."""

import pytest

from app.domain.errors import RateLimitedError, RefusedError, UnreachableError
from app.domain.outbox_entry import ReviewAction, ReviewReason, StatusChange
from app.domain.ticket import Status
from tests.doubles.bench import Bench
from tests.doubles.shop import Fate

LOST = UnreachableError("The answer broke off.")


async def change(bench: Bench, status: Status = Status.CLOSED) -> StatusChange:
    await bench.commands.change_status("tkt_1", status, seen=bench.truth.seen("tkt_1"))
    return (await bench.outbox.status_changes("tkt_1"))[-1]


async def test_status_change_is_confirmed_by_the_status_a_read_shows(bench: Bench) -> None:
    closing = await change(bench)

    await bench.run_for(0)

    assert await bench.state(closing.entry_id) == "confirmed"
    assert bench.truth.tickets["tkt_1"].status == "closed"


async def test_status_change_with_a_lost_answer_is_found_by_reading(bench: Bench) -> None:
    bench.shop.fates.append(Fate(error=LOST))
    closing = await change(bench)

    await bench.run_for(3)

    assert await bench.state(closing.entry_id) == "confirmed"
    assert bench.truth.patched == [("tkt_1", "closed")]


async def test_status_change_that_was_lost_is_repeated_after_a_read(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    closing = await change(bench)

    await bench.run_for(3)

    row = await bench.entry(closing.entry_id)
    assert (row.state, row.attempts) == ("confirmed", 2)


async def test_status_change_that_keeps_being_lost_goes_to_a_person(bench: Bench) -> None:
    bench.shop.fates.extend([Fate(late=None, error=LOST)] * 9)
    closing = await change(bench)

    await bench.run_for(300)

    row = await bench.entry(closing.entry_id)
    assert (row.state, row.attempts) == ("uncertain", 3)
    assert row.reason == "The answer broke off. The ticket still has its old status."


async def test_status_change_is_not_repeated_once_the_customer_has_written(bench: Bench) -> None:
    wrote = lambda: bench.truth.write("tkt_1", "customer", "Wait!")  # noqa: E731
    bench.shop.fates.append(Fate(late=None, error=LOST, before=wrote))
    closing = await change(bench)

    await bench.run_for(1000)

    row = await bench.entry(closing.entry_id)
    assert (row.state, row.review_reason) == ("queued", ReviewReason.CUSTOMER_REPLIED)
    assert bench.truth.tickets["tkt_1"].status == "open"


async def test_status_change_is_not_repeated_once_somebody_touched_the_ticket(bench: Bench) -> None:
    def touch() -> None:
        bench.truth.set_status("tkt_1", "closed")
        bench.truth.set_status("tkt_1", "open")

    bench.shop.fates.append(Fate(late=None, error=LOST, before=touch))
    closing = await change(bench)

    await bench.run_for(5)
    assert (await bench.entry(closing.entry_id)).review_reason is ReviewReason.CHANGED
    await bench.commands.review(closing.entry_id, ReviewAction.RESEND)
    await bench.run_for(5)

    assert await bench.state(closing.entry_id) == "confirmed"


async def test_customer_who_wrote_holds_the_closing_for_a_person(bench: Bench) -> None:
    closing = await change(bench)
    bench.truth.write("tkt_1", "customer", "Wait!")

    await bench.run_for(5)

    assert (await bench.entry(closing.entry_id)).review_reason is ReviewReason.CUSTOMER_REPLIED
    assert bench.truth.patched == []


async def test_status_change_already_fulfilled_sends_nothing(bench: Bench) -> None:
    bench.truth.set_status("tkt_1", "closed")
    bench.truth.patched.clear()
    closing = await change(bench)

    await bench.run_for(5)

    assert await bench.state(closing.entry_id) == "confirmed"
    assert bench.truth.patched == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [(RefusedError("No.", status=422), "refused"), (RateLimitedError(60), "confirmed")],
)
async def test_status_change_that_was_refused_says_so_and_a_pause_is_kept(
    bench: Bench, error: Exception, expected: str
) -> None:
    bench.shop.fates.append(Fate(late=None, error=error))
    closing = await change(bench)

    await bench.run_for(70)

    assert await bench.state(closing.entry_id) == expected


async def test_send_and_close_closes_after_the_reply(bench: Bench) -> None:
    seen = bench.truth.seen("tkt_1")
    await bench.commands.send_reply("tkt_1", "r1", "Done.", seen=seen, then_close=True)

    await bench.run_for(5)

    assert await bench.state("r1") == await bench.state("r1/close") == "confirmed"
    assert bench.truth.tickets["tkt_1"].status == "closed"


async def test_send_and_close_leaves_open_what_was_never_sent(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    seen = bench.truth.seen("tkt_1")
    await bench.commands.send_reply("tkt_1", "r1", "Done.", seen=seen, then_close=True)

    await bench.run_for(1000)

    assert await bench.state("r1") == "uncertain"
    assert bench.truth.patched == []


async def test_send_and_close_asks_when_the_customer_answers_at_once(bench: Bench) -> None:
    wrote = lambda: bench.truth.write("tkt_1", "customer", "One more thing")  # noqa: E731
    bench.shop.fates.append(Fate(before=wrote))
    seen = bench.truth.seen("tkt_1")
    await bench.commands.send_reply("tkt_1", "r1", "Done.", seen=seen, then_close=True)

    await bench.run_for(60)

    assert await bench.state("r1") == "confirmed"
    assert (await bench.entry("r1/close")).review_reason is ReviewReason.CUSTOMER_REPLIED
