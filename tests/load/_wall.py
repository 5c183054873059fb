"""A desk with a wall to which news come on command, and beside it a page that is nearly empty.

`/kiosk` is the wall over a copy of a shop, `/label` a page of the framework with one label that
changes as often. `/replay?updates=N&rate=R` lets N refreshes come, each with a changed ticket that
waits; `/figures` says what this process holds and has used.
"""

import asyncio
import gc
import resource
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from itertools import count
from pathlib import Path

from fastapi import FastAPI
from nicegui import Client, ui

from app.desk.queries import Queries
from app.domain.clock import SystemClock
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.signals import Changes, Signal
from app.domain.ticket import Awaiting, Status, Ticket, TicketPage
from app.pages.frame import Beats
from app.pages.kiosk import register_kiosk, register_plain_kiosk
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from app.web.application import add_screens, new_web
from app.web.assets import asset_url, plain_style
from app.web.server import listen, run, serve
from components import theme
from tests.load._shop import COPY, full_copy

CHANGING = 8
"""tickets that change in turns, as many as stand on a page"""


class Replay:
    """Brings news to everything that is open."""

    def __init__(self, mirror: TicketMirror, clock: SystemClock) -> None:
        self.changes: Signal[Changes] = Signal()
        self._mirror, self._clock, self._number = mirror, clock, count()

    async def play(self, updates: int, rate: float) -> None:
        """Let so many refreshes come, so many a second."""
        began = time.monotonic()
        for done in range(1, updates + 1):
            await self._come(next(self._number))
            await asyncio.sleep(max(0, began + done / rate - time.monotonic()))

    async def _come(self, number: int) -> None:
        """One of the oldest waits ends or begins anew, so that numbers and tiles are drawn."""
        now = self._clock.now()
        ticket = Ticket(
            id=f"tkt_wall_{number % CHANGING}",
            subject=f"Still waiting, asked {number} times",
            status=Status.OPEN if number // CHANGING % 2 else Status.CLOSED,
            awaiting=Awaiting.SELLER,
            product_name="Theme",
            created_at=now - timedelta(days=900),
            updated_at=now - timedelta(days=800) + timedelta(seconds=number),
        )
        page = TicketPage(tickets=(ticket,))
        await self._mirror.apply_page(page, started=self._mirror.request_number())
        self.changes.emit(Changes(tickets=frozenset({ticket.id}), age=True))


def figures() -> dict[str, float]:
    """What this process holds and has used."""
    gc.collect()
    pages = [*Client.instances.values()]
    resident = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "resident_bytes": resident * resource.getpagesize(),
        "processor_seconds": used.ru_utime + used.ru_stime,
        "clients": len(pages),
        "elements": sum(len(page.elements) for page in pages),
        "tasks": len(asyncio.all_tasks()),
    }


def add_pages(web: FastAPI, queries: Queries, replay: Replay, clock: SystemClock) -> None:
    """Put the walls, the label and what commands them at their addresses."""
    worker = asset_url(theme.WALL_WORKER)
    head, plain = theme.head_html(asset_url), theme.plain_head_html(plain_style())
    shown = {"worker": worker, "clock": clock}
    beats = Beats(queries, clock=clock)
    register_kiosk(queries, replay.changes, None, head_html=head, beats=beats, **shown)
    register_plain_kiosk(web, queries, replay.changes, None, head_html=plain, **shown)

    @ui.page("/label")
    def label(client: Client) -> None:
        numbers, shown = count(), ui.label()
        leave = replay.changes.subscribe(lambda _: shown.set_text(f"Change {next(numbers)}"))
        client.on_delete(leave)

    @web.post("/replay")
    async def play(updates: int, rate: float) -> None:
        await replay.play(updates, rate)

    @web.get("/figures")
    async def told() -> dict[str, float]:
        return figures()


async def main(tickets: str) -> None:
    """Serve until told to end."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, listen("127.0.0.1", 0) as listener:
        shutil.copyfile(full_copy(int(tickets)), Path(folder) / COPY)
        mirror = await TicketMirror.open(Path(folder) / COPY, clock=clock)
        outbox = await Outbox.open(Path(folder) / "outbox.sqlite3", clock=clock)
        queries = Queries(
            mirror=mirror,
            outbox=outbox,
            local=LocalStore(outbox.database, clock=clock),
            connection=lambda: ConnectionState(status=ConnectionStatus.LIVE),
            clock=clock,
        )
        web = new_web()
        add_pages(web, queries, Replay(mirror, clock), clock)
        add_screens(web, secret="wall", sessions=Path(folder), secure_cookies=False)  # noqa: S106
        await serve(listener, web, on_ready=lambda serving: sys.stdout.write(serving.address))
        await outbox.close()
        await mirror.close()


if __name__ == "__main__":
    run(main(sys.argv[1]))
