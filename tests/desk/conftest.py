"""A bench on a fresh file, with one ticket and a hold of five seconds; and a desk over a copy."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from tests.desk.over_copy import Desk
from tests.doubles.bench import Bench
from tests.store.shop import StillClock


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    built = await Bench(tmp_path, undo_window=5).open()
    built.truth.open_ticket("tkt_1")
    yield built
    await built.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = StillClock()
    mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=clock)
    outbox = await Outbox.open(tmp_path / "outbox.sqlite3", clock=clock)
    yield Desk(mirror, outbox, clock)
    await mirror.close()
    await outbox.close()
