"""A bench with one ticket and a walk into an empty copy, each on a fresh file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.tickets.mirror import TicketMirror
from tests.doubles.bench import Bench
from tests.doubles.lists import Walker
from tests.store.shop import StillClock


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    built = await Bench(tmp_path).open()
    built.truth.open_ticket("tkt_1")
    yield built
    await built.close()


@pytest.fixture
async def walker(tmp_path: Path) -> AsyncIterator[Walker]:
    mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    built = Walker(mirror)
    yield built
    await built.close()
