"""What damage does to the outbox: one entry goes to a person, a file beyond mending is kept."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from app.domain.errors import StoreDamagedError, StoreError
from app.domain.outbox_entry import DeliveryState, Draft, Reply
from app.domain.private_notes import NoteAbout
from app.domain.ticket import Ticket
from app.store.outbox.claims import ClaimStore
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from tests.store.shop import NOON, StillClock

STATES = ("queued", "refused", "uncertain", "accepted", "confirmed", "cancelled")
ROWS = 12


def reply(number: int, **fields: object) -> Reply:
    usual: dict[str, object] = {"entry_id": f"r{number}", "ticket_id": f"tkt_{number}"}
    usual |= {"written_at": NOON, "text": f"Text {number}", "seen": frozenset({"msg_1"})}
    return Reply(**(usual | fields))  # type: ignore[arg-type]  # names are checked by Reply


def left(number: int, state: DeliveryState) -> Reply:
    gone = {"baseline": frozenset({"msg_1"}), "sent_at": NOON, "attempts": 1, "state": state}
    found = {"message_id": f"msg_{number}", "copies": 1} if state is DeliveryState.CONFIRMED else {}
    return reply(number, **gone, **found)


async def filled(path: Path) -> None:
    """A reply in each state, twice, with a draft for each."""
    outbox = await Outbox.open(path, clock=StillClock())
    local = LocalStore(outbox.database, clock=StillClock())
    for number in range(ROWS):
        state = DeliveryState(STATES[number % len(STATES)])
        is_new = state is DeliveryState.QUEUED
        await outbox.enqueue(reply(number) if is_new else left(number, state))
        await local.save_draft(f"tkt_{number}", f"Draft {number}")
    await outbox.close()


def on_disk(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA ignore_check_constraints = ON")
        file.execute(statement, values)


DAMAGE = {
    "a byte that is no letter": "text = CAST(x'48ff69' AS TEXT)",
    "bad JSON": "seen = '[\"msg_1'",
    "JSON of another shape": "seen = '{\"a\": 1}'",
    "no time": "written_at = '2026-03-2'",
    "a time without a zone": "written_at = '2026-03-20T12:00:00'",
    "no state": "state = 'queuee'",
    "no reason to review": "review_reason = 'wrote-agaim'",
    "a count below nothing": "attempts = -3",
    "an id that is none": "entry_id = CAST(x'72ff' AS TEXT)",
    "a ticket that is none": "ticket_id = CAST(x'74ff' AS TEXT)",
    "sent before anything": "state = 'accepted'",
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_entry_that_cannot_be_read_is_for_a_person_and_stops_no_other(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "outbox.sqlite3"
    outbox = await Outbox.open(path, clock=StillClock())
    for number in (1, 2):
        await outbox.enqueue(reply(number))
    on_disk(path, f"UPDATE outbox SET {DAMAGE[damage]} WHERE seq = 1")  # noqa: S608

    sendable, broken = await outbox.sendable(), await outbox.needing_review()

    assert [one.entry_id for one in sendable] == ["r2"]
    assert len(broken) == 1
    assert "damaged on the disk" in (broken[0].reason or "")
    assert isinstance(broken[0], Reply)
    assert broken[0].text in {"Text 1", "H\ufffdi"}
    text = await outbox.take_back(broken[0])
    assert text == broken[0].text
    assert await outbox.needing_review() == ()
    assert [*tmp_path.glob("outbox.damaged-*")]  # noqa: ASYNC240 a look into a folder
    await outbox.close()


async def test_entry_whose_state_is_lost_is_not_said_to_be_unsent(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    await filled(path)
    on_disk(path, "UPDATE outbox SET state = '?' WHERE seq = 1")

    outbox = await Outbox.open(path, clock=StillClock())

    found = await outbox.find("r0")
    assert found is not None
    assert found.state is DeliveryState.UNCONFIRMED
    assert "whether it has left is not known" in (found.reason or "")
    await outbox.close()


@pytest.mark.parametrize("version", [0, -1, 77, 2**31 - 1])
async def test_file_that_forgot_its_version_is_known_by_its_tables(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "outbox.sqlite3"
    await filled(path)
    on_disk(path, f"PRAGMA user_version = {version}")

    outbox = await Outbox.open(path, clock=StillClock())

    assert outbox.database.trouble is None
    assert len(await outbox.sendable()) == 2
    await outbox.close()


async def test_index_that_is_damaged_is_built_anew(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    await filled(path)
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'outbox_unsettled'"
        (page,) = file.execute(query).fetchone()
    with path.open("r+b") as bytes_:
        bytes_.seek(4096 * (page - 1))
        bytes_.write(b"\x00" * 4096)

    outbox = await Outbox.open(path, clock=StillClock())

    assert outbox.database.trouble is None
    assert len(await outbox.pending("tkt_0")) == 1
    await outbox.close()


async def test_file_beyond_mending_is_kept_and_stops_sending_with_a_sentence(
    tmp_path: Path,
) -> None:
    path = tmp_path / "outbox.sqlite3"
    await filled(path)
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 20_000)

    outbox = await Outbox.open(path, clock=StillClock())

    assert await outbox.overlays() == {}
    assert await LocalStore(outbox.database, clock=StillClock()).draft_ids() == frozenset()
    with pytest.raises(StoreDamagedError, match="export --unsent"):
        await outbox.sendable()
    with pytest.raises(StoreDamagedError, match="export --unsent"):
        await outbox.enqueue(reply(1))
    await outbox.close()
    assert path.read_bytes()[16:100] == b"\xff" * 84


async def test_file_that_breaks_while_it_is_open_stops_sending_with_a_sentence(
    tmp_path: Path,
) -> None:
    path = tmp_path / "outbox.sqlite3"
    outbox = await Outbox.open(path, clock=StillClock())
    on_disk(path, "DROP TABLE draft")

    local = LocalStore(outbox.database, clock=StillClock())

    assert await local.draft_ids() == frozenset()
    with pytest.raises(StoreDamagedError, match="is damaged"):
        await local.save_draft("tkt_1", "Words")
    with pytest.raises(StoreDamagedError, match="is damaged"):
        await outbox.sendable()
    await outbox.close()


async def test_draft_setting_claim_and_note_that_are_damaged_are_read_as_far_as_they_go(
    tmp_path: Path,
) -> None:
    path = tmp_path / "outbox.sqlite3"
    outbox = await Outbox.open(path, clock=StillClock())
    local = LocalStore(outbox.database, clock=StillClock())
    await local.save_draft("tkt_1", "Words")
    await local.save_undo_seconds(7)
    claims = ClaimStore(outbox.database, clock=StillClock())
    for user_id in ("ana", "ben"):
        await claims.put(f"tkt_{user_id}", user_id)
    on_disk(path, "UPDATE claim SET user_id = CAST(x'ff' AS TEXT) WHERE user_id = 'ben'")
    on_disk(path, "UPDATE draft SET text = CAST(x'57ff726473' AS TEXT)")
    notes = NoteStore(outbox.database, clock=StillClock())
    await notes.add(NoteAbout.TICKET, "tkt_1", "Paid")
    on_disk(path, "UPDATE private_note SET text = CAST(x'50ff6964' AS TEXT), written_at = '2026'")
    on_disk(path, "UPDATE setting SET value = CAST(x'ff' AS TEXT)")

    (draft,) = await local.drafts("tkt_1")

    assert draft == Draft(number=1, text="W\ufffdrds")
    assert await local.undo_seconds() is None
    assert await claims.claims() == {"tkt_ana": "ana", "tkt_ben": "\ufffd"}
    (note,) = await notes.of(Ticket(id="tkt_1"))
    assert (note.text, note.written_at) == ("P\ufffdid", None)
    await local.save_draft("tkt_1", "Words again", onto=draft)
    assert (await local.drafts("tkt_1"))[0].text == "Words again"
    await outbox.close()


@pytest.mark.parametrize("seed", range(24))
async def test_outbox_with_flipped_bytes_opens_and_answers(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311  # repeatable, nothing secret
    path = tmp_path / "outbox.sqlite3"
    await filled(path)
    flipped = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 3, 10, 100, 400])):
        place = chance.choice([chance.randrange(len(flipped)), chance.randrange(200)])
        flipped[place] ^= 1 << chance.randrange(8)
    path.write_bytes(flipped)
    try:
        outbox = await Outbox.open(path, clock=StillClock(NOON + timedelta(minutes=1)))
    except StoreError as error:
        assert "newer Ticketdesk" in str(error)  # noqa: PT017  # a version nobody else can have
        return
    local = LocalStore(outbox.database, clock=StillClock())

    await outbox.overlays()
    await outbox.bound("tkt_4")
    await local.draft_ids()
    for one in await outbox.unsettled():
        await outbox.find(one.entry_id)
        await local.drafts(one.ticket_id)
    if outbox.database.trouble is None:
        await outbox.enqueue(reply(99))
        assert "r99" in {one.entry_id for one in await outbox.sendable()}
    await outbox.close()
