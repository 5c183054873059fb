"""One file, one writer, a few readers, and every sqlite3 error as a sentence."""

import asyncio
import os
import re
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.domain.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError
from app.store.database import LEAST_SQLITE, READERS, Database

FIRST = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT UNIQUE) ;"
MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 99) SELECT i FROM n"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "001_note.sql").write_text(FIRST)
    return folder


@pytest.fixture
async def database(tmp_path: Path, schema: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "desk.sqlite3", schema=schema)
    yield opened
    await opened.close()


async def add(database: Database, text: str) -> None:
    await database.write(lambda c: c.execute("INSERT INTO note (text) VALUES (?)", (text,)))


async def texts(database: Database) -> list[str]:
    return await database.read(
        lambda c: [row["text"] for row in c.execute("SELECT text FROM note ORDER BY id")]
    )


async def test_read_sees_what_a_finished_write_stored(database: Database) -> None:
    await add(database, "one")

    assert await texts(database) == ["one"]


async def test_write_is_undone_when_its_work_raises(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO note (text) VALUES ('half')")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(half)

    assert await texts(database) == []


async def test_write_leaves_a_broken_constraint_to_the_asker(database: Database) -> None:
    await add(database, "one")

    with pytest.raises(sqlite3.IntegrityError):
        await add(database, "one")


async def test_read_cannot_write(database: Database) -> None:
    with pytest.raises(StoreFullError):
        await database.read(lambda c: c.execute("DELETE FROM note"))


async def test_reads_run_beside_a_long_read(database: Database) -> None:
    busy, done = threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        busy.set()
        done.wait(10)

    long = asyncio.create_task(database.read(slow))
    await asyncio.to_thread(busy.wait, 10)

    assert await texts(database) == []
    done.set()
    await long


async def test_read_that_is_given_up_stops_its_query(database: Database) -> None:
    for _ in range(2 * READERS):
        reading = asyncio.create_task(database.read(lambda c: c.execute(ENDLESS).fetchone()))
        await asyncio.sleep(0.02)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    assert await asyncio.wait_for(texts(database), 10) == []


async def test_reader_given_up_with_a_cursor_open_comes_back_whole(database: Database) -> None:
    def half_read(connection: sqlite3.Connection) -> None:
        rows = connection.execute(MANY)
        next(rows)
        reading.set()
        connection.execute(ENDLESS).fetchone()
        next(rows)

    for _ in range(2 * READERS):
        reading = threading.Event()
        call = asyncio.create_task(database.read(half_read))
        await asyncio.to_thread(reading.wait, 10)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    assert await asyncio.gather(*[texts(database) for _ in range(2 * READERS)]) == [[]] * (
        2 * READERS
    )


async def test_read_given_up_between_two_queries_starts_no_other(database: Database) -> None:
    reading, given_up, ended = threading.Event(), threading.Event(), threading.Event()
    started: list[sqlite3.Cursor] = []

    def in_two_parts(connection: sqlite3.Connection) -> None:
        reading.set()
        given_up.wait(10)
        try:
            started.append(connection.execute("SELECT text FROM note"))
        finally:
            ended.set()

    call = asyncio.create_task(database.read(in_two_parts))
    await asyncio.to_thread(reading.wait, 10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    given_up.set()
    await asyncio.to_thread(ended.wait, 10)

    assert started == []
    assert await texts(database) == []


async def test_reader_that_cannot_be_put_in_order_is_opened_anew(database: Database) -> None:
    for _ in range(2 * READERS):
        await database.read(lambda c: c.close())

    assert await asyncio.gather(*[texts(database) for _ in range(READERS)]) == [[]] * READERS


async def test_writer_that_cannot_be_put_in_order_is_opened_anew(database: Database) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        await database.write(lambda c: c.close())
    await add(database, "after")

    assert await texts(database) == ["after"]


async def test_write_ends_what_its_work_left_half_read(database: Database) -> None:
    await add(database, "one")
    more = "INSERT INTO note (text) VALUES ('two'), ('three') RETURNING text"
    left = await database.write(lambda c: (c.execute(more), c.execute(MANY)))

    assert len(left) == 2
    assert await texts(database) == ["one", "two", "three"]


async def test_write_is_carried_out_when_the_asker_leaves(database: Database) -> None:
    writing = asyncio.create_task(add(database, "kept"))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await add(database, "after")

    assert await texts(database) == ["kept", "after"]


async def test_open_applies_only_the_steps_that_are_missing(tmp_path: Path, schema: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    first = await Database.open(path, schema=schema)
    await add(first, "old")
    await first.close()
    (schema / "002_colour.sql").write_text("ALTER TABLE note ADD COLUMN colour TEXT;")

    second = await Database.open(path, schema=schema)

    row = await second.read(lambda c: dict(c.execute("SELECT * FROM note").fetchone()))
    assert row == {"id": 1, "text": "old", "colour": None}
    await second.close()


async def test_open_undoes_a_step_that_fails_half_way(tmp_path: Path, schema: Path) -> None:
    (schema / "002_bad.sql").write_text("CREATE TABLE half (id); CREATE TABLE note (id);")
    with pytest.raises(sqlite3.OperationalError):
        await Database.open(tmp_path / "desk.sqlite3", schema=schema)
    (schema / "002_bad.sql").write_text("CREATE TABLE half (id);")

    database = await Database.open(tmp_path / "desk.sqlite3", schema=schema)

    await database.close()


async def test_open_says_that_sqlite_lacks_full_text_search(tmp_path: Path, schema: Path) -> None:
    (schema / "002_words.sql").write_text("CREATE VIRTUAL TABLE words USING fts99(text);")

    with pytest.raises(StoreError, match="lacks full-text search"):
        await Database.open(tmp_path / "desk.sqlite3", schema=schema)


async def test_open_refuses_a_file_of_a_newer_version(tmp_path: Path, schema: Path) -> None:
    (schema / "002_later.sql").write_text("CREATE TABLE later (id);")
    await (await Database.open(tmp_path / "desk.sqlite3", schema=schema)).close()
    (schema / "002_later.sql").unlink()

    with pytest.raises(StoreError, match="newer Ticketdesk"):
        await Database.open(tmp_path / "desk.sqlite3", schema=schema)


async def test_open_says_that_a_file_is_damaged(tmp_path: Path, schema: Path) -> None:
    (tmp_path / "desk.sqlite3").write_bytes(os.urandom(8192))

    with pytest.raises(StoreDamagedError, match="damaged"):
        await Database.open(tmp_path / "desk.sqlite3", schema=schema)


async def test_damage_that_sqlite_quotes_in_no_encoding_is_told_as_damage(
    tmp_path: Path, schema: Path
) -> None:
    path = tmp_path / "desk.sqlite3"
    await (await Database.open(path, schema=schema)).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_schema SET name = CAST(x'c1' AS TEXT), sql = 'CREATE TABLE ('")
        file.commit()

    with pytest.raises(StoreDamagedError, match="damaged"):
        await Database.open(path, schema=schema)


async def test_open_says_that_a_folder_is_missing(tmp_path: Path, schema: Path) -> None:
    with pytest.raises(StoreFullError, match="cannot be written"):
        await Database.open(tmp_path / "nowhere" / "desk.sqlite3", schema=schema)


async def test_write_says_that_the_disk_is_full(database: Database) -> None:
    await database.write(lambda c: c.execute("PRAGMA max_page_count = 12"))

    with pytest.raises(StoreFullError, match="full"):
        await add(database, "x" * 100_000)
    assert await texts(database) == []


@pytest.mark.parametrize(("free", "words"), [(50_000, "disk is full"), (10**9, "Check the disk")])
async def test_disk_error_is_told_as_a_full_disk_where_it_is_full(
    database: Database, monkeypatch: pytest.MonkeyPatch, free: int, words: str
) -> None:
    def fail(_: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
        raise error

    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))

    with pytest.raises(StoreError, match=words):
        await database.write(fail)


async def test_write_says_that_another_program_holds_the_file(
    database: Database, tmp_path: Path
) -> None:
    await database.write(lambda c: c.execute("PRAGMA busy_timeout = 0"))
    other = sqlite3.connect(tmp_path / "desk.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusyError, match="in use"):
        await add(database, "one")
    other.close()


async def test_commit_survives_only_a_crash_unless_it_is_durable(
    tmp_path: Path, schema: Path
) -> None:
    levels = []
    for durable in (False, True):
        database = await Database.open(
            tmp_path / f"{durable}.sqlite3", schema=schema, durable=durable
        )
        levels.append(await database.write(lambda c: c.execute("PRAGMA synchronous").fetchone()[0]))
        await database.close()

    assert levels == [1, 2]


async def test_room_of_what_is_let_go_of_is_given_back(database: Database, tmp_path: Path) -> None:
    def free_pages(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA freelist_count").fetchone()[0])

    for number in range(50):
        await add(database, f"{number}{'long ' * 20_000}")
    await database.write(lambda c: c.execute("DELETE FROM note WHERE id > 1"))

    assert await database.read(free_pages) == 0
    await database.close()
    assert (tmp_path / "desk.sqlite3").stat().st_size < 1_000_000


NEWER_WORDS = {
    r"\)\s*STRICT\b": (3, 37),
    "pragma_table_list": (3, 37),
    r"\bRETURNING\b": (3, 35),
    r"->>|\bunixepoch\(": (3, 38),
    r"\bIS (NOT )?DISTINCT FROM\b|\b(RIGHT|FULL) JOIN\b": (3, 39),
    "contentless_delete": (3, 43),
    r"\b(concat|concat_ws|string_agg|octet_length)\(": (3, 44),
}
"""of SQL, each with the version that brought it"""


def test_least_sqlite_is_what_the_schemas_and_queries_need() -> None:
    store = Path(__file__).parents[2] / "app" / "store"
    written = "".join(path.read_text() for path in (*store.rglob("*.sql"), *store.rglob("*.py")))

    assert max(v for word, v in NEWER_WORDS.items() if re.search(word, written)) == LEAST_SQLITE


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_file_written_anew_while_it_is_open_holds_nothing_that_was_removed(
    database: Database, tmp_path: Path
) -> None:
    for number in range(300):
        await add(database, f"Kingfisher {number} {'x' * 300}")
    await asyncio.gather(*(texts(database) for _ in range(READERS)))
    await database.write(lambda c: c.execute("DELETE FROM note"))
    assert b"Kingfisher" in bytes_of(tmp_path)

    await database.write_anew()

    assert b"Kingfisher" not in bytes_of(tmp_path)
    await add(database, "later")
    assert await texts(database) == ["later"]


async def test_file_that_is_read_for_long_is_not_said_to_be_written_anew(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.database.BUSY_SECONDS", 0.01)
    await add(database, "one")
    with closing(sqlite3.connect(tmp_path / "desk.sqlite3")) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM note").fetchall()

        with pytest.raises(StoreBusyError, match="Try again"):
            await database.write_anew()
