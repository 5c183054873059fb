"""Removes what is kept here: of one customer, of one shop, or everything."""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from app.config.data_dir import FILES, FOLDERS, DataDir, explained, forget_shop_of
from app.config.stored_key import KeyStore
from app.desk.erasing import Eraser
from app.domain.clock import SystemClock
from app.domain.errors import StoreError, UnsettledError
from app.store.holdings import holdings_of
from app.store.shops import Shop

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
            return _forget_customer(data_dir, word, even_unsent=even_unsent)
    finally:
        data_dir.unlock()


def _forget_customer(data_dir: DataDir, address: str, *, even_unsent: bool) -> str:
    eraser = Eraser(data_dir.folder, data_dir.shops(), clock=SystemClock())
    try:
        removed = asyncio.run(eraser.forget(address, even_unsettled=even_unsent))
    except UnsettledError as error:
        raise StoreError(f"{error} Or add --even-unsent to remove them as well.") from None
    return "\n".join(
        (
            f"Forgot {address}: {_counted(removed.tickets, 'ticket', 'tickets')} kept blank, "
            f"{_counted(removed.drafts, 'draft', 'drafts')}, "
            f"{_counted(removed.entries, 'reply or order', 'replies and orders')}, "
            f"{_counted(removed.notes, 'private note', 'private notes')} and "
            f"{_counted(removed.views, 'saved view', 'saved views')} removed.",
            "The shop itself still has this customer. What is read from it later is kept blank "
            "here: status, dates and numbers stay.",
            *(f"{path} may still name them: look, then remove it." for path in removed.damaged),
        )
    )


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
        _confirm("Remove them as well?")
    _confirm(f"Remove everything that is kept in {data_dir.folder}?")


def _confirm(question: str) -> None:
    try:
        is_sure = click.confirm(question)
    except click.Abort:  # the end of the input, or Ctrl+C
        click.echo()
        is_sure = False
    if not is_sure:
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
