"""The wall: pages that turn by themselves over what the desk knows; it can only read."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.desk.queries import Queries
from app.desk.read_models import Freshness, KioskSnapshot
from app.domain.clock import Clock
from app.domain.connection import ConnectionStatus
from app.domain.signals import Changes, Signal
from app.domain.tasks import TaskSet
from app.domain.ticket import Stats
from app.domain.wall_links import SILENT_AFTER, USUAL, WallBoard
from app.state.formatting import Formatter, error_notice
from app.state.presenters.kiosk import kiosk_board, plain_kiosk
from app.state.reactive import RETRY_SECONDS, Debouncer, Observable
from components.data import KioskData, PlainKioskData

FIRST_PAINT_SECONDS = 1.0
"""so long a page waits for its first answer"""
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
        shows: WallBoard = USUAL,
    ) -> None:
        self._shows = shows
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
            self._snapshot = await self._queries.kiosk(shows=self._shows, zone=self._fmt.zone)
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
        self._again.trigger()  # its days begin at other times

    def plain(self, *, to_keep: bool = False) -> PlainKioskData:
        """What it shows now, for a display that draws nothing by itself.

        Args:
            to_keep: for when the desk will be silent.
        """
        if self._snapshot is None:
            return PlainKioskData()
        snapshot, known = self._snapshot, self._snapshot.freshness
        if known.status is not ConnectionStatus.FAULT:  # a refresh without news makes no snapshot
            snapshot = replace(snapshot, freshness=replace(known, as_of=self._queries.as_of))
        board, now = self._board(snapshot), self._clock.now()
        return plain_kiosk(board, snapshot, fmt=self._fmt, now=now, to_keep=to_keep)

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
            await self._clock.sleep(self._shows.dwell_seconds)
            self._page += 1
            self._draw()
            if self._page == 1 and self._shows.rotation != USUAL.rotation:
                self._again.trigger()  # waits and days go on where no ticket changes

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
            shows=self._shows,
        )


class PlainKiosks:
    """Holds one `KioskState` for all plain walls that show the same, for as long as one asks.

    So the desk reads on for them as for any screen, and to ask again costs it no question.
    """

    def __init__(self, queries: Queries, changes: Signal[Changes], *, clock: Clock) -> None:
        self._queries, self._changes, self._clock = queries, changes, clock
        self._held: dict[_Shown, _Held] = {}
        self._tasks = TaskSet()

    async def shown(
        self, fmt: Formatter, shows: WallBoard, *, to_keep: bool = False
    ) -> PlainKioskData:
        """What such a wall shows now, or is to keep for when the desk is silent."""
        wall = (shows, fmt.zone, fmt.unknown_zone)
        if wall not in self._held:
            self._held[wall] = held = self._hold(fmt, shows)
            self._tasks.start(self._let_go(wall, held))
        held = self._held[wall]
        held.asked_at = self._clock.monotonic()
        await asyncio.wait([held.loading], timeout=FIRST_PAINT_SECONDS)
        return held.kiosk.plain(to_keep=to_keep)

    async def close(self) -> None:
        """Hold none any more."""
        await self._tasks.close()
        for held in self._held.values():
            await held.kiosk.close()
        self._held.clear()

    def _hold(self, fmt: Formatter, shows: WallBoard) -> "_Held":
        kiosk = KioskState(self._queries, self._changes, fmt=fmt, clock=self._clock, shows=shows)
        kiosk.turn_pages()
        return _Held(kiosk, self._tasks.start(kiosk.load()))

    async def _let_go(self, wall: "_Shown", held: "_Held") -> None:
        silent = SILENT_AFTER.total_seconds()
        while (left := held.asked_at + silent - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)
        del self._held[wall]
        await held.kiosk.close()


_Shown = tuple[WallBoard, ZoneInfo, str]
"""what a plain wall shows, and in which zone"""


@dataclass(slots=True)
class _Held:
    kiosk: KioskState
    loading: asyncio.Task[None]
    asked_at: float = 0.0
