"""Export: the filter words of the address bar, and cells no spreadsheet runs."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.domain.clock import SystemClock
from app.domain.errors import StoreError
from app.domain.ticket import Status, Ticket, TicketPage, Turn
from app.export import (
    FilterWordError,
    copy_of,
    export_tickets,
    filter_from_words,
    inert,
    write_csv,
    write_json_lines,
)
from app.settings import Settings
from app.store.mirror import Mirror

NOON = datetime(2025, 1, 20, 12, tzinfo=UTC)
TICKET = Ticket(
    id="tkt_1",
    subject="=cmd|' /C calc'!A0",
    status=Status.OPEN,
    turn=Turn.SELLER,
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
        assert line.strip()[:1] not in tuple("=+-@")


def test_csv_keeps_numbers_and_disarms_text() -> None:
    file = io.StringIO()

    assert write_csv([TICKET], file) == 1

    row = next(csv.DictReader(io.StringIO(file.getvalue())))
    assert row["subject"] == "'" + str(TICKET.subject)
    assert row["order_amount"] == "-29.90"
    assert row["updated_at"] == "2025-01-20T12:00:00Z"
    assert row["has_owner_reply"] == "false"
    assert row["closed_at"] == ""


def test_json_lines_keep_everything_as_it_is() -> None:
    file = io.StringIO()

    assert write_json_lines([TICKET, TICKET], file) == 2

    line = json.loads(file.getvalue().splitlines()[1])
    assert line["subject"] == TICKET.subject
    assert line["order_amount"] == "-29.90"
    assert line["closed_at"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("status=open", "turn=seller"),
        ("status=open&turn=seller",),
        ("http://127.0.0.1:8080/?status=open&turn=seller&page=3&ticket=tkt_9",),
    ],
)
def test_words_may_be_single_joined_or_a_whole_address(words: tuple[str, ...]) -> None:
    chosen = filter_from_words(words)

    assert (chosen.status, chosen.turn, chosen.page) == (Status.OPEN, Turn.SELLER, 1)


@pytest.mark.parametrize("word", ["status=opn", "stauts=open", "open", "from=yesterday"])
def test_word_that_chooses_nothing_is_refused_instead_of_exporting_all(word: str) -> None:
    with pytest.raises(FilterWordError, match="is not understood"):
        filter_from_words([word])


@pytest.fixture
async def settings(tmp_path: Path) -> AsyncIterator[Settings]:
    chosen = Settings(data_dir=tmp_path, api_key=SecretStr("sg_live_1"))
    mirror = await Mirror.open(copy_of(chosen), clock=SystemClock())
    tickets = tuple(
        Ticket(id=f"tkt_{n:03}", subject="refund" if n % 2 else "hello", status=Status.OPEN)
        for n in range(60)
    )
    await mirror.apply_page(TicketPage(tickets=tickets, total=60), started=mirror.start())
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
