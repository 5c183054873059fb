"""Presenter of the views that sellers have saved."""

from collections.abc import Mapping

from app.domain.accounts import User
from app.domain.filters import address
from app.domain.saved_views import SavedView
from app.state.formatting import Formatter, visible
from components.data import SavedViewItem, ViewItem
from components.i18n import _


def views(
    saved: tuple[SavedView, ...],
    *,
    totals: Mapping[str, int],
    shown: SavedView | None,
    fmt: Formatter,
    is_partial: bool,
) -> tuple[ViewItem, ...]:
    """The saved views with their counts as far as they are known, below the built-in ones."""
    return tuple(
        ViewItem(
            key=view.key,
            label=visible(view.name),
            count=_count(totals.get(view.key), fmt, is_partial=is_partial),
            active=view is shown,
            href=address(view.filter),
            about=meaning_lost(view) or visible(view.name),
            is_saved=True,
        )
        for view in saved
    )


def meaning_lost(view: SavedView) -> str:
    """That some of a view's words mean nothing any more; "" where all of them do."""
    if not view.meaningless:
        return ""
    words = _("“{name}” asks for something that means nothing here ({words}). The rest is shown.")
    return words.format(name=visible(view.name), words=visible(", ".join(view.meaningless)))


def items(
    saved: tuple[SavedView, ...], *, own: str, users: Mapping[str, User]
) -> tuple[SavedViewItem, ...]:
    """The views that can be changed, `own` being who looks at them."""
    return tuple(
        SavedViewItem(
            key=view.key,
            name=visible(view.name),
            note=_whose(view, own, users),
            is_own=view.author == own,
        )
        for view in saved
    )


def _whose(view: SavedView, own: str, users: Mapping[str, User]) -> str:
    if view.author != own:
        user = users.get(view.author)
        gone = _("Shared by somebody who is gone")
        before = gone if view.author else _("Saved before there were users")
        return _("Shared by {who}").format(who=user.name) if user else before
    return _("Shared") if view.is_shared else ""


def _count(total: int | None, fmt: Formatter, *, is_partial: bool) -> str:
    if total is None:
        return ""
    return _("{said} so far").format(said=fmt.count(total)) if is_partial else fmt.count(total)
