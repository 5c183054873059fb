"""What a seller does with the lists they have given a name: save, change, order, remove."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace

from app.desk.desk import Desk
from app.domain.accounts import User
from app.domain.clock import Clock
from app.domain.errors import ViewChangedError
from app.domain.saved_views import SavedView
from app.domain.signals import Signal
from app.state.formatting import error_notice, visible
from app.state.inbox import InboxState
from app.state.presenters import saved_views
from app.state.reactive import LatestTask, Observable
from components.data import NoticeData, SavedViewItem, ViewFormData
from components.i18n import _

UNDO_SECONDS = 10.0


class SavedViewsState:
    """The form that names a list, the sheet of views that can be changed, and what to say."""

    def __init__(self, desk: Desk, inbox: InboxState, *, clock: Clock) -> None:
        self.items = Observable[tuple[SavedViewItem, ...]]()
        self.form = Observable[ViewFormData]()
        self.notice = Observable[NoticeData | None]()
        self.begun = Signal[None]()
        """a view is to be changed in the form"""
        self.kept = Signal[None]()
        """what was in the form is kept"""
        self._desk, self._inbox, self._clock = desk, inbox, clock
        self._own = desk.session.user.user_id if desk.session else ""
        self._new = ViewFormData(may_share=desk.session is not None)
        self._changed: SavedView | None = None
        self._removed: SavedView | None = None
        self._fading = LatestTask()
        self.form.set(self._new)
        inbox.saved.follow(self._draw)

    def find(self, key: str) -> SavedView | None:
        """The saved view with this key among all views."""
        return next((view for view in self._inbox.saved.value or () if view.key == key), None)

    def look(self, view: SavedView | None) -> None:
        """Say what is wrong with the view that is opened; None is another list."""
        if self._removed is None:
            lost = saved_views.meaning_lost(view) if view else ""
            self.notice.set(NoticeData(text=lost, tone="warning") if lost else None)

    def begin(self, key: str) -> None:
        """Change this view in the form."""
        if (view := self.find(key)) is not None:
            self._changed = view
            self.form.set(replace(self._new, key=key, name=view.name, is_shared=view.is_shared))
            self.begun.emit(None)

    def end(self) -> None:
        """The form was left: the next list in it is a new view."""
        self._changed = None
        self.form.set(self._new)

    async def keep(self, name: str, *, is_shared: bool, takes_list: bool = False) -> None:
        """Keep what is in the form; what speaks against it is said in the form, which stays.

        Args:
            takes_list: a view that is changed becomes the list as it is now.
        """
        commands, view = self._desk.commands, self._changed
        is_shared = is_shared and self._new.may_share
        try:
            if view is None:
                await commands.save_view(name, self._inbox.chosen, is_shared=is_shared)
            else:
                chosen = self._inbox.chosen if takes_list else None
                await commands.change_view(view, name=name, is_shared=is_shared, chosen=chosen)
        except ViewChangedError as error:
            self._changed = error.now
            self._refuse(error, _("What you typed is still here. Save once more to replace that."))
        except Exception as error:  # noqa: BLE001  # said in the form
            self._refuse(error)
        else:
            self.kept.emit(None)
            self.end()

    async def move(self, key: str, by: int) -> None:
        """Put a view further down, or up if `by` is negative."""
        if view := self.find(key):
            await self._told(self._desk.commands.move_view(view, by))

    async def remove(self, key: str) -> None:
        """Remove a view; for a while that can be undone."""
        view = self.find(key)
        if view is not None and await self._told(self._desk.commands.remove_view(view)):
            self._removed = view
            text = _("The view “{name}” is removed.").format(name=visible(view.name))
            self.notice.set(NoticeData(text=text, action=_("Undo")))
            self._fading.start(self._fade())

    async def undo(self) -> None:
        """Put back the view that was removed last."""
        view, self._removed = self._removed, None
        if view is not None and await self._told(self._desk.commands.put_back_view(view)):
            self.notice.set(None)

    async def close(self) -> None:
        """Stop the clock of the undo."""
        await self._fading.close()

    def _draw(self, saved: tuple[SavedView, ...]) -> None:
        session = self._desk.session
        may = tuple(view for view in saved if view.may_be_changed(session))
        self.items.set(saved_views.items(may, own=self._own, users=self._users()))

    def _users(self) -> Mapping[str, User]:
        return self._desk.doors.sign_ins.users if self._desk.doors else {}

    def _refuse(self, error: Exception, kept: str = "") -> None:
        form = self.form.value or self._new
        self.form.set(replace(form, wrong=error_notice(error, kept=kept).text))

    async def _told(self, work: Awaitable[None]) -> bool:
        """Whether it is done; what went wrong is said above the list."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  # said above the list
            self.notice.set(error_notice(error, kept=_("Nothing was changed.")))
            return False
        return True

    async def _fade(self) -> None:
        await self._clock.sleep(UNDO_SECONDS)
        self._removed = None
        self.notice.set(None)
