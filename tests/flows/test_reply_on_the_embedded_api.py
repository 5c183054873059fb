"""From the seller's order to the row in the API's own database, on good days and bad ones."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

from app.domain.outbox_entry import ReviewAction
from app.domain.ticket import Status
from tests.doubles.embedded_bench import EmbeddedBench
from tests.doubles.fault_injection import Fault

CONFIRM_SECONDS = 130


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[EmbeddedBench]:
    built = EmbeddedBench(tmp_path)
    await built.open()
    yield built
    await built.shut()


async def send(bench: EmbeddedBench, text: str = "It is resent.", entry_id: str = "r1") -> None:
    await bench.commands.send_reply(bench.ticket_id, entry_id, text)


@pytest.mark.parametrize("write_answer", ["ticket", "empty", "success"])
@pytest.mark.parametrize("detail", ["full", "short"])
async def test_reply_is_confirmed_however_the_api_answers(
    bench: EmbeddedBench,
    write_answer: Literal["ticket", "empty", "success"],
    detail: Literal["full", "short"],
) -> None:
    bench.choices.write_response, bench.choices.detail = write_answer, detail
    await send(bench, "  Zażółć & <b>gęślą</b>\n😀")

    await bench.run_for(CONFIRM_SECONDS)

    assert await bench.state() == "confirmed"
    assert bench.answers() == ["  Zażółć & <b>gęślą</b>\n😀"]


async def test_send_and_close_answers_then_closes(bench: EmbeddedBench) -> None:
    await bench.commands.send_reply(bench.ticket_id, "r1", "Done.", then_close=True)

    await bench.run_for(CONFIRM_SECONDS)

    assert bench.store.ticket(bench.ticket_id).data.status == "closed"
    assert await bench.outbox.overlays() == {}


async def test_ticket_is_closed_and_reopened(bench: EmbeddedBench) -> None:
    for status in (Status.CLOSED, Status.OPEN):
        await bench.commands.change_status(bench.ticket_id, status)
        await bench.run_for(CONFIRM_SECONDS)

        assert bench.store.ticket(bench.ticket_id).data.status == status


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="POST", connection="lost"),
        Fault(method="POST", connection="cut"),
        Fault(method="GET", connection="lost"),
        Fault(method="GET", applied="never"),
    ],
)
async def test_reply_is_confirmed_once_after(bench: EmbeddedBench, fault: Fault) -> None:
    bench.faults.script.append(fault)
    await send(bench)

    await bench.run_for(CONFIRM_SECONDS)

    assert await bench.state() == "confirmed"
    assert bench.answers() == ["It is resent."]


async def test_reply_sent_again_under_its_key_is_added_once_by_an_api_that_knows_keys(
    bench: EmbeddedBench,
) -> None:
    may_apply = asyncio.Event()

    async def until_told(seconds: float) -> None:
        if seconds:
            await may_apply.wait()

    bench.faults.sleep = until_told
    late = Fault(method="POST", connection="lost", applied="late", late_seconds=1)
    bench.faults.script.append(late)
    await send(bench)
    await bench.run_for(CONFIRM_SECONDS)
    assert (await bench.state(), bench.answers()) == ("uncertain", [])

    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(CONFIRM_SECONDS)
    may_apply.set()
    await bench.faults.settle()

    assert bench.answers() == ["It is resent."]
    assert (await bench.row()).copies == 1


async def test_reply_to_a_closed_ticket_that_takes_none_is_for_a_person(
    bench: EmbeddedBench,
) -> None:
    bench.store.set_status(bench.ticket_id, "closed")
    bench.choices.reply_on_closed = "refuse"
    await send(bench)

    await bench.run_for(CONFIRM_SECONDS)

    assert (await bench.row()).needs_person
    assert await bench.commands.review("r1", ReviewAction.DRAFT) == "It is resent."


async def test_customer_who_writes_first_is_read_first(bench: EmbeddedBench) -> None:
    seen = frozenset(m.id for m in bench.store.ticket(bench.ticket_id).data.messages)
    bench.store.customer_writes(bench.ticket_id, "Found it, thanks!")
    await bench.commands.send_reply(bench.ticket_id, "r1", "It is resent.", seen=seen)

    await bench.run_for(CONFIRM_SECONDS)

    assert (await bench.row()).review_reason == "wrote-again"
    assert bench.answers() == []
