"""Removes what is kept here: of one customer, of one shop, or everything."""

import asyncio
import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from app.config.data_dir import FILES, FOLDERS, DataDir, explained, forget_shop_of
from app.config.logging import LOG_NAME
from app.config.stored_key import KeyStore
from app.domain.clock import SystemClock
from app.domain.errors import StoreError
from app.store.database import write_anew
from app.store.forgotten import Forgotten, load_forgotten, save_forgotten
from app.store.holdings import COPY, OUTBOX, holdings_of
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from app.store.outbox.saved_views import SavedViewStore
from app.store.search.index import MERGE
from app.store.shops import Shop
from app.store.tickets.mirror import TicketMirror

WINDOW = "window"
"""the folder of the browser that `desktop` and `kiosk` open"""


def forget(folder: Path, word: str, *, even_unsent: bool) -> str:
    """Forget a customer by e-mail address, a shop by anything else; what to say about it.

    Raises: StoreError.
    """
    if "@" not in word or "://" in word:
        return forget_shop_of(folder, word, even_work=even_unsent)
    data_dir = DataDir(folder)
    data_dir.lock()
    try:
        with explained():
            return asyncio.run(_forget_customer(data_dir, word, even_unsent=even_unsent))
    finally:
        data_dir.unlock()


@dataclass(slots=True)
class _Opened:
    """A shop's two files, and the customer's tickets in them."""

    shop: Shop
    mirror: TicketMirror
    outbox: Outbox
    tickets: frozenset[str]
    notes: NoteStore
    views: SavedViewStore


async def _forget_customer(data_dir: DataDir, address: str, *, even_unsent: bool) -> str:
    before = load_forgotten(data_dir.folder)
    customer = before.with_address(address)
    shops = data_dir.shops().all()
    async with AsyncExitStack() as closing:
        opened = [await _open(closing, shop, customer) for shop in shops]
        held = [await one.outbox.held_of(one.tickets) for one in opened]
        drafts, entries, unsettled = (sum(counts) for counts in zip((0, 0, 0), *held, strict=True))
        is_noted = any([(await one.notes.counts()).of_customer(address) for one in opened])
        is_known = is_noted or any(one.tickets for one in opened)
        if not is_known and address not in before:
            raise StoreError(
                f"No ticket of {address} is kept here, so nobody was forgotten. "
                "Look at the address; it must be the one that the tickets show."
            )
        if unsettled and not even_unsent:
            raise StoreError(
                f"{_counted(unsettled, 'reply', 'replies')} to {address} not settled; nothing was "
                "forgotten. Settle them first, or add --even-unsent to remove them as well."
            )
        save_forgotten(data_dir.folder, customer)
        tickets = notes = views = 0
        for one in opened:  # the mirror last: it is what tells whose the tickets are
            await one.outbox.forget(one.tickets)
            notes += await one.notes.forget(one.tickets, address)
            views += await one.views.forget(address)
            tickets += len(await one.mirror.blank_tickets(customer))
    _leave_nothing(shops)
    _clean_logs(data_dir.folder, address)
    return "\n".join(
        (
            f"Forgot {address}: {_counted(tickets, 'ticket', 'tickets')} kept blank, "
            f"{_counted(drafts, 'draft', 'drafts')}, "
            f"{_counted(entries, 'reply or order', 'replies and orders')}, "
            f"{_counted(notes, 'private note', 'private notes')} and "
            f"{_counted(views, 'saved view', 'saved views')} removed.",
            "The shop itself still has this customer. What is read from it later is kept blank "
            "here: status, dates and numbers stay.",
            *(f"{path} may still name them: look, then remove it." for path in _damaged(shops)),
        )
    )


async def _open(closing: AsyncExitStack, shop: Shop, customer: Forgotten) -> _Opened:
    clock = SystemClock()
    mirror = await TicketMirror.open(shop.folder / COPY, clock=clock)
    closing.push_async_callback(mirror.close)
    outbox = await Outbox.open(shop.folder / OUTBOX, clock=clock)
    closing.push_async_callback(outbox.close)
    outbox.database.check()
    notes = NoteStore(outbox.database, clock=clock)
    views = SavedViewStore(outbox.database, clock=clock)
    return _Opened(shop, mirror, outbox, await mirror.tickets_of(customer), notes, views)


def _leave_nothing(shops: Iterable[Shop]) -> None:
    for shop in shops:
        (shop.folder / COPY).with_suffix(".damaged").unlink(missing_ok=True)
        write_anew(shop.folder / COPY, MERGE)
        write_anew(shop.folder / OUTBOX)


def _clean_logs(folder: Path, address: str) -> None:
    """Take out the lines that name a customer; the log leaves addresses out, so there are none."""
    for path in folder.glob(f"{LOG_NAME}*"):
        lines = path.read_text("utf-8", errors="replace").splitlines(keepends=True)
        kept = [line for line in lines if address.casefold() not in line.casefold()]
        if kept != lines:
            path.write_text("".join(kept), "utf-8")


def _damaged(shops: Iterable[Shop]) -> list[Path]:
    stem = Path(OUTBOX).stem
    return [path for shop in shops for path in sorted(shop.folder.glob(f"{stem}.damaged-*"))]


def wipe(folder: Path, *, is_sure: bool) -> str:
    """Remove everything that is kept on this machine, after asking; what to say about it.

    Raises: StoreError while a desk or an API works on the folder, or where nobody can be asked.
    """
    data_dir = DataDir(folder)
    data_dir.lock()
    try:
        with explained():
            lock = data_dir.embedded_lock()
            lock.lock()
            try:
                if not is_sure:
                    _ask(data_dir, data_dir.shops().all())
                KeyStore(data_dir.folder).forget()
                _remove(data_dir.folder)
            finally:
                lock.unlock()
    finally:
        data_dir.unlock()
    with explained():
        for path in (*data_dir.folder.glob("*.lock"), data_dir.folder):
            path.unlink() if path.is_file() else _remove_if_empty(path)
    return f"Removed everything that was kept in {folder}. The shop itself still has its tickets."


def _ask(data_dir: DataDir, shops: Sequence[Shop]) -> None:
    work = [f"{shop.name}: {held}" for shop in shops if (held := holdings_of(shop.folder)).has_work]
    if not sys.stdin.isatty():
        raise StoreError(
            "Nothing was removed: nobody can be asked here. Add --yes to remove everything"
            + (f", also what exists nowhere else ({'; '.join(work)})." if work else ".")
        )
    if work:
        click.echo("Drafts, replies and private notes that exist nowhere else:")
        for line in work:
            click.echo(f"  {line}")
        click.echo("`ticketdesk export --unsent` gives them out.")
        if not click.confirm("Remove them as well?"):
            raise StoreError("Nothing was removed.")
    if not click.confirm(f"Remove everything that is kept in {data_dir.folder}?"):
        raise StoreError("Nothing was removed.")


def _remove(folder: Path) -> None:
    for name in (*FOLDERS, WINDOW):
        shutil.rmtree(folder / name, ignore_errors=not (folder / name).exists())
    for name in FILES:
        for path in folder.glob(f"{name}*"):
            if path.is_file() and path.suffix != ".lock":
                path.unlink(missing_ok=True)


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
