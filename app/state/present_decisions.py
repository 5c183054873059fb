"""The replies that wait for a person, in the words and shapes of the place that lists them."""

from collections.abc import Sequence
from datetime import datetime

from app.desk.read_models import ReviewItem
from app.domain.bounds import cut
from app.state.formatting import UNKNOWN, Formatter, iso, visible
from app.state.presenters import reply_labels
from components.data import DecisionData, DecisionsData, NoticeData

SHOWN_LENGTH = 600
"""characters of a reply; all of it stands in its conversation"""


def board(
    waiting: Sequence[ReviewItem],
    *,
    fmt: Formatter,
    now: datetime,
    notice: NoticeData | None = None,
) -> DecisionsData:
    """Everything that waits, oldest first."""
    return DecisionsData(
        title=_title(waiting, fmt) if waiting else "Nothing waits for your decision",
        decisions=tuple(_decision(one, fmt, now) for one in waiting),
        check_all=any(one.reply.state == "uncertain" for one in waiting),
        notice=notice,
    )


def line(waiting: Sequence[ReviewItem], *, fmt: Formatter) -> NoticeData | None:
    """The line under the header while something waits."""
    if not waiting:
        return None
    return NoticeData(text=f"{_title(waiting, fmt)}.", tone="warning", action="Decide")


def _title(waiting: Sequence[ReviewItem], fmt: Formatter) -> str:
    one, many = ("reply needs", "replies need")
    if any(decided.reply.status for decided in waiting):
        one, many = ("order needs", "replies and orders need")
    return f"{fmt.counted(len(waiting), one, many)} your decision"


def _decision(one: ReviewItem, fmt: Formatter, now: datetime) -> DecisionData:
    reply, ticket = one.reply, one.ticket
    text = cut(reply.text, SHOWN_LENGTH)
    return DecisionData(
        reply_id=reply.reply_id,
        ticket_id=ticket.id,
        subject=visible(ticket.subject) or "(no subject)",
        customer=visible(ticket.customer_email) or UNKNOWN,
        text=text,
        written_at=iso(reply.written_at),
        written_exact=fmt.exact(reply.written_at),
        state=reply_labels.shown_state(reply),
        state_label=reply_labels.state_label(reply, fmt=fmt, now=now),
        actions=reply_labels.actions(reply),
    )
