"""The wall: pages that turn by themselves over what the desk knows; it can only read."""

import asyncio
from dataclasses import replace
from datetime import datetime

from app.desk.queries import Queries
from app.desk.read_models import Freshness, KioskSnapshot
from app.domain.clock import Clock
from app.domain.connection import ConnectionStatus
from app.domain.signals import Changes, Signal
from app.domain.ticket import Stats
from app.domain.wall_links import Masking, WallView
from app.state.formatting import Formatter, error_notice
from app.state.presenters.kiosk import kiosk_board
from app.state.reactive import RETRY_SECONDS, Debouncer, Observable
from components.data import KioskData

DWELL_SECONDS = 12.0
NEVER = KioskSnapshot(
    stats=Stats(),
    waiting=(),
    freshness=Freshness(
        status=ConnectionStatus.FAULT,
        as_of=None,
        problem=None,
        held=0,
        expected=None,
        complete=False,
    ),
)


class KioskState:
    """Keeps the last answer on the wall, whatever happens behind it."""

    def __init__(
        self,
        queries: Queries,
        changes: Signal[Changes],
        *,
        fmt: Formatter,
        clock: Clock,
        view: WallView = WallView.WAITING,
        masking: Masking = Masking.MASKED,
    ) -> None:
        self._view, self._masking = view, masking
        self.board = Observable[KioskData]()
        self._queries, self._fmt, self._clock = queries, fmt, clock
        self._snapshot: KioskSnapshot | None = None
        self._page = 1
        self._again = Debouncer(self.load, clock=clock)
        self._retry = Debouncer(self.load, clock=clock, delay=RETRY_SECONDS)
        self._turning: asyncio.Task[None] | None = None
        self._leave = changes.subscribe(self._changed)

    @property
    def as_of(self) -> datetime | None:
        """How old what is shown is."""
        return self._snapshot.freshness.as_of if self._snapshot else None

    async def load(self) -> None:
        """Ask the desk and draw the answer; without one the last stays, with what is wrong."""
        try:
            self._snapshot = await self._queries.kiosk(view=self._view)
        except Exception as error:  # noqa: BLE001  # a wall is never blank, nor live by mistake
            last, problem = self._snapshot or NEVER, error_notice(error).text
            known = replace(last.freshness, status=ConnectionStatus.FAULT, problem=problem)
            self._snapshot = replace(last, freshness=known)
            self._retry.trigger()
        self._draw()

    def set_formatter(self, fmt: Formatter) -> None:
        """Say the times in the room's own zone."""
        self._fmt = fmt
        self._draw()

    def turn_pages(self) -> None:
        """Show the pages one after the other until closed."""
        self._turning = asyncio.create_task(self._turn())

    async def close(self) -> None:
        """Hear of nothing more and stop turning."""
        self._leave()
        for work in (self._again, self._retry):
            await work.close()
        if self._turning is not None:
            self._turning.cancel()
            await asyncio.gather(self._turning, return_exceptions=True)

    def _changed(self, changes: Changes) -> None:
        if changes.tickets or changes.stats or changes.connection:
            self._again.trigger()

    async def _turn(self) -> None:
        while True:
            await self._clock.sleep(DWELL_SECONDS)
            self._page += 1
            self._draw()

    def _draw(self) -> None:
        if self._snapshot is None:
            return
        board = self._board(self._snapshot)
        if self._page > board.pages:
            self._page = 1
            board = self._board(self._snapshot)
        self.board.set(board)

    def _board(self, snapshot: KioskSnapshot) -> KioskData:
        return kiosk_board(
            snapshot,
            fmt=self._fmt,
            now=self._clock.now(),
            page=self._page,
            view=self._view,
            masking=self._masking,
        )
