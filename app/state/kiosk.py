"""The wall: pages that turn by themselves over what the desk knows; it can only read."""

import asyncio
import logging
from typing import TYPE_CHECKING

from app.desk.queries import Queries
from app.domain.clock import Clock
from app.domain.signals import Changes, Signal
from app.state.pace import Shown, Soon
from app.state.present_wall import wall
from app.state.wording import Wording
from components.data import WallData

if TYPE_CHECKING:
    from app.desk.snapshots import WallSnapshot

log = logging.getLogger(__name__)

DWELL_SECONDS = 12.0


class KioskState:
    """Keeps the last answer on the wall, whatever happens behind it."""

    def __init__(
        self,
        queries: Queries,
        changes: Signal[Changes],
        *,
        words: Wording,
        clock: Clock,
    ) -> None:
        self.board = Shown[WallData]()
        self._queries, self._words, self._clock = queries, words, clock
        self._snapshot: WallSnapshot | None = None
        self._page = 1
        self._again = Soon(self.load, clock=clock)
        self._turning: asyncio.Task[None] | None = None
        self._leave = changes.subscribe(self._changed)

    async def load(self) -> None:
        """Ask the desk and draw the answer; without one the last stays, with its age."""
        try:
            self._snapshot = await self._queries.wall()
        except Exception:  # a wall is never blank
            log.exception("the wall could not be read")
        self._draw()

    def speak(self, words: Wording) -> None:
        """Say the times in the room's own zone."""
        self._words = words
        self._draw()

    def turn_pages(self) -> None:
        """Show the pages one after the other until closed."""
        self._turning = asyncio.create_task(self._turn())

    async def close(self) -> None:
        """Hear of nothing more and stop turning."""
        self._leave()
        await self._again.close()
        if self._turning is not None:
            self._turning.cancel()
            await asyncio.gather(self._turning, return_exceptions=True)

    def _changed(self, changes: Changes) -> None:
        if changes.tickets or changes.stats or changes.link:
            self._again.ask()

    async def _turn(self) -> None:
        while True:
            await self._clock.sleep(DWELL_SECONDS)
            self._page += 1
            self._draw()

    def _draw(self) -> None:
        if self._snapshot is None:
            return
        board = wall(self._snapshot, words=self._words, now=self._clock.now(), page=self._page)
        if self._page > board.pages:
            self._page = 1
            board = wall(self._snapshot, words=self._words, now=self._clock.now())
        self.board.show(board)
