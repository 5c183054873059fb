"""Forgetting a customer and removing everything: what goes, what stays, what never comes back."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from app.cli.erase import forget, wipe
from app.config.data_dir import DataDir
from app.domain.clock import SystemClock
from app.domain.errors import StoreError
from app.domain.outbox_entry import DeliveryState, Reply
from app.domain.private_notes import NoteAbout
from app.domain.saved_views import SavedView
from app.domain.ticket import Conversation, Ticket
from app.store.forgotten import KEY, MARKS, load_forgotten
from app.store.holdings import COPY, OUTBOX
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.upsert import StoredTicket, load_tickets
from tests.e2e.desk import clean_environment, command
from tests.store.shop import NOON, StillClock, answered, asked, conversation, page, ticket

T = TypeVar("T")

URL = "https://api.example.com"
CANARY = "Canary.Bird@example.com"
WORDS = (
    *("canary.bird", "Zebrafinch", "Kingfisher", "Nightjar", "Hummingbird"),
    *("Goldcrest", "Nuthatch"),
)
"""what only the customer, the subject, a message, a draft, a reply and private notes hold"""
MINE = ticket("tkt_1", subject="Zebrafinch", customer_email=CANARY, message_count=2)
OTHER = ticket("tkt_2", subject="Sparrow")
READ = conversation(MINE, asked("Kingfisher?"), answered("Kingfisher."))
CLOCK = StillClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a shop in which the canary has two messages, a draft and a reply."""
    data_dir = DataDir(tmp_path / "data")
    asyncio.run(fill(data_dir.shops().create(URL, "sg_live_1").folder))
    (data_dir.folder / "ticketdesk.log").write_text(f"one\nabout {CANARY.lower()}\nthree\n")
    return data_dir.folder


async def fill(shop: Path, *, state: DeliveryState = DeliveryState.CONFIRMED) -> None:
    mirror = await TicketMirror.open(shop / COPY, clock=SystemClock())
    await mirror.apply_page(page(MINE, OTHER), started=mirror.request_number())
    await mirror.apply_conversation(READ, started=mirror.request_number())
    other = conversation(OTHER, asked("Where is the sparrow?"))
    await mirror.apply_conversation(other, started=mirror.request_number())
    gone = Ticket(id="tkt_3", subject="Zebrafinch", customer_email=CANARY)
    await mirror.apply_page(page(gone), started=mirror.request_number())
    await mirror.mark_gone("tkt_3", started=mirror.request_number())
    await mirror.close()
    outbox = await Outbox.open(shop / OUTBOX, clock=CLOCK)
    await LocalStore(outbox.database, clock=CLOCK).save_draft("tkt_1", "Nightjar")
    await LocalStore(outbox.database, clock=CLOCK).save_draft("tkt_2", "Dear sparrow")
    notes = NoteStore(outbox.database, clock=CLOCK)
    await notes.add(NoteAbout.TICKET, "tkt_1", "Goldcrest")
    await notes.add(NoteAbout.CUSTOMER, CANARY, "Nuthatch")
    await notes.add(NoteAbout.TICKET, "tkt_2", "About the sparrow")
    for name, words in (("Birds", f"q=from%3A{CANARY.replace('@', '%40')}"), ("Kept", "q=refund")):
        view = SavedView(view_id=name, author="", name=name, words=words)
        await LocalStore(outbox.database, clock=CLOCK).views.add(view)
    now = SystemClock().now()
    out = {"message_id": "m1", "baseline": frozenset(), "sent_at": now}
    sent = out if state is DeliveryState.CONFIRMED else {}
    await outbox.enqueue(
        Reply(
            entry_id="r1",
            ticket_id="tkt_1",
            written_at=now,
            text="Hummingbird",
            state=state,
            **sent,  # type: ignore[arg-type]  # names are checked by Reply
        )
    )
    await outbox.close()


def shop_in(folder: Path) -> Path:
    return DataDir(folder).shops().all()[0].folder


def words_in(folder: Path) -> dict[str, list[str]]:
    """Where in the folder any of the words stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts = {path.name: path.read_bytes().decode("utf-8", "replace").casefold() for path in files}
    found = {
        name: [word for word in WORDS if word.casefold() in text] for name, text in texts.items()
    }
    return {name: words for name, words in found.items() if words}


def held(folder: Path, work: Callable[[dict[str, StoredTicket]], T]) -> T:
    async def look() -> T:
        mirror = await TicketMirror.open(shop_in(folder) / COPY, clock=CLOCK)
        try:
            found = await mirror.read(lambda c: load_tickets(c, ["tkt_1", "tkt_2"]))
            return work({id_: stored for id_, (_, stored) in found.items()})
        finally:
            await mirror.close()

    return asyncio.run(look())


def test_forgotten_customer_is_in_no_file_and_the_others_stay(folder: Path) -> None:
    assert words_in(folder)

    said = forget(folder, CANARY.upper(), even_unsent=False)

    assert words_in(folder) == {}
    assert (
        "1 ticket kept blank, 1 draft, 1 reply or order, 2 private notes and 1 saved view removed"
    ) in said
    assert "The shop itself still has this customer" in said
    mine, other = held(folder, lambda tickets: (tickets["tkt_1"], tickets["tkt_2"]))
    assert mine.ticket.forgotten
    assert (mine.ticket.status, mine.ticket.order_amount) == (MINE.status, MINE.order_amount)
    assert [message.text for message in mine.messages or ()] == ["", ""]
    assert other.ticket == OTHER
    assert (folder / "ticketdesk.log").read_text() == "one\nthree\n"


def test_customer_of_whom_only_a_private_note_is_left_is_forgotten(folder: Path) -> None:
    (shop_in(folder) / COPY).unlink()

    assert "1 private note and 1 saved view removed" in forget(folder, CANARY, even_unsent=False)


def test_later_reads_keep_a_forgotten_customer_blank(folder: Path) -> None:
    forget(folder, CANARY, even_unsent=False)
    later = ticket("tkt_9", subject="Zebrafinch again", customer_email=CANARY.lower())
    without = Ticket(id="tkt_1", subject="Zebrafinch", absent=frozenset({"customer_email"}))

    async def read_again() -> tuple[frozenset[str], int]:
        forgotten = load_forgotten(folder)
        shop = shop_in(folder)
        mirror = await TicketMirror.open(shop / COPY, clock=CLOCK, forgotten=forgotten)
        news = await mirror.apply_page(page(MINE, OTHER), started=mirror.request_number())
        await mirror.apply_page(page(later), started=mirror.request_number())
        for of in (MINE, without):
            read = Conversation(ticket=of, messages=READ.messages)
            await mirror.apply_conversation(read, started=mirror.request_number())
        blank = await mirror.read(
            lambda c: c.execute("SELECT count(*) FROM ticket WHERE forgotten").fetchone()[0]
        )
        await mirror.close()
        return news, blank

    assert asyncio.run(read_again()) == (frozenset(), 2)
    assert words_in(folder) == {}


def test_messages_that_were_read_before_anybody_was_named_are_blanked_too(folder: Path) -> None:
    forget(folder, CANARY, even_unsent=False)
    nameless = Ticket(id="tkt_9", absent=frozenset({"customer_email"}))

    async def read() -> tuple[str, ...]:
        forgotten = load_forgotten(folder)
        mirror = await TicketMirror.open(shop_in(folder) / COPY, clock=CLOCK, forgotten=forgotten)
        said = conversation(nameless, asked("Kingfisher?"))
        await mirror.apply_conversation(said, started=mirror.request_number())
        named = ticket("tkt_9", customer_email=CANARY)
        await mirror.apply_page(page(named), started=mirror.request_number())
        found = await mirror.load_conversation("tkt_9")
        await mirror.close()
        return tuple(message.text for message in found.messages) if found else ()

    assert asyncio.run(read()) == ("",)


def test_fingerprint_tells_nobody_the_address_without_its_key(folder: Path) -> None:
    forget(folder, CANARY, even_unsent=False)

    marks = (folder / MARKS).read_text().split()
    assert len(marks) == 1
    assert (folder / MARKS).stat().st_mode & 0o777 == 0o600
    assert CANARY in load_forgotten(folder)
    (folder / KEY).unlink()
    assert CANARY not in load_forgotten(folder)


@pytest.mark.parametrize("word", ["nobody@example.com", "canary.bird@", "@"])
def test_unknown_address_forgets_nobody(folder: Path, word: str) -> None:
    with pytest.raises(StoreError, match=r"No ticket of .* nobody was forgotten"):
        forget(folder, word, even_unsent=False)

    assert not (folder / MARKS).exists()
    assert set(words_in(folder)) >= {COPY, OUTBOX}


def test_customer_is_forgotten_again_after_it_was_interrupted(folder: Path) -> None:
    forget(folder, CANARY, even_unsent=False)

    assert "0 tickets kept blank" in forget(folder, CANARY, even_unsent=False)


def test_unsettled_reply_stops_it_unless_told_so(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    shop = data_dir.shops().create(URL, "sg_live_1").folder
    asyncio.run(fill(shop, state=DeliveryState.QUEUED))

    with pytest.raises(StoreError, match=r"settled yet: 1 .*--even-unsent"):
        forget(tmp_path, CANARY, even_unsent=False)
    assert "Hummingbird" in words_in(tmp_path)[OUTBOX]
    assert not (tmp_path / MARKS).exists()
    forget(tmp_path, CANARY, even_unsent=True)

    assert words_in(tmp_path) == {}


def test_damaged_copies_go_and_a_damaged_outbox_is_named(folder: Path) -> None:
    shop = shop_in(folder)
    (shop / "copy.damaged").write_text(CANARY)
    (shop / "outbox.damaged-20261129T120000.sqlite3").write_text("words")

    said = forget(folder, CANARY, even_unsent=False)

    assert not (shop / "copy.damaged").exists()
    assert "outbox.damaged-20261129T120000.sqlite3 may still name them" in said


def test_nobody_is_forgotten_and_nothing_wiped_under_a_running_desk(folder: Path) -> None:
    desk = DataDir(folder)
    desk.lock()

    with pytest.raises(StoreError, match="already running"):
        forget(folder, CANARY, even_unsent=True)
    with pytest.raises(StoreError, match="already running"):
        wipe(folder, is_sure=True)

    assert words_in(folder)
    desk.unlock()


def test_nothing_is_wiped_under_a_running_api(folder: Path) -> None:
    lock = DataDir(folder).embedded_lock()
    lock.lock()

    with pytest.raises(StoreError, match="already running"):
        wipe(folder, is_sure=True)

    assert words_in(folder)
    lock.unlock()


def test_wipe_without_anybody_to_ask_removes_nothing_and_names_the_work(folder: Path) -> None:
    done = command("wipe", "--data-dir", str(folder), cwd=folder.parent)

    assert done.returncode == 1
    assert "Add --yes" in done.stderr
    assert "2 drafts" in done.stderr
    assert "3 private notes" in done.stderr
    assert set(words_in(folder)) >= {COPY, OUTBOX}


NOTHING = "Nothing was removed."
WORK, ALL = "Remove them as well?", "Remove everything that is kept in"
"""how the two questions begin"""


@pytest.mark.parametrize(
    ("typed", "asked"),
    [(("n\n",), (WORK,)), (("y\n", "n\n"), (WORK, ALL)), (("\x04",), (WORK,))],
    ids=["no", "yes and no", "end of input"],
)
def test_wipe_on_a_terminal_removes_nothing_unless_each_question_has_a_yes(
    folder: Path, typed: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    before = contents(folder)

    status, said = wipe_on_a_terminal(folder, *typed)

    assert status == 1
    assert [question for question in (WORK, ALL) if question in said] == [*asked]
    assert NOTHING in said
    assert "Traceback" not in said
    assert contents(folder) == before


def test_wipe_on_a_terminal_removes_everything_after_two_yes(folder: Path) -> None:
    status, said = wipe_on_a_terminal(folder, "y\n", "y\n")

    assert status == 0
    assert "2 drafts" in said
    assert "export --unsent" in said
    assert "Removed everything" in said
    assert not folder.exists()


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith((".lock", "-shm", "-wal"))
    }


def wipe_on_a_terminal(folder: Path, *typed: str) -> tuple[int, str]:
    """Run the command as a person does, who types this at its questions; status and screen."""
    ours, theirs = pty.openpty()
    words = ("wipe", "--data-dir", str(folder))
    process = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "app", *words],
        env=clean_environment(PYTHONPATH=str(Path(__file__).parents[2])),
        cwd=folder.parent,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said, told = "", 0
    try:
        while chunk := _screen(ours):
            said += chunk
            if said.count("[y/N]:") > told:
                os.write(ours, typed[told].encode())
                told += 1
        return process.wait(timeout=60), said
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _screen(terminal: int) -> str:
    """What comes next on the screen; "" when the program has left it."""
    try:
        return os.read(terminal, 4096).decode("utf-8", "replace")
    except OSError:  # how Linux says that nobody writes any more
        return ""


def test_wipe_removes_all_of_ours_and_nothing_else(folder: Path) -> None:
    forget(folder, CANARY, even_unsent=False)
    (folder / "window").mkdir()
    (folder / "notes.txt").write_text("somebody's own")

    assert "Removed everything" in wipe(folder, is_sure=True)

    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    (folder / "notes.txt").unlink()
    wipe(folder, is_sure=True)
    assert not folder.exists()


async def test_old_messages_are_dropped_and_not_read_ahead(tmp_path: Path) -> None:
    mirror = await TicketMirror.open(tmp_path / COPY, clock=CLOCK)
    old = ticket("tkt_1", updated_at=NOON - timedelta(days=40), subject="Old")
    for of in (old, OTHER):
        read = conversation(of, asked("Kingfisher?"))
        await mirror.apply_conversation(read, started=mirror.request_number())
    since = NOON - timedelta(days=30)

    assert await mirror.drop_messages(before=since, limit=10) == {"tkt_1"}
    assert await mirror.drop_messages(before=since, limit=10) == frozenset()
    await mirror.leave_no_trace()

    assert await mirror.load_conversation("tkt_1") is None
    assert await mirror.load_conversation("tkt_2") is not None
    assert await mirror.messages_due([], limit=10, since=since) == []
    assert await mirror.messages_due(["tkt_1"], limit=10, since=since) == ["tkt_1"]
    assert not await mirror.check_integrity()
    await mirror.close()
