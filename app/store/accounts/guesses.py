"""How often somebody may guess a password or a link: per account and address, in the accounts file.

Five guesses are free, each further one waits twice as long as the one before, and no more than ten
fit into a quarter of an hour. Nobody is locked out: a place from which a user has signed in before
is counted by itself, so that neither strangers who guess elsewhere nor colleagues who mistype
behind the same address keep the user out.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.accounts import name_key
from app.domain.network import network_of
from app.store.database import Database

KEPT = timedelta(minutes=15)
FREE = 5
MOST = 10

_FORGET_NEWEST = "DELETE FROM guess WHERE number = (SELECT max(number) FROM guess WHERE about = ?)"


def wait_after(guesses: Sequence[datetime], now: datetime) -> float:
    """The seconds until another guess is looked at; `guesses` are in order, of the last `KEPT`."""
    if len(guesses) < FREE:
        return 0
    next_at = guesses[-1] + timedelta(seconds=2 ** (len(guesses) - FREE))
    if len(guesses) >= MOST:
        next_at = max(next_at, guesses[-MOST] + KEPT)
    return max((next_at - now).total_seconds(), 0)


async def count_guess(database: Database, name: str, address: str, *, now: datetime) -> float:
    """Count a guess before it is looked at, so that many at once count as well.

    Returns: 0, or the seconds to wait; then the guess is not counted and must not be looked at.
    """

    return await database.write(lambda c: _count(c, _about(c, name, address), now))


async def forget_guesses(database: Database, name: str, address: str) -> None:
    """The last guess was right: the account starts afresh, and the address has one guess less."""

    def forget(connection: sqlite3.Connection) -> None:
        account, *place = _about(connection, name, address)
        connection.execute("DELETE FROM guess WHERE about = ?", (account,))
        connection.executemany(_FORGET_NEWEST, [(one,) for one in place])

    await database.write(forget)


async def count_link_guess(database: Database, address: str, *, now: datetime) -> float:
    """Count a wall link before it is looked at; as `count_guess`."""
    return await database.write(lambda c: _count(c, _about_links(address), now))


async def forget_link_guess(database: Database, address: str) -> None:
    """The last link of this address was right."""
    rows = [(about,) for about in _about_links(address)]
    await database.write(lambda c: c.executemany(_FORGET_NEWEST, rows).rowcount)


def _count(connection: sqlite3.Connection, about: Sequence[str], now: datetime) -> float:
    # Also those of a clock that was ahead: they would count for as long as it was.
    times = ((now - KEPT).isoformat(), now.isoformat())
    connection.execute("DELETE FROM guess WHERE at NOT BETWEEN ? AND ?", times)
    wait = max(wait_after(_guesses(connection, one), now) for one in about)
    if not wait:
        rows = [(one, now.isoformat()) for one in about]
        connection.executemany("INSERT INTO guess (about, at) VALUES (?, ?)", rows)
    return wait


def _about_links(address: str) -> tuple[str, ...]:
    return (f"links {network_of(address)}",)


def _guesses(connection: sqlite3.Connection, about: str) -> list[datetime]:
    rows = connection.execute("SELECT at FROM guess WHERE about = ? ORDER BY at", (about,))
    return [datetime.fromisoformat(row["at"]) for row in rows]


def _about(connection: sqlite3.Connection, name: str, address: str) -> tuple[str, ...]:
    """The account and the address, or the account at a place of its own.

    The name is not kept, since some type their password there.
    """
    place = network_of(address)
    known = connection.execute(
        "SELECT 1 FROM place JOIN user USING (user_id) WHERE name_key = ? AND address = ?",
        (name_key(name), place),
    ).fetchone()
    account = f"account {hashlib.sha256(name_key(name).encode('utf-8', 'replace')).hexdigest()}"
    return (f"{account} at {place}",) if known else (account, f"address {place}")
