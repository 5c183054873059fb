"""A shop of any size and the desk's copy of it, filled in bulk from one seed, made once."""

import asyncio
import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, Row, select

from app.client.parsing import parse_text
from app.domain.ticket import Awaiting, Message, Stats, Ticket, TicketPage
from app.server.application import utc_now
from app.server.database import open_database
from app.server.demo.seed import seed_store
from app.server.repository import read_counts
from app.server.tables import messages, tickets
from app.store.database import Database
from app.store.search import index, normalize
from app.store.tickets import rollup, rows, scan_state, sync_state, upsert
from app.store.tickets.integrity import SCHEMA
from app.store.tickets.rows import micros
from app.store.tickets.upsert import Change, StoredTicket, apply_changes
from app.web.assets import asset_folder

T = TypeVar("T")

API, COPY = "api.sqlite3", "copy.sqlite3"
SEED = 7
BATCH = 5_000
WRITERS = (index, normalize, rollup, rows, scan_state, sync_state, upsert)
"""of the store, what the copy's content depends on"""


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end in a thread of its own: in the main one Playwright keeps a loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def api_store(count: int) -> Path:
    """The database of an API with so many tickets; only to be read."""
    return _made(_folder(count) / API, lambda path: _seed(path, count))


def full_copy(count: int) -> Path:
    """The copy of such a shop as this version of the desk keeps it; only to be read."""
    sources = [*(Path(str(one.__file__)) for one in WRITERS), *sorted(SCHEMA.glob("*.sql"))]
    mark = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:8]
    return _made(_folder(count) / f"{mark}.{COPY}", lambda path: apart(_copy(path, count)))


def _folder(count: int) -> Path:
    folder = Path(tempfile.gettempdir()) / f"ticketdesk-load-{count}"
    folder.mkdir(exist_ok=True)
    return folder


def _made(path: Path, make: Callable[[Path], None]) -> Path:
    """The file at `path`, made if it is not there; half of one is never left."""
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=path.parent) as making:
            make(Path(making) / path.name)
            (Path(making) / path.name).rename(path)
    return path


def _seed(path: Path, count: int) -> None:
    engine = open_database(path)
    conversations = asset_folder() / "demo" / "conversations"
    seed_store(engine, tickets=count, seed=SEED, now=utc_now(), conversations=conversations)
    engine.dispose()


async def _copy(path: Path, count: int) -> None:
    engine = open_database(api_store(count))
    copy = await Database.open(path, schema=SCHEMA)
    changes = (
        Change(number=number, old=None, new=kept)
        for number, kept in enumerate(_kept(engine), start=1)
    )
    while batch := list(islice(changes, BATCH)):
        await copy.write(lambda c, batch=batch: apply_changes(c, batch))
    await copy.write(lambda c: _note_reading(c, engine))
    await copy.close()
    engine.dispose()


def _note_reading(connection: sqlite3.Connection, engine: Engine) -> None:
    """As after a full scan that saw every ticket a moment ago."""
    with engine.connect() as store:
        stats = Stats(**read_counts(store).model_dump())
    page = TicketPage(tickets=(), total=stats.total, stats=stats)
    sync_state.update_reading(connection, page, _now(), sync_state.Reading())
    done = scan_state.ScanResult(is_complete=True)
    scan_state.save_scan(connection, scan_state.ScanState(result=done))


def _kept(engine: Engine) -> Iterator[StoredTicket]:
    """Every ticket in the order of the API's list, with its messages."""
    order = (tickets.c.updated_at.desc(), tickets.c.id)
    said = select(messages).join(tickets).order_by(*order, messages.c.position)
    with engine.connect() as store:
        listed = store.execute(select(tickets).order_by(*order)).yield_per(BATCH)
        texts = groupby(store.execute(said).yield_per(BATCH), attrgetter("ticket_id"))
        for row, (_, spoken) in zip(listed, texts, strict=True):
            held = tuple(map(_message, spoken))
            yield StoredTicket(ticket=_ticket(row), messages=held, read_at=_now(), is_stale=False)


def _ticket(row: Row[Any]) -> Ticket:
    told = row._asdict() | {"subject": parse_text(row.subject)}
    return Ticket(awaiting=_side(told.pop("awaiting_response_from")), **told)


def _message(row: Row[Any]) -> Message:
    return Message(id=row.id, sender=_side(row.sender), text=row.message, created_at=row.created_at)


def _side(word: str) -> Awaiting:
    return Awaiting.CUSTOMER if word == "customer" else Awaiting.SELLER


def _now() -> int:
    return micros(utc_now())
