"""A customer is forgotten while the desk runs: no open file and no memory has a word of theirs."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.config.data_dir import DataDir
from app.config.logging import LOG_NAME, LastErrors, Redaction, remove_lines
from app.desk.erasing import Eraser, OpenShop
from app.domain.errors import StoreBusyError, StoreError, UnsettledError
from app.domain.filters import TicketFilter
from app.domain.marks import Mark, MarkKind
from app.domain.outbox_entry import DeliveryState
from app.domain.private_notes import NoteAbout
from app.domain.saved_views import SavedView
from app.domain.ticket import Ticket
from app.store.forgotten import load_forgotten
from app.store.holdings import COPY, OUTBOX
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from app.store.tickets.mirror import TicketMirror
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.store.shop import StillClock, answered, asked, conversation, page, ticket


def word(turned: str) -> str:
    """A word that stands nowhere in this process before it is asked for."""
    return turned[::-1]


ADDRESS, SUBJECT, SAID, DRAFT, REPLY, NOTE = (
    *("moc.elpmaxe@llibeohs", "niztaoh", "opakak"),
    *("lazteuq", "ocarut", "napogart"),
)
TURNED = (ADDRESS, SUBJECT, SAID, DRAFT, REPLY, NOTE)
CLOCK = StillClock()


def theirs() -> Ticket:
    return ticket("tkt_1", subject=word(SUBJECT), customer_email=word(ADDRESS), message_count=2)


async def fill(mirror: TicketMirror, outbox: Outbox) -> None:
    """Let a shop hold all that can be held of a customer, and a ticket of somebody else."""
    for read in (
        conversation(theirs(), asked(word(SAID)), answered(word(SAID))),
        conversation(ticket("tkt_2", subject="Sparrow"), asked("Where is it?")),
        conversation(theirs(), asked(f"{word(SAID)} again"), answered(word(SAID))),
    ):
        await mirror.apply_page(page(read.ticket), started=mirror.request_number())
        await mirror.apply_conversation(read, started=mirror.request_number())
    notes = NoteStore(outbox.database, clock=CLOCK)
    await notes.add(NoteAbout.TICKET, "tkt_1", word(NOTE))
    await notes.add(NoteAbout.CUSTOMER, word(ADDRESS), word(NOTE))


class Running:
    """A desk at work on a data folder."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self.desk, self.data_dir = desk, DataDir(folder)
        self.told: list[frozenset[str]] = []
        self.eraser = Eraser(
            folder,
            self.data_dir.shops(),
            clock=CLOCK,
            running=OpenShop(folder=self.shop, mirror=desk.mirror, outbox=desk.outbox),
            on_forgotten=self.tell,
        )

    @property
    def shop(self) -> Path:
        return self.data_dir.folder / "stores" / "one"

    async def tell(self, tickets: frozenset[str]) -> None:
        self.desk.queries.clear()
        self.told.append(tickets)

    async def look(self) -> list[str]:
        """Fill every memory by questions; the subjects in the list."""
        found = await self.desk.queries.inbox(
            TicketFilter(query=f"{word(SAID)[:5]} from:{word(ADDRESS)}"), zone=UTC_ZONE
        )
        await self.desk.queries.kiosk()
        await self.desk.queries.conversation("tkt_1")
        everything = await self.desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)
        return [row.ticket.subject or "" for row in (*found.rows, *everything.rows)]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    folder = tmp_path / "data"
    shop = folder / "stores" / "one"
    shop.mkdir(parents=True)
    mirror = await TicketMirror.open(shop / COPY, clock=CLOCK)
    outbox = await Outbox.open(shop / OUTBOX, clock=CLOCK)
    desk = Desk(mirror, outbox, CLOCK)
    await fill(mirror, outbox)
    await desk.local.save_draft("tkt_1", word(DRAFT))
    await desk.local.save_mark(MarkKind.PINNED, "tkt_1", Mark())
    address = word(ADDRESS).replace("@", "%40")
    view = SavedView(view_id="v", author="", name="Birds", words=f"q=from%3A{address}")
    await desk.local.views.add(view)
    yield Running(folder, desk)
    await mirror.close()
    await outbox.close()


async def replied(desk: Desk, state: DeliveryState) -> None:
    sent = state is DeliveryState.CONFIRMED
    out = {"message_id": "m1", "baseline": frozenset(), "sent_at": CLOCK.now()} if sent else {}
    await desk.queue("r1", "tkt_1", text=word(REPLY), state=state, **out)


def words_in_files(folder: Path) -> list[tuple[str, str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts = {path.name: path.read_bytes().decode("utf-8", "replace").casefold() for path in files}
    return [(name, one) for name, text in texts.items() for one in TURNED if word(one) in text]


def words_in_memory() -> list[str]:
    gc.collect()
    wanted = [word(one) for one in TURNED]
    texts = {
        id(text): text
        for holder in gc.get_objects()
        if holder is not wanted
        for text in gc.get_referents(holder)
        if isinstance(text, str)
    }
    return [text for text in texts.values() if any(one in text.casefold() for one in wanted)]


async def test_customer_is_in_no_file_while_the_desk_runs(running: Running) -> None:
    await replied(running.desk, DeliveryState.CONFIRMED)
    await running.look()
    folder = running.data_dir.folder
    assert {name for name, _ in words_in_files(folder)} >= {f"{COPY}-wal", f"{OUTBOX}-wal"}

    kept = await running.eraser.look(word(ADDRESS))
    removed = await running.eraser.forget(word(ADDRESS).upper())

    assert words_in_files(folder) == []
    assert (removed.tickets, removed.drafts, removed.entries) == (1, 1, 1)
    assert (removed.notes, removed.views) == (2, 1)
    assert (kept.tickets, kept.drafts, kept.entries, kept.notes, kept.views) == (1, 1, 1, 2, 1)
    assert set(running.told) == {frozenset({"tkt_1"})}
    assert word(ADDRESS) in load_forgotten(folder)


async def test_what_is_written_until_the_screens_are_told_goes_too(running: Running) -> None:
    local, tell = running.desk.local, running.eraser._on_forgotten
    assert tell

    async def write_first(tickets: frozenset[str]) -> None:
        if not running.told:  # a box that was open hands its words over
            await local.save_draft("tkt_1", word(DRAFT))
        await tell(tickets)

    running.eraser._on_forgotten = write_first
    await running.eraser.forget(word(ADDRESS))

    assert words_in_files(running.data_dir.folder) == []


async def test_screens_are_told_also_where_a_file_cannot_be_written_anew(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy() -> None:
        raise StoreBusyError("busy")

    with monkeypatch.context() as patched:
        patched.setattr(running.desk.mirror, "write_anew", busy)
        with pytest.raises(StoreBusyError):
            await running.eraser.forget(word(ADDRESS))
    assert set(await running.look()) == {"", "Sparrow"}

    await running.eraser.forget(word(ADDRESS))

    assert words_in_files(running.data_dir.folder) == []


async def test_view_of_another_customer_stays(running: Running) -> None:
    address = word(ADDRESS)
    for id_, words in (("long", f"q=x{address}"), ("far", f"q={address}.au"), ("own", address)):
        view = SavedView(view_id=id_, author="ben", name=id_, words=words)
        await running.desk.local.views.add(view)

    await running.eraser.forget(f" {address.upper()} ")

    views = await running.desk.local.views.seen_by("ben")
    assert {view.view_id for view in views} == {"long", "far"}


async def test_nothing_of_a_customer_stays_in_memory(running: Running) -> None:
    await replied(running.desk, DeliveryState.CONFIRMED)
    assert word(SUBJECT) in await running.look()
    assert words_in_memory()

    await running.eraser.forget(word(ADDRESS))

    assert words_in_memory() == []
    marks = await running.desk.local.marks()
    assert marks.by_ticket(MarkKind.PINNED) == {}


async def test_what_is_read_while_the_desk_runs_on_stays_blank(running: Running) -> None:
    await running.eraser.forget(word(ADDRESS))
    late = conversation(theirs(), asked(word(SAID)), answered(word(SAID)))

    mirror = running.desk.mirror
    assert not await mirror.apply_page(page(theirs()), started=mirror.request_number())
    await mirror.apply_conversation(late, started=mirror.request_number())

    assert "" in await running.look()
    assert words_in_files(running.data_dir.folder) == []
    snapshot = await running.desk.queries.conversation("tkt_1")
    assert snapshot
    assert snapshot.ticket.forgotten
    assert not snapshot.drafts
    assert {message.text for message in snapshot.messages or ()} == {""}


async def test_another_shop_of_the_folder_is_opened_for_it(running: Running) -> None:
    shop = running.data_dir.folder / "stores" / "two"
    shop.mkdir()
    mirror = await TicketMirror.open(shop / COPY, clock=CLOCK)
    outbox = await Outbox.open(shop / OUTBOX, clock=CLOCK)
    await fill(mirror, outbox)
    await mirror.close()
    await outbox.close()

    removed = await running.eraser.forget(word(ADDRESS))

    assert removed.tickets == 2
    assert words_in_files(running.data_dir.folder) == []


async def test_reply_on_its_way_keeps_everything_as_it_is(running: Running) -> None:
    await replied(running.desk, DeliveryState.QUEUED)
    before = words_in_files(running.data_dir.folder)

    for ask in (running.eraser.look, running.eraser.forget):
        with pytest.raises(UnsettledError, match="settled yet: 1 of"):
            await ask(word(ADDRESS))

    assert words_in_files(running.data_dir.folder) == before
    assert running.told == []
    assert word(ADDRESS) not in load_forgotten(running.data_dir.folder)


async def test_reply_that_is_written_meanwhile_stops_it_in_the_outbox_too(
    running: Running,
) -> None:
    await replied(running.desk, DeliveryState.QUEUED)

    with pytest.raises(UnsettledError):
        await running.desk.outbox.forget({"tkt_1"}, even_unsettled=False)

    assert await running.desk.local.drafts("tkt_1")


async def test_two_owners_at_once_forget_one_after_the_other(running: Running) -> None:
    first, second = await asyncio.gather(*[running.eraser.forget(word(ADDRESS)) for _ in "ab"])

    assert (first.tickets, second.tickets) == (1, 0)


async def test_unknown_customer_is_a_sentence_while_the_desk_runs(running: Running) -> None:
    with pytest.raises(StoreError, match="nobody was forgotten"):
        await running.eraser.look("nobody@example.com")


def test_lines_go_from_old_logs_and_memory_while_the_log_is_written(tmp_path: Path) -> None:
    root, last = logging.getLogger(), LastErrors(Redaction())
    (tmp_path / f"{LOG_NAME}.1").write_text(f"one\nabout {word(ADDRESS).upper()}\nthree\n")
    file = logging.FileHandler(tmp_path / LOG_NAME)
    root.handlers += [file, last]
    try:
        root.warning("of bird@nest (Sparrow)")
        remove_lines(tmp_path, word(ADDRESS))
        remove_lines(tmp_path, "Bird@Nest")
        root.warning("later")
    finally:
        root.handlers.remove(file)
        root.handlers.remove(last)
        file.close()

    assert (tmp_path / f"{LOG_NAME}.1").read_text() == "one\nthree\n"
    assert (tmp_path / LOG_NAME).read_text() == "later\n"
    assert [said for _, said in last()] == ["later"]
