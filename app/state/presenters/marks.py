"""Presenter of what a seller has marked on a ticket."""

from app.desk.read_models import ConversationSnapshot, InboxRow
from app.domain.marks import UNTIL_REPLY, Mark
from app.state.formatting import Formatter, iso
from components.data import MarksData
from components.i18n import _


def marks_data(snapshot: ConversationSnapshot | None, fmt: Formatter) -> MarksData:
    """The marks of the open ticket in words."""
    if snapshot is None:
        return MarksData()
    said = [_("Pinned")] if snapshot.pinned else []
    if snapshot.snooze:
        said.append(snoozed_words(snapshot.snooze, fmt))
    return MarksData(
        snoozed_until=snoozed_until(snapshot.snooze),
        pinned=snapshot.pinned,
        may_be_unread=snapshot.ticket.needs_response and not snapshot.unread,
        words=" · ".join(said),
    )


def snoozed_until(mark: Mark | None) -> str:
    """When a snooze ends, as the browser has it."""
    if mark is None:
        return ""
    return iso(mark.until) if mark.until else UNTIL_REPLY


def snoozed_words(mark: Mark, fmt: Formatter) -> str:
    """When a snooze ends, in words."""
    if mark.until is None:
        return _("Snoozed until the customer replies")
    return _("Snoozed until {time}").format(time=fmt.moment(mark.until))


def row_mark(row: InboxRow, fmt: Formatter) -> str:
    """The short word in a row that has nothing else to say."""
    if row.snooze:
        return snoozed_words(row.snooze, fmt)
    return _("Pinned") if row.pinned else ""
