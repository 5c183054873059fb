"""Replies that survive, in order, each once, for one process at a time."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from app.domain.errors import StoreBusyError
from app.domain.outbox_entry import DeliveryState, OutboxEntry, Reply, ReviewReason, StatusChange
from app.domain.ticket import Status
from app.store.outbox.outbox import Outbox, Overlay
from tests.doubles.clock import HandClock

E = TypeVar("E", bound=OutboxEntry)

CLOCK = HandClock()
OUT = {"baseline": frozenset({"m1"}), "sent_at": CLOCK.now()}


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    opened = await Outbox.open(tmp_path / "outbox.sqlite3", clock=CLOCK)
    yield opened
    await opened.close()


def a_reply(entry_id: str = "r1", text: str = "Hello", **fields: object) -> Reply:
    given = {"ticket_id": "tkt_1", "written_at": CLOCK.now(), "text": text} | fields
    return Reply(entry_id=entry_id, **given)  # type: ignore[arg-type]


def a_change(entry_id: str, status: Status = Status.CLOSED, **fields: object) -> StatusChange:
    given = {"ticket_id": "tkt_1", "written_at": CLOCK.now(), "status": status} | fields
    return StatusChange(entry_id=entry_id, **given)  # type: ignore[arg-type]


async def moved(outbox: Outbox, entry: E, *states: str) -> E:
    for state in states:
        changes = OUT | ({"message_id": entry.entry_id} if state == "confirmed" else {})
        found = await outbox.move(entry, DeliveryState(state), **changes)
        assert found is not None
        entry = found
    return entry


async def sendable(outbox: Outbox) -> list[str]:
    return [reply.entry_id for reply in await outbox.sendable()]


async def test_row_comes_back_as_it_was_given(outbox: Outbox) -> None:
    reply = a_reply(
        text="Zażółć\n\x00 😀",
        author="ana",
        then_close=True,
        seen=frozenset({"m1", "m2"}),
        sends_at=CLOCK.now() + timedelta(seconds=5),
    )

    await outbox.enqueue(reply)

    assert await outbox.find("r1") == reply


async def test_enqueue_keeps_one_row_for_one_id(outbox: Outbox) -> None:
    await outbox.enqueue(a_reply())

    kept = await outbox.enqueue(a_reply(text="Hello?"))

    assert kept.text == "Hello"
    assert len(await outbox.pending("tkt_1")) == 1


async def test_row_survives_closing_and_opening(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    first = await Outbox.open(path, clock=CLOCK)
    await first.enqueue(a_reply())
    await first.close()

    second = await Outbox.open(path, clock=CLOCK)

    assert await second.find("r1") == a_reply()
    await second.close()


async def test_file_is_written_through_to_the_disk(outbox: Outbox, tmp_path: Path) -> None:
    modes = await outbox.database.write(
        lambda c: [c.execute(f"PRAGMA {name}").fetchone()[0] for name in MODES]
    )

    assert modes == ["wal", 2]


MODES = ("journal_mode", "synchronous")


async def test_open_shuts_out_a_second_desk(outbox: Outbox, tmp_path: Path) -> None:
    with pytest.raises(StoreBusyError, match="another Ticketdesk"):
        await Outbox.open(tmp_path / "outbox.sqlite3", clock=CLOCK)


async def test_desk_that_was_overtaken_moves_nothing(outbox: Outbox) -> None:
    await outbox.enqueue(a_reply())
    await outbox.database.write(lambda c: c.execute("UPDATE opening SET epoch = epoch + 1"))

    with pytest.raises(StoreBusyError):
        await outbox.move(a_reply(), DeliveryState.INFLIGHT, **OUT)
    with pytest.raises(StoreBusyError):
        await outbox.enqueue(a_reply("r2"))

    assert (await outbox.find("r1")) == a_reply()


async def test_move_is_done_by_whoever_comes_first(outbox: Outbox) -> None:
    reply = await outbox.enqueue(a_reply())

    assert await outbox.move(reply, DeliveryState.INFLIGHT, **OUT) is not None
    assert await outbox.move(reply, DeliveryState.INFLIGHT, **OUT) is None
    assert await outbox.take_back(reply) is None


async def test_move_outside_the_table_is_refused(outbox: Outbox) -> None:
    reply = await outbox.enqueue(a_reply())

    with pytest.raises(ValueError, match="cannot move queued to accepted"):
        await outbox.move(reply, DeliveryState.ACCEPTED, **OUT)


async def test_file_itself_refuses_confirmed_without_a_message(outbox: Outbox) -> None:
    sent = await moved(outbox, await outbox.enqueue(a_reply()), "inflight", "accepted")

    with pytest.raises(sqlite3.IntegrityError):
        await outbox.move(sent, DeliveryState.CONFIRMED)


async def test_file_itself_refuses_sending_without_a_baseline(outbox: Outbox) -> None:
    reply = await outbox.enqueue(a_reply())

    with pytest.raises(sqlite3.IntegrityError):
        await outbox.move(reply, DeliveryState.INFLIGHT)


async def test_one_message_confirms_at_most_one_reply(outbox: Outbox) -> None:
    for name in ("r1", "r2"):
        await outbox.enqueue(a_reply(name))
    first = await moved(outbox, a_reply("r1"), "inflight", "accepted")
    second = await moved(outbox, a_reply("r2"), "inflight", "accepted")

    await outbox.move(first, DeliveryState.CONFIRMED, message_id="m9")
    with pytest.raises(sqlite3.IntegrityError):
        await outbox.move(second, DeliveryState.CONFIRMED, message_id="m9")


async def test_only_the_first_unsettled_reply_of_a_ticket_may_leave(outbox: Outbox) -> None:
    for name, ticket in (("r1", "tkt_1"), ("r2", "tkt_1"), ("x1", "tkt_2")):
        await outbox.enqueue(a_reply(name, ticket_id=ticket))
    assert await sendable(outbox) == ["r1", "x1"]

    sent = await moved(outbox, a_reply("r1"), "inflight", "accepted", "uncertain")
    assert await sendable(outbox) == ["x1"]

    await outbox.take_back(sent)
    assert await sendable(outbox) == ["r2", "x1"]


async def test_reply_with_a_review_reason_waits_for_a_person(outbox: Outbox) -> None:
    reply = await outbox.enqueue(a_reply())
    asked = await outbox.change(reply, review_reason=ReviewReason.CUSTOMER_REPLIED)
    assert asked is not None
    assert await sendable(outbox) == []
    assert [r.entry_id for r in await outbox.needing_review()] == ["r1"]

    await outbox.approve(asked)

    assert await sendable(outbox) == ["r1"]


async def test_status_change_waits_only_for_replies_on_their_way(outbox: Outbox) -> None:
    await outbox.enqueue(a_reply())
    await outbox.enqueue(a_change("o1"))
    assert await sendable(outbox) == ["r1"]

    sent = await moved(outbox, a_reply(), "inflight", "unknown")
    assert await sendable(outbox) == ["o1"]
    await moved(outbox, sent, "uncertain")
    assert await sendable(outbox) == ["o1"]


async def test_status_change_takes_the_place_of_one_that_has_not_left(outbox: Outbox) -> None:
    await outbox.enqueue(a_change("o1"))
    await outbox.enqueue(a_change("o2", Status.OPEN))

    assert [change.entry_id for change in await outbox.status_changes("tkt_1")] == ["o2"]
    assert (await outbox.overlays())["tkt_1"].status == "open"


async def test_closing_is_queued_once_the_reply_is_accepted_and_not_before(
    outbox: Outbox,
) -> None:
    reply = await outbox.enqueue(a_reply(then_close=True))
    sent = await moved(outbox, reply, "inflight")
    assert await outbox.status_changes("tkt_1") == ()

    await moved(outbox, sent, "accepted", "confirmed")

    (change,) = await outbox.status_changes("tkt_1")
    assert (change.entry_id, change.status, change.seen) == ("r1/close", "closed", OUT["baseline"])


async def test_overlay_shows_the_newest_reply_and_the_status_change_on_its_way(
    outbox: Outbox,
) -> None:
    await moved(outbox, await outbox.enqueue(a_reply("r1")), "inflight", "unknown")
    await outbox.enqueue(a_reply("r2"))
    await outbox.enqueue(a_change("o1"))
    refused = await outbox.enqueue(a_change("o2", ticket_id="tkt_2"))
    await moved(outbox, refused, "inflight", "refused")

    assert await outbox.overlays() == {
        "tkt_1": Overlay(delivery_state="queued", status="closed"),
        "tkt_2": Overlay(delivery_state="refused", needs_person=True),
    }


async def test_overlay_of_a_reply_that_waits_out_a_pause_is_no_refusal(outbox: Outbox) -> None:
    inflight = await moved(outbox, await outbox.enqueue(a_reply("r1")), "inflight")
    await outbox.move(inflight, DeliveryState.REFUSED, next_check_at=CLOCK.now())

    assert await outbox.overlays() == {"tkt_1": Overlay(delivery_state="waiting")}


async def test_person_may_send_again_what_is_unconfirmed(outbox: Outbox) -> None:
    reply = await outbox.enqueue(a_reply())
    unconfirmed = await moved(outbox, reply, "inflight", "unknown", "uncertain")

    again = await outbox.approve(unconfirmed)

    assert again is not None
    assert (again.state, again.approvals, again.baseline) == ("queued", 1, OUT["baseline"])


async def test_settled_rows_go_after_a_month_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    first = await Outbox.open(path, clock=CLOCK)
    old = CLOCK.now() - timedelta(days=31)
    await first.enqueue(a_reply("r1", written_at=old))
    await first.take_back(await first.enqueue(a_reply("r2", written_at=old)))
    await first.take_back(await first.enqueue(a_reply("r3")))
    await first.close()

    second = await Outbox.open(path, clock=CLOCK)

    kept = [name for name in ("r1", "r2", "r3") if await second.find(name)]
    assert kept == ["r1", "r3"]
    await second.close()


async def test_doubled_replies_are_told_apart(outbox: Outbox) -> None:
    sent = await moved(outbox, await outbox.enqueue(a_reply()), "inflight", "accepted", "confirmed")
    assert await outbox.doubled("tkt_1") == ()

    await outbox.change(sent, copies=2)

    assert await outbox.doubled("tkt_1") == (replace(sent, copies=2),)
