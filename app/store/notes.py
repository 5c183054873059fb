"""What the copy remembers beside the tickets: the last reading of the list."""

import json
import sqlite3
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import StoreDamagedError
from app.domain.ticket import Stats, TicketPage
from app.store.tickets.rollup import count_stats
from app.store.tickets.rows import micros, moment

TOMBSTONES_KEPT = timedelta(days=30)
SAVED_EVERY = 60_000_000
"""microseconds; a reading that says nothing new is not written more often than this"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The last answer about the whole list that was believed.

    Units: `started` is the request's start number, so also its time; 0 for never.
    Shape: `stats` is what the API counted, `counted` what the copy itself held then.
    """

    started: int = 0
    stats: Stats | None = None
    counted: Stats = field(default_factory=Stats)
    total: int | None = None

    @property
    def as_of(self) -> datetime | None:
        """When the API was asked; None for never."""
        return moment(self.started) if self.started else None

    @property
    def expected(self) -> int | None:
        """How many tickets the API says it has; of two claims the larger."""
        claims = (self.total, self.stats.total if self.stats else None)
        return max((claim for claim in claims if claim is not None), default=None)


def last_reading(connection: sqlite3.Connection) -> Reading:
    """The reading that was remembered when the copy was last open."""
    known = note(connection, "reading")
    if known:
        known["stats"] = known["stats"] and Stats(**known["stats"])
        known["counted"] = Stats(**known["counted"])
    return Reading(**known)


def drop_tombstones(connection: sqlite3.Connection, now: datetime) -> None:
    """Forget the tickets that have been gone for long."""
    connection.execute("DELETE FROM gone WHERE gone_at < ?", (micros(now - TOMBSTONES_KEPT),))


def take_reading(
    connection: sqlite3.Connection, page: TicketPage, started: int, last: Reading
) -> Reading:
    """The reading after `page`, asked for at number `started`; saved when it says anything new."""
    if started <= last.started:
        return last
    new = replace(last, started=started, total=page.total if page.total is not None else last.total)
    if page.stats is not None:
        new = replace(new, stats=page.stats, counted=count_stats(connection))
    if replace(new, started=last.started) != last or started - last.started > SAVED_EVERY:
        save_reading(connection, new)
    return new


def save_reading(connection: sqlite3.Connection, reading: Reading) -> None:
    """Remember the last reading of the list."""
    write_note(connection, "reading", asdict(reading))


def note(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """What is written under `key`, empty for nothing. Errors: StoreDamagedError."""
    row = connection.execute(
        "SELECT CAST(value AS BLOB) AS value FROM sync_state WHERE key = ?", (key,)
    ).fetchone()
    try:
        found: dict[str, Any] = json.loads(row["value"]) if row else {}
    except ValueError as error:
        raise StoreDamagedError("A note in the copy is damaged.") from error
    return found


def write_note(connection: sqlite3.Connection, key: str, value: dict[str, object]) -> None:
    """Write `value` under `key`."""
    connection.execute(
        "INSERT INTO sync_state VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (key, json.dumps(value)),
    )
