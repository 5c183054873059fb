"""Only a good read says anything: what it shows, what it does not, and what a glimpse is worth."""

import asyncio

import pytest

from app.domain.errors import StoreError, UnreachableError
from app.domain.outbox_entry import OutboxEntry, ReviewAction, ReviewReason
from app.domain.signals import Changes
from tests.doubles.bench import Bench
from tests.doubles.shop import Fate
from tests.doubles.truth import plainly

LOST = UnreachableError("The answer broke off.")
HOUR = 3600.0


async def test_reply_that_is_leaving_is_not_taken_for_interrupted(bench: Bench) -> None:
    going, may_go = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        going.set()
        await may_go.wait()

    bench.shop.while_writing = slowly
    await bench.send("Hello")
    sending = asyncio.create_task(bench.delivery.send_next())
    await going.wait()

    await bench.delivery.reconciler.check_next()

    assert await bench.state() == "inflight"
    may_go.set()
    await sending
    assert await bench.state() == "accepted"


async def test_reply_that_was_interrupted_is_looked_for_at_once(bench: Bench) -> None:
    bench.shop.fates.append(Fate(error=asyncio.CancelledError()))
    await bench.send("Hello")
    sending = asyncio.create_task(bench.delivery.send_next())
    await asyncio.gather(sending, return_exceptions=True)
    assert await bench.state() == "inflight"

    await bench.restart()
    await bench.run_for(0)

    assert await bench.state() == "confirmed"
    assert bench.truth.arrived["r1"] == 1


async def test_old_message_with_the_same_text_confirms_nothing(bench: Bench) -> None:
    bench.truth.write("tkt_1", "seller", "Hello")
    bench.shop.fates.append(Fate(late=None))
    await bench.send("Hello")

    await bench.run_for(200)

    assert await bench.state() == "uncertain"


async def test_colleague_with_the_same_words_at_worst_confirms_it(bench: Bench) -> None:
    wrote = lambda: bench.truth.write("tkt_1", "seller", "Hello")  # noqa: E731
    bench.shop.fates.append(Fate(late=None, error=LOST, before=wrote))
    await bench.send("Hello")

    await bench.run_for(200)

    assert (await bench.state(), bench.truth.texts("tkt_1")) == ("confirmed", ["Hello"])


TEXT = "Your key is <b>resent</b> \U0001f389 today"


async def test_accepted_reply_that_the_shop_tidied_is_confirmed(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=3, rewrite=plainly))
    await bench.send(TEXT)

    await bench.run_for(30)

    row = await bench.row()
    assert (row.state, row.message_id, row.copies) == ("confirmed", "msg_2", 1)
    assert bench.truth.arrived["r1"] == 1


async def test_reply_of_which_nobody_knows_is_not_recognised_by_likeness(bench: Bench) -> None:
    bench.shop.fates.append(Fate(rewrite=plainly, error=LOST))
    await bench.send(TEXT)

    await bench.run_for(200)

    row = await bench.row()
    assert row.state == "uncertain"
    assert "Your key is resent  today".replace("  ", " ") in (row.reason or "")


async def test_message_of_a_colleague_does_not_confirm_an_accepted_reply(bench: Bench) -> None:
    wrote = lambda: bench.truth.write("tkt_1", "seller", "Refunded in full.")  # noqa: E731
    bench.shop.fates.append(Fate(late=None, before=wrote))
    await bench.send(TEXT)

    await bench.run_for(200)

    row = await bench.row()
    assert row.state == "uncertain"
    assert row.reason == (
        "The Tickets API accepted it, but the ticket does not show it. "
        "Since then it shows another message of yours: \u201c\u2068Refunded in full.\u2069\u201d."
    )


async def test_message_that_comes_later_is_quoted_beside_a_reply_nobody_could_confirm(
    bench: Bench,
) -> None:
    bench.shop.fates.append(Fate(late=400, error=LOST, rewrite=lambda _: "[taken out by the shop]"))
    await bench.send(TEXT)
    await bench.run_for(200)
    assert (await bench.row()).reason == "The answer broke off. The ticket does not show it."

    await bench.run_for(3600)

    row = await bench.row()
    assert (row.state, row.reason) == (
        "uncertain",
        "The answer broke off. The ticket does not show it. Since then it shows another message "
        "of yours: \u201c\u2068[taken out by the shop]\u2069\u201d.",
    )


async def test_reply_put_aside_that_arrives_late_is_not_taken_for_the_next_one(
    bench: Bench,
) -> None:
    bench.shop.fates.append(Fate(late=300, rewrite=plainly, error=LOST))
    await bench.send(TEXT)
    await bench.run_for(200)
    await bench.commands.review("r1", ReviewAction.DRAFT)
    bench.shop.fates.append(Fate(late=None))
    await bench.send(TEXT.replace("today", "now"), entry_id="r2")

    await bench.run_for(300)

    assert await bench.state("r2") == "uncertain"
    assert "Your key is resent today" in ((await bench.row("r2")).reason or "")


async def test_two_attempts_that_the_shop_tidied_are_told_as_two(bench: Bench) -> None:
    bench.shop.fates.extend(
        [Fate(late=400, rewrite=plainly, error=LOST), Fate(rewrite=plainly)],
    )
    await bench.send(TEXT)
    await bench.run_for(200)
    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(3600)

    row = await bench.row()
    assert (row.state, row.copies, row.attempts) == ("confirmed", 2, 2)


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


async def test_change_of_the_ticket_heals_an_unconfirmed_reply_at_once(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(2000)
    bench.truth.reply("tkt_1", "Hello", "r1")

    bench.changes.emit(Changes(tickets=frozenset({"tkt_1"})))
    await bench.run_for(0)

    assert await bench.state() == "confirmed"


async def test_change_of_the_ticket_heals_even_when_nobody_looks_any_more(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(48 * HOUR)
    bench.truth.reply("tkt_1", "Hello", "r1")
    await bench.run_for(HOUR)
    assert await bench.state() == "uncertain"

    bench.changes.emit(Changes(tickets=frozenset({"tkt_1"})))
    await bench.run_for(0)

    assert await bench.state() == "confirmed"


async def test_change_of_other_tickets_costs_no_read(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(140)
    reads = bench.shop.read_count

    bench.changes.emit(Changes(tickets=frozenset({"tkt_2"})))
    await bench.run_for(0)

    assert bench.shop.read_count == reads


async def test_own_news_stirs_nothing(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(140)
    reads = bench.shop.read_count

    bench.changes.emit(Changes(tickets=frozenset({"tkt_1"})))
    await bench.run_for(10)

    assert bench.shop.read_count == reads + 1


async def test_equal_reply_under_way_is_not_called_a_double(bench: Bench) -> None:
    bench.shop.fates.extend([Fate(late=None, error=LOST), Fate(), Fate(late=None, error=LOST)])
    await bench.send("Thanks")
    await bench.run_for(140)
    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(1)
    await bench.send("Thanks", entry_id="r2")
    await bench.run_for(1)
    bench.truth.reply("tkt_1", "Thanks", "r2")

    bench.changes.emit(Changes(tickets=frozenset({"tkt_1"})))
    await bench.run_for(100)

    assert [(await bench.row(name)).copies for name in ("r1", "r2")] == [1, 1]


async def test_change_that_the_check_itself_brings_in_costs_no_second_read(bench: Bench) -> None:
    async def news() -> None:
        bench.changes.emit(Changes(tickets=frozenset({"tkt_1"})))

    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(140)
    reads, bench.shop.while_reading = bench.shop.read_count, news

    await bench.commands.review("r1", ReviewAction.CHECK)
    await bench.run_for(10)

    assert bench.shop.read_count - reads <= 2


async def test_accepted_reply_is_looked_for_at_once_and_then_through_all_confirm_delays(
    bench: Bench,
) -> None:
    bench.shop.fates.append(Fate(late=None))
    await bench.send("Hello")

    await bench.run_for(126)
    assert await bench.state() == "accepted"
    await bench.run_for(2)

    assert await bench.state() == "uncertain"
    assert bench.shop.read_count == 1 + 1 + 6


async def test_send_again_asks_when_something_much_alike_is_there(bench: Bench) -> None:
    bench.shop.fates.append(Fate(error=LOST, rewrite=lambda text: text[:40]))
    text = "Your key is on its way, look into your mail in an hour."
    await bench.send(text)
    await bench.run_for(10)
    assert await bench.state() == "uncertain"

    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(10)
    assert (await bench.row()).review_reason is ReviewReason.SIMILAR
    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(10)

    assert bench.truth.texts("tkt_1") == [text[:40], text]


async def test_ticket_that_changed_while_the_outbox_failed_is_looked_at_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.shop.fates.append(Fate(late=None, error=LOST))
    await bench.send("Hello")
    await bench.run_for(140)
    assert await bench.state() == "uncertain"
    bench.truth.write("tkt_1", "seller", "Hello")
    bench.delivery.reconciler.mark_changed(frozenset({"tkt_1"}))
    watched, failures = bench.outbox.watched, [StoreError("The disk failed.")]

    async def failing_once() -> tuple[OutboxEntry, ...]:
        if failures:
            raise failures.pop()
        return await watched()

    monkeypatch.setattr(bench.outbox, "watched", failing_once)
    with pytest.raises(StoreError):
        await bench.delivery.reconciler.check_next()
    await bench.run_for(0)

    assert await bench.state() == "confirmed"
