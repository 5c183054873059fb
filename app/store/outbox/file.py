"""The file of what exists nowhere else: replies on their way, drafts, settings, claims,
marks, saved views.

A damaged file of which everything can be read is written anew, what is wrong in single entries
mended for a person to judge. Of which not, it is kept as it is, neither read nor written to, and
that is said.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from app.domain.clock import Clock
from app.domain.errors import StoreDamagedError, StoreFullError
from app.domain.tasks import carried_out
from app.store.database import Database, faults
from app.store.outbox.mending import Rows, is_sound, put_rows, rows_of

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

SCHEMA = Path(__file__).parent / "schema"


class OutboxFile:
    """The open file; made by `OutboxFile.open`.

    `trouble` says why nothing is saved or sent, None while all is well.

    Raises: as `Database`.
    """

    def __init__(self, path: Path, database: Database, *, clock: Clock) -> None:
        self._path = path
        self._database = database
        self._clock = clock
        self._mending = asyncio.Lock()
        self._stand_in: TemporaryDirectory[str] | None = None
        self._openings = 0
        self.trouble: str | None = None
        self.epoch = 0
        """counts the openings of the file"""

    @classmethod
    async def open(cls, path: Path, *, clock: Clock) -> "OutboxFile":
        """Open the file, made if missing; a damaged one opens too, and says so in `trouble`."""
        try:
            return cls(path, await _sound(path, at=clock.now(), epoch=0), clock=clock)
        except StoreDamagedError:
            folder, nothing = await _nothing()
            file = cls(path, nothing, clock=clock)
            file._stop(folder)
            return file

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a consistent view; a file that is given up reads as an empty one."""
        before = await self._current()
        try:
            return await before.read(work)
        except StoreDamagedError:
            after = await self._mended(before)
        try:
            return await after.read(work)
        except StoreDamagedError:
            return await (await self._given_up(after)).read(work)

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction. Raises: StoreDamagedError once the file is given up."""
        before = await self._current()
        self.check()
        try:
            return await before.write(work)
        except StoreDamagedError:
            after = await self._mended(before)
        self.check()
        return await after.write(work)

    async def write_anew(self) -> None:
        """Write the file anew, so that nothing that was removed is left in it or in memory."""
        file = await self._current()
        self.check()
        self._openings += 1
        await file.write_anew()

    @property
    def changes(self) -> tuple[int, int]:
        """Another value whenever something else may be read."""
        return self._openings, self._database.changes

    async def close(self) -> None:
        """Finish what was asked for, then let go of the file."""
        await (await self._current()).close()
        if self._stand_in is not None:
            await asyncio.to_thread(self._stand_in.cleanup)

    async def _current(self) -> Database:
        async with self._mending:
            return self._database

    def check(self) -> None:
        """Refuse to go on without the file. Raises: StoreDamagedError."""
        if self.trouble:
            raise StoreDamagedError(self.trouble)

    @carried_out
    async def _mended(self, met: Database) -> Database:
        """The file opened anew, which mends it; whoever comes later finds it mended."""
        async with self._mending:
            if self._database is met and not self.trouble:
                await met.close()
                self._openings += 1
                try:
                    now = self._clock.now()
                    self._database = await _sound(self._path, at=now, epoch=self.epoch)
                except StoreDamagedError:
                    folder, self._database = await _nothing()
                    self._stop(folder)
            return self._database

    @carried_out
    async def _given_up(self, met: Database) -> Database:
        """Nothing in place of the file: it was mended and is damaged all the same."""
        async with self._mending:
            if self._database is met and not self.trouble:
                await met.close()
                self._openings += 1
                folder, self._database = await _nothing()
                self._stop(folder)
            return self._database

    def _stop(self, stand_in: TemporaryDirectory[str]) -> None:
        self._stand_in = stand_in
        self.trouble = (
            f"{self._path} is damaged, so no reply is sent and no draft is kept. "
            "`ticketdesk export --unsent` gives out what can still be read; "
            "then move the file away and start again."
        )


async def _sound(path: Path, *, at: datetime, epoch: int) -> Database:
    """The file, opened and mended. Raises: StoreDamagedError when it cannot be mended."""
    async with AsyncExitStack() as undone:
        database = await Database.open(path, schema=SCHEMA, durable=True)
        undone.push_async_callback(database.close)
        if await database.read(lambda c: not faults(c) and is_sound(c)):
            undone.pop_all()
            return database
        rows = await database.read(lambda c: rows_of(c, at=at))
    await asyncio.to_thread(_keep, path, at)
    await _write_anew(path, rows, epoch)
    return await Database.open(path, schema=SCHEMA, durable=True)


async def _write_anew(path: Path, rows: Rows, epoch: int) -> None:
    """Put a new file with these rows in the place of a damaged one."""
    new = path.with_name(f"{path.name}.new")
    await asyncio.to_thread(_remove, new)
    file = await Database.open(new, schema=SCHEMA, durable=True)
    try:
        await file.write(lambda c: put_rows(c, rows, epoch=epoch))
    finally:
        await file.close()
    await asyncio.to_thread(_take_the_place, new, path)


async def _nothing() -> tuple[TemporaryDirectory[str], Database]:
    """An empty file, and the folder to remove after it."""
    folder = TemporaryDirectory(prefix="ticketdesk-", ignore_cleanup_errors=True)
    return folder, await Database.open(Path(folder.name) / "none.sqlite3", schema=SCHEMA)


def _keep(path: Path, at: datetime) -> None:
    """Put a copy of a damaged file beside it, before anything else is done."""
    copy = path.with_name(f"{path.stem}.damaged-{at:%Y%m%dT%H%M%S}{path.suffix}")
    try:
        shutil.copy(path, copy)
        if (log := path.with_name(f"{path.name}-wal")).exists():
            shutil.copy(log, copy.with_name(f"{copy.name}-wal"))
    except OSError as error:
        raise StoreFullError(f"{copy} cannot be written ({error.strerror}).") from None


def _take_the_place(new: Path, path: Path) -> None:
    _remove_logs(path)  # else SQLite would write the damaged file's last changes into the new one
    new.replace(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_logs(path)


def _remove_logs(path: Path) -> None:
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
