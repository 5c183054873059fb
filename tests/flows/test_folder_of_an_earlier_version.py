"""A data folder that version 2026.11.0 left, opened by the desk of today: nothing in it is lost.

Source: `tests/fixtures/data-folder-2026.11.0.tar.xz`, written by the code of commit ec000fa over
its own embedded API: 30 tickets, drafts, an undo time, and replies in every state that waits.
"""

import sqlite3
import tarfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.cli.unsent import unsent_in
from app.client.tickets import TicketsClient, open_client
from app.config.data_dir import DataDir
from app.desk.queries import Queries
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.filters import TicketFilter, filter_from_query
from app.domain.outbox_entry import Reply, StatusChange
from app.domain.signals import Changes, Signal
from app.server.application import build_api
from app.server.database import open_database
from app.store.holdings import COPY, OUTBOX
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from app.sync.coordinator import SyncCoordinator
from app.sync.delivery.sender import Delivery
from tests.doubles.clock import LeapClock

SAVED = Path(__file__).parents[1] / "fixtures" / "data-folder-2026.11.0.tar.xz"
NEXT_MORNING = datetime(2026, 11, 30, 8, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
ASKED, UNCONFIRMED, CLOSING, QUEUED = (
    "tkt_55e1m34bdy1i",
    "tkt_45xl96pzqf9n",
    "tkt_f6vzfjc1479m",
    "tkt_r2tm64ghxipn",
)
BEGUN = {
    "tkt_dteorsvv8vrk": ["Words that became a draft again."],
    "tkt_jdw1ykkbgjhb": ["A draft, not finished"],
    "tkt_jk2mfny73rg5": ["Typed in another one", "Typed in one browser"],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with tarfile.open(SAVED) as saved:
        saved.extractall(tmp_path, filter="data")
    return tmp_path


@dataclass(frozen=True, slots=True)
class OldDesk:
    """The desk of today on that folder."""

    client: TicketsClient
    mirror: TicketMirror
    outbox: Outbox
    local: LocalStore
    queries: Queries
    coordinator: SyncCoordinator
    delivery: Delivery
    clock: LeapClock


@pytest.fixture
async def desk(data: Path) -> AsyncIterator[OldDesk]:
    key = (data / "embedded" / "api-key").read_text(encoding="ascii").strip()
    clock, changes = LeapClock(NEXT_MORNING), Signal[Changes]()
    shop = DataDir(data).shops().known(None, key)
    assert shop is not None
    async with AsyncExitStack() as parts:
        engine = open_database(data / "embedded" / "api.sqlite3")
        parts.callback(engine.dispose)
        api = build_api(engine, api_key=key)
        client = open_client(url="http://127.0.0.1/v1", api_key=key, clock=clock, app=api)
        parts.push_async_callback(client.aclose)
        mirror = await TicketMirror.open(shop.folder / COPY, clock=clock)
        parts.push_async_callback(mirror.close)
        outbox = await Outbox.open(shop.folder / OUTBOX, clock=clock)
        parts.push_async_callback(outbox.close)
        local = LocalStore(outbox.database, clock=clock)
        connection = ConnectionState(status=ConnectionStatus.LIVE)
        queries = Queries(
            mirror=mirror, outbox=outbox, local=local, connection=lambda: connection, clock=clock
        )
        coordinator = SyncCoordinator(client=client, mirror=mirror, changes=changes, clock=clock)
        delivery = Delivery(
            client=client, read=coordinator.read_ticket, outbox=outbox, changes=changes, clock=clock
        )
        yield OldDesk(client, mirror, outbox, local, queries, coordinator, delivery, clock)


async def ids_of(desk: OldDesk, chosen: TicketFilter) -> set[str]:
    found = await desk.queries.inbox(chosen, zone=UTC_ZONE)
    return {row.ticket.id for row in found.rows}


async def test_replies_on_their_way_are_as_they_were(desk: OldDesk) -> None:
    waiting = {reply.ticket_id: reply for reply in await desk.outbox.unsettled()}

    assert set(waiting) == {ASKED, UNCONFIRMED, CLOSING, QUEUED}
    assert {t: reply.state.value for t, reply in waiting.items() if reply.needs_person} == {
        ASKED: "queued",
        UNCONFIRMED: "uncertain",
        CLOSING: "uncertain",
    }
    unconfirmed, queued, closing = waiting[UNCONFIRMED], waiting[QUEUED], waiting[CLOSING]
    assert isinstance(unconfirmed, Reply)
    assert unconfirmed.text == "Here is your key: AB-12 \u2013 \u9000\u6b3e."
    assert (unconfirmed.attempts, unconfirmed.approvals) == (2, 1)
    assert len(unconfirmed.baseline or ()) == 3
    assert waiting[ASKED].reason == "The customer wrote again."
    assert isinstance(closing, StatusChange)
    assert closing.status == "closed"
    assert isinstance(queued, Reply)
    assert queued.then_close
    settled = [await desk.outbox.find(id_) for id_ in ("reply-confirmed", "reply-to-draft")]
    assert [reply and reply.state.value for reply in settled] == ["confirmed", "cancelled"]


async def test_drafts_and_settings_are_as_they_were(desk: OldDesk) -> None:
    begun = await desk.local.draft_ids()
    texts = {id_: [draft.text for draft in await desk.local.drafts(id_)] for id_ in begun}

    assert texts == BEGUN
    assert await desk.queries.undo_seconds() == 9


async def test_queued_reply_leaves_once_and_the_ticket_is_closed(desk: OldDesk) -> None:
    await desk.delivery.resume()
    end = desk.clock.now() + timedelta(minutes=5)
    while desk.clock.now() < end:
        steps = desk.delivery.send_next, desk.delivery.reconciler.check_next
        wait = min([await step() for step in steps])
        desk.clock.advance(min(max(wait, 0), 60))

    thread = (await desk.client.get_ticket(QUEUED, max_age_seconds=None)).conversation
    assert [m.text for m in thread.messages].count("This has not left.") == 1
    assert thread.ticket.status == "closed"
    assert {reply.ticket_id for reply in await desk.outbox.unsettled()} == {
        ASKED,
        UNCONFIRMED,
        CLOSING,
    }


async def test_all_tickets_and_the_views_of_old_links_are_shown(desk: OldDesk) -> None:
    await desk.coordinator.refresh_now()

    assert (await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)).total == 30
    for words, expected in (
        ({"view": "to-decide"}, {ASKED, UNCONFIRMED, CLOSING}),
        ({"view": "drafts"}, set(BEGUN)),
    ):
        assert await ids_of(desk, filter_from_query(words)) == expected


def test_unsent_words_can_be_given_out_before_the_file_is_opened(data: Path) -> None:
    (outbox,) = data.glob(f"stores/*/{OUTBOX}")
    with closing(sqlite3.connect(outbox)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (4,)

    rows, is_whole = unsent_in(outbox)

    assert is_whole
    assert {row["kind"]: row["state"] for row in rows if row["ticket_id"] == CLOSING} == {
        "status change: closed": "uncertain"
    }
    assert {row["ticket_id"] for row in rows} == {ASKED, UNCONFIRMED, CLOSING, QUEUED, *BEGUN}
    assert len(rows) == 8


async def test_damaged_entry_of_the_earlier_version_stops_no_other(data: Path) -> None:
    (path,) = data.glob(f"stores/*/{OUTBOX}")  # noqa: ASYNC240 a look into a folder
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA ignore_check_constraints = ON")
        file.execute(
            "UPDATE outbox SET state = 'queuee', \"order\" = 'shut' WHERE ticket_id = ?", (QUEUED,)
        )

    outbox = await Outbox.open(path, clock=LeapClock(NEXT_MORNING))

    waiting = {entry.ticket_id: entry for entry in await outbox.needing_review()}
    assert set(waiting) == {ASKED, UNCONFIRMED, CLOSING, QUEUED}
    assert isinstance(waiting[QUEUED], Reply)
    assert waiting[QUEUED].text == "This has not left."
    assert await outbox.sendable() == ()
    await outbox.close()
