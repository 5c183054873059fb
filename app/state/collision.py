"""Whether somebody else answered a ticket while a reply to it was being written.

Answers are told apart by id and text: the shop gives a reply that was on its way another id, and no
clock has to be trusted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.desk.read_models import ConversationSnapshot
from app.domain.outbox_entry import DeliveryState, plain
from app.domain.ticket import Sender
from app.state.formatting import Formatter, visible
from components.data import SendReason
from components.i18n import _

SAME_ANSWER = timedelta(minutes=2)
"""between a reply that was given here and its message in the shop"""
NOT_SENT = frozenset({DeliveryState.REFUSED.value})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a seller said, in the ticket or on its way there."""

    id: str
    text: str
    at: datetime | None


class Collision:
    """Knows which answers the person at one reply box has had the chance to read."""

    def __init__(self) -> None:
        self._known: tuple[Answer, ...] | None = None
        self._told: tuple[Answer, ...] | None = None
        self._own: set[str] = set()

    def begin(self, snapshot: ConversationSnapshot | None, *, anew: bool = False) -> None:
        """The box is opened over this conversation, or a text begun in it: what stands there is
        known.
        """
        if snapshot is not None and snapshot.messages is not None and (anew or self._known is None):
            self._known = tuple(_answers(snapshot))

    def check(self, snapshot: ConversationSnapshot | None) -> Answer | None:
        """The newest answer that nobody at this box has seen, to be told."""
        if snapshot is None or self._known is None:
            return None
        ids, texts = {one.id for one in self._known}, {one.text for one in self._known} | self._own
        self._told = tuple(_answers(snapshot))
        new = [one for one in self._told if one.id not in ids and one.text not in texts]
        return new[-1] if new else None

    def acknowledge(self) -> None:
        """What was told by `check` has been read."""
        self._known = self._told or self._known

    def sent(self, text: str) -> None:
        """The reply is on its way: it is this person's own, and the next one begins anew."""
        self._own.add(plain(text))
        self._known = None


def answered_meanwhile(answer: Answer, who: str, *, now: datetime, fmt: Formatter) -> SendReason:
    """Who has answered, when and what, as a reason to read it before one sends."""
    when = _(" {age}").format(age=_age(now - answer.at, answer.at, fmt)) if answer.at else ""
    text = _("{who} answered{when}, since you began to write:")
    return SendReason(
        text=text.format(who=who or _("Somebody"), when=when), quote=visible(answer.text)
    )


def _age(age: timedelta, at: datetime, fmt: Formatter) -> str:
    seconds = max(0, int(age.total_seconds()))
    if seconds < 60:
        return _("{seconds} s ago").format(seconds=seconds)
    if seconds < 3600:
        return _("{minutes} min ago").format(minutes=seconds // 60)
    return _("at {time}").format(time=fmt.moment(at))


def _answers(snapshot: ConversationSnapshot) -> Iterable[Answer]:
    for message in snapshot.messages or ():
        if message.sender == Sender.SELLER:
            at = message.created_at - snapshot.skew if message.created_at else None
            yield Answer(message.id, plain(message.text), at)
    for reply in snapshot.pending:
        if reply.status is None and reply.state not in NOT_SENT:
            yield Answer(reply.reply_id, plain(reply.text), reply.written_at)
