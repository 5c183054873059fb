"""What was asked for before a write cannot take it back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.errors import UnreachableError
from app.domain.ticket import Status
from app.sync.delivery.write_fence import WriteFence
from tests.doubles.fault_injection import Fault
from tests.sync.live import Live, live


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Live]:
    async with live(tmp_path) as built:
        await built.start(run=False)
        yield built


@pytest.mark.parametrize("line", ["kept", "lost"])
async def test_answer_asked_for_before_a_write_is_not_believed(desk: Live, line: str) -> None:
    ticket = desk.open_ticket()
    late = desk.mirror.request_number()
    old = (await desk.client.get_ticket(ticket)).conversation
    desk.faults.script.append(Fault(method="PATCH", connection=line))  # type: ignore[arg-type]  # one of its words
    writes = WriteFence(desk.client, desk.mirror)
    try:
        await writes.set_status(ticket, Status.CLOSED)
    except UnreachableError:
        assert line == "lost"
    assert await desk.mirror.apply_conversation(old, started=late) == frozenset()

    read = await desk.coordinator.read_ticket(ticket)

    assert read.ticket.status == Status.CLOSED
    assert await desk.mirror.apply_conversation(old, started=late) == frozenset()
    assert await desk.ids(status=Status.CLOSED) == [ticket]


async def test_reply_passes_with_its_key(desk: Live) -> None:
    ticket = desk.open_ticket(words="Where is my key?")

    for _ in range(2):
        await WriteFence(desk.client, desk.mirror).reply(ticket, "Here.", idempotency_key="k")
    await desk.coordinator.read_ticket(ticket)

    assert await desk.texts(ticket) == ["Where is my key?", "Here."]
