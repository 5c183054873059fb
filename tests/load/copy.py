"""How long the copy takes to fill and to answer, over the embedded API with a seeded shop."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.desk.queries import Queries
from app.domain.clock import SystemClock
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.faults import Faults
from app.domain.filters import PAGE_SIZE, VIEWS, SortKey, TicketFilter
from app.domain.ticket import Status
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from tests.sync.live import Live, live

ZONE = ZoneInfo("Europe/Berlin")
ROUNDS = 7
WORDS = ("r", "re", "ref", "refund", "the", "not working", "example.com", "license key", "zzqy")


def run(arguments: Sequence[str]) -> int:
    """Fill a copy, ask it, print milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.load copy", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--texts", type=int, default=2_000, help="conversations read as well")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), given.tickets, given.texts))
    return 0


async def _measure(folder: Path, tickets: int, texts: int) -> None:
    async with live(folder) as desk:
        desk.seed(tickets)
        began = time.perf_counter()
        await desk.start()
        async with asyncio.timeout(3600):
            while not desk.mirror.scan.is_complete:  # noqa: ASYNC110 nothing tells it to us
                await asyncio.sleep(0.05)
        _say("tickets held", tickets)
        _say("full scan, seconds", time.perf_counter() - began)
        began = time.perf_counter()
        for page in range(1, texts // PAGE_SIZE + 1):
            for ticket_id in await desk.ids(page=page):
                await desk.coordinator.read_ticket(ticket_id)
        _say("conversations read, seconds", time.perf_counter() - began)
        _say("size on disk, MB", (folder / "copy.sqlite3").stat().st_size / 1e6)
        await _ask(desk, folder)


async def _ask(desk: Live, folder: Path) -> None:
    clock = SystemClock()
    outbox = await Outbox.open(folder / "outbox.sqlite3", clock=clock)
    queries = Queries(
        mirror=desk.mirror,
        outbox=outbox,
        local=LocalStore(outbox.database, clock=clock),
        connection=lambda: ConnectionState(status=ConnectionStatus.LIVE),
        clock=clock,
        faults=Faults(clock),
    )

    def listed(chosen: TicketFilter) -> Callable[[], Awaitable[object]]:
        return lambda: queries.inbox(chosen, zone=ZONE)

    held = (await queries.freshness()).held
    [newest, *_] = await desk.ids()
    lists = {
        "all": TicketFilter(),
        **{f"view {key}": view.filter for key, view in VIEWS.items() if key != "all"},
        **{f"by {sort.value}": TicketFilter(sort=sort, descending=False) for sort in SortKey},
        "middle page": TicketFilter(page=held // PAGE_SIZE // 2),
        "last page": TicketFilter(page=held // PAGE_SIZE),
        "last month": TicketFilter(created_from=(clock.now() - timedelta(days=30)).date()),
        **{f"'{word}'": TicketFilter(query=word) for word in WORDS},
        "'refund' in open": TicketFilter(query="refund", status=Status.OPEN),
        "'refund' by subject": TicketFilter(query="refund", sort=SortKey.SUBJECT),
    }
    questions = {name: listed(chosen) for name, chosen in lists.items()} | {
        "conversation": lambda: queries.conversation(newest),
        "dashboard_stats": lambda: queries.dashboard_stats(zone=ZONE),
        "wall": queries.kiosk,
    }
    for name, ask in questions.items():
        _say(f"{name}, ms", await _best(desk, ask))
    await outbox.close()


async def _best(desk: Live, ask: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds of the fastest of some rounds, each as after a change of the copy."""
    taken = []
    for _ in range(ROUNDS):
        desk.mirror.generation += 1
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return 1000 * min(taken)


def _say(what: str, number: float) -> None:
    sys.stdout.write(f"{what:<32}{number:>12,.2f}\n")
