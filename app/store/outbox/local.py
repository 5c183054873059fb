"""What exists only here: drafts and settings, in the outbox's file, safe from a rebuilt mirror.

Several browsers may have one reply open. A save says which draft it was typed onto, as its reply
box knew it; what another browser has made of that draft since is never written over, but kept
beside it.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from app.domain.clock import Clock
from app.domain.filters import ListHabits
from app.domain.marks import MOST_MARKS, Mark, MarkKind, Marks
from app.domain.outbox_entry import LONGEST_UNDO, Draft, DraftKind
from app.store.outbox.file import OutboxFile
from app.store.outbox.mending import plain
from app.store.outbox.saved_views import SavedViewStore

BETWEEN = "\n\n"

_INSERT = "INSERT INTO draft (ticket_id, author, kind, text, saved_at) VALUES (?, ?, ?, ?, ?)"
_SELECT = (
    "SELECT number, text FROM draft WHERE ticket_id = ? AND author IN (?, '') AND kind = ?"
    " ORDER BY saved_at DESC, number DESC"
)
_UNDO = "undo_seconds"
_VIEW, _ORDER = "view", "order of "
_SET = (
    "INSERT INTO setting (author, name, value) VALUES (?, ?, ?)"
    " ON CONFLICT DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """What a save has come to."""

    draft: Draft | None
    """the draft that holds the text, None for a blank one"""
    presence_changed: bool
    """whether the ticket had no draft before or has none now, so that a badge knows"""


class LocalStore:
    """Drafts, settings and marks of each seller, by the id of the user; "" is the one before them.

    What was typed before there were users is seen by everybody, and is whose who goes on with it.
    """

    def __init__(self, database: OutboxFile, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._marks: dict[str, tuple[int, Marks]] = {}
        self.views = SavedViewStore(database, clock=clock)

    async def drafts(
        self, ticket_id: str, *, author: str = "", kind: DraftKind = DraftKind.REPLY
    ) -> tuple[Draft, ...]:
        """What a seller left in the box, the newest first: more than one after a clash."""
        return await self._database.read(lambda c: read_drafts(c, ticket_id, author, kind))

    async def draft_ids(self, *, author: str = "") -> frozenset[str]:
        """The tickets a seller has begun to answer; a private note answers nobody."""
        return await self._database.read(lambda c: _draft_ids(c, author))

    async def draft_authors(self) -> Mapping[str, frozenset[str]]:
        """Whose drafts of a reply lie at which ticket, by its id."""
        return await self._database.read(_draft_authors)

    async def save_draft(
        self,
        ticket_id: str,
        text: str,
        *,
        onto: Draft | None = None,
        author: str = "",
        kind: DraftKind = DraftKind.REPLY,
    ) -> SavedDraft:
        """Keep `text`, typed onto the draft `onto` as it was known there.

        It takes the place of `onto`, or stands beside it if that has become another text.

        Raises: StoreError when it could not be kept.
        """
        at = self._clock.now().isoformat()

        def save(connection: sqlite3.Connection) -> SavedDraft:
            before = read_drafts(connection, ticket_id, author, kind)
            draft = write_draft(connection, ticket_id, author, kind, text=text, onto=onto, at=at)
            after = read_drafts(connection, ticket_id, author, kind)
            changed = kind is DraftKind.REPLY and bool(before) != bool(after)
            return SavedDraft(draft=draft, presence_changed=changed)

        return await self._database.write(save)

    async def join_drafts(self, own: Draft, other: Draft) -> Draft | None:
        """Make one draft of two, `other` last; None when either has become another text."""
        at = self._clock.now().isoformat()
        return await self._database.write(lambda c: join_drafts(c, own, other, at=at))

    async def discard_draft(self, draft: Draft) -> bool:
        """Forget a draft; false when it has become another text, which is kept."""
        return await self._database.write(lambda c: delete_draft(c, draft))

    async def undo_seconds(self, *, author: str = "") -> int | None:
        """How long a seller wants to be able to undo a reply; None when they never chose."""
        return await self._database.read(lambda c: _undo_seconds(c, author))

    async def save_undo_seconds(self, seconds: int, *, author: str = "") -> None:
        """Keep how long a seller wants to be able to undo. Raises: StoreError."""
        await self._save(author, {_UNDO: str(seconds)})

    async def list_habits(self, *, author: str = "") -> ListHabits:
        """The view a seller looked at last, and the order they chose in each."""
        found = await self._database.read(lambda c: _settings(c, author))
        orders = {
            name.removeprefix(_ORDER): word
            for name, word in found.items()
            if name.startswith(_ORDER) and word
        }
        return ListHabits(view=found.get(_VIEW, ""), orders=orders)

    async def save_list_habit(self, view: str, order: str | None, *, author: str = "") -> None:
        """Keep which view a seller looks at, and in which order; None where it has one of its own.

        Raises: StoreError.
        """
        kept = {} if order is None else {f"{_ORDER}{view}": order}
        await self._save(author, {_VIEW: view, **kept})

    async def marks(self, *, author: str = "") -> Marks:
        """What a seller has marked; from memory once it was read, for nobody else writes it."""
        opening, _ = self._database.changes
        known = self._marks.get(author)
        if known is None or known[0] != opening:
            known = opening, await self._database.read(lambda c: read_marks(c, author))
            self._marks[author] = known
        return known[1]

    async def save_mark(
        self, kind: MarkKind, ticket_id: str, mark: Mark | None, *, author: str = ""
    ) -> None:
        """Put a mark on a ticket, None takes it away; too many seen ones push out the oldest.

        Raises: StoreError.
        """
        known = await self.marks(author=author)
        marked = {id_: one for id_, one in known.by_ticket(kind).items() if id_ != ticket_id}
        gone = [ticket_id, *list(marked)[: max(0, len(marked) + 1 - MOST_MARKS)]]
        if mark is not None:
            marked[ticket_id] = mark
        at = self._clock.now().isoformat()
        await self._database.write(lambda c: _write_mark(c, author, kind, gone, mark, at=at))
        kept = {id_: one for id_, one in marked.items() if id_ == ticket_id or id_ not in gone}
        self._marks[author] = self._database.changes[0], Marks(of={**known.of, kind: kept})

    async def _save(self, author: str, values: Mapping[str, str]) -> None:
        rows = [(author, name, value) for name, value in values.items()]
        await self._database.write(lambda c: c.executemany(_SET, rows).rowcount)


def read_drafts(
    connection: sqlite3.Connection, ticket_id: str, author: str, kind: DraftKind
) -> tuple[Draft, ...]:
    """The drafts of one box, the newest first; two only when two browsers typed at once."""
    rows = connection.execute(_SELECT, (ticket_id, author, kind))
    return tuple(Draft(number=row["number"], text=plain(row["text"])) for row in rows)


def write_draft(
    connection: sqlite3.Connection,
    ticket_id: str,
    author: str,
    kind: DraftKind,
    *,
    text: str,
    onto: Draft | None,
    at: str,
) -> Draft | None:
    """Keep `text` in place of `onto`, or beside what has become of it; None for a blank text."""
    if onto is not None and _is_current(connection, onto):
        connection.execute("UPDATE draft SET author = ? WHERE number = ?", (author, onto.number))
        return _write(connection, Draft(number=onto.number, text=text), at=at)
    if not text.strip():
        return None
    kept = read_drafts(connection, ticket_id, author, kind)
    if same := next((draft for draft in kept if draft.text == text), None):
        return same
    number = connection.execute(_INSERT, (ticket_id, author, kind, text, at)).lastrowid
    return Draft(number=number or 0, text=text)


def delete_draft(connection: sqlite3.Connection, draft: Draft) -> bool:
    """Forget a draft, unless it has become another text."""
    return _is_current(connection, draft) and _delete(connection, draft.number)


def delete_sent_draft(
    connection: sqlite3.Connection, ticket_id: str, author: str, *, text: str
) -> None:
    """Forget the draft of what is being sent, and no other."""
    statement = (
        "DELETE FROM draft WHERE ticket_id = ? AND author IN (?, '') AND kind = ? AND text = ?"
    )
    connection.execute(statement, (ticket_id, author, DraftKind.REPLY, text))


def join_drafts(
    connection: sqlite3.Connection, own: Draft, other: Draft, *, at: str
) -> Draft | None:
    """Make one draft of two, under the number of the first; None when either has moved on."""
    if not (_is_current(connection, own) and _is_current(connection, other)):
        return None
    _delete(connection, other.number)
    both = f"{own.text}{BETWEEN}{other.text}"
    return _write(connection, Draft(number=own.number, text=both), at=at)


def restore_text(
    connection: sqlite3.Connection, ticket_id: str, author: str, *, text: str, at: str
) -> None:
    """Put a text that was not sent back into the draft, before what was typed since."""
    kept = read_drafts(connection, ticket_id, author, DraftKind.REPLY)
    if not kept:
        connection.execute(_INSERT, (ticket_id, author, DraftKind.REPLY, text, at))
    elif all(draft.text.strip() != text.strip() for draft in kept):
        whole = f"{text}{BETWEEN}{kept[0].text}"
        _write(connection, Draft(number=kept[0].number, text=whole), at=at)


def _is_current(connection: sqlite3.Connection, draft: Draft) -> bool:
    query = "SELECT 1 FROM draft WHERE number = ? AND text = ?"
    return connection.execute(query, (draft.number, draft.text)).fetchone() is not None


def _write(connection: sqlite3.Connection, draft: Draft, *, at: str) -> Draft | None:
    if not draft.text.strip():
        _delete(connection, draft.number)
        return None
    change = "UPDATE draft SET text = ?, saved_at = ? WHERE number = ?"
    connection.execute(change, (draft.text, at, draft.number))
    return draft


def _delete(connection: sqlite3.Connection, number: int) -> bool:
    return connection.execute("DELETE FROM draft WHERE number = ?", (number,)).rowcount > 0


def _draft_ids(connection: sqlite3.Connection, author: str) -> frozenset[str]:
    query = "SELECT DISTINCT ticket_id FROM draft WHERE author IN (?, '') AND kind = ?"
    rows = connection.execute(query, (author, DraftKind.REPLY))
    return frozenset(plain(row["ticket_id"]) for row in rows)


def _draft_authors(connection: sqlite3.Connection) -> Mapping[str, frozenset[str]]:
    query = "SELECT ticket_id, author FROM draft WHERE kind = ?"
    found: dict[str, set[str]] = {}
    for row in connection.execute(query, (DraftKind.REPLY,)):
        found.setdefault(plain(row["ticket_id"]), set()).add(plain(row["author"]))
    return {ticket_id: frozenset(authors) for ticket_id, authors in found.items()}


def _settings(connection: sqlite3.Connection, author: str) -> dict[str, str]:
    """What a seller has set, else what was set before there were users."""
    query = "SELECT name, value FROM setting WHERE author IN (?, '') ORDER BY author"
    rows = connection.execute(query, (author,))
    return {plain(row["name"]): plain(row["value"]) for row in rows}


def read_marks(connection: sqlite3.Connection, author: str) -> Marks:
    """All marks of a seller, the oldest first; one that cannot be read counts as none."""
    rows = connection.execute("SELECT * FROM mark WHERE author = ? ORDER BY marked_at", (author,))
    found: dict[MarkKind, dict[str, Mark]] = {kind: {} for kind in MarkKind}
    for row in rows:
        with suppress(ValueError):
            until = datetime.fromisoformat(row["until"]) if row["until"] else None
            mark = Mark(messages=row["messages"], until=until)
            found[MarkKind(row["kind"])][plain(row["ticket_id"])] = mark
    return Marks(of=found)


def _write_mark(
    connection: sqlite3.Connection,
    author: str,
    kind: MarkKind,
    gone: list[str],
    mark: Mark | None,
    *,
    at: str,
) -> None:
    connection.executemany(
        "DELETE FROM mark WHERE author = ? AND ticket_id = ? AND kind = ?",
        [(author, ticket_id, kind) for ticket_id in gone],
    )
    if mark is not None:
        until = mark.until.isoformat() if mark.until else None
        values = (author, gone[0], kind, mark.messages, until, at)
        connection.execute("INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?)", values)


def _undo_seconds(connection: sqlite3.Connection, author: str) -> int | None:
    text = _settings(connection, author).get(_UNDO, "")
    seconds = int(text) if text.isdecimal() else LONGEST_UNDO + 1
    return seconds if seconds <= LONGEST_UNDO else None  # a damaged one counts as none
