"""One send, then only reading: what happens to a reply when things go well, badly, and twice."""

import pytest

from app.domain.errors import (
    ApiError,
    BadAnswerError,
    KeyRefusedError,
    NotSentError,
    RateLimitedError,
    RefusedError,
    TicketNotFoundError,
    UnreachableError,
)
from app.domain.outbox_entry import ReviewAction, ReviewReason
from tests.doubles.bench import Bench
from tests.doubles.shop import Fate

LOST = UnreachableError("The answer broke off.")


async def test_reply_is_confirmed_by_the_message_a_read_shows(bench: Bench) -> None:
    await bench.send("Hello")

    await bench.run_for(0)

    row = await bench.row()
    assert (row.state, row.message_id, row.copies) == ("confirmed", "msg_2", 1)
    assert bench.truth.texts("tkt_1") == ["Hello"]


async def test_accepted_reply_stays_accepted_until_a_read_shows_it(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=12))
    await bench.send("Hello")

    await bench.run_for(10)
    assert await bench.state() == "accepted"
    await bench.run_for(10)
    assert await bench.state() == "confirmed"


async def test_lost_answer_is_found_by_reading_and_never_sent_again(bench: Bench) -> None:
    bench.shop.fates.append(Fate(error=LOST))
    await bench.send("Hello")

    await bench.run_for(0)
    assert await bench.state() == "unknown"
    await bench.run_for(300)

    assert await bench.state() == "confirmed"
    assert bench.truth.arrived["r1"] == 1


async def test_reply_never_seen_goes_to_a_person_after_all_confirm_delays(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")

    await bench.run_for(126)
    assert await bench.state() == "unknown"
    await bench.run_for(2)

    row = await bench.row()
    assert row.state == "uncertain"
    assert row.reason == "The answer broke off. The ticket does not show it."
    assert row.checked_at == bench.clock.now().replace(second=7)
    assert bench.truth.arrived["r1"] == 1


async def test_late_reply_heals_by_itself(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=222, error=BadAnswerError("504")))
    await bench.send("Hello")

    await bench.run_for(200)
    assert await bench.state() == "uncertain"
    await bench.run_for(300)

    assert await bench.state() == "confirmed"
    assert bench.truth.texts("tkt_1") == ["Hello"]


async def test_reply_that_never_left_is_sent_again_by_itself(bench: Bench) -> None:
    never = Fate(late=None, departs=False, error=NotSentError("No connection."))
    bench.shop.fates.extend([never] * 3)
    await bench.send("Hello")

    await bench.run_for(0)
    assert (await bench.row()).reason == "No connection."
    await bench.run_for(60)

    row = await bench.row()
    assert (row.state, row.attempts, row.reason) == ("confirmed", 1, None)
    assert bench.truth.arrived["r1"] == 1


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("Away."),
        BadAnswerError("A web page."),
        KeyRefusedError("The key."),
        RateLimitedError(30),
        RefusedError("Teapot.", status=418),
    ],
)
async def test_reply_waits_in_the_queue_while_the_ticket_cannot_be_read(
    bench: Bench, error: ApiError
) -> None:
    bench.shop.reads.extend([error] * 4)
    await bench.send("Hello")

    await bench.run_for(0)
    row = await bench.row()
    assert (row.state, row.reason) == ("queued", str(error))
    assert not bench.truth.arrived
    await bench.run_for(180)

    assert await bench.state() == "confirmed"


async def test_refusal_is_shown_with_its_reason_and_keeps_the_text(bench: Bench) -> None:
    for name, error in (
        ("r1", RefusedError("Too long.", status=422)),
        ("r2", KeyRefusedError("The key.")),
        ("r3", TicketNotFoundError("Gone.")),
    ):
        bench.shop.fates.append(Fate(late=None, error=error))
        await bench.send("Hello", entry_id=name)
        await bench.run_for(100_000)

        row = await bench.row(name)
        assert (row.state, row.reason, row.next_check_at) == ("refused", str(error), None)
        assert await bench.commands.review(name, ReviewAction.DRAFT) == "Hello"
    assert bench.truth.texts("tkt_1") == []


@pytest.mark.parametrize("status", [408, 409, 425])
async def test_unclear_refusal_is_read_back_like_a_lost_answer(bench: Bench, status: int) -> None:
    bench.shop.fates.append(Fate(error=RefusedError("?", status=status)))
    await bench.send("Hello")

    await bench.run_for(5)

    assert await bench.state() == "confirmed"


async def test_pause_is_kept_then_the_ticket_is_read_then_it_is_sent(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=RateLimitedError(90)))
    await bench.send("Hello")

    await bench.run_for(89)
    assert (await bench.state(), bench.shop.read_count) == ("refused", 1)
    await bench.run_for(2)

    assert await bench.state() == "confirmed"
    assert bench.truth.arrived["r1"] == 2
    assert bench.truth.texts("tkt_1") == ["Hello"]


async def test_paused_reply_that_had_arrived_is_not_sent_again(bench: Bench) -> None:
    bench.shop.fates.append(Fate(error=RateLimitedError(90)))
    await bench.send("Hello")

    await bench.run_for(200)

    assert await bench.state() == "confirmed"
    assert bench.truth.arrived["r1"] == 1


@pytest.mark.parametrize("late", [100, None], ids=["arrives", "never arrives"])
@pytest.mark.parametrize("refusal", [RefusedError("No.", status=422), KeyRefusedError("No.")])
async def test_refusal_after_an_attempt_that_may_arrive_is_looked_for(
    bench: Bench, refusal: ApiError, late: float | None
) -> None:
    bench.shop.fates.append(Fate(late=late, error=RateLimitedError(30)))
    bench.shop.fates.append(Fate(late=None, error=refusal))
    await bench.send("Hello")

    await bench.run_for(40)
    assert (await bench.state(), (await bench.row()).reason) == ("unknown", "No.")
    await bench.run_for(300)

    assert await bench.state() == ("confirmed" if late else "uncertain")
    assert bench.truth.arrived["r1"] == 2


async def test_absurd_pause_is_cut_to_an_hour(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=RateLimitedError(1e9)))
    await bench.send("Hello")

    await bench.run_for(3601)

    assert await bench.state() == "confirmed"


async def test_later_reply_waits_until_the_earlier_is_settled(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("One")
    await bench.send("Two", entry_id="r2")

    await bench.run_for(1000)
    assert await bench.state("r2") == "queued"
    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(5)

    assert bench.truth.texts("tkt_1") == ["One", "Two"]


async def test_other_tickets_do_not_wait(bench: Bench) -> None:
    bench.truth.open_ticket("tkt_2")
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("One")
    await bench.send("Two", ticket="tkt_2", entry_id="r2")

    await bench.run_for(1)

    assert await bench.state("r2") == "confirmed"


async def test_two_equal_replies_are_two_messages(bench: Bench) -> None:
    await bench.send("Thanks")
    await bench.send("Thanks", entry_id="r2")

    await bench.run_for(300)

    rows = [await bench.row(name) for name in ("r1", "r2")]
    assert [(row.message_id, row.copies) for row in rows] == [("msg_2", 1), ("msg_3", 1)]


async def test_customer_who_wrote_again_holds_the_reply_for_a_person(bench: Bench) -> None:
    await bench.send("Hello")
    bench.truth.write("tkt_1", "customer", "Never mind!")

    await bench.run_for(1000)
    row = await bench.row()
    assert (row.state, row.review_reason, row.reason) == (
        "queued",
        ReviewReason.CUSTOMER_REPLIED,
        "The customer wrote again.",
    )
    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(1)

    assert await bench.state() == "confirmed"


async def test_reply_to_a_ticket_that_is_gone_waits_for_a_person(bench: Bench) -> None:
    bench.shop.gone.add("tkt_1")
    await bench.send("Hello")

    await bench.run_for(1000)

    assert (await bench.row()).review_reason is ReviewReason.GONE
    assert not bench.truth.arrived
    assert bench.shop.read_count == 1


async def test_ticket_that_vanishes_after_the_send_is_unconfirmed(bench: Bench) -> None:
    bench.shop.fates.append(Fate(error=LOST, before=lambda: bench.shop.gone.add("tkt_1")))
    await bench.send("Hello")

    await bench.run_for(3)

    row = await bench.row()
    assert row.state == "uncertain"
    assert "ticket is gone" in (row.reason or "")
