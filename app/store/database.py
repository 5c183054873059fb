"""A SQLite file behind one writer thread and a few reader threads: the event loop never waits."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from app.domain.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

READERS = 3
BUSY_SECONDS = 5.0


class Database:
    """An open database file; made by `Database.open`.

    Errors: StoreDamagedError, StoreFullError, StoreBusyError, StoreError from every method; a
            broken constraint stays sqlite3.IntegrityError, which only the asker understands.
    """

    def __init__(self, path: Path, writer: sqlite3.Connection, readers: list[sqlite3.Connection]):
        self._path = path
        self._writer = writer
        self._readers = readers
        self._is_open = True
        self._writing = ThreadPoolExecutor(1, thread_name_prefix=f"{path.stem}-write")
        self._reading = ThreadPoolExecutor(len(readers), thread_name_prefix=f"{path.stem}-read")

    @classmethod
    async def open(cls, path: Path, *, schema: Path, durable: bool = False) -> "Database":
        """Open `path`, made if missing, and bring it to the newest step of `schema`.

        Shape:  `schema` is a folder of `NNN_name.sql`, each applied once, in order, in a
                transaction; `durable` makes every commit survive a power cut, else only a crash.
        """
        return await asyncio.to_thread(cls._open, path, schema, durable)

    @classmethod
    def _open(cls, path: Path, schema: Path, durable: bool) -> "Database":  # noqa: FBT001 positional through to_thread
        with _explained(path):
            writer = _connect(path, synchronous="FULL" if durable else "NORMAL")
            try:
                _check_journal(writer, path)
                _migrate(writer, path, schema)
                readers = [_connect(path, synchronous="NORMAL") for _ in range(READERS)]
            except BaseException:
                writer.close()
                raise
            for reader in readers:
                reader.execute("PRAGMA query_only = ON")
            return cls(path, writer, readers)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a consistent view of the file; giving up the call stops its query.

        Shape: rows are sqlite3.Row; `work` runs in another thread.
        """
        self._check_open()
        call = _Reading(work)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reading, self._read, call)
        except asyncio.CancelledError:
            call.give_up()
            raise

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction; what was asked for is done also when the asker leaves.

        Shape: rows are sqlite3.Row; `work` runs in another thread; an exception in it undoes it.
        """
        self._check_open()
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._writing, self._write, work))

    async def close(self) -> None:
        """Finish what was asked for, then let go of the file."""
        self._is_open = False
        await asyncio.to_thread(self._close)

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreError(f"{self._path} has just been closed. Try again in a moment.")

    def _read(self, call: "_Reading[T]") -> T:
        connection = self._readers.pop()
        try:
            with _explained(self._path):
                return call.run(connection)
        finally:
            self._readers.append(connection)

    def _write(self, work: Work[T]) -> T:
        with _explained(self._path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                _roll_back(self._writer)
                raise
            return result

    def _close(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()
        for connection in (*self._readers, self._writer):
            connection.close()


class _Reading(Generic[T]):
    """One read that can be stopped from another thread while it runs, and never after."""

    def __init__(self, work: Work[T]) -> None:
        self._work = work
        self._guard = threading.Lock()
        self._running: sqlite3.Connection | None = None
        self._given_up = False

    def run(self, connection: sqlite3.Connection) -> T:
        with self._guard:
            if self._given_up:
                raise asyncio.CancelledError
            self._running = connection
        connection.execute("BEGIN")
        try:
            return self._work(connection)
        finally:
            with self._guard:
                self._running = None
            _roll_back(connection)

    def give_up(self) -> None:
        with self._guard:
            self._given_up = True
            if self._running is not None:
                self._running.interrupt()


def _connect(path: Path, *, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    # No mmap: a file cut short by something else would end the process instead of raising.
    for setting in (
        f"synchronous = {synchronous}",
        "cache_size = -16384",
        "temp_store = MEMORY",
        "journal_size_limit = 16777216",
    ):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _check_journal(connection: sqlite3.Connection, path: Path) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(
            f"{path.parent} cannot hold the database: it does not support shared memory files. "
            "Choose a data folder on a local disk."
        )


def _migrate(connection: sqlite3.Connection, path: Path, schema: Path) -> None:
    steps = {int(file.name[:3]): file for file in sorted(schema.glob("[0-9][0-9][0-9]_*.sql"))}
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > max(steps):
        raise StoreError(
            f"{path} was written by a newer Ticketdesk (step {version}, this one knows "
            f"{max(steps)}). Update Ticketdesk or choose another data folder."
        )
    for number, file in steps.items():
        if number > version:
            _apply(connection, number, file.read_text(encoding="utf-8"))


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


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if ours := _explain(error, path):
            raise ours from error
        raise


def _explain(error: sqlite3.Error, path: Path) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bits only say where
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreDamagedError(
                f"{path} is damaged and cannot be read. Move it away or restore it from a backup."
            )
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
