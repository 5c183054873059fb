"""A bench on a fresh file, with one ticket and a hold of five seconds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    built = await Bench(tmp_path, hold_seconds=5).open()
    built.truth.open_ticket("tkt_1")
    yield built
    await built.close()
