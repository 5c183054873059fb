"""Which answer came from which request: what is remembered so that a late one undoes nothing.

Kept in memory only: after a restart no older request is under way.
"""

from typing import TypeVar

from app.domain.merge import Doubt, Past, Verdict, age, is_newest_first, judge, merged
from app.domain.ticket import Ticket, TicketPage
from app.store.tickets.upsert import StoredTicket

V = TypeVar("V")

TRUST = 2 * 3600 * 1_000_000
"""microseconds; a page out of order less long ago forbids to rely on the head of the list"""
REMEMBERED = 20_000
"""tickets; far more than any request that is still under way can have overtaken"""


class StalenessGuard:
    """Decides what of each answer is believed."""

    def __init__(self) -> None:
        self.stats_floor = 0
        """what the API counted for requests before this number lacks something held"""
        self._head = self._shuffled = 0
        self._floors: dict[str, int] = {}  # written by the event loop, the rest by the writer
        self._latest: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._doubts: dict[str, Doubt] = {}
        self._losses: dict[str, Doubt] = {}

    def fence(self, ticket_id: str, started: int) -> None:
        """Believe nothing about this ticket that was asked for before number `started`."""
        _remember(self._floors, ticket_id, max(started, self._floors.get(ticket_id, 0)))
        self.stats_floor = max(self.stats_floor, started)

    def messages_read_at(self, ticket_id: str) -> int | None:
        """The start of the newest read of the messages since the desk runs."""
        return self._heard.get(ticket_id)

    def observe_page(self, page: TicketPage, started: int) -> None:
        """Learn from a page of the list whether changes come to its head."""
        in_order = is_newest_first(page)
        if in_order is False:
            self._shuffled = max(self._shuffled, started)
        elif in_order and page.offset == 0:
            self._head = max(self._head, started)

    def verified_at(self, ticket_id: str) -> int:
        """The start of the newest answer that would have shown a change of this ticket."""
        is_trusted = self._head > self._shuffled + TRUST
        return max(self.accepted_at(ticket_id), self._head if is_trusted else 0)

    def accepted_at(self, ticket_id: str) -> int:
        """The start of the newest answer about this ticket that was believed; 0 for none."""
        return self._latest.get(ticket_id, 0)

    def taken(
        self, old: StoredTicket | None, read: StoredTicket, *, started: int, newest: int
    ) -> StoredTicket | None:
        """What is to be held after `read`; None when nothing that is held differs.

        Shape: `newest` is the highest number given to a request so far.
        """
        held = old.ticket if old else None
        overtaken = started < self.accepted_at(read.ticket.id)
        in_order = self._in_order(read.ticket.id, started)
        verdict = self._verdict(old, read, started, newest)
        is_heard = self._is_heard(old, read, verdict, started, newest)
        ticket = merged(held, read.ticket) if verdict is Verdict.TAKE else held
        if ticket is None:
            return None
        if is_heard:
            is_stale = not in_order or age(ticket, read.ticket) < 0
            is_stale = is_stale or (overtaken and _may_lack_something(ticket, read))
        else:
            is_stale = old is None or old.is_stale or _has_moved(old.ticket, ticket)
            is_stale = is_stale or (overtaken and _contradicts(old, read))
        is_new = is_heard and (old is None or old.messages != read.messages)
        kept = StoredTicket(
            ticket=ticket,
            messages=read.messages if is_new else old.messages if old else None,
            read_at=started if is_new else old.read_at if old else None,
            is_stale=is_stale,
        )
        return None if kept == old else kept

    def _verdict(
        self, old: StoredTicket | None, read: StoredTicket, started: int, newest: int
    ) -> Verdict:
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
        self,
        old: StoredTicket | None,
        read: StoredTicket,
        verdict: Verdict,
        started: int,
        newest: int,
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

    def _is_current(
        self, old: StoredTicket | None, read: StoredTicket, verdict: Verdict, started: int
    ) -> bool:
        """Whether the messages of `read` may be newer than those held."""
        if verdict is Verdict.TAKE:
            return True
        in_order = self._in_order(read.ticket.id, started)
        if old is None or old.messages is None:
            return in_order or (old is not None and _grows(old, read))
        return (in_order and age(old.ticket, read.ticket) >= 0) or _grows(old, read)

    def _in_order(self, ticket_id: str, started: int) -> bool:
        """Whether no write and no read of the messages has overtaken an answer."""
        floor, heard = self._floors.get(ticket_id, 0), self._heard.get(ticket_id, 0)
        return started > floor and started >= heard


def _grows(old: StoredTicket, read: StoredTicket) -> bool:
    """Whether an answer has all messages that are held and more; those undo nothing."""
    held = {message.id for message in old.messages or ()}
    ids = {message.id for message in read.messages or ()}
    return ids > held


def _has_moved(before: Ticket, after: Ticket) -> bool:
    """Whether there may be messages that were not there before."""
    return (before.updated_at, before.message_count) != (after.updated_at, after.message_count)


def _may_lack_something(ticket: Ticket, read: StoredTicket) -> bool:
    """Whether an answer that a later one has overtaken may lack messages, for all it says."""
    counts = {None, len(read.messages or ())}
    return read.ticket.updated_at is None or ticket.message_count not in counts


def _contradicts(old: StoredTicket | None, read: StoredTicket) -> bool:
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
