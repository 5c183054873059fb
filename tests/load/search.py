"""How long the copy takes to answer what is typed, filled straight from the demo shop.

One demo shop is repeated with other ids, addresses and times, so that every word is as frequent
at any size. Copies are kept in a folder when one is named, so that two versions can be compared.
"""

import argparse
import asyncio
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.domain.filters import SortKey, TicketFilter
from app.domain.ticket import Awaiting, Message, Status, Ticket
from app.server import tables
from app.server.database import open_database
from app.server.demo.seed import seed_store
from app.store.database import Database
from app.store.search.search import Search, SearchRequest
from app.store.tickets.integrity import SCHEMA
from app.store.tickets.rows import micros
from app.store.tickets.upsert import Change, StoredTicket, apply_changes
from app.web.assets import asset_folder

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
SHOP, BATCH, ROUNDS = 10_000, 2_000, 7
AWAITING = {"owner": Awaiting.SELLER, "customer": Awaiting.CUSTOMER}


def run(arguments: Sequence[str]) -> int:
    """Fill a copy of each size unless it is there, ask it, print milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.load search", description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[10_000])
    parser.add_argument("--texts", type=int, default=100_000, help="conversations held at most")
    parser.add_argument("--folder", type=Path, help="where copies are kept")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        asyncio.run(_measure(folder, given.tickets, given.texts))
    return 0


async def _measure(folder: Path, sizes: list[int], texts: int) -> None:
    answers: dict[str, list[float]] = defaultdict(list)
    for size in sizes:
        file = folder / f"{size}.sqlite3"
        is_new = not file.exists()
        copy = await Database.open(file, schema=SCHEMA)
        if is_new:
            await _fill(copy, folder / "shop.sqlite3", size, texts)
        for name, milliseconds in (await copy.read(_ask)).items():
            answers[name].append(milliseconds)
        await copy.close()
    sys.stdout.write(f"{'milliseconds at':<32}" + "".join(f"{s:>12,}" for s in sizes) + "\n")
    for name, taken in answers.items():
        sys.stdout.write(f"{name:<32}" + "".join(f"{t:>12,.2f}" for t in taken) + "\n")


def _ask(connection: sqlite3.Connection) -> dict[str, float]:
    """The least milliseconds of processor time of some rounds, each as after a change."""
    search = Search()
    generations = count()
    answers = {}
    for name, chosen in _questions().items():
        request = SearchRequest(filter=chosen, zone=ZONE, now=NOW, generation=0)
        asked: dict[str, Callable[..., object]] = {name: search.find}
        if chosen.query in {"the", "refund", "example.com"}:  # what follows the rows
            asked |= {f"{name}: total": search.count, f"{name}: facets": search.facets}
        for one, question in asked.items():
            taken = []
            for _ in range(ROUNDS):
                began = time.thread_time()
                question(connection, replace(request, generation=next(generations)))
                taken.append(1000 * (time.thread_time() - began))
            answers[one] = min(taken)
    return answers


def _questions() -> dict[str, TicketFilter]:
    queries = (
        *("", "r", "re", "ref", "refu", "refund", "t", "th", "the", "not working"),
        *("example.com", "license key", "eceive", "12345", "zzqy", "退款", "refund license"),
    )
    return {
        **{f"'{query}'": TicketFilter(query=query) for query in queries},
        "'refund' in open": TicketFilter(query="refund", status=Status.OPEN),
        "'refund' by subject": TicketFilter(query="refund", sort=SortKey.SUBJECT),
        "last month": TicketFilter(created_from=(NOW - timedelta(days=30)).date()),
    }


async def _fill(copy: Database, shop: Path, size: int, texts: int) -> None:
    number = 0
    for batch in _batches(_repeated(_shop(shop), size), BATCH):
        changes = [
            Change(number=number + n, old=None, new=kept if number + n <= texts else _unread(kept))
            for n, kept in enumerate(batch, start=1)
        ]
        number += len(batch)
        await copy.write(lambda c, changes=changes: apply_changes(c, changes))


def _unread(kept: StoredTicket) -> StoredTicket:
    return replace(kept, messages=None, read_at=None)


def _shop(file: Path) -> list[StoredTicket]:
    """The demo shop, newest first."""
    engine = open_database(file)
    conversations = asset_folder() / "demo" / "conversations"
    seed_store(engine, conversations=conversations, tickets=SHOP, seed=1, now=NOW)
    messages: dict[str, list[Message]] = defaultdict(list)
    with engine.connect() as connection:
        for row in connection.execute(select(tables.messages).order_by(tables.messages.c.position)):
            messages[row.ticket_id].append(
                Message(id=row.id, sender=row.sender, text=row.message, created_at=row.created_at)
            )
        newest = tables.tickets.c.updated_at.desc()
        rows = connection.execute(select(tables.tickets).order_by(newest)).mappings().all()
    engine.dispose()
    return [_kept(dict(row), tuple(messages[row["id"]])) for row in rows]


def _kept(row: dict[str, Any], messages: tuple[Message, ...]) -> StoredTicket:
    awaiting = AWAITING[row.pop("awaiting_response_from")]
    known = {field.name: row[field.name] for field in fields(Ticket) if field.name in row}
    return StoredTicket(
        ticket=Ticket(awaiting=awaiting, **known), messages=messages, read_at=micros(NOW)
    )


def _repeated(shop: Sequence[StoredTicket], size: int) -> Iterator[StoredTicket]:
    """Newest first, each ticket with its doubles right behind it."""
    times = -(-size // len(shop))
    return islice((_double(kept, n) for kept in shop for n in range(times)), size)


def _double(kept: StoredTicket, n: int) -> StoredTicket:
    """Another ticket like it, some days off, so that no two neighbours are alike."""
    ticket = kept.ticket
    apart = timedelta(seconds=crc32(f"{ticket.id}{n}".encode()) % 259_200) if n else timedelta()
    changed = replace(
        ticket,
        id=f"{ticket.id}{n:02x}",
        customer_email=f"{n:x}{ticket.customer_email}" if n else ticket.customer_email,
        invoice_id=ticket.invoice_id and f"{ticket.invoice_id}{n:02}",
        created_at=ticket.created_at and ticket.created_at - apart,
        updated_at=ticket.updated_at and ticket.updated_at - apart,
    )
    return replace(kept, ticket=changed)


def _batches(kept: Iterator[StoredTicket], size: int) -> Iterator[list[StoredTicket]]:
    while batch := list(islice(kept, size)):
        yield batch
