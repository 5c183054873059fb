"""Opening a database: quick when it is current, one sentence when it cannot be used."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from app.server.database import DatabaseUnusableError, open_database, writing
from app.server.repository import TicketStore
from tests.server.workbench import SetClock, a_ticket


def test_new_file_gets_every_table(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "new.sqlite3")

    assert set(inspect(engine).get_table_names()) >= {"tickets", "messages", "ticket_counts"}
    engine.dispose()


def test_opened_again_it_holds_what_was_written(
    engine: Engine, store: TicketStore, tmp_path: Path, clock: SetClock
) -> None:
    ticket = a_ticket(store)
    engine.dispose()

    again = open_database(str(tmp_path / "tickets.sqlite3"))

    assert TicketStore(again, now=clock).ticket(ticket.id).data == ticket
    again.dispose()


def test_current_database_is_opened_without_the_migration_tool(
    engine: Engine, tmp_path: Path
) -> None:
    code = (
        "import sys; from app.server.database import open_database;"
        f"open_database({str(tmp_path / 'tickets.sqlite3')!r}); print('alembic' in sys.modules)"
    )

    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"


def test_current_database_is_opened_while_another_writes(engine: Engine, tmp_path: Path) -> None:
    with writing(engine):
        open_database(tmp_path / "tickets.sqlite3").dispose()


def test_files_are_set_up_for_readers_beside_a_writer(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_message_of_no_ticket_is_refused(engine: Engine) -> None:
    statement = text("INSERT INTO messages VALUES ('tkt_none', 1, 'msg_1', 'seller', 'Hi', 0)")

    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(statement)


def test_failed_write_leaves_nothing_behind(engine: Engine, store: TicketStore) -> None:
    def write_and_fail() -> None:
        with writing(engine) as connection:
            connection.execute(text("UPDATE ticket_counts SET tickets = 7"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()

    assert store.stats().total == 0


def test_two_that_open_a_new_file_at_once_both_succeed(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite3"

    with ThreadPoolExecutor(4) as threads:
        engines = list(threads.map(lambda _: open_database(path), range(4)))

    assert len({id(engine) for engine in engines}) == 4
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize(
    "address", ["nowhere://x/y", "postgresql+nodriver://x/y", "mysql+mysqldb://x/y"]
)
def test_address_without_a_driver_is_explained(address: str) -> None:
    with pytest.raises(DatabaseUnusableError, match="The database address is not usable"):
        open_database(address)


def test_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match=r"unable to open .* Check that the place"):
        open_database(tmp_path / "missing" / "tickets.sqlite3")


def test_file_that_is_no_database_is_explained_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear shop, " * 1_000)

    with pytest.raises(DatabaseUnusableError, match="not a database"):
        open_database(path)

    assert path.read_text() == "Dear shop, " * 1_000


def test_file_of_a_newer_version_is_explained_and_not_touched(
    engine: Engine, tmp_path: Path
) -> None:
    engine.dispose()
    path = tmp_path / "tickets.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseUnusableError, match="newer version of Ticketdesk"):
        open_database(path)
