"""A SQLite file behind one writer thread and a few reader threads: the event loop never waits."""

import asyncio
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from app.domain.errors import (
    StoreBusyError,
    StoreClosedError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
)

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

LEAST_SQLITE = (3, 37)
"""what the schemas and queries need: STRICT tables and pragma_table_list are of this version"""
READERS = 3
BUSY_SECONDS = 5.0
LEAST_FREE_BYTES = 100_000

log = logging.getLogger(__name__)


class Database:
    """An open database file; made by `Database.open`.

    A connection that cannot be put in order after its work is let go, and opened anew by the next.

    Raises: StoreDamagedError, StoreFullError, StoreBusyError, StoreError from every method; a
        broken constraint stays sqlite3.IntegrityError, which only the caller understands.
    """

    def __init__(self, path: Path, writer: "_Connection", *, durable: bool) -> None:
        self._path = path
        self._durable = durable
        self._writer: _Connection | None = writer
        self._readers: list[_Connection | None] = [None] * READERS
        self._is_open = True
        self.changes = 0
        """how many writes have been made"""
        self._writing = ThreadPoolExecutor(1, thread_name_prefix=f"{path.stem}-write")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix=f"{path.stem}-read")

    @classmethod
    async def open(cls, path: Path, *, schema: Path, durable: bool = False) -> "Database":
        """Open `path`, made if missing, and bring it to the newest step of `schema`.

        Args:
            schema: a folder of `NNN_name.sql`, each applied once, in order, in a transaction.
            durable: for what exists nowhere else: every commit survives a power cut, else only a
                crash, and damaged text is read with what can be read of it.
        """
        return await asyncio.to_thread(cls._open, path, schema, durable)

    @classmethod
    def _open(cls, path: Path, schema: Path, durable: bool) -> "Database":  # noqa: FBT001 positional through to_thread
        _check_version()
        with _explained(path):
            writer = _connect(path, durable=durable, create=True)
            try:
                if not durable:  # a new file gives back the room of what it lets go of
                    writer.execute("PRAGMA auto_vacuum = FULL")
                _check_journal(writer, path)
                _migrate(writer, path, schema)
                return cls(path, writer, durable=durable)
            except BaseException:
                writer.close()
                raise

    async def read(self, work: Work[T]) -> T:
        """Run `work` in another thread on a consistent view of the file.

        The rows that `work` reads are sqlite3.Row; cancelling the call stops its query.
        """
        self._check_open()
        call = _Reading(work)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reading, self._read, call)
        except asyncio.CancelledError:
            call.give_up()
            raise

    async def write(self, work: Work[T]) -> T:
        """Run `work` in another thread in one transaction; it is not cancelled with the caller.

        The rows that `work` reads are sqlite3.Row; an exception in `work` undoes what it wrote.
        """
        self._check_open()
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._writing, self._write, work))

    async def write_anew(self, *statements: str) -> None:
        """Run `statements`, then write the file and its log anew: nothing that was removed is left.

        Raises: StoreBusyError while a long read keeps the log from being emptied.
        """
        self._check_open()
        loop = asyncio.get_running_loop()
        await asyncio.shield(
            loop.run_in_executor(self._writing, _write_anew, self._path, statements)
        )

    async def close(self) -> None:
        """Finish what was asked for, then let go of the file."""
        self._is_open = False
        await asyncio.to_thread(self._close)

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreClosedError(f"{self._path} has just been closed. Try again in a moment.")

    def _read(self, call: "_Reading[T]") -> T:
        reader = self._readers.pop()
        try:
            with _explained(self._path):
                if reader is None:
                    reader = _connect(self._path, durable=self._durable)
                    reader.execute("PRAGMA query_only = ON")
                return call.run(reader)
        finally:
            self._readers.append(_put_in_order(reader))

    def _write(self, work: Work[T]) -> T:
        try:
            with _explained(self._path):
                if self._writer is None:
                    self._writer = _connect(self._path, durable=self._durable)
                self._writer.execute("BEGIN IMMEDIATE")
                result = work(self._writer)
                self._writer.close_cursors()
                self._writer.execute("COMMIT")
                self.changes += 1
                return result
        finally:
            self._writer = _put_in_order(self._writer)

    def _close(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()
        for connection in (*self._readers, self._writer):
            if connection is not None:
                connection.close()


class _Reading(Generic[T]):
    """One read that can be stopped from another thread while it runs, and never after."""

    def __init__(self, work: Work[T]) -> None:
        self._work = work
        self._guard = threading.Lock()
        self._running: _Connection | None = None
        self._given_up = False

    def run(self, connection: "_Connection") -> T:
        with self._guard:
            if self._given_up:
                raise asyncio.CancelledError
            self._running = connection
        try:
            connection.execute("BEGIN")
            return self._work(connection)
        finally:
            with self._guard:
                self._running = None

    def give_up(self) -> None:
        with self._guard:
            self._given_up = True
            if self._running is not None:
                self._running.give_up()


class _Connection(sqlite3.Connection):
    """Knows its open cursors: while one is, an interrupt goes on to end whatever comes next."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()
        self._is_given_up = False

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return self._opened().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        return self._opened().executemany(sql, parameters)

    def give_up(self) -> None:
        """Stop the statement that runs, and start no other before all is in order again."""
        self._is_given_up = True
        self.interrupt()

    def close_cursors(self) -> None:
        for cursor in list(self._cursors):
            cursor.close()

    def put_in_order(self) -> None:
        """Leave no cursor open and no transaction."""
        self.close_cursors()
        self._is_given_up = False
        if self.in_transaction:
            self.execute("ROLLBACK")

    def _opened(self) -> sqlite3.Cursor:
        if self._is_given_up:
            raise sqlite3.OperationalError("interrupted")
        cursor = self.cursor()
        self._cursors.add(cursor)
        return cursor


def _put_in_order(connection: _Connection | None) -> _Connection | None:
    """The connection as a new one would be; None, and closed, if it cannot be brought there."""
    if connection is None:
        return None
    try:
        connection.put_in_order()
    except sqlite3.Error as error:
        log.warning("a connection to a database is opened anew: %s", error)
        with suppress(sqlite3.Error):
            connection.close()
        return None
    return connection


def _connect(path: Path, *, durable: bool = False, create: bool = False) -> _Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=_Connection,
    )
    connection.row_factory = sqlite3.Row
    if durable:
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        # No mmap: a file cut short by something else would end the process instead of raising.
        for setting in (
            f"synchronous = {'FULL' if durable else 'NORMAL'}",
            "cache_size = -16384",
            "temp_store = MEMORY",
            "journal_size_limit = 16777216",
        ):
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_version() -> None:
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        least = ".".join(map(str, LEAST_SQLITE))
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old: {least} or newer is needed. "
            "Use a Python with a newer one."
        )


def _check_journal(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(
            f"{path.parent} cannot hold the database: it does not support shared memory files. "
            "Choose a data folder on a local disk."
        )


def _migrate(connection: sqlite3.Connection, path: Path, schema: Path) -> None:
    steps = _steps(schema)
    tables = shape(connection)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if tables and version not in range(1, max(steps) + 1):
        version = _step_of(tables, steps) or version
    if version > max(steps):
        raise StoreError(
            f"{path} was written by a newer Ticketdesk (step {version}, this one knows "
            f"{max(steps)}). Update Ticketdesk or choose another data folder."
        )
    if tables and version < 1:
        raise StoreDamagedError(f"{path} is damaged: it does not say what it holds.")
    for number, step in steps.items():
        if number > version:
            _apply(connection, number, step)
    if lacks_a_part(connection, schema):
        raise StoreDamagedError(f"{path} is damaged: a part of it is missing.")


def _steps(schema: Path) -> dict[int, str]:
    files = sorted(schema.glob("[0-9][0-9][0-9]_*.sql"))
    return {int(file.name[:3]): file.read_text(encoding="utf-8") for file in files}


def _write_anew(path: Path, statements: Iterable[str]) -> None:
    # By a connection of its own, which keeps the second copy on the disk and not in memory.
    with (
        _explained(path),
        closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as file,
    ):
        for statement in (*statements, "VACUUM"):
            file.execute(statement).fetchall()
        is_busy, _, _ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise StoreBusyError(f"{path} is being read. Try again in a moment.")


def lacks_a_part(connection: sqlite3.Connection, schema: Path) -> bool:
    """Whether a table, an index or a column of the newest step is missing."""
    steps = _steps(schema)
    return not _shapes(steps)[max(steps)] <= shape(connection)


def shape(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """The tables and indexes of a file, each with its columns."""
    rows = connection.execute(
        "SELECT m.name, group_concat(c.name) FROM sqlite_master AS m"
        " LEFT JOIN pragma_table_info(m.name) AS c WHERE m.name NOT LIKE 'sqlite_stat%' GROUP BY 1"
    )
    return frozenset((name, columns or "") for name, columns in rows)


def faults(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with the structure of a file; nothing about single values."""
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(100)")]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [fault for fault in found if fault != "ok" and not _is_about_values(fault)]


def _is_about_values(fault: str) -> bool:
    return fault.startswith("CHECK constraint failed in ") or " value in " in fault


def _step_of(tables: frozenset[tuple[str, str]], steps: dict[int, str]) -> int | None:
    """The step whose tables these are, for a file that does not know it any more."""
    return next((n for n, made in _shapes(steps).items() if made == tables), None)


def _shapes(steps: dict[int, str]) -> dict[int, frozenset[tuple[str, str]]]:
    """What a file holds after each step."""
    shapes = {}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        for number, step in steps.items():
            empty.executescript(step)
            shapes[number] = shape(empty)
    return shapes


def _apply(connection: sqlite3.Connection, number: int, step: str) -> None:
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{step}\nPRAGMA user_version = {number};\nCOMMIT;"
        )
    except BaseException as error:
        _roll_back(connection)
        if str(error).startswith(("no such module", "no such tokenizer")):
            raise StoreError(
                f"SQLite {sqlite3.sqlite_version} lacks full-text search ({error}). "
                "Use a Python with a newer one."
            ) from error
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


_DAMAGED = (
    *("no such table", "no such column", "no such index", "malformed database schema"),
    *("vtable constructor failed", "Could not decode to UTF-8"),
)
"""What only a damaged file answers to our own queries."""


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if ours := _explain(error, path):
            raise ours from error
        raise
    except UnicodeDecodeError as error:  # SQLite's words for a damaged schema quote what is in it
        raise _damaged(path) from error


def _explain(error: sqlite3.Error, path: Path) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bits only say where
    if str(error).startswith(_DAMAGED):
        code = sqlite3.SQLITE_CORRUPT
    if code == sqlite3.SQLITE_IOERR and _is_full(path):  # SQLite says no more where a file grows
        code = sqlite3.SQLITE_FULL
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return _damaged(path)
        case sqlite3.SQLITE_FULL:
            return StoreFullError(f"{path} cannot be written: the disk is full. Free some space.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return StoreFullError(
                f"{path} cannot be written. Check that its folder exists and may be written to."
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusyError(f"{path} is in use by another program. Close it and try again.")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PROTOCOL:
            return StoreError(f"The disk failed while {path} was in use. Check the disk.")
    return None


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is damaged and cannot be read. Move it away or restore it from a backup."
    )


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES
    except OSError:
        return False
