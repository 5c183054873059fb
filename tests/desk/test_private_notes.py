"""Private notes: durable before anybody sees them, their author's to remove, and never sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.desk.activity import ActivityLog
from app.desk.private_notes import PrivateNotes
from app.domain.accounts import Role
from app.domain.errors import NotAllowedError, PrivateNoteError
from app.domain.filters import TicketFilter
from app.domain.outbox_entry import DraftKind
from app.domain.private_notes import LONGEST_NOTE, MOST_NOTES, NoteAbout, note_text
from app.domain.signals import Changes
from app.domain.ticket import Ticket
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.doubles.bench import Bench
from tests.doubles.doors import Doors, open_doors
from tests.store.shop import ticket

MINE = Ticket(id="tkt_1", customer_email="Ana.Customer@example.com")
THEIR_OTHER = Ticket(id="tkt_2", customer_email=" ana.customer@EXAMPLE.com ")
OTHER = Ticket(id="tkt_3", customer_email="ben.customer@example.com")


@pytest.fixture
async def doors(tmp_path: Path, bench: Bench) -> AsyncIterator[Doors]:
    """Ana is the owner, Ben and Cleo are sellers, Dora is a reader."""
    async with open_doors(tmp_path, bench.clock) as opened:
        for name in ("Ana", "Ben", "Cleo", "Dora"):
            await opened.add(name)
        await opened.users.set_role(await opened.users.named("Dora"), Role.READER, by="Ana")
        await opened.sign_ins.look()
        yield opened


@pytest.fixture
def store(bench: Bench) -> NoteStore:
    return NoteStore(bench.outbox.database, clock=bench.clock)


@pytest.fixture
def activity(bench: Bench, doors: Doors) -> ActivityLog:
    return ActivityLog(doors.accounts, clock=bench.clock)


@pytest.fixture
def notes(bench: Bench, store: NoteStore, activity: ActivityLog) -> PrivateNotes:
    return PrivateNotes(store, changes=bench.changes, activity=activity)


async def texts(store: NoteStore, ticket: Ticket = MINE) -> list[str]:
    return [note.text for note in await store.of(ticket)]


async def test_note_says_who_wrote_it_and_when_and_survives_a_restart(
    bench: Bench, notes: PrivateNotes, doors: Doors
) -> None:
    ben = await doors.session("Ben")
    await notes.by(ben).add("tkt_1", "Paid twice.")
    await bench.outbox.close()

    bench.outbox = await Outbox.open(bench.path, clock=bench.clock)

    [kept] = await NoteStore(bench.outbox.database, clock=bench.clock).of(MINE)
    assert (kept.text, kept.about) == ("Paid twice.", NoteAbout.TICKET)
    assert (kept.author, kept.author_name) == (ben.user.user_id, "Ben")
    assert kept.written_at == bench.clock.now()


async def test_note_is_kept_before_the_others_are_told_and_they_are_told_no_word_of_it(
    bench: Bench, notes: PrivateNotes, store: NoteStore
) -> None:
    held: list[int] = []
    bench.changes.subscribe(lambda _: held.append(bench.outbox.database.changes[1]))
    before = bench.outbox.database.changes[1]

    await notes.add("tkt_1", "Paid twice.")

    assert bench.told[-1] == Changes(private_notes=True)
    assert held[-1] > before
    assert await texts(store) == ["Paid twice."]


async def test_note_on_a_customer_stands_in_each_of_their_tickets_and_in_no_other(
    notes: PrivateNotes, store: NoteStore
) -> None:
    await notes.add("tkt_1", "Always polite.", customer=MINE.customer_email or "")
    await notes.add("tkt_1", "Paid twice.")

    counts = await store.counts()

    assert await texts(store) == ["Always polite.", "Paid twice."]
    assert await texts(store, THEIR_OTHER) == ["Always polite."]
    assert await texts(store, OTHER) == []
    assert [counts.of(ticket) for ticket in (MINE, THEIR_OTHER, OTHER)] == [2, 1, 0]


async def test_ticket_without_a_customer_has_its_own_notes_alone(
    notes: PrivateNotes, store: NoteStore
) -> None:
    await notes.add("tkt_9", "Who is this?")

    assert await texts(store, Ticket(id="tkt_9")) == ["Who is this?"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" \n\u200b ", "is empty"),
        ("x" * (LONGEST_NOTE + 1), "has 20,001 characters, the limit is 20,000"),
        ("x" * 100_000, "has 100,000 characters"),
    ],
)
async def test_note_that_is_blank_or_too_long_gets_one_sentence_and_keeps_its_draft(
    bench: Bench, notes: PrivateNotes, store: NoteStore, text: str, says: str
) -> None:
    draft = (await bench.local.save_draft("tkt_1", "Begun", kind=DraftKind.NOTE)).draft

    with pytest.raises(PrivateNoteError, match=says) as raised:
        await notes.add("tkt_1", text, draft=draft)

    assert "\n" not in str(raised.value)
    assert await texts(store) == []
    assert await bench.local.drafts("tkt_1", kind=DraftKind.NOTE) == (draft,)


def test_halves_of_characters_are_mended_as_in_a_reply() -> None:
    assert note_text("Hi \ud83d\ude00 \ud83d") == "Hi \U0001f600 \ufffd"


async def test_more_notes_than_one_can_read_are_refused(
    notes: PrivateNotes, store: NoteStore
) -> None:
    for number in range(MOST_NOTES):
        await store.add(NoteAbout.TICKET, "tkt_1", f"Note {number}")

    with pytest.raises(PrivateNoteError, match="This ticket has 100 private notes"):
        await notes.add("tkt_1", "One more")
    await notes.add("tkt_2", "Elsewhere")

    assert len(await texts(store)) == MOST_NOTES


async def test_note_is_removed_by_its_author_or_the_owner_and_by_nobody_else(
    notes: PrivateNotes, store: NoteStore, doors: Doors
) -> None:
    ana, ben, cleo = [notes.by(await doors.session(name)) for name in ("Ana", "Ben", "Cleo")]
    for text in ("first", "second"):
        await ben.add("tkt_1", text)
    first, second = await store.of(MINE)

    with pytest.raises(NotAllowedError, match="Only who wrote this private note, or the owner"):
        await cleo.remove("tkt_1", first.number)
    assert [one.may_remove(first) for one in (ana, ben, cleo)] == [True, True, False]
    await ben.remove("tkt_1", first.number)
    await ana.remove("tkt_1", second.number)
    await ana.remove("tkt_1", second.number)  # gone already

    assert await texts(store) == []


async def test_reader_sees_notes_and_neither_adds_nor_removes_any(
    notes: PrivateNotes, store: NoteStore, doors: Doors
) -> None:
    await notes.by(await doors.session("Ben")).add("tkt_1", "Paid twice.")
    dora, [note] = notes.by(await doors.session("Dora")), await store.of(MINE)

    for work in (dora.add("tkt_1", "Me too"), dora.remove("tkt_1", note.number)):
        with pytest.raises(NotAllowedError, match="change nothing"):
            await work

    assert not dora.may_remove(note)
    assert await texts(store) == ["Paid twice."]


async def test_deeds_with_notes_are_in_the_log_without_a_word_of_them(
    notes: PrivateNotes, store: NoteStore, doors: Doors, activity: ActivityLog
) -> None:
    ben = notes.by(await doors.session("Ben"))
    await ben.add("tkt_1", "Zebrafinch")
    await ben.add("tkt_1", "Zebrafinch", customer="ana.customer@example.com")
    for note in await store.of(MINE):
        await ben.remove("tkt_1", note.number)

    done = await activity.find(ticket_id="tkt_1")

    assert [f"{one.who}: {one.what}" for one in reversed(done)] == [
        "Ben: added a private note",
        "Ben: added a private note on the customer",
        "Ben: removed a private note",
        "Ben: removed a private note",
    ]
    assert "Zebrafinch" not in str(done)


async def test_draft_of_a_note_is_never_the_draft_of_a_reply(bench: Bench) -> None:
    noted = (await bench.commands.save_draft("tkt_1", "Same words", kind=DraftKind.NOTE)) or None
    replied = await bench.commands.save_draft("tkt_1", "Same words")

    assert await bench.local.drafts("tkt_1", kind=DraftKind.NOTE) == (noted,)
    assert await bench.local.drafts("tkt_1") == (replied,)
    await bench.send("Same words")

    assert await bench.local.drafts("tkt_1") == ()
    assert await bench.local.drafts("tkt_1", kind=DraftKind.NOTE) == (noted,)
    assert await bench.local.draft_ids() == frozenset()


async def test_added_note_takes_its_draft_along(
    bench: Bench, notes: PrivateNotes, store: NoteStore
) -> None:
    draft = await bench.commands.save_draft("tkt_1", "Paid twice.", kind=DraftKind.NOTE)

    await notes.add("tkt_1", "Paid twice.", draft=draft)

    assert await texts(store) == ["Paid twice."]
    assert await bench.local.drafts("tkt_1", kind=DraftKind.NOTE) == ()


async def test_rows_and_the_open_ticket_know_of_notes_and_the_wall_does_not(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"))
    store = NoteStore(desk.outbox.database, clock=desk.clock)
    await store.add(NoteAbout.TICKET, "tkt_1", "Zebrafinch")

    inbox = await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)
    shown = await desk.queries.conversation("tkt_1")

    assert {row.ticket.id: row.private_notes for row in inbox.rows} == {"tkt_1": 1, "tkt_2": 0}
    assert shown
    assert [note.text for note in shown.private_notes] == ["Zebrafinch"]
    assert "Zebrafinch" not in str(await desk.queries.kiosk())


async def test_notes_cost_the_list_one_query_however_often_it_is_asked(desk: Desk) -> None:
    await desk.hold(*(ticket(f"tkt_{n}") for n in range(20)))
    asked: list[str] = []
    await desk.outbox.database.read(lambda c: c.set_trace_callback(asked.append))

    for word in ("o", "or", "ord"):
        await desk.queries.inbox(TicketFilter(query=word), zone=UTC_ZONE)

    assert len([query for query in asked if "private_note" in query]) == 1
