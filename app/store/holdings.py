"""What the folder of a shop holds, told without opening it for work: a look into closed files."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

COPY, OUTBOX = "copy.sqlite3", "outbox.sqlite3"
"""What lies in the folder of a shop."""

IDS_AT_ONCE = 500

_TICKETS = "SELECT count(*) FROM ticket"
_DRAFTS = "SELECT count(*) FROM draft"
_UNSETTLED = "SELECT count(*) FROM outbox WHERE state NOT IN ('confirmed', 'cancelled')"
_REPLIES = "SELECT count(*) FROM outbox"
_NOTES = "SELECT count(*) FROM private_note"
_NAMED = {
    COPY: ("SELECT count(*) FROM ticket WHERE id IN ({})",),
    OUTBOX: (
        "SELECT count(*) FROM outbox WHERE ticket_id IN ({})",
        "SELECT count(*) FROM draft WHERE ticket_id IN ({})",
        "SELECT count(*) FROM private_note WHERE about = 'ticket' AND about_key IN ({})",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much a folder holds; a number is None where its file cannot be read."""

    tickets: int | None
    drafts: int | None
    unsettled: int | None
    replies: int | None
    notes: int | None
    """private ones"""

    @property
    def has_work(self) -> bool:
        """Whether something lies here that exists nowhere else, as far as can be known."""
        return self.drafts != 0 or self.unsettled != 0 or self.notes != 0

    @property
    def is_blank(self) -> bool:
        """Whether nothing tells of which shop this is."""
        return (self.tickets, self.drafts, self.replies, self.notes) == (0, 0, 0, 0)

    def __str__(self) -> str:
        return ", ".join(
            "an unreadable number of " + many
            if number is None
            else f"{number:,} {one if number == 1 else many}"
            for number, one, many in (
                (self.tickets, "ticket", "tickets"),
                (self.drafts, "draft", "drafts"),
                (self.unsettled, "reply not settled", "replies not settled"),
                (self.notes, "private note", "private notes"),
            )
        )


def holdings_of(folder: Path) -> Holdings:
    """Count what lies in `folder`; a missing file holds nothing."""
    copy, outbox = folder / COPY, folder / OUTBOX
    return Holdings(
        tickets=_number(copy, _TICKETS),
        drafts=_number(outbox, _DRAFTS),
        unsettled=_number(outbox, _UNSETTLED),
        replies=_number(outbox, _REPLIES),
        notes=_number(outbox, _NOTES),
    )


def names_any(folder: Path, ticket_ids: Iterable[str]) -> bool:
    """Whether copy, drafts or outbox of `folder` know one of these tickets."""
    ids = [*ticket_ids][:IDS_AT_ONCE]
    marks = ", ".join("?" * len(ids))
    return any(
        _number(folder / name, query.format(marks), ids)
        for name, queries in _NAMED.items()
        for query in queries
    )


def _number(path: Path, query: str, values: Iterable[str] = ()) -> int | None:
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            return int(file.execute(query, tuple(values)).fetchone()[0])
    except sqlite3.OperationalError as error:
        return 0 if str(error).startswith("no such table") else None
    except (sqlite3.Error, TypeError, ValueError):
        return None
