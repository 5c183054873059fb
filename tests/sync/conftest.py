"""A bench with one ticket and a full scan into an empty mirror, each on a fresh file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.tickets.mirror import TicketMirror
from tests.doubles.bench import Bench
from tests.doubles.scripted_list import Scanner
from tests.store.shop import StillClock


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    built = await Bench(tmp_path).open()
    built.truth.open_ticket("tkt_1")
    yield built
    await built.close()


@pytest.fixture
async def scanner(tmp_path: Path) -> AsyncIterator[Scanner]:
    mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    built = Scanner(mirror)
    yield built
    await built.close()
