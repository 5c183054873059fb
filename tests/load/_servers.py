"""The processes of a measurement: a desk over a copy that is already full, its API, the floor."""

import pickle
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.config.data_dir import DataDir
from app.store.holdings import OUTBOX
from components.data import TableData, TicketRow
from tests.e2e.desk import KEY, Running, start
from tests.load._shop import API, COPY, api_store, full_copy

API_SECONDS = 0.03
PATIENCE_SECONDS = 300
"""for a process to start: the machine may be very busy"""


@contextmanager
def room() -> Iterator[Path]:
    """A folder for one measurement, in memory where there is some: disks differ too much."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@contextmanager
def stopped(running: Running) -> Iterator[Running]:
    """A process that is ended at the end."""
    try:
        yield running
    finally:
        running.stop()


def api_process(folder: Path, tickets: int) -> Running:
    """The API of a shop with so many tickets, 30 ms away; what it is told is thrown away."""
    folder.mkdir(parents=True)
    shutil.copyfile(api_store(tickets), folder / API)
    return start(
        str(folder / API),
        str(API_SECONDS),
        module="tests.load._api",
        folder=folder,
        patience=PATIENCE_SECONDS,
    )


def store_folder(folder: Path, api: Running) -> Path:
    """Where the desk in `folder` keeps what it holds of this API."""
    return DataDir(folder / "data").store_of(api.url, KEY)


def store_in(desk: Running) -> Path:
    """Where a desk that runs, with only one shop, keeps what it holds."""
    [found] = (desk.folder / "data").glob(f"stores/*/{OUTBOX}")
    return found.parent


def fill_copy(folder: Path, api: Running, tickets: int) -> Path:
    """Give the desk in `folder` the copy of such a shop; where that lies."""
    store = store_folder(folder, api)
    shutil.copyfile(full_copy(tickets), store / COPY)
    return store


def desk_process(folder: Path, api: Running, *, port: int = 0, **more: str) -> Running:
    """The desk, as a seller starts it."""
    return start(
        "serve",
        folder=folder,
        port=port,
        patience=PATIENCE_SECONDS,
        **{
            "TICKETDESK_API_URL": api.url,
            "TICKETDESK_API_KEY": KEY,
            "TICKETDESK_REFRESH_SECONDS": "15",
        }
        | more,
    )


def floor_process(folder: Path, tables: Sequence[TableData]) -> Running:
    """The page that paints these tables one after the other."""
    folder.mkdir(parents=True)
    rows = [[_cells(row) for row in table.rows] for table in tables]
    (folder / "tables").write_bytes(pickle.dumps(rows))
    return start(
        str(folder / "tables"), module="tests.load._floor", folder=folder, patience=PATIENCE_SECONDS
    )


def _cells(row: TicketRow) -> dict[str, str]:
    """The words of a row, as the floor paints them."""
    return {
        **{"id": row.id, "tone": row.tone, "status": row.status_label, "turn": row.awaiting_label},
        **{"subject": row.subject, "snippet": row.snippet, "customer": row.customer},
        **{"product": row.product, "amount": row.amount, "messages": row.messages},
        **{"waiting": row.waiting_exact, "age": "3 h" if row.waiting_since else ""},
        **{"at": row.updated_at, "updated": row.updated_exact},
    }
