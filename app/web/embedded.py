"""The embedded Tickets API: beside the desk, alone on a port, or being filled with a shop."""

import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import click
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.config.data_dir import AlreadyRunningError, DataDir, FolderLock, explained
from app.config.logging import start_logging
from app.config.settings import Settings
from app.domain.errors import StoreBusyError, StoreError
from app.server.application import ApiRoute, build_api, utc_now
from app.server.database import DatabaseUnusableError, open_database
from app.server.demo.seed import seed_store
from app.server.demo.simulated_customer import SimulatedCustomer
from app.server.middleware import load_or_create_key
from app.web.assets import asset_folder
from app.web.request_guard import RequestGuard, allowed_names
from app.web.server import Serving, listen, run, say, serve

API_PORT = 8081
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
        """Tell whoever wants the same store where it is served. Errors: StoreError."""
        if self.lock:
            self.lock.publish_address(address)

    def curl_line(self, address: str) -> str:
        """A command that asks the API at `address`, ready to be pasted."""
        return f'curl -H "Authorization: Bearer {self.shown}" "{address}/v1/tickets?limit=1"'


@asynccontextmanager
async def embedded_api(
    settings: Settings, data_dir: DataDir, *, database: str | None = None
) -> AsyncIterator[Embedded]:
    """Open the store, filled with the demo shop if it is new, and the API over it.

    Errors: StoreError.
    """
    key = embedded_key(settings, data_dir)
    with _store(data_dir, database) as (engine, lock):
        _seed(engine, tickets=DEMO_TICKETS, seed=DEMO_SEED)
        customer = SimulatedCustomer(engine, conversations=CONVERSATIONS, now=utc_now)
        if settings.demo_customer:
            customer.start()
        try:
            shown = "$TICKETDESK_API_KEY" if settings.api_key else key
            api = build_api(engine, api_key=key, demo=True)
            yield Embedded(api, key, shown, lock)
        finally:
            await customer.stop()


def serve_api(settings: Settings) -> None:
    """Serve the API alone until it is told to end."""
    data_dir = DataDir(settings.data_dir)
    start_logging(data_dir.folder, secrets=settings.secrets, level=settings.log_level)
    port = settings.port if "port" in settings.model_fields_set else API_PORT
    with listen(settings.host, port) as listener:
        run(_serve_api(settings, data_dir, listener))


async def _serve_api(settings: Settings, data_dir: DataDir, listener: socket.socket) -> None:
    async with embedded_api(settings, data_dir, database=_database(settings)) as embedded:
        guard = RequestGuard(embedded.api, allowed=allowed_names(listener.getsockname()[1]))
        await serve(listener, guard, on_ready=lambda serving: _announce(serving, embedded))


def seed_embedded(settings: Settings, *, tickets: int, seed: int) -> None:
    """Fill an empty store and say what happened."""
    data_dir = DataDir(settings.data_dir)
    start_logging(data_dir.folder, secrets=settings.secrets, level=settings.log_level)
    started = time.perf_counter()
    with _store(data_dir, _database(settings)) as (engine, _):
        written = _seed(engine, tickets=tickets, seed=seed, tell=_tell_all)
    if not written:
        raise StoreError(
            "The store already holds tickets, so nothing was added. "
            "Choose an empty one with --data-dir or --database."
        )
    click.echo(f"{written:,} tickets in {time.perf_counter() - started:.1f} s, seed {seed}.")


def _database(settings: Settings) -> str | None:
    return settings.database.get_secret_value() if settings.database else None


def _announce(serving: Serving, embedded: Embedded) -> None:
    embedded.publish_address(serving.address)
    say(f"The Tickets API is at {serving.address}/v1 with the key {embedded.shown}")
    say(f"Ask it: {embedded.curl_line(serving.address)}")


def embedded_key(settings: Settings, data_dir: DataDir) -> str:
    """The key from the settings, else the one made at the first start. Errors: StoreError."""
    if settings.api_key:
        return settings.api_key.get_secret_value()
    try:
        with explained():
            return load_or_create_key(data_dir.embedded())
    except ValueError as error:
        raise StoreError(str(error)) from None


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
def _store(data_dir: DataDir, database: str | None) -> Iterator[tuple[Engine, FolderLock | None]]:
    """The store, and the hold on it where it is the data folder's own."""
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


def _tell(written: int, tickets: int) -> None:
    """Say how far the store is filled, where somebody watches."""
    if sys.stderr.isatty():
        share = f"\rFilling the store: {written:,} of {tickets:,} tickets"
        click.echo(share, nl=written == tickets, err=True)


def _tell_all(written: int, tickets: int) -> None:
    """Say it also where nobody watches, once."""
    if not written and not sys.stderr.isatty():
        click.echo(f"Filling the store with {tickets:,} tickets \u2026", err=True)
    _tell(written, tickets)


def _seed(
    engine: Engine, *, tickets: int, seed: int, tell: Callable[[int, int], None] = _tell
) -> int:
    try:
        return seed_store(
            engine,
            tickets=tickets,
            seed=seed,
            now=utc_now(),
            conversations=CONVERSATIONS,
            told=lambda written: tell(written, tickets),
        )
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise StoreError(
            f"The store cannot be filled: {reason}. See that the disk has space; nothing was added."
        ) from None
