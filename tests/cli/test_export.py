"""Export: the filter words of the address bar, and cells no spreadsheet runs."""

import codecs
import csv
import io
import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.cli.export import (
    FORMS,
    Exported,
    FilterWordError,
    Sink,
    copy_of,
    export_tickets,
    exported,
    filter_from_words,
    matching,
    write_csv,
    write_json_lines,
)
from app.config.settings import Settings
from app.domain.cells import FORMULA, inert
from app.domain.clock import SystemClock
from app.domain.errors import StoreError
from app.domain.signs import is_invisible
from app.domain.ticket import Awaiting, Conversation, Message, Status, Ticket, TicketPage
from app.store.tickets.mirror import TicketMirror
from tests.conventions.tree import ROOT
from tests.doubles.growth import grows_too_fast

NOON = datetime(2025, 1, 20, 12, tzinfo=UTC)
TICKET = Ticket(
    id="tkt_1",
    subject="=cmd|' /C calc'!A0",
    status=Status.OPEN,
    awaiting=Awaiting.SELLER,
    customer_email="pat@example.com",
    order_amount=Decimal("-29.90"),
    order_currency="USD",
    message_count=2,
    has_owner_reply=False,
    updated_at=NOON,
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\u200b=1", "'\u200b=1"),
        ("\uff1d1", "'\uff1d1"),
        *(
            (f"{mark}=1", f"'{mark}=1")
            for mark in "\ufeff\u00ad\u061c\u180e\u200c\u200d\u200e\u200f\u2028\u202a\u202e\u2060"
            "\u2066\u2069\ufe0f\u034f\u3000\u3164\u115f\u2800\x00\x1b\x85\x9b\U000e0020"
        ),
        ("a\n \u200b\u00ad\u202e+1", "a\n' \u200b\u00ad\u202e+1"),
        ("\u2212" + "1", "'\u22121"),
        ("hello\n=1", "hello\n'=1"),
        ("O'Keefe", "O'Keefe"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formula_becomes_text_and_text_stays(text: str, written: str) -> None:
    assert inert(text) == written


@given(st.text())
def test_no_cell_ever_begins_like_a_formula(text: str) -> None:
    for line in re.split(r"[\r\n]", inert(text)):
        shown = [sign for sign in line if not is_invisible(sign)]
        assert not shown or shown[0] not in FORMULA


@pytest.mark.parametrize("piece", [" ", "\u200b", "=", "\n", "\r\n ", "a"])
def test_work_of_disarming_grows_with_the_text_and_no_faster(piece: str) -> None:
    assert not grows_too_fast(inert, piece, size=2_000)


def test_csv_keeps_numbers_and_disarms_text() -> None:
    file = io.StringIO()

    assert write_csv([Exported(TICKET)], file) == 1

    row = next(csv.DictReader(io.StringIO(file.getvalue())))
    assert row["subject"] == "'" + str(TICKET.subject)
    assert row["order_amount"] == "-29.90"
    assert row["updated_at"] == "2025-01-20T12:00:00Z"
    assert row["has_owner_reply"] == "false"
    assert row["closed_at"] == ""


def test_json_lines_keep_everything_as_it_is() -> None:
    file = io.StringIO()

    assert write_json_lines([Exported(TICKET)] * 2, file) == 2

    line = json.loads(file.getvalue().splitlines()[1])
    assert line["subject"] == TICKET.subject
    assert line["order_amount"] == "-29.90"
    assert line["closed_at"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("status=open", "awaiting=seller"),
        ("status=open&turn=seller",),
        ("http://127.0.0.1:8080/?status=open&turn=seller&page=3&ticket=tkt_9",),
    ],
)
def test_words_may_be_single_joined_or_a_whole_address(words: tuple[str, ...]) -> None:
    chosen = filter_from_words(words)

    assert (chosen.status, chosen.awaiting, chosen.page) == (Status.OPEN, Awaiting.SELLER, 1)


@pytest.mark.parametrize("word", ["status=opn", "stauts=open", "open", "from=yesterday"])
def test_word_that_chooses_nothing_is_refused_instead_of_exporting_all(word: str) -> None:
    with pytest.raises(FilterWordError, match="is not understood"):
        filter_from_words([word])


@pytest.fixture
async def settings(tmp_path: Path) -> AsyncIterator[Settings]:
    chosen = Settings(data_dir=tmp_path, api_key=SecretStr("sg_live_1"))
    mirror = await TicketMirror.open(copy_of(chosen), clock=SystemClock())
    tickets = tuple(
        Ticket(id=f"tkt_{n:03}", subject="refund" if n % 2 else "hello", status=Status.OPEN)
        for n in range(60)
    )
    await mirror.apply_page(TicketPage(tickets=tickets, total=60), started=mirror.request_number())
    yield chosen
    await mirror.close()


async def test_export_writes_every_page_while_the_desk_holds_the_copy(
    settings: Settings, tmp_path: Path
) -> None:
    export_tickets(settings, [], form="jsonl", output=str(tmp_path / "all"))
    export_tickets(settings, ["q=refund"], form="csv", output=str(tmp_path / "some"))

    assert len((tmp_path / "all").read_text().splitlines()) == 60
    assert len((tmp_path / "some").read_text(encoding="utf-8-sig").splitlines()) == 31


async def test_export_without_a_copy_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Start `ticketdesk` once"):
        export_tickets(Settings(data_dir=tmp_path), [], form="csv", output=None)


async def test_file_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        export_tickets(settings, [], form="csv", output=str(tmp_path / "no" / "where"))


SAID = Message(
    id="msg_1", sender="customer", text="Hi \x1b]0;owned\x07 \u202e\n=1", created_at=NOON
)
HOSTILE = Ticket(
    id="tkt_1",
    subject="Łódź \x1b[2J\x9b31m \u202eevil 日本 \u200b",
    product_name="Ünï\u0085 👍",
    status=Status.OPEN,
    updated_at=NOON,
)


@pytest.fixture
async def hostile(tmp_path: Path) -> Path:
    """A data folder whose copy holds one ticket that nobody would like to print."""
    mirror = await TicketMirror.open(
        copy_of(Settings(data_dir=tmp_path, api_key=SecretStr("sg_live_1"))), clock=SystemClock()
    )
    read = Conversation(ticket=HOSTILE, messages=(SAID,))
    await mirror.apply_conversation(read, started=mirror.request_number())
    await mirror.close()
    return tmp_path


def run(folder: Path, *words: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("TICKETDESK_")
    }
    environ |= {"TICKETDESK_API_KEY": "sg_live_1", "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "app", *words],
        cwd=folder,
        env=environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii", "cp932"])
def test_redirected_export_is_utf8_whatever_the_terminal_is(hostile: Path, encoding: str) -> None:
    done = run(hostile, "export", "--data-dir", ".", encoding=encoding)

    assert (done.returncode, done.stderr) == (0, b"1 tickets, as the local copy holds them.\n")
    assert done.stdout.startswith(codecs.BOM_UTF8)
    row = next(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))
    assert row["subject"] == "Łódź \\x1b[2J\\x9b31m \u202eevil 日本 \u200b"
    assert done.stdout.endswith(b"\r\n")


def test_json_lines_hold_every_sign_and_no_control(hostile: Path) -> None:
    done = run(hostile, "export", "--data-dir", ".", "--format", "jsonl", "--messages")

    line = json.loads(done.stdout)
    assert (line["subject"], line["product_name"]) == (HOSTILE.subject, HOSTILE.product_name)
    assert line["messages"] == [
        {
            "id": "msg_1",
            "sender": "customer",
            "text": SAID.text,
            "created_at": "2025-01-20T12:00:00Z",
        }
    ]
    assert done.stdout.count(b"\n") == 1
    assert "Łódź" in done.stdout.decode()
    assert not set("\x1b\x9b\x07\u202e\u200b\x85") & set(done.stdout.decode())


def test_messages_in_csv_are_refused_with_the_remedy(hostile: Path) -> None:
    done = run(hostile, "export", "--data-dir", ".", "--messages")

    assert done.returncode == 1
    assert done.stderr == (
        b"ticketdesk: Messages are written in JSON lines only: add --format jsonl.\n"
    )


def test_terminal_shows_what_would_act_on_it(hostile: Path) -> None:
    ours, theirs = pty.openpty()
    environ = dict(os.environ) | {"TICKETDESK_API_KEY": "sg_live_1", "PYTHONPATH": str(ROOT)}
    subprocess.run(  # our own command
        [sys.executable, "-m", "app", "export", "--data-dir", "."],
        cwd=hostile, env=environ, stdout=theirs, stderr=subprocess.DEVNULL, check=True, timeout=60,
    )  # fmt: skip
    os.close(theirs)

    shown = os.read(ours, 10_000)
    os.close(ours)

    assert b"\\x1b[2J\\x9b31m \\u202eevil" in shown
    assert not set(b"\x1b\x07") & set(shown)
    assert b"\xc2\x9b" not in shown


def test_reader_that_has_read_enough_ends_the_export_quietly(hostile: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(  # our own command
        [sys.executable, "-m", "app", "export", "--data-dir", "."],
        cwd=hostile,
        env=dict(os.environ) | {"TICKETDESK_API_KEY": "sg_live_1", "PYTHONPATH": str(ROOT)},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_commands_print_names_the_terminal_has_no_letters_for(
    tmp_path: Path, encoding: str
) -> None:
    folder = tmp_path / "Łódź"

    seeded = run(tmp_path, "seed", "--data-dir", str(folder), "--tickets", "5", encoding=encoding)
    checked = run(tmp_path, "doctor", "--data-dir", str(folder), encoding=encoding)

    assert (seeded.returncode, checked.returncode) in {(0, 0), (0, 1)}
    assert b"5 tickets in" in seeded.stdout
    assert b"Filling the store with 5 tickets" in seeded.stderr
    assert b"data folder       ok" in checked.stdout
    assert b"fault of its own" not in seeded.stderr + checked.stderr


async def test_file_takes_the_place_of_the_old_one_once_it_is_whole(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "out"
    place.mkdir()
    file = place / "tickets.csv"
    file.write_text("of yesterday")

    def broken(tickets: Iterable[Exported], sink: Sink) -> int:
        sink.write("half")
        raise KeyboardInterrupt

    monkeypatch.setitem(FORMS, "csv", broken)
    with pytest.raises(KeyboardInterrupt):
        export_tickets(settings, [], form="csv", output=str(file))
    monkeypatch.undo()
    assert [path.read_text() for path in place.iterdir()] == ["of yesterday"]

    export_tickets(settings, [], form="csv", output=str(file))
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 61
    assert list(place.iterdir()) == [file]


async def test_export_is_in_the_order_that_was_asked_for(
    settings: Settings, tmp_path: Path
) -> None:
    for words in (["sort=subject"], ["q=refund", "sort=subject"], ["status=open", "q=tkt"]):
        export_tickets(settings, words, form="jsonl", output=str(tmp_path / "all"))

        lines = [json.loads(line) for line in (tmp_path / "all").read_text().splitlines()]
        assert len({line["id"] for line in lines}) == (30 if "q=refund" in words else 60)
        if "sort=subject" in words:
            assert [line["subject"] for line in lines] == sorted(line["subject"] for line in lines)


async def test_damaged_copy_is_one_sentence(hostile: Path) -> None:
    settings = Settings(data_dir=hostile, api_key=SecretStr("sg_live_1"))
    copy_of(settings).write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)

    with pytest.raises(StoreError, match="The local copy cannot be read"):
        export_tickets(settings, [], form="csv", output=str(hostile / "x"))
    assert not (hostile / "x").exists()


async def _steps(folder: Path, size: int) -> int:
    """Hundreds of steps that the database takes for an export of so many tickets."""
    chosen = Settings(data_dir=folder, api_key=SecretStr("sg_live_1"))
    mirror = await TicketMirror.open(copy_of(chosen), clock=SystemClock())
    tickets = tuple(Ticket(id=f"tkt_{n:04}", updated_at=NOON) for n in range(size))
    await mirror.apply_page(
        TicketPage(tickets=tickets, total=size), started=mirror.request_number()
    )
    await mirror.close()
    steps = count()
    with closing(sqlite3.connect(copy_of(chosen))) as copy:
        copy.set_progress_handler(lambda: next(steps) < 0, 100)
        numbers = matching(copy, filter_from_words([]))
        assert len(list(exported(copy, numbers, messages=False))) == size
    return next(steps)


async def test_work_of_an_export_grows_with_the_shop_and_no_faster(tmp_path: Path) -> None:
    small, large = await _steps(tmp_path / "a", 200), await _steps(tmp_path / "b", 1_600)

    assert large < 12 * small
