"""Examines an installation and says in one table what works, what is missing and what is broken."""

import asyncio
import importlib.util
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import click

from app.browser import find_browser
from app.client.tickets import open_client
from app.domain.clock import SystemClock
from app.domain.errors import DeskError, SettingsError
from app.premises import AlreadyRunningError, Premises
from app.settings import Settings, load_settings
from app.store.holdings import holdings_of

OK, NOTE, BROKEN = "ok", "note", "BROKEN"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table."""

    subject: str
    verdict: str
    text: str


def examine(flags: Mapping[str, str | None]) -> int:
    """Print the table; returns 1 if something is broken, else 0."""
    findings = list(_findings(flags))
    wide = max(len(finding.subject) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.subject:<{wide}}  {finding.verdict:<6}  {finding.text}")
    return int(any(finding.verdict == BROKEN for finding in findings))


def _findings(flags: Mapping[str, str | None]) -> Iterator[Finding]:
    try:
        settings = load_settings(flags)
    except SettingsError as error:
        yield Finding("settings", BROKEN, str(error))
    else:
        yield Finding("settings", OK, f"{len(settings.model_fields_set)} set, the rest as usual")
        yield _folder(settings)
        yield _shops(settings)
        yield _key(settings)
        yield _reachability(settings)
    yield _database()
    yield _search()
    yield _browser()
    yield _toolkit()


def _folder(settings: Settings) -> Finding:
    try:
        premises = Premises(settings.data_dir)
        premises.hold()
    except AlreadyRunningError as running:
        where = (
            f", held by the desk at {running.address}" if running.address else ", held by a desk"
        )
        return Finding("data folder", OK, f"{settings.data_dir}{where}")
    except DeskError as error:
        return Finding("data folder", BROKEN, str(error))
    premises.leave()
    return Finding("data folder", OK, str(settings.data_dir))


def _shops(settings: Settings) -> Finding:
    try:
        shops = Premises(settings.data_dir).shops().all()
    except (DeskError, OSError) as error:
        return Finding("shops kept", BROKEN, str(error))
    said = "; ".join(f"{shop.name}: {holdings_of(shop.folder)}" for shop in shops)
    return Finding("shops kept", OK, said or "none yet")


def _key(settings: Settings) -> Finding:
    if settings.embedded:
        return Finding("key", OK, "not needed: the desk works on a demo store of its own")
    where = settings.api_key_file or "the settings"
    return Finding("key", OK, f"given by {where}")


def _reachability(settings: Settings) -> Finding:
    if settings.api_url is None or settings.api_key is None:
        return Finding("Tickets API", NOTE, "embedded; set TICKETDESK_API_URL to use your shop's")
    started = time.perf_counter()
    try:
        total = asyncio.run(_ask(settings.api_url, settings.api_key.get_secret_value()))
    except DeskError as error:
        return Finding("Tickets API", BROKEN, f"{settings.api_url}: {error}")
    took = (time.perf_counter() - started) * 1000
    return Finding("Tickets API", OK, f"{settings.api_url}: {total} tickets, {took:.0f} ms")


async def _ask(url: str, key: str) -> str:
    client = open_client(url=url, api_key=key, clock=SystemClock())
    try:
        page = await client.list_tickets(limit=1)
    finally:
        await client.aclose()
    return "an unknown number of" if page.total is None else f"{page.total:,}"


def _database() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < (3, 34):
        return Finding("database", BROKEN, f"SQLite {version} is too old; 3.34 is needed")
    return Finding("database", OK, f"SQLite {version}")


def _search() -> Finding:
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(t, tokenize='unicode61')")
            connection.execute("CREATE VIRTUAL TABLE parts USING fts5(t, tokenize='trigram')")
        except sqlite3.OperationalError as error:
            return Finding("full-text search", BROKEN, f"this SQLite cannot index text ({error})")
    return Finding("full-text search", OK, "words and parts of words")


def _browser() -> Finding:
    if found := find_browser():
        return Finding("browser", OK, str(found))
    return Finding("browser", NOTE, "no Chromium, Chrome or Edge; the default browser is used")


def _toolkit() -> Finding:
    if importlib.util.find_spec("webview"):
        return Finding("window toolkit", OK, "pywebview")
    return Finding("window toolkit", NOTE, "no pywebview; `ticketdesk desktop` uses a browser")
