"""Closing and reopening many tickets at once, and taking it back."""

from collections.abc import Iterable, Mapping

from app.desk.commands import Commands
from app.domain.clock import Clock
from app.domain.ticket import Status
from app.state.formatting import Formatter, error_notice
from app.state.reactive import LatestTask, Observable
from components.data import NoticeData
from components.i18n import _

UNDO_SECONDS = 10.0

_DONE = {Status.CLOSED: _("being closed"), Status.OPEN: _("being reopened")}


class BulkState:
    """One bulk change at a time can be undone: exactly the tickets that it changed."""

    def __init__(self, commands: Commands, *, fmt: Formatter, clock: Clock) -> None:
        self.notice = Observable[NoticeData | None]()
        self._commands, self._fmt, self._clock = commands, fmt, clock
        self._undoable: tuple[tuple[str, ...], Status] | None = None
        self._fading = LatestTask()

    async def change_status(
        self, ids: Iterable[str], status: Status, *, known: Mapping[str, str | None]
    ) -> None:
        """Change those of `ids` that are not there yet; `known` is the status on screen."""
        changing = tuple(i for i in ids if known.get(i) != status)
        if not changing:
            self.notice.set(
                NoticeData(text=_("All of them are {status} already.").format(status=status.value))
            )
            return
        if await self._set(changing, status):
            self._undoable = (changing, status)
            counted = self._fmt.counted(len(changing), "ticket is", "tickets are")
            self.notice.set(NoticeData(text=f"{counted} {_DONE[status]}.", action=_("Undo")))
            self._fading.start(self._fade())

    async def undo(self) -> None:
        """Change back what the last bulk change changed."""
        if self._undoable is None:
            return
        (ids, status), self._undoable = self._undoable, None
        back = Status.OPEN if status is Status.CLOSED else Status.CLOSED
        if await self._set(ids, back):
            self.notice.set(None)

    async def close(self) -> None:
        """Stop the clock of the undo."""
        await self._fading.close()

    async def _set(self, ids: tuple[str, ...], status: Status) -> bool:
        try:
            await self._commands.change_statuses(ids, status)
        except Exception as error:  # noqa: BLE001  # said above the list
            self.notice.set(
                error_notice(error, kept=_("Look at the list: some may not have been changed."))
            )
            return False
        return True

    async def _fade(self) -> None:
        await self._clock.sleep(UNDO_SECONDS)
        self._undoable = None
        self.notice.set(None)
