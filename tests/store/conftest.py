"""An empty copy on a fresh file, and a search over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.tickets.mirror import TicketMirror
from tests.store.searching import Store
from tests.store.shop import StillClock


@pytest.fixture
async def mirror(tmp_path: Path) -> AsyncIterator[TicketMirror]:
    opened = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    yield opened
    await opened.close()


@pytest.fixture
def store(mirror: TicketMirror) -> Store:
    return Store(mirror)
