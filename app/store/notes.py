"""What the copy remembers beside the tickets: the last reading of the list, and the walk."""

import json
import sqlite3
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.ticket import Stats, TicketPage
from app.store.rollup import combinations, counted
from app.store.rows import micros, moment

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
        """How many tickets the API says it has."""
        said = self.stats.total if self.stats else None
        return self.total if said is None else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far the reading of all pages is.

    Shape: `page` is read next, 1 for a walk that has not begun; `began` is the start number of its
           first request; `complete` once one walk has met every ticket.
    """

    page: int = 1
    began: int = 0
    complete: bool = False


def recall(connection: sqlite3.Connection, now: datetime) -> tuple[Reading, Walk]:
    """What was remembered when the copy was last open; old tombstones are dropped."""
    connection.execute("DELETE FROM gone WHERE gone_at < ?", (micros(now - TOMBSTONES_KEPT),))
    reading, walk = _note(connection, "reading"), _note(connection, "walk")
    if reading:
        reading["stats"] = reading["stats"] and Stats(**reading["stats"])
        reading["counted"] = Stats(**reading["counted"])
    return Reading(**reading), Walk(**walk)


def take_reading(
    connection: sqlite3.Connection, page: TicketPage, started: int, last: Reading
) -> Reading:
    """The reading after `page`, asked for at number `started`; saved when it says anything new."""
    if started <= last.started:
        return last
    new = replace(last, started=started, total=page.total if page.total is not None else last.total)
    if page.stats is not None:
        new = replace(new, stats=page.stats, counted=counted(combinations(connection)))
    if replace(new, started=last.started) != last or started - last.started > SAVED_EVERY:
        save_reading(connection, new)
    return new


def save_reading(connection: sqlite3.Connection, reading: Reading) -> None:
    """Remember the last reading of the list."""
    _write(connection, "reading", asdict(reading))


def save_walk(connection: sqlite3.Connection, walk: Walk) -> None:
    """Remember how far the walk is; one that has not begun has met nobody."""
    if walk.page == 1:
        connection.execute("DELETE FROM seen")
    _write(connection, "walk", asdict(walk))


def meet(connection: sqlite3.Connection, page: TicketPage) -> None:
    """Note that the walk has met the tickets of a page."""
    ids = json.dumps([ticket.id for ticket in page.tickets])
    connection.execute(
        "INSERT OR IGNORE INTO seen"
        " SELECT n FROM ticket WHERE id IN (SELECT value FROM json_each(?))",
        (ids,),
    )


def met(connection: sqlite3.Connection) -> int:
    """How many tickets the walk has met."""
    return int(connection.execute("SELECT count(*) FROM seen").fetchone()[0])


def unmet(connection: sqlite3.Connection, began: int) -> tuple[str, ...]:
    """Tickets that no page has shown and nobody has read since a walk began."""
    rows = connection.execute(
        "SELECT id FROM ticket WHERE n NOT IN (SELECT n FROM seen) AND coalesce(read_at, 0) < ?",
        (began,),
    )
    return tuple(row["id"] for row in rows)


def _note(connection: sqlite3.Connection, key: str) -> dict[str, Any]:
    row = connection.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return json.loads(row["value"]) if row else {}


def _write(connection: sqlite3.Connection, key: str, value: dict[str, object]) -> None:
    connection.execute(
        "INSERT INTO state VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (key, json.dumps(value)),
    )
