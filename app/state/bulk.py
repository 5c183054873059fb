"""Closing and reopening tickets, and taking it back: many from the list, one where it is open."""

from collections.abc import Iterable, Mapping

from app.desk.commands import Commands
from app.domain.clock import Clock
from app.domain.ticket import Status
from app.state.formatting import Formatter, error_notice
from app.state.reactive import LatestTask, Observable
from components.data import NoticeData
from components.i18n import _

UNDO_SECONDS = 10.0

_DRAFT_KEPT = _("Its draft is kept.")
_DONE = {Status.CLOSED: _("being closed"), Status.OPEN: _("being reopened")}


class BulkState:
    """One bulk change at a time can be undone: exactly the tickets that it changed."""

    def __init__(self, commands: Commands, *, fmt: Formatter, clock: Clock) -> None:
        self.notice = Observable[NoticeData | None]()
        self.about = ""
        """the ticket that was open when it was closed there; empty for tickets of the list"""
        self._commands, self._fmt, self._clock = commands, fmt, clock
        self._undoable: tuple[tuple[str, ...], Status] | None = None
        self._fading = LatestTask()

    async def change_status(
        self, ids: Iterable[str], status: Status, *, known: Mapping[str, str | None]
    ) -> None:
        """Change those of `ids` that are not there yet; `known` is the status on screen."""
        self.about = ""
        changing = tuple(i for i in ids if known.get(i) != status)
        if not changing:
            self.notice.set(
                NoticeData(text=_("All of them are {status} already.").format(status=status.value))
            )
            return
        if await self._set(changing, status):
            counted = self._fmt.counted(len(changing), "ticket is", "tickets are")
            self._offer_undo(changing, status, f"{counted} {_DONE[status]}.")

    def turned(self, ticket_id: str, status: Status, *, has_draft: bool) -> None:
        """The open ticket was closed or reopened; it can be taken back as well."""
        self.about = ticket_id
        text = _("The ticket is {done}.").format(done=_DONE[status])
        self._offer_undo((ticket_id,), status, f"{text} {_DRAFT_KEPT}" if has_draft else text)

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

    def _offer_undo(self, ids: tuple[str, ...], status: Status, text: str) -> None:
        self._undoable = (ids, status)
        self.notice.set(NoticeData(text=text, action=_("Undo")))
        self._fading.start(self._fade())

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
