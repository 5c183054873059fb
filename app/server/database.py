"""Opens the server's database, SQLite by default, and brings its schema up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from app.server.migrations import CURRENT, schema_version, upgrade

_PRAGMAS = (
    "busy_timeout = 15000",
    "journal_mode = WAL",
    # An answered 201 survives a power cut; writes are rare, so the sync is affordable.
    "synchronous = FULL",
    "foreign_keys = ON",
    # A seeded million leaves a large log behind; give the disk back after its checkpoint.
    "journal_size_limit = 67108864",
)


class DatabaseUnusableError(Exception):
    """The database cannot be opened; the message says why and what to do."""


def open_database(database: Path | str) -> Engine:
    """Open the SQLite file at a path, or the database at an SQLAlchemy URL, ready for use.

    Raises: DatabaseUnusableError.
    """
    try:
        engine = _engine(database)
        try:
            _bring_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseUnusableError(
            "The database address is not usable. Give a file path, or an address such as"
            " postgresql+psycopg://user@host/name with its driver installed"
            " (pip install 'ticketdesk[postgresql]')."
        ) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise DatabaseUnusableError(
            f"The ticket database cannot be opened: {reason}. Check that the place exists,"
            " can be written to and has space."
        ) from error
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: it waits for its turn at the start, not in the middle."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def _engine(database: Path | str) -> Engine:
    if isinstance(database, str) and "://" in database:
        url = make_url(database)
    else:
        url = make_url("sqlite://").set(database=str(database))
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, below
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as connection:
        version = schema_version(connection)
    if version == CURRENT:
        return
    if version is not None and version > CURRENT:
        raise DatabaseUnusableError(
            "The ticket database was made by a newer version of Ticketdesk."
            " Update Ticketdesk, or choose another data folder."
        )
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7419)"))
        upgrade(connection)  # does nothing where another process was quicker
