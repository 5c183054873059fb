"""Everything that needs review, in one place: what is known of each, and what to do."""

from typing import TYPE_CHECKING

from app.desk.desk import Desk
from app.domain.clock import Clock
from app.domain.outbox_entry import ReviewAction
from app.domain.signals import Changes
from app.state.formatting import Formatter, error_notice
from app.state.presenters.review_queue import board, line
from app.state.reactive import RETRY_SECONDS, Debouncer, Observable
from components.data import NoticeData, ReviewQueueData
from components.i18n import _

if TYPE_CHECKING:
    from app.desk.read_models import ReviewItem


class ReviewQueueState:
    """A line for every screen while something needs review, and the place that lists it."""

    def __init__(self, desk: Desk, *, fmt: Formatter, clock: Clock) -> None:
        self.line = Observable[NoticeData | None]()
        self.board = Observable[ReviewQueueData | None]()
        self._desk, self._fmt, self._clock = desk, fmt, clock
        self._waiting: tuple[ReviewItem, ...] = ()
        self._wanted = False
        self._notice: NoticeData | None = None
        self._again = Debouncer(self.load, clock=clock)
        self._retry = Debouncer(self.load, clock=clock, delay=RETRY_SECONDS)
        self._failed: NoticeData | None = None
        self._leave = desk.changes.subscribe(self._changed)

    async def load(self) -> None:
        """Ask what waits for a person, and draw it."""
        try:
            self._waiting = await self._desk.queries.review_queue()
            self._failed = None
        except Exception as error:  # noqa: BLE001  # said in the place itself
            self._failed = error_notice(error, kept=_("Every reply is as it was."))
            self._retry.trigger()
        self._draw()

    def look(self, *, wanted: bool) -> None:
        """Show the place, or leave it."""
        if wanted is not self._wanted:
            self._wanted, self._notice = wanted, None
            self._draw()

    async def review(self, reply_id: str, action: str) -> None:
        """Do with a reply what the person decided."""
        if not any(u.reply.reply_id == reply_id for u in self._waiting):
            return
        if action not in set(ReviewAction):
            return
        self._notice = None
        try:
            await self._desk.commands.review(reply_id, ReviewAction(action))
        except Exception as error:  # noqa: BLE001  # said in the place itself
            self._notice = error_notice(error, kept=_("The reply is as it was."))
        await self.load()

    async def recheck_all(self) -> None:
        """Look for all of them again."""
        self._notice = None
        try:
            await self._desk.commands.recheck_all()
        except Exception as error:  # noqa: BLE001  # said in the place itself
            self._notice = error_notice(error, kept=_("Every reply is as it was."))
        await self.load()

    def set_formatter(self, fmt: Formatter) -> None:
        """Say everything again in the viewer's own zone."""
        self._fmt = fmt
        self._draw()

    async def close(self) -> None:
        """Hear of nothing more and stop what runs."""
        self._leave()
        for work in (self._again, self._retry):
            await work.close()

    def _changed(self, changes: Changes) -> None:
        if changes.tickets:
            self._again.trigger()

    def _draw(self) -> None:
        now = self._clock.now()
        notice = self._notice or self._failed
        shown = board(self._waiting, fmt=self._fmt, now=now, notice=notice)
        self.board.set(shown if self._wanted else None)
        self.line.set(None if self._wanted else line(self._waiting, fmt=self._fmt))
