"""A ticket from the moment its drawer opens: what was read of it, and where in it one is."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from app.desk.read_models import ConversationSnapshot
from app.domain.marks import messages_of
from app.domain.search_query import SearchQuery
from app.domain.ticket import Message
from app.state.collision import Collision
from app.state.presenters import conversation as presenter
from app.state.presenters.hits import begins_with_hit, hits_in
from app.state.presenters.stretch import Stretch
from app.state.undo_send import SentReply
from components.data import BeforeSendData, NoticeData, SendReason


def new_reply_id() -> str:
    """Under which a reply is kept, from before it is written."""
    return str(uuid.uuid4())


@dataclass(slots=True, kw_only=True)
class Opening:
    """One ticket from the moment its drawer opens; what is typed there belongs to it alone."""

    ticket_id: str
    reply_id: str = field(default_factory=new_reply_id)
    snapshot: ConversationSnapshot | None = None
    stretch: Stretch = presenter.NEWEST
    asked: Counter[str] = field(default_factory=Counter)
    """how often more of a message was asked for"""
    query: SearchQuery = presenter.NO_QUERY
    hits: tuple[str, ...] = ()
    """the messages with what was searched for"""
    hit: int = -1
    """the one that was gone to last"""
    jumps: int = 0
    notice: NoticeData | None = None
    unread: NoticeData | None = None
    status_busy: bool = False
    stays_unread: bool = False
    """the person has called it unread since it was opened"""
    collision: Collision = field(default_factory=Collision)
    before_send: BeforeSendData | None = None
    """what the person is asked about the reply they have pressed Send for"""
    read_reasons: frozenset[SendReason] = frozenset()
    """what they were asked before: no reply waits for it again"""

    note_on_customer: bool = False
    """the private note that is typed is about the customer"""
    note_problem: str = ""
    """why it was not added"""
    asked_about_note: int = 0
    """the number of the private note about which is asked whether it is to go"""

    @property
    def is_bare(self) -> bool:
        """Whether the drawer stands open without the messages."""
        return self.snapshot is None or self.snapshot.messages is None

    @property
    def seen(self) -> frozenset[str]:
        """The messages the person had before their eyes."""
        return frozenset(message.id for message in self.held)

    @property
    def seen_anew(self) -> int | None:
        """How many messages are shown of a ticket that was unread; None while some are lacking."""
        if self.snapshot is None or self.is_bare or self.stays_unread or not self.snapshot.unread:
            return None
        counted = messages_of(self.snapshot.ticket)
        return counted if len(self.held) >= counted else None

    @property
    def held(self) -> tuple[Message, ...]:
        """The messages that are known."""
        return (self.snapshot.messages if self.snapshot else None) or ()

    def find_hits(self) -> None:
        """Look for what was searched for; the first time it is gone to."""
        self.hits = hits_in(self.held, self.query)
        if self.hits and not self.jumps:
            self.go_to_hit(0)

    def go_to_hit(self, place: int) -> None:
        """Draw the hit with what stands around it, as far as that is not drawn."""
        self.hit, self.jumps = max(0, min(place, len(self.hits) - 1)), self.jumps + 1
        at = next(n for n, message in enumerate(self.held) if message.id == self.hits[self.hit])
        self.stretch = self.stretch.around(at, len(self.held))
        if not begins_with_hit(self.held[at].text, self.query):
            self.asked[self.held[at].id] = max(1, self.asked[self.held[at].id])

    def sent_reply(self, sends_at: datetime) -> SentReply:
        """The reply that was written here, which leaves at `sends_at`."""
        return SentReply(
            ticket_id=self.ticket_id,
            reply_id=self.reply_id,
            subject=self.snapshot.ticket.subject or "" if self.snapshot else "",
            sends_at=sends_at,
        )
