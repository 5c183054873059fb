"""Gives out what exists only here: drafts, replies and status changes not settled, private notes,
marks and saved views.

It reads the files themselves, of every shop, as far as they can be read; beside a running desk too.
"""

import csv
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from app.cli.export import Sink, opened, write_objects
from app.config.settings import Settings
from app.domain.cells import cell
from app.domain.errors import StoreError
from app.domain.marks import MarkKind
from app.domain.outbox_entry import DraftKind
from app.domain.private_notes import NoteAbout
from app.store.holdings import OUTBOX
from app.store.outbox.file import SCHEMA
from app.store.outbox.mending import plain
from app.store.shops import Shops

_MARKS = {MarkKind.SNOOZED, MarkKind.PINNED}
_NOTE, _VIEW = "private note", "saved view"
COLUMNS = ("shop", "kind", "ticket_id", "customer", "state", "written_at", "written_by", "text")
HEADER_BYTES = 100
PAGE_BYTES = 4096
MOST_SKIPPED = 5_000
"""numbers of rows tried one by one where a stretch of a file cannot be read"""

Row = dict[str, str]


def export_unsent(settings: Settings, *, form: str, output: str | None) -> None:
    """Write what was not sent, and say on stderr how much that was and what could not be read.

    Raises: StoreError when nothing can be read, or not written.
    """
    rows: list[Row] = []
    problems: list[str] = []
    for shop in Shops(settings.data_dir / "stores").all():
        found, is_whole = unsent_in(shop.folder / OUTBOX)
        rows += [{"shop": shop.name, **row} for row in found]
        if not is_whole:
            problems.append(f"{shop.folder / OUTBOX} is damaged; not all of it could be read.")
    with opened(output, form) as file:
        (_write_csv if form == "csv" else write_objects)(rows, file)
    drafts = sum(row["kind"].startswith("draft") for row in rows)
    marks = sum(row["kind"] in _MARKS for row in rows)
    notes = sum(row["kind"] == _NOTE for row in rows)
    views = sum(row["kind"] == _VIEW for row in rows)
    entries = len(rows) - drafts - marks - notes - views
    said = [f"{drafts:,} drafts", f"{entries:,} replies and status changes"]
    said += [f"{notes:,} private notes"] if notes else []
    said += [f"{marks:,} marks"] if marks else []
    said += [f"{views:,} saved views"] if views else []
    click.echo(f"{', '.join(said)}.", err=True)
    if problems:
        raise StoreError(" ".join(problems))


def unsent_in(path: Path) -> tuple[list[Row], bool]:
    """What was not sent in one outbox, and whether all of it could be read."""
    if not path.exists():
        return [], True
    best: list[Row] = []
    with TemporaryDirectory() as folder:
        for way in _WAYS:
            try:
                with closing(way(path, Path(folder))) as file:
                    found, is_whole = _unsent(file)
            except (sqlite3.Error, OSError):
                continue
            if is_whole:
                return found, True
            best = max(best, found, key=len)
    return best, False


def _as_it_is(path: Path, _: Path) -> sqlite3.Connection:
    return _connected(f"{path.absolute().as_uri()}?mode=ro")


def _copied(path: Path, folder: Path) -> sqlite3.Connection:
    """A copy, in which SQLite may bring log and file together."""
    copy = folder / path.name
    for ending in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copy(f"{path}{ending}", f"{copy}{ending}")
    return _connected(copy.as_uri())


def _with_another_header(path: Path, folder: Path) -> sqlite3.Connection:
    """A copy whose first bytes, which say what the rest is, come from a sound file."""
    return _begun_anew(path, folder, HEADER_BYTES)


def _with_another_first_page(path: Path, folder: Path) -> sqlite3.Connection:
    """A copy whose first page, which says where each table begins, comes from a sound file."""
    return _begun_anew(path, folder, PAGE_BYTES)


def _begun_anew(path: Path, folder: Path, length: int) -> sqlite3.Connection:
    copy, sound = folder / f"from{length}.sqlite3", folder / f"sound{length}.sqlite3"
    with closing(sqlite3.connect(sound)) as made:
        for step in sorted(SCHEMA.glob("*.sql")):
            made.executescript(step.read_text(encoding="utf-8"))
    whole = bytearray(sound.read_bytes()[:length] + path.read_bytes()[length:])
    whole[28:32] = (len(whole) // PAGE_BYTES).to_bytes(4, "big")
    whole[32:40] = bytes(8)  # no page is known to be free
    copy.write_bytes(whole)
    return _connected(copy.as_uri())


_WAYS = (_as_it_is, _copied, _with_another_header, _with_another_first_page)


def _connected(uri: str) -> sqlite3.Connection:
    file = sqlite3.connect(uri, uri=True)
    file.row_factory = sqlite3.Row
    file.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return file


def _unsent(file: sqlite3.Connection) -> tuple[list[Row], bool]:
    replies, replies_whole = _rows(file, "outbox", "seq")
    drafts, drafts_whole = _rows(file, "draft", "number")
    settled = {"confirmed", "cancelled"}
    found = [_reply(row) for row in replies if plain(row["state"]) not in settled]
    notes, notes_whole = (
        _rows(file, "private_note", "number") if _has(file, "private_note") else ((), True)
    )
    marks, marks_whole = _all_of(file, "mark")
    views, views_whole = _all_of(file, "saved_view")
    marked = [_mark(row) for row in marks if row["kind"] in _MARKS]
    is_whole = replies_whole and drafts_whole and notes_whole and marks_whole and views_whole
    found += [*map(_draft, drafts), *map(_note, notes), *marked, *map(_saved_view, views)]
    return found, is_whole


def _has(file: sqlite3.Connection, table: str) -> bool:
    """Whether there is such a table; a file of before has not all of them."""
    query = "SELECT 1 FROM sqlite_schema WHERE name = ?"
    return file.execute(query, (table,)).fetchone() is not None


def _all_of(file: sqlite3.Connection, table: str) -> tuple[list[sqlite3.Row], bool]:
    """The rows of a table, and whether they could be read."""
    if not _has(file, table):
        return [], True
    try:
        return file.execute(f"SELECT * FROM {table}").fetchall(), True  # noqa: S608 our own names
    except sqlite3.Error:
        return [], False


def _saved_view(row: sqlite3.Row) -> Row:
    """Its name, and below it its address."""
    return _said(
        kind=_VIEW,
        state="shared" if row["is_shared"] else "private",
        written_at=plain(row["saved_at"]),
        text=f"{plain(row['name'])}\n/?{plain(row['words'])}",
    )


def _mark(row: sqlite3.Row) -> Row:
    return _said(
        kind=plain(row["kind"]),
        ticket_id=plain(row["ticket_id"]),
        state=plain(row["until"]),
        written_at=plain(row["marked_at"]),
    )


def _reply(row: sqlite3.Row) -> Row:
    status = plain(row["status" if "status" in row.keys() else "order"])  # noqa: SIM118 a Row is no dict
    kind = f"status change: {status}" if status else "reply"
    return _said(
        kind=kind,
        ticket_id=plain(row["ticket_id"]),
        state=plain(row["state"]),
        written_at=plain(row["written_at"]),
        text=plain(row["text"]),
    )


def _draft(row: sqlite3.Row) -> Row:
    is_note = "kind" in row.keys() and plain(row["kind"]) == DraftKind.NOTE  # noqa: SIM118 a Row is no dict
    return _said(
        kind=f"draft of a {_NOTE}" if is_note else "draft",
        ticket_id=plain(row["ticket_id"]),
        written_at=plain(row["saved_at"]),
        text=plain(row["text"]),
    )


def _note(row: sqlite3.Row) -> Row:
    is_on_ticket = plain(row["about"]) == NoteAbout.TICKET
    return _said(
        kind=_NOTE,
        **{"ticket_id" if is_on_ticket else "customer": plain(row["about_key"])},
        written_at=plain(row["written_at"]),
        written_by=plain(row["author_name"]),
        text=plain(row["text"]),
    )


def _said(**told: str) -> Row:
    """A row with nothing where nothing is told."""
    return {name: told.get(name, "") for name in COLUMNS[1:]}


def _rows(file: sqlite3.Connection, table: str, key: str) -> tuple[list[sqlite3.Row], bool]:
    """The rows of a table from its beginning, from its end, and those between one by one."""
    head = list(_from(file, f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT 1", -1))  # noqa: S608 our own names
    if head and head[-1] is None:
        first = next((row[key] for row in reversed(head) if row), -1)
        query = f"SELECT * FROM {table} WHERE {key} < ? ORDER BY {key} DESC LIMIT 1"  # noqa: S608 our own names
        tail = [row for row in _from(file, query, 2**62) if row and row[key] > first]
        last = tail[-1][key] if tail else first + MOST_SKIPPED if first >= 0 else 0
        query = f"SELECT * FROM {table} WHERE {key} = ?"  # noqa: S608 our own names
        between = [_one(file, query, n) for n in range(first + 1, min(last, first + MOST_SKIPPED))]
        return [row for row in (*head, *between, *reversed(tail)) if row], False
    return [row for row in head if row], True


def _from(file: sqlite3.Connection, query: str, place: int) -> Iterator[sqlite3.Row | None]:
    """One row after the other; None in the end where the next cannot be read."""
    while True:
        try:
            row = file.execute(query, (place,)).fetchone()
        except sqlite3.Error:
            yield None
            return
        if row is None:
            return
        yield row
        place = row[0]


def _one(file: sqlite3.Connection, query: str, place: int) -> sqlite3.Row | None:
    with suppress(sqlite3.Error):
        row: sqlite3.Row | None = file.execute(query, (place,)).fetchone()
        return row
    return None


def _write_csv(rows: Iterable[Row], file: Sink) -> None:
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([cell(row[name]) for name in COLUMNS] for row in rows)
