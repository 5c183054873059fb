"""What needs review, in the words and shapes of the place that lists it."""

from collections.abc import Sequence
from datetime import datetime

from app.desk.read_models import ReviewItem
from app.domain.bounds import cut
from app.state.formatting import UNKNOWN, Formatter, iso, subject_of, visible
from app.state.presenters import reply_labels
from components.data import NoticeData, ReviewItemData, ReviewQueueData
from components.i18n import _

SHOWN_LENGTH = 600
"""characters of a reply; all of it stands in its conversation"""


def board(
    waiting: Sequence[ReviewItem],
    *,
    fmt: Formatter,
    now: datetime,
    notice: NoticeData | None = None,
) -> ReviewQueueData:
    """Everything that needs review, oldest first."""
    return ReviewQueueData(
        title=_title(waiting, fmt) if waiting else _("Nothing needs review"),
        items=tuple(_item(one, fmt, now) for one in waiting),
        recheck_all=any(one.reply.state == "uncertain" for one in waiting),
        notice=notice,
    )


def line(waiting: Sequence[ReviewItem], *, fmt: Formatter) -> NoticeData | None:
    """The line under the header while something waits."""
    if not waiting:
        return None
    return NoticeData(text=f"{_title(waiting, fmt)}.", tone="warning", action=_("Review"))


def _title(waiting: Sequence[ReviewItem], fmt: Formatter) -> str:
    changes = sum(one.reply.status is not None for one in waiting)
    one, many = (_("reply needs"), _("replies need"))
    if changes == len(waiting):
        one, many = (_("status change needs"), _("status changes need"))
    elif changes:
        many = _("replies and status changes need")
    return _("{waiting} your review").format(waiting=fmt.counted(len(waiting), one, many))


def _item(one: ReviewItem, fmt: Formatter, now: datetime) -> ReviewItemData:
    reply, ticket = one.reply, one.ticket
    text = cut(reply.text, SHOWN_LENGTH)
    return ReviewItemData(
        reply_id=reply.reply_id,
        ticket_id=ticket.id,
        subject=subject_of(ticket),
        customer=visible(ticket.customer_email) or UNKNOWN,
        text=text,
        written_at=iso(reply.written_at),
        written_exact=fmt.exact(reply.written_at),
        state=reply_labels.shown_state(reply),
        state_label=reply_labels.state_label(reply, fmt=fmt, now=now),
        actions=reply_labels.actions(reply),
    )
