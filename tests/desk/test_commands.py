"""What a seller tells the desk to do: durable at once, undone in time, decided by a person."""

import asyncio
import sqlite3
from datetime import timedelta

import pytest

from app.domain.errors import (
    BlankReplyError,
    RateLimitedError,
    RefusedError,
    ReplyError,
    ReplyTooLongError,
    UnreachableError,
)
from app.domain.outbox_entry import DeliveryState, OutboxEntry, ReviewAction
from app.domain.ticket import Status
from tests.doubles.bench import Bench
from tests.doubles.drafts import kept
from tests.doubles.shop import Fate

LOST = UnreachableError("The answer broke off.")


async def unconfirmed(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(140)
    assert await bench.state() == "uncertain"


async def test_reply_is_durable_when_the_order_returns(bench: Bench) -> None:
    await bench.send("Hello")

    other = sqlite3.connect(bench.path)
    assert other.execute("SELECT text, state FROM outbox").fetchall() == [("Hello", "queued")]
    other.close()
    assert bench.told[-1].tickets == {"tkt_1"}


async def test_second_click_is_the_same_reply(bench: Bench) -> None:
    await bench.send("Hello")
    await bench.send("Hello")

    await bench.run_for(60)
    await bench.send("Hello")
    await bench.run_for(60)

    assert bench.truth.texts("tkt_1") == ["Hello"]


@pytest.mark.parametrize(
    ("text", "error"), [(" \u200b", BlankReplyError), ("x" * 50_000, ReplyTooLongError)]
)
async def test_reply_that_cannot_be_sent_is_refused_and_its_draft_kept(
    bench: Bench, text: str, error: type[ReplyError]
) -> None:
    await bench.commands.save_draft("tkt_1", "typed")

    with pytest.raises(error):
        await bench.send(text)

    assert await kept(bench.local) == ["typed"]


async def test_other_text_from_a_box_that_has_sent_is_not_swallowed(bench: Bench) -> None:
    await bench.send("Hello")
    await bench.commands.save_draft("tkt_1", "Hello and more")

    with pytest.raises(ReplyError, match="another text"):
        await bench.send("Hello and more")

    assert await kept(bench.local) == ["Hello and more"]


async def test_text_that_was_undone_is_not_swallowed_either(bench: Bench) -> None:
    await bench.send("Hello")
    await bench.commands.review("r1", ReviewAction.UNDO)

    with pytest.raises(ReplyError):
        await bench.send("Hello")


async def test_reply_is_held_and_can_be_undone_meanwhile(bench: Bench) -> None:
    await bench.send("Hello")
    assert (await bench.row()).sends_at == bench.clock.now() + timedelta(seconds=5)

    await bench.run_for(4)
    text = await bench.commands.review("r1", ReviewAction.UNDO)
    await bench.run_for(60)

    assert [text] == await kept(bench.local) == ["Hello"]
    assert bench.truth.texts("tkt_1") == []


async def test_reply_leaves_when_its_undo_window_is_over(bench: Bench) -> None:
    await bench.send("Hello")

    await bench.run_for(5)

    assert await bench.state() == "confirmed"


async def test_undo_window_is_shown_by_the_clock_and_kept_by_the_other(bench: Bench) -> None:
    await bench.send("Hello")

    await bench.run_for(1)
    bench.clock.set_wrong(-24 * 3600)
    await bench.run_for(5)

    assert await bench.state() == "confirmed"


async def test_undo_comes_too_late_once_the_reply_has_left(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=20))
    await bench.send("Hello")
    await bench.run_for(6)

    with pytest.raises(ReplyError, match="Too late"):
        await bench.commands.review("r1", ReviewAction.UNDO)


async def test_undo_during_the_last_read_wins_over_the_send(bench: Bench) -> None:
    await bench.send("Hello")

    async def undo() -> None:
        await bench.commands.review("r1", ReviewAction.UNDO)

    bench.shop.while_reading = undo
    await bench.run_for(60)

    assert not bench.truth.arrived


PAUSE = Fate(late=None, error=RateLimitedError(900))


@pytest.mark.parametrize("action", [ReviewAction.UNDO, ReviewAction.DRAFT])
async def test_reply_taken_back_in_a_pause_is_never_sent(
    bench: Bench, action: ReviewAction
) -> None:
    bench.shop.fates.append(PAUSE)
    await bench.send("Hello")
    await bench.run_for(60)
    assert (await bench.row()).is_paused

    assert await bench.commands.review("r1", action) == "Hello"
    await bench.run_for(7200)

    assert (await bench.state(), await kept(bench.local)) == ("cancelled", ["Hello"])
    assert bench.truth.arrived["r1"] == 1


async def test_reply_is_taken_back_though_its_pause_ends_at_that_moment(bench: Bench) -> None:
    bench.shop.fates.append(PAUSE)
    await bench.send("Hello")
    await bench.run_for(60)
    find = bench.outbox.find

    async def find_then_move(entry_id: str) -> OutboxEntry | None:
        found = await find(entry_id)
        if found and found.is_paused:
            await bench.outbox.move(found, DeliveryState.QUEUED, next_check_at=None)
        return found

    bench.outbox.find = find_then_move  # type: ignore[method-assign]  # the pause ends just then
    assert await bench.commands.review("r1", ReviewAction.UNDO) == "Hello"
    await bench.run_for(7200)

    assert bench.truth.arrived["r1"] == 1


async def test_reply_in_a_pause_goes_at_once_when_a_person_says_try_now(bench: Bench) -> None:
    bench.truth.open_ticket("tkt_2")
    bench.shop.fates.append(PAUSE)
    await bench.send("Hello")
    await bench.send("Hi", ticket="tkt_2", entry_id="r2")
    await bench.run_for(60)

    await bench.commands.review("r2", ReviewAction.RESEND)
    await bench.run_for(1)

    assert (await bench.state("r1"), await bench.state("r2")) == ("refused", "confirmed")
    assert bench.reader.refreshed == 1


async def test_try_now_lets_one_reply_go_and_the_rest_once_it_is_taken(bench: Bench) -> None:
    for number in range(3):
        bench.truth.open_ticket(f"tkt_x{number}")
        await bench.send("Hi", ticket=f"tkt_x{number}", entry_id=f"x{number}")
    bench.shop.fates.extend([PAUSE, PAUSE])
    await bench.run_for(60)
    assert bench.truth.arrived == {"x0": 1}

    await bench.commands.refresh_now()
    await bench.run_for(60)
    assert bench.truth.arrived.total() == 2
    await bench.commands.refresh_now()
    await bench.run_for(60)

    states = {await bench.state(f"x{number}") for number in range(3)}
    assert states == {"confirmed"}


async def test_try_now_sends_nothing_into_a_pause_that_goes_on_for_reads(bench: Bench) -> None:
    bench.shop.fates.append(PAUSE)
    await bench.send("Hello")
    await bench.run_for(60)
    bench.shop.reads.append(RateLimitedError(30))

    await bench.commands.refresh_now()
    await bench.run_for(60)

    assert bench.truth.arrived["r1"] == 1
    assert bench.delivery.stall
    await bench.run_for(900)
    assert await bench.state() == "confirmed"


async def test_kill_during_the_undo_window_leaves_it_queued_and_says_so(bench: Bench) -> None:
    await bench.send("Hello")
    await bench.run_for(2)

    await bench.restart()

    row = await bench.row()
    assert (row.state, row.reason) == ("queued", "The desk was restarted before this left.")
    assert row.sends_at == bench.clock.now() + timedelta(seconds=10)
    assert await bench.commands.review("r1", ReviewAction.UNDO) == "Hello"


async def test_reply_written_after_the_start_was_never_restarted(bench: Bench) -> None:
    bench.clock.advance(1)
    await bench.send("Hello")

    await bench.delivery.resume()

    assert (await bench.row()).reason is None


async def test_check_again_finds_what_arrived_late(bench: Bench) -> None:
    await unconfirmed(bench)
    bench.truth.reply("tkt_1", "Hello", "r1")

    await bench.commands.review("r1", ReviewAction.CHECK)
    await bench.run_for(0)

    assert await bench.state() == "confirmed"


async def test_check_again_that_finds_nothing_says_when_it_looked(bench: Bench) -> None:
    await unconfirmed(bench)
    await bench.run_for(30)

    await bench.commands.review("r1", ReviewAction.CHECK)
    await bench.run_for(0)

    row = await bench.row()
    assert (row.state, row.checked_at) == ("uncertain", bench.clock.now())


async def test_check_again_looks_into_a_pause_that_the_client_keeps(bench: Bench) -> None:
    await unconfirmed(bench)
    bench.shop.reads.append(RateLimitedError(900))
    await bench.commands.review("r1", ReviewAction.CHECK)
    await bench.run_for(1)
    assert bench.reader.refreshed == 0

    await bench.commands.review("r1", ReviewAction.CHECK)
    await bench.run_for(1)
    await bench.commands.recheck_all()

    assert bench.reader.refreshed == 1


async def test_check_never_sends_a_refused_reply(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=RefusedError("No.", status=422)))
    await bench.send("Hello")
    await bench.run_for(10)

    await bench.commands.review("r1", ReviewAction.CHECK)
    await bench.run_for(1000)

    assert (await bench.state(), bench.truth.arrived["r1"]) == ("refused", 1)


async def test_send_again_sends_once_more_and_no_more(bench: Bench) -> None:
    await unconfirmed(bench)

    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(60)

    row = await bench.row()
    assert (row.state, row.approvals, row.attempts) == ("confirmed", 1, 2)
    assert bench.reader.refreshed == 0
    assert bench.truth.texts("tkt_1") == ["Hello"]


async def test_send_again_reads_first_and_sends_nothing_when_it_is_there(bench: Bench) -> None:
    await unconfirmed(bench)
    bench.truth.reply("tkt_1", "Hello", "r1")

    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(60)

    assert (await bench.state(), bench.truth.arrived["r1"]) == ("confirmed", 1)


async def test_first_attempt_that_arrives_after_send_again_is_told(bench: Bench) -> None:
    await unconfirmed(bench)
    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(60)

    bench.truth.reply("tkt_1", "Hello", "r1")
    await bench.run_for(3600)

    (row,) = await bench.outbox.doubled("tkt_1")
    assert (row.state, row.copies) == ("confirmed", 2)
    assert row.reason == "The customer received this more than once."


async def test_keep_as_draft_gives_the_text_back_and_sends_nothing(bench: Bench) -> None:
    await unconfirmed(bench)

    assert await bench.commands.review("r1", ReviewAction.DRAFT) == "Hello"
    await bench.run_for(1000)

    assert (await bench.state(), await kept(bench.local)) == ("cancelled", ["Hello"])
    assert bench.truth.arrived["r1"] == 1


async def test_kept_draft_that_arrived_after_all_is_asked_about_when_sent(bench: Bench) -> None:
    await unconfirmed(bench)
    seen = bench.truth.seen("tkt_1")
    await bench.commands.review("r1", ReviewAction.DRAFT)
    bench.truth.reply("tkt_1", "Hello", "r1")

    await bench.commands.send_reply("tkt_1", "r2", "Hello", seen=seen)
    await bench.run_for(60)

    assert (await bench.row("r2")).reason == "Somebody else answered in the meantime."
    assert bench.truth.arrived["r2"] == 0


async def test_review_of_a_settled_reply_changes_nothing(bench: Bench) -> None:
    await bench.send("Hello")
    await bench.run_for(60)

    for action in (ReviewAction.RESEND, ReviewAction.DRAFT, ReviewAction.UNDO):
        with pytest.raises(ReplyError):
            await bench.commands.review("r1", action)
    await bench.run_for(60)

    assert (await bench.state(), bench.truth.arrived["r1"]) == ("confirmed", 1)


async def test_review_of_an_unknown_reply_is_an_error(bench: Bench) -> None:
    with pytest.raises(ReplyError, match="no longer kept"):
        await bench.commands.review("r9", ReviewAction.CHECK)


async def test_many_tickets_are_closed_one_after_the_other(bench: Bench) -> None:
    bench.truth.open_ticket("tkt_2")

    await bench.commands.change_statuses(["tkt_1", "tkt_2"], Status.CLOSED)
    await bench.run_for(10)

    assert {ticket.status for ticket in bench.truth.tickets.values()} == {"closed"}


async def test_list_hears_of_a_draft_only_when_it_appears_or_disappears(bench: Bench) -> None:
    draft = None
    for text in ("a", "ab", "abc\ud83d", ""):
        draft = await bench.commands.save_draft("tkt_1", text, onto=draft)

    assert [change.tickets for change in bench.told] == [{"tkt_1"}, set(), set(), {"tkt_1"}]
    assert {change.drafts for change in bench.told} == {frozenset({"tkt_1"})}


async def test_looking_and_refreshing_are_passed_on(bench: Bench) -> None:
    bench.commands.set_open_ticket("tab", "tkt_1")
    await bench.commands.refresh_now()

    assert (bench.reader.looked_at, bench.reader.refreshed) == ([("tab", "tkt_1")], 1)


async def test_waiting_list_after_an_outage_names_all_that_need_a_person(bench: Bench) -> None:
    for number in range(3):
        bench.truth.open_ticket(f"tkt_x{number}")
        bench.shop.fates.append(Fate(late=None, error=LOST))
        await bench.send("Hi", ticket=f"tkt_x{number}", entry_id=f"x{number}")
    await bench.run_for(300)

    waiting = [reply.entry_id for reply in await bench.outbox.needing_review()]
    assert waiting == ["x0", "x1", "x2"]


async def test_order_is_carried_out_and_told_also_when_who_gave_it_leaves(bench: Bench) -> None:
    told = asyncio.Event()
    bench.changes.subscribe(lambda _: told.set())
    order = asyncio.create_task(bench.send("Hello"))
    await asyncio.sleep(0)
    order.cancel()
    with pytest.raises(asyncio.CancelledError):
        await order

    await asyncio.wait_for(told.wait(), 10)
    assert await bench.state() == "queued"
