"""Where the walk over the whole list is, and which tickets it has met: kept across restarts."""

import json
import sqlite3
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.ticket import TicketPage
from app.domain.walk import Findings
from app.store.notes import note, write_note
from app.store.tickets.rollup import count_stats


class Mark(NamedTuple):
    """Where a ticket stood in the list; times in microseconds since 1970, None for unknown."""

    id: str
    created: int | None
    updated: int | None


class Stage(StrEnum):
    """What a walk is about."""

    THROUGH = "through"
    """reading from the first row to the last"""
    FRESH = "fresh"
    """reading again where new rows have come in meanwhile"""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where the walk over the list is; a restart goes on from here."""

    copy: int = 0
    """the copy it walks for: when that was begun anew"""
    number: int = 0
    stage: Stage = Stage.ENDED
    began: int = 0
    """the start number of its first request"""
    began_before: int = 0
    """that of the walk before"""

    orders: tuple[str, ...] = ()
    """those the list may be in; none when it is in none that we know"""
    limit: int = 100
    """the most rows the API gives at once"""
    is_fixed: bool = False
    """the API minds no smaller limit"""
    is_sure: bool = True
    """nothing has come up for which a ticket may have been missed"""

    end: int = 0
    """rows of the list that are behind us"""
    edge: tuple[Mark, ...] = ()
    """the last of them"""
    top: Mark | None = None
    """the first row of the list when the walk began, or when its top was last read again"""
    crest: Mark | None = None
    """the first row now, while the top is read again"""
    windows: int = 0
    """answers so far"""
    fresh: int = 0
    """those of them in the present look at where rows come in"""
    steps_back: int = 0
    in_vain: int = 0
    """steps back, or empty pages, since a row was new"""
    total: int | None = None
    """rows the API counted last"""
    total_before: int | None = None
    """rows it counted when the walk began"""
    unreadable: int = 0

    same: int = 0
    """pages of this walk that were the one before once more"""

    complete: bool = False
    """walks at full speed bring no more; whether that is all there is says `short`"""
    short: int | None = None
    """tickets by which the copy was behind the API's count when the last walk ended"""
    is_stuck: bool = False
    """the last walk that ended was given the same page again and again"""
    missing: float | None = None
    """tickets that the last two walks are thought to have missed, None before a second one"""
    agreed: int = 0
    """walks in a row at whose end the copy counted what the API counts"""
    verified: int = 0
    """when that last was proof, in microseconds since 1970; 0 for never"""
    findings: Findings = field(default_factory=Findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """What this walk and the one before have met of the tickets that are older than both.

    Shape: `held` are all tickets in the copy, whenever they came.
    """

    held: int
    both: int
    only_now: int
    only_before: int

    @property
    def missing(self) -> float:
        """How many neither has met, as one estimates the fish in a lake by catching twice."""
        return self.only_now * self.only_before / max(1, self.both)


def last_walk(connection: sqlite3.Connection) -> Walk:
    """The walk as it was last saved; JSON knows no tuples."""
    known = note(connection, "walk")
    if not known:
        return Walk()
    read: dict[str, Any] = {
        "stage": Stage(known["stage"]),
        "orders": tuple(known["orders"]),
        "edge": tuple(Mark(*mark) for mark in known["edge"]),
        "top": known["top"] and Mark(*known["top"]),
        "crest": known["crest"] and Mark(*known["crest"]),
        "findings": Findings(**known["findings"]),
    }
    return Walk(**(known | read))


def save_walk(connection: sqlite3.Connection, walk: Walk) -> None:
    """Remember where the walk is; one that begins has met nobody."""
    if walk.windows == 0:
        connection.execute(f"DELETE FROM {_seen(walk.number)}")  # noqa: S608 our own name
    write_note(connection, "walk", asdict(walk))


def meet(connection: sqlite3.Connection, page: TicketPage, number: int) -> None:
    """Note that walk `number` has met the tickets of a page."""
    ids = json.dumps([ticket.id for ticket in page.tickets])
    connection.execute(
        f"INSERT OR IGNORE INTO {_seen(number)}"  # noqa: S608 our own name
        " SELECT number FROM ticket WHERE id IN (SELECT value FROM json_each(?))",
        (ids,),
    )


def catch(connection: sqlite3.Connection, number: int, *, older_than: int) -> Catch:
    """What walk `number` and the one before have met of the tickets created before a time."""
    now, before = _seen(number), _seen(number - 1)
    old = "JOIN ticket USING (number) WHERE coalesce(created_at, 0) < ?"
    in_now, in_before, both = (
        connection.execute(f"SELECT count(*) FROM {where} {old}", (older_than,)).fetchone()[0]  # noqa: S608 our own names
        for where in (now, before, f"{now} JOIN {before} USING (number)")
    )
    held = count_stats(connection).total or 0
    return Catch(held=held, both=both, only_now=in_now - both, only_before=in_before - both)


def unmet(connection: sqlite3.Connection, walk: Walk) -> tuple[str, ...]:
    """Tickets that no page has shown and nobody has read since a walk began."""
    rows = connection.execute(
        f"SELECT id FROM ticket WHERE number NOT IN (SELECT number FROM {_seen(walk.number)})"  # noqa: S608 our own name
        " AND coalesce(read_at, 0) < ?",
        (walk.began,),
    )
    return tuple(row["id"] for row in rows)


def _seen(number: int) -> str:
    """Where the tickets that a walk has met are noted; the next but one takes its place."""
    return "seen_odd" if number % 2 else "seen_even"
