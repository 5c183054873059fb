"""`ticketdesk export --unsent`: words that exist only here leave also a damaged file."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.commands import cli
from app.cli.unsent import unsent_in
from app.domain.errors import StoreError
from app.domain.marks import Mark, MarkKind
from app.domain.outbox_entry import DraftKind, Reply
from app.domain.private_notes import NoteAbout
from app.domain.saved_views import SavedView
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from tests.store.shop import NOON, StillClock

DRAFTS = 60
PAGE = 4096


async def filled(path: Path) -> Outbox:
    """An outbox with two replies, one taken back, and drafts that fill several pages."""
    path.parent.mkdir(parents=True)
    outbox = await Outbox.open(path, clock=StillClock())
    for id_ in ("r1", "r2"):
        await outbox.enqueue(Reply(entry_id=id_, ticket_id="tkt_1", written_at=NOON, text=id_))
    kept = await outbox.find("r2")
    assert kept is not None
    await outbox.take_back(kept)
    local = LocalStore(outbox.database, clock=StillClock())
    for number in range(DRAFTS):
        await local.save_draft(f"tkt_d{number}", f"Draft {number}: " + "more words " * 80)
    return outbox


def asked(tmp_path: Path, *words: str) -> list[dict[str, str]]:
    given = ["export", "--unsent", "--data-dir", str(tmp_path), "--format", "jsonl", *words]
    outcome = CliRunner().invoke(cli, given, catch_exceptions=False)
    return [json.loads(line) for line in outcome.stdout.splitlines()]


async def test_unsent_words_are_given_out_beside_a_running_desk(tmp_path: Path) -> None:
    outbox = await filled(tmp_path / "stores" / "one" / "outbox.sqlite3")

    rows = asked(tmp_path)

    assert [row["text"] for row in rows if row["kind"] == "reply"] == ["r1"]
    assert len([row for row in rows if row["kind"] == "draft"]) == DRAFTS + 1  # r2 came back
    assert {row["shop"] for row in rows} == {"address not known (one)"}
    await outbox.close()


async def test_what_is_snoozed_and_pinned_is_given_out_as_well(tmp_path: Path) -> None:
    outbox = await filled(tmp_path / "stores" / "one" / "outbox.sqlite3")
    local = LocalStore(outbox.database, clock=StillClock())
    await local.save_mark(MarkKind.SNOOZED, "tkt_1", Mark(messages=2, until=NOON), author="ana")
    await local.save_mark(MarkKind.PINNED, "tkt_2", Mark())
    await local.save_mark(MarkKind.SEEN, "tkt_3", Mark(messages=1))

    rows = {row["kind"]: row for row in asked(tmp_path)}

    assert (rows["snoozed"]["ticket_id"], rows["snoozed"]["state"]) == ("tkt_1", NOON.isoformat())
    assert rows["pinned"]["ticket_id"] == "tkt_2"
    assert "seen" not in rows
    await outbox.close()


async def test_private_notes_are_given_out_with_whom_and_what_they_are_about(
    tmp_path: Path,
) -> None:
    outbox = await filled(tmp_path / "stores" / "one" / "outbox.sqlite3")
    notes = NoteStore(outbox.database, clock=StillClock())
    ticket, customer = NoteAbout.TICKET, NoteAbout.CUSTOMER
    await notes.add(ticket, "tkt_1", "Paid twice.", author="u1", author_name="Ben")
    await notes.add(customer, "Ana@Example.com", "Always polite.")
    local = LocalStore(outbox.database, clock=StillClock())
    await local.save_draft("tkt_1", "Not added", kind=DraftKind.NOTE)

    rows = asked(tmp_path)

    on_ticket, on_customer = [row for row in rows if row["kind"] == "private note"]
    assert (on_ticket["ticket_id"], on_ticket["customer"]) == ("tkt_1", "")
    assert (on_ticket["written_by"], on_ticket["text"]) == ("Ben", "Paid twice.")
    assert (on_customer["ticket_id"], on_customer["customer"]) == ("", "ana@example.com")
    assert [r["text"] for r in rows if r["kind"] == "draft of a private note"] == ["Not added"]
    await outbox.close()


async def test_saved_views_are_given_out_with_their_name_and_address(tmp_path: Path) -> None:
    outbox = await filled(tmp_path / "stores" / "one" / "outbox.sqlite3")
    view = SavedView(view_id="v1", author="ana", name="Refunds", words="q=refund", is_shared=True)
    await LocalStore(outbox.database, clock=StillClock()).views.add(view)

    (row,) = [row for row in asked(tmp_path) if row["kind"] == "saved view"]

    assert (row["text"], row["state"]) == ("Refunds\n/?q=refund", "shared")
    await outbox.close()


async def test_unsent_words_as_csv_begin_with_the_mark_of_their_alphabet(tmp_path: Path) -> None:
    outbox = await filled(tmp_path / "stores" / "one" / "outbox.sqlite3")
    await outbox.close()
    output = tmp_path / "unsent.csv"

    asked(tmp_path, "--format", "csv", "--output", str(output))

    assert output.read_text(encoding="utf-8").startswith('\ufeff"shop","kind","ticket_id"')


async def test_words_on_both_sides_of_the_damage_are_given_out(tmp_path: Path) -> None:
    path = tmp_path / "one" / "outbox.sqlite3"
    outbox = await filled(path)
    await outbox.close()
    damage(path, at=text_page(path, "Draft 30:"))

    rows, is_whole = unsent_in(path)

    told = {row["text"].split(":")[0] for row in rows}
    assert not is_whole
    assert {"r1", "Draft 1", f"Draft {DRAFTS - 1}"} <= told
    assert "Draft 30" not in told
    assert len(told) > DRAFTS - 10


@pytest.mark.parametrize("length", [16, 100, 3000, PAGE])
async def test_words_behind_a_lost_beginning_are_given_out(tmp_path: Path, length: int) -> None:
    path = tmp_path / "one" / "outbox.sqlite3"
    outbox = await filled(path)
    await outbox.close()
    with path.open("r+b") as file:
        file.write(b"\xff" * length)

    rows, is_whole = unsent_in(path)

    assert is_whole
    assert len(rows) == DRAFTS + 2


async def test_file_of_which_nothing_is_left_is_named_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "stores" / "one" / "outbox.sqlite3"
    path.parent.mkdir(parents=True)
    path.write_bytes(os.urandom(20_000))

    with pytest.raises(StoreError, match=r"outbox\.sqlite3 is damaged"):
        asked(tmp_path)


def text_page(path: Path, words: str) -> int:
    return path.read_bytes().index(words.encode()) // PAGE


def damage(path: Path, *, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at * PAGE)
        file.write(b"\xff" * PAGE)
    with closing(sqlite3.connect(path)) as file_, pytest.raises(sqlite3.DatabaseError):
        file_.execute("SELECT count(text) FROM draft WHERE text LIKE '%zzz%'").fetchone()
