"""A desk for each test file, and one that works on an API elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desk import KEY, Running, command, start

TICKETS = "60"


@pytest.fixture(scope="module")
def desk_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`ticketdesk serve` on its own small store; the tests of one file share it."""
    folder = tmp_path_factory.mktemp("desk")
    seed(folder)
    running = start("serve", folder=folder, TICKETDESK_API_KEY=KEY)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def api_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`ticketdesk api` alone, with the same small store."""
    folder = tmp_path_factory.mktemp("api")
    seed(folder)
    running = start("api", folder=folder, TICKETDESK_API_KEY=KEY)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def remote_desk_process(
    api_process: Running, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """`ticketdesk serve` pointed at the API of `api_process`."""
    running = start(
        "serve",
        folder=tmp_path_factory.mktemp("remote"),
        TICKETDESK_API_URL=api_process.url,
        TICKETDESK_API_KEY=KEY,
        TICKETDESK_REQUESTS_PER_SECOND="50",
    )
    yield running
    assert running.stop() == 0


def seed(folder: Path) -> None:
    """Fill the store below `folder` with the same tickets every time."""
    done = command(
        "seed", "--tickets", TICKETS, "--seed", "7", "--data-dir", str(folder / "data"), cwd=folder
    )
    assert done.returncode == 0, done.stderr
