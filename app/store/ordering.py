"""Which answer came from which request: what is remembered so that a late one undoes nothing.

Kept in memory only: after a restart no older request is under way.
"""

from typing import TypeVar

from app.domain.merge import Doubt, Past, Verdict, age, judge, merged
from app.domain.ticket import Message
from app.store.filing import Kept

V = TypeVar("V")
Messages = tuple[Message, ...] | None

REMEMBERED = 20_000
"""tickets; far more than any request that is still under way can have overtaken"""


class Ordering:
    """Decides what of each answer is believed."""

    def __init__(self) -> None:
        self.stats_floor = 0
        """what the API counted for requests before this number lacks something held"""
        self._floors: dict[str, int] = {}  # written by the event loop, the rest by the writer
        self._latest: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._doubts: dict[str, Doubt] = {}
        self._losses: dict[str, Doubt] = {}

    def raise_floor(self, ticket_id: str, started: int) -> None:
        """Believe nothing about this ticket that was asked for before number `started`."""
        _remember(self._floors, ticket_id, max(started, self._floors.get(ticket_id, 0)))
        self.stats_floor = max(self.stats_floor, started)

    def heard_at(self, ticket_id: str) -> int | None:
        """The start of the newest read of the messages since the desk runs."""
        return self._heard.get(ticket_id)

    def told_at(self, ticket_id: str) -> int:
        """The start of the newest answer about this ticket that was believed; 0 for none."""
        return self._latest.get(ticket_id, 0)

    def taken(self, old: Kept | None, read: Kept, *, started: int, newest: int) -> Kept | None:
        """What is to be held after `read`; None when nothing that is held differs.

        Shape: `newest` is the highest number given to a request so far.
        """
        held = old.ticket if old else None
        verdict = self._verdict(old, read, started, newest)
        messages = self._messages(old, read, verdict, started, newest)
        ticket = merged(held, read.ticket) if verdict is Verdict.TAKE else held
        if ticket is None or (old and ticket == old.ticket and messages == old.messages):
            return None
        fresh = messages is not None and messages is read.messages
        read_at = started if fresh else old.read_at if old else None
        return Kept(ticket=ticket, messages=messages, read_at=read_at)

    def _verdict(self, old: Kept | None, read: Kept, started: int, newest: int) -> Verdict:
        id_ = read.ticket.id
        past = Past(
            latest=self._latest.get(id_, 0),
            floor=self._floors.get(id_, 0),
            doubt=self._doubts.get(id_),
        )
        verdict = judge(old.ticket if old else None, read.ticket, started=started, past=past)
        if verdict is Verdict.DOUBT:
            _doubt(self._doubts, id_, read.ticket.updated_at, newest)
        elif verdict is Verdict.TAKE:
            self._doubts.pop(id_, None)
            _remember(self._latest, id_, max(started, self._latest.get(id_, 0)))
        return verdict

    def _messages(
        self, old: Kept | None, read: Kept, verdict: Verdict, started: int, newest: int
    ) -> Messages:
        """The messages to hold; a list carries none, so a later list does not outdate a read."""
        held = old.messages if old else None
        if read.messages is None or not self._is_current(old, read, verdict, started):
            return held
        id_ = read.ticket.id
        ids = frozenset(message.id for message in read.messages)
        lost = not ids.issuperset(message.id for message in held or ())
        if lost and not (old and age(old.ticket, read.ticket) > 0):
            doubt = self._losses.get(id_)
            if doubt is None or not doubt.is_settled_by(ids, started=started):
                _doubt(self._losses, id_, ids, newest)
                return held
        self._losses.pop(id_, None)
        _remember(self._heard, id_, max(started, self._heard.get(id_, 0)))
        return held if held == read.messages else read.messages

    def _is_current(self, old: Kept | None, read: Kept, verdict: Verdict, started: int) -> bool:
        """Whether the messages of `read` may be newer than those held."""
        if verdict is Verdict.TAKE:
            return True
        id_ = read.ticket.id
        in_order = started > self._floors.get(id_, 0) and started >= self._heard.get(id_, 0)
        if old is None or old.messages is None:
            return in_order
        return in_order and age(old.ticket, read.ticket) >= 0


def _doubt(doubts: dict[str, Doubt], id_: str, claim: object, newest: int) -> None:
    known = doubts.get(id_)
    if known is None or known.claim != claim:
        _remember(doubts, id_, Doubt(claim=claim, raised=newest))


def _remember(memory: dict[str, V], id_: str, value: V) -> None:
    memory.pop(id_, None)
    memory[id_] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
