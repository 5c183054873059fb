"""The embedded Tickets API in this process: its key, its store with the demo shop, its lock."""

import re
import secrets
import string
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.config.data_dir import AlreadyRunningError, DataDir, FolderLock, explained
from app.domain.errors import StoreBusyError, StoreError
from app.server.application import ApiRoute, build_api, utc_now
from app.server.database import DatabaseUnusableError, open_database
from app.server.demo.seed import seed_store
from app.server.demo.simulated_customer import SimulatedCustomer
from app.store.private_files import write_private
from app.web.assets import asset_folder

KEY_FILE = "api-key"
LETTERS = string.ascii_letters + string.digits
DEMO_TICKETS = 500
DEMO_SEED = 1
CONVERSATIONS = asset_folder() / "demo" / "conversations"


@dataclass(frozen=True, slots=True)
class Embedded:
    """The API in this process and its key; `shown` is how the key may be printed."""

    api: FastAPI
    key: str
    shown: str
    lock: FolderLock | None = None

    @property
    def route(self) -> ApiRoute:
        """The API as a route of another application."""
        return ApiRoute(self.api)

    def publish_address(self, address: str) -> None:
        """Tell whoever wants the same store where it is served. Raises: StoreError."""
        if self.lock:
            self.lock.publish_address(address)

    def curl_line(self, address: str) -> str:
        """A command that asks the API at `address`, ready to be pasted."""
        return f'curl -H "Authorization: Bearer {self.shown}" "{address}/v1/tickets?limit=1"'


@asynccontextmanager
async def embedded_api(
    data_dir: DataDir,
    *,
    api_key: SecretStr | None,
    demo_customer: bool,
    database: str | None = None,
) -> AsyncIterator[Embedded]:
    """Open the store, filled with the demo shop if it is new, and the API over it.

    Args:
        api_key: None uses the one kept in the data folder.
        database: a file or an address; None is the store of the data folder.
    Raises: StoreError.
    """
    key = embedded_key(api_key, data_dir)
    with open_store(data_dir, database) as (engine, lock):
        seed_if_empty(engine, tickets=DEMO_TICKETS, seed=DEMO_SEED)
        customer = SimulatedCustomer(engine, conversations=CONVERSATIONS, now=utc_now)
        if demo_customer:
            customer.start()
        try:
            shown = "$TICKETDESK_API_KEY" if api_key else key
            api = build_api(engine, api_key=key, demo=True)
            yield Embedded(api, key, shown, lock)
        finally:
            await customer.stop()


def embedded_key(api_key: SecretStr | None, data_dir: DataDir) -> str:
    """The given key, else the one made at the first start. Raises: StoreError."""
    if api_key:
        return api_key.get_secret_value()
    with explained():
        return load_or_create_key(data_dir.embedded())


def load_or_create_key(folder: Path) -> str:
    """The key kept in `folder`, made at the first call; only the owner may read the file.

    An empty file was cut off while it was written, and is made anew.

    Raises: OSError, StoreError when the file holds something else than a key.
    """
    path = folder / KEY_FILE
    try:
        key = path.read_text("utf-8-sig", errors="replace").strip("\0 \t\r\n")
    except FileNotFoundError:
        key = ""
    if not key:
        key = "sg_live_" + "".join(secrets.choice(LETTERS) for _ in range(32))
        write_private(path, key + "\n")
    if not re.fullmatch("[!-~]+", key):
        raise StoreError(f"{path} holds no API key. Delete it and start again to get a new one.")
    return key


def _lock(lock: FolderLock) -> None:
    try:
        lock.lock()
    except AlreadyRunningError as running:
        where = f" at {running.address}" if running.address else ""
        raise StoreBusyError(
            f"The embedded store of this data folder is already in use{where}. Set "
            "TICKETDESK_API_URL to that address, or use another folder with --data-dir."
        ) from None


@contextmanager
def open_store(
    data_dir: DataDir, database: str | None
) -> Iterator[tuple[Engine, FolderLock | None]]:
    """The store, and its lock where it is the data folder's own. Raises: StoreError."""
    lock = None if database else data_dir.embedded_lock()
    if lock:
        _lock(lock)
    try:
        engine = open_database(database or data_dir.embedded() / "api.sqlite3")
        try:
            yield engine, lock
        finally:
            engine.dispose()
    except DatabaseUnusableError as error:
        raise StoreError(str(error)) from None
    finally:
        if lock:
            lock.unlock()


def report_on_terminal(written: int, tickets: int) -> None:
    """Say how far the store is filled, where somebody watches."""
    if sys.stderr.isatty():
        share = f"\rFilling the store: {written:,} of {tickets:,} tickets"
        click.echo(share, nl=written == tickets, err=True)


def seed_if_empty(
    engine: Engine,
    *,
    tickets: int,
    seed: int,
    report: Callable[[int, int], None] = report_on_terminal,
) -> int:
    """Fill the store unless it holds tickets; how many were written. Raises: StoreError."""
    try:
        return seed_store(
            engine,
            tickets=tickets,
            seed=seed,
            now=utc_now(),
            conversations=CONVERSATIONS,
            on_progress=lambda written: report(written, tickets),
        )
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise StoreError(
            f"The store cannot be filled: {reason}. See that the disk has space; nothing was added."
        ) from None
