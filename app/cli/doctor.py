"""Examines an installation and says in one table what works, what is missing and what is broken."""

import asyncio
import importlib.util
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import click

from app.cli.browser import find_browser, has_screen
from app.config.data_dir import AlreadyRunningError, DataDir
from app.config.settings import EnteredKey, Settings, config_folder, load_settings
from app.config.sources import read_dotenv, read_toml
from app.domain.clock import SystemClock
from app.domain.errors import DeskError, SettingsError
from app.domain.signs import escaped
from app.server.database import DatabaseUnusableError, open_database
from app.store.holdings import COPY, OUTBOX, holdings_of
from app.store.outbox.file import OutboxFile
from app.store.tickets.mirror import TicketMirror
from app.sync.proof import probe_api
from app.web.server import PortError, address_of, listen

OK, NOTE, BROKEN = "ok", "note", "BROKEN"

MOST_SKEW_SECONDS = 60.0
WINDOW_SECONDS = 20
WINDOW = """
import webview
window = webview.create_window("Ticketdesk", html="", hidden=True)
webview.start(window.destroy)
"""
LOST_COPY = "It is only a copy and is built again at the next start."
LOST_OUTBOX = (
    "It holds drafts and replies: `ticketdesk export --unsent` gives out what can be read. "
    "Keep it, and restore it from a backup if you have one."
)
LOST_STORE = "It is the embedded store: move it away, and the next start makes a new one."


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
        click.echo(f"{finding.subject:<{wide}}  {finding.verdict:<6}  {escaped(finding.text)}")
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
        yield _port(settings)
        yield _key(settings)
        yield from _reachability(settings)
        yield from _files(settings)
    yield from _schemas()
    yield _browser()
    yield _toolkit()


def _folder(settings: Settings) -> Finding:
    try:
        data_dir = DataDir(settings.data_dir)
        data_dir.lock()
    except AlreadyRunningError as running:
        where = (
            f", held by the desk at {running.address}" if running.address else ", held by a desk"
        )
        return Finding("data folder", OK, f"{settings.data_dir}{where}")
    except DeskError as error:
        return Finding("data folder", BROKEN, str(error))
    data_dir.unlock()
    return Finding("data folder", OK, str(settings.data_dir))


def _shops(settings: Settings) -> Finding:
    try:
        shops = DataDir(settings.data_dir).shops().all()
    except (DeskError, OSError) as error:
        return Finding("shops kept", BROKEN, str(error))
    said = "; ".join(f"{shop.name}: {holdings_of(shop.folder)}" for shop in shops)
    return Finding("shops kept", OK, said or "none yet")


def _port(settings: Settings) -> Finding:
    if settings.port == 0:
        return Finding("port", OK, "any that is free")
    try:
        with listen(settings.host, settings.port) as listener:
            return Finding("port", OK, address_of(listener))
    except PortError as error:
        ours = _held_at(settings)
        if ours and urlsplit(ours).port == settings.port:
            return Finding("port", OK, f"{ours}, used by the desk that runs")
        return Finding("port", BROKEN, str(error))


def _held_at(settings: Settings) -> str | None:
    """Where the desk answers that works on the data folder."""
    try:
        data_dir = DataDir(settings.data_dir)
        data_dir.lock()
    except AlreadyRunningError as running:
        return running.address
    except DeskError:
        return None
    data_dir.unlock()
    return None


def _key(settings: Settings) -> Finding:
    if settings.api_key is None:
        return Finding("key", OK, "not needed: the desk works on a demo store of its own")
    for path in _key_files(settings):
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return Finding(
                "key",
                BROKEN,
                f"{path} holds it and can be read by others on this machine. "
                f"Take that away: chmod 600 {path}",
            )
    if isinstance(settings.api_key, EnteredKey):
        return Finding("key", OK, f"entered, and kept in {settings.api_key.place}")
    return Finding("key", OK, f"given by {settings.api_key_file or 'the settings'}")


def _key_files(settings: Settings) -> list[Path]:
    """The files in which a key stands."""
    dotenv, toml = Path(".env"), config_folder() / "config.toml"
    found = [settings.api_key_file.expanduser()] if settings.api_key_file else []
    found += [dotenv] if "api_key" in read_dotenv(dotenv) else []
    return found + ([toml] if "api_key" in read_toml(toml) else [])


def _reachability(settings: Settings) -> Iterator[Finding]:
    if settings.api_url is None or settings.api_key is None:
        yield Finding("Tickets API", NOTE, "embedded; set TICKETDESK_API_URL to use your shop's")
        return
    started = time.perf_counter()
    try:
        key = settings.api_key.get_secret_value()
        page, skew = asyncio.run(probe_api(settings.api_url, key, clock=SystemClock()))
    except DeskError as error:
        yield Finding("Tickets API", BROKEN, f"{settings.api_url}: {error}")
        return
    took = (time.perf_counter() - started) * 1000
    found = f"{_counted(page.total)} tickets, {took:.0f} ms"
    yield Finding("Tickets API", OK, f"{settings.api_url}: {found}")
    yield _clock(skew)


def _counted(total: int | None) -> str:
    return "an unknown number of" if total is None else f"{total:,}"


def _clock(skew: float | None) -> Finding:
    if skew is None:
        return Finding("clock", NOTE, "the API does not say what time it has")
    if abs(skew) <= MOST_SKEW_SECONDS:
        return Finding("clock", OK, "as the API's")
    by = timedelta(seconds=abs(round(skew)))
    turned = "behind" if skew > 0 else "ahead of"
    return Finding(
        "clock",
        BROKEN,
        f"this machine's clock is {by} {turned} the API's, so ages are wrong. "
        "Let the system set its time from the network.",
    )


def _files(settings: Settings) -> Iterator[Finding]:
    """The databases of the data folder, each with what becomes of it when it is damaged."""
    try:
        data_dir = DataDir(settings.data_dir)
        shops = data_dir.shops().all()
        files = {data_dir.embedded() / "api.sqlite3": LOST_STORE}
    except (DeskError, OSError):
        return  # said above
    for shop in shops:
        files |= {shop.folder / COPY: LOST_COPY, shop.folder / OUTBOX: LOST_OUTBOX}
    damaged = [(path, why) for path in files if (why := _damage(path))]
    for path, why in damaged:
        verdict = NOTE if path.name == COPY else BROKEN
        yield Finding("files", verdict, f"{path} is damaged ({why}). {files[path]}")
    if not damaged:
        yield Finding("files", OK, f"{sum(path.exists() for path in files)} databases, all whole")


def _damage(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file:
            said = str(file.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    return None if said == "ok" else said.replace("\n", " ")


def _schemas() -> Iterator[Finding]:
    """Each kind of database, made anew in a temporary folder with its real schema."""
    with TemporaryDirectory(prefix="ticketdesk-doctor-") as name:
        folder = Path(name)
        yield _opened("database", _open_outbox(folder), f"SQLite {sqlite3.sqlite_version}")
        yield _opened("full-text search", _open_mirror(folder), "the local copy can be indexed")


def _opened(subject: str, opening: Coroutine[None, None, None], well: str) -> Finding:
    try:
        asyncio.run(opening)
    except (DeskError, DatabaseUnusableError, sqlite3.Error, OSError) as error:
        return Finding(subject, BROKEN, str(error))
    return Finding(subject, OK, well)


async def _open_outbox(folder: Path) -> None:
    await (await OutboxFile.open(folder / OUTBOX, clock=SystemClock())).close()
    await asyncio.to_thread(lambda: open_database(folder / "api.sqlite3").dispose())


async def _open_mirror(folder: Path) -> None:
    await (await TicketMirror.open(folder / COPY, clock=SystemClock())).close()


def _browser() -> Finding:
    if found := find_browser():
        return Finding("browser", OK, str(found))
    return Finding("browser", NOTE, "no Chromium, Chrome or Edge; the default browser is used")


def _toolkit() -> Finding:
    if not importlib.util.find_spec("webview"):
        return Finding("window toolkit", NOTE, "no pywebview; `ticketdesk desktop` uses a browser")
    if not has_screen():
        return Finding("window toolkit", NOTE, "pywebview; this machine has no screen")
    if problem := _window_problem():
        return Finding(
            "window toolkit",
            BROKEN,
            f"pywebview cannot open a window ({problem}). Install what it needs "
            "(pip install 'pywebview[qt]'), or remove it so that a browser is used.",
        )
    return Finding("window toolkit", OK, "pywebview opens a window")


def _window_problem() -> str | None:
    """Why a window that nobody sees could not be opened, in a process of its own."""
    try:
        tried = subprocess.run(  # noqa: S603  # our own interpreter and words
            [sys.executable, "-c", WINDOW],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=WINDOW_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"nothing within {WINDOW_SECONDS} s"
    if tried.returncode == 0:
        return None
    said = tried.stderr.strip().splitlines() or [f"its process ended with code {tried.returncode}"]
    return said[-1][:200]
