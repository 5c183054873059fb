"""Which answer came from which request: what is remembered so that a late one undoes nothing.

Kept in memory only: after a restart no older request is under way.
"""

from typing import TypeVar

from app.domain.merge import Doubt, Past, Verdict, age, judge, merged
from app.domain.ticket import Ticket
from app.store.filing import Kept

V = TypeVar("V")

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
        overtaken = started < self.told_at(read.ticket.id)
        verdict = self._verdict(old, read, started, newest)
        is_heard = self._is_heard(old, read, verdict, started, newest)
        ticket = merged(held, read.ticket) if verdict is Verdict.TAKE else held
        if ticket is None:
            return None
        if is_heard:
            due = age(ticket, read.ticket) < 0 or (overtaken and _may_lack_something(ticket, read))
        else:
            due = old is None or old.due or _has_moved(old.ticket, ticket)
            due = due or (overtaken and _contradicts(old, read))
        is_new = is_heard and (old is None or old.messages != read.messages)
        kept = Kept(
            ticket=ticket,
            messages=read.messages if is_new else old.messages if old else None,
            read_at=started if is_new else old.read_at if old else None,
            due=due,
        )
        return None if kept == old else kept

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

    def _is_heard(
        self, old: Kept | None, read: Kept, verdict: Verdict, started: int, newest: int
    ) -> bool:
        """Whether the messages of `read` are to be held; a list carries none to hold."""
        held = old.messages if old else None
        if read.messages is None or not self._is_current(old, read, verdict, started):
            return False
        id_ = read.ticket.id
        ids = frozenset(message.id for message in read.messages)
        lost = not ids.issuperset(message.id for message in held or ())
        if lost and not (old and age(old.ticket, read.ticket) > 0):
            doubt = self._losses.get(id_)
            if doubt is None or not doubt.is_settled_by(ids, started=started):
                _doubt(self._losses, id_, ids, newest)
                return False
        self._losses.pop(id_, None)
        _remember(self._heard, id_, max(started, self._heard.get(id_, 0)))
        return True

    def _is_current(self, old: Kept | None, read: Kept, verdict: Verdict, started: int) -> bool:
        """Whether the messages of `read` may be newer than those held."""
        if verdict is Verdict.TAKE:
            return True
        id_ = read.ticket.id
        in_order = started > self._floors.get(id_, 0) and started >= self._heard.get(id_, 0)
        if old is None or old.messages is None:
            return in_order
        return in_order and age(old.ticket, read.ticket) >= 0


def _has_moved(before: Ticket, after: Ticket) -> bool:
    """Whether there may be messages that were not there before."""
    return (before.updated_at, before.message_count) != (after.updated_at, after.message_count)


def _may_lack_something(ticket: Ticket, read: Kept) -> bool:
    """Whether an answer that a later one has overtaken may lack messages, for all it says."""
    counts = {None, len(read.messages or ())}
    return read.ticket.updated_at is None or ticket.message_count not in counts


def _contradicts(old: Kept | None, read: Kept) -> bool:
    """Whether an answer differs from what is held in a way that no clock can explain."""
    if old is None or age(old.ticket, read.ticket) != 0:
        return False
    differs = merged(old.ticket, read.ticket) != old.ticket
    return differs or (read.messages is not None and read.messages != old.messages)


def _doubt(doubts: dict[str, Doubt], id_: str, claim: object, newest: int) -> None:
    known = doubts.get(id_)
    if known is None or known.claim != claim:
        _remember(doubts, id_, Doubt(claim=claim, raised=newest))


def _remember(memory: dict[str, V], id_: str, value: V) -> None:
    memory.pop(id_, None)
    memory[id_] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
