"""The commands `api` (the embedded Tickets API alone on a port) and `seed` (fill its store)."""

import socket
import sys
import time

import click

from app.config.data_dir import DataDir
from app.config.logging import start_logging
from app.config.settings import LOOPBACK, Settings
from app.domain.errors import SettingsError, StoreError
from app.web.embedded import Embedded, embedded_api, open_store, report_on_terminal, seed_if_empty
from app.web.request_guard import RequestGuard, allowed_names
from app.web.server import Serving, listen, run, say, serve

API_PORT = 8081


def serve_api(settings: Settings) -> None:
    """Serve the API alone until a signal ends it."""
    if settings.host not in LOOPBACK:
        raise SettingsError(
            "TICKETDESK_HOST: the API alone answers only to the machine it runs on, since without "
            "TLS everybody on the way could read its key. Remove this setting."
        )
    data_dir = DataDir(settings.data_dir)
    start_logging(data_dir.folder, secrets=settings.secrets, level=settings.log_level)
    port = settings.port if "port" in settings.model_fields_set else API_PORT
    with listen(settings.host, port) as listener:
        run(_serve_api(settings, data_dir, listener))


def seed_embedded(settings: Settings, *, tickets: int, seed: int) -> None:
    """Fill an empty store and print how long that took."""
    data_dir = DataDir(settings.data_dir)
    start_logging(data_dir.folder, secrets=settings.secrets, level=settings.log_level)
    started = time.perf_counter()
    with open_store(data_dir, _database(settings)) as (engine, _):
        written = seed_if_empty(engine, tickets=tickets, seed=seed, report=_report_once)
    if not written:
        raise StoreError(
            "The store already holds tickets, so nothing was added. "
            "Choose an empty one with --data-dir or --database."
        )
    click.echo(f"{written:,} tickets in {time.perf_counter() - started:.1f} s, seed {seed}.")


async def _serve_api(settings: Settings, data_dir: DataDir, listener: socket.socket) -> None:
    async with embedded_api(
        data_dir,
        api_key=settings.api_key,
        database=_database(settings),
        demo_customer=settings.demo_customer,
    ) as embedded:
        guard = RequestGuard(embedded.api, allowed=allowed_names(listener.getsockname()[1]))
        await serve(listener, guard, on_ready=lambda serving: _announce(serving, embedded))


def _announce(serving: Serving, embedded: Embedded) -> None:
    embedded.publish_address(serving.address)
    say(f"The Tickets API is at {serving.address}/v1 with the key {embedded.shown}")
    say(f"Ask it: {embedded.curl_line(serving.address)}")


def _database(settings: Settings) -> str | None:
    return settings.database.get_secret_value() if settings.database else None


def _report_once(written: int, tickets: int) -> None:
    """Report progress as on a terminal; elsewhere one line at the start."""
    if not written and not sys.stderr.isatty():
        click.echo(f"Filling the store with {tickets:,} tickets \u2026", err=True)
    report_on_terminal(written, tickets)
