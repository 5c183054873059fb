"""Key/value state beside the tickets; one of the values is what the API last said of its list."""

import json
import sqlite3
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.errors import StoreDamagedError
from app.domain.ticket import Stats, TicketPage
from app.store.tickets.rollup import count_stats
from app.store.tickets.rows import moment

KEY = "reading"
SAVED_EVERY = 60_000_000
"""microseconds; a reading that says nothing new is not written more often than this"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The last page of the whole list that was accepted."""

    started: int = 0
    """the start number of its request, so also its time; 0 for never"""
    stats: Stats | None = None
    """what the API counted"""
    counted: Stats = field(default_factory=Stats)
    """what the mirror itself counted then"""
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


def load_reading(connection: sqlite3.Connection) -> Reading:
    """The reading as it was last saved."""
    saved = load_value(connection, KEY)
    if saved:
        saved["stats"] = saved["stats"] and Stats(**saved["stats"])
        saved["counted"] = Stats(**saved["counted"])
    return Reading(**saved)


def update_reading(
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
    """Save the last reading of the list."""
    save_value(connection, KEY, asdict(reading))


def load_value(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    """The value saved under `key`, empty for none.

    Raises: StoreDamagedError.
    """
    row = connection.execute(
        "SELECT CAST(value AS BLOB) AS value FROM sync_state WHERE key = ?", (key,)
    ).fetchone()
    try:
        found: dict[str, Any] = json.loads(row["value"]) if row else {}
    except ValueError as error:
        raise StoreDamagedError("A value of the local copy's sync state is damaged.") from error
    return found


def save_value(connection: sqlite3.Connection, key: str, value: dict[str, object]) -> None:
    """Save `value` under `key`."""
    connection.execute(
        "INSERT INTO sync_state VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (key, json.dumps(value)),
    )
