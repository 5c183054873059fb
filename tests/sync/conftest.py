"""A bench on a fresh file, with one ticket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    built = await Bench(tmp_path).open()
    built.truth.open_ticket("tkt_1")
    yield built
    await built.close()
