"""The staleness check: may this answer change what is stored? None may undo a newer one.

Answers overlap and come late. Requests carry start numbers. A write fences its ticket at the number
at which its response came, so that what was asked for before the write cannot take it back. Kept in
memory only: after a restart no older request is under way.
"""

from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import TypeVar

from app.domain.ticket import Ticket, TicketPage
from app.store.tickets.upsert import StoredTicket

V = TypeVar("V")

HEAD_TRUST = 2 * 3600 * 1_000_000
"""microseconds; a page out of order less long ago forbids to rely on the head of the list"""
REMEMBERED = 20_000
"""tickets; far more than any request that is still under way can have overtaken"""


class Staleness(Enum):
    """What an answer about one ticket is worth."""

    CURRENT = "current"
    STALE = "stale"
    UNCONFIRMED = "unconfirmed"
    """it says the ticket went back in time: believed when a later read says the same"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something hard to believe that an answer has said when `raised` was the newest number."""

    said: object
    raised: int

    def is_confirmed_by(self, said: object, *, started: int) -> bool:
        """Whether an answer that was asked for since then says the same."""
        return said == self.said and started > self.raised


def check_staleness(
    stored: Ticket | None,
    read: Ticket,
    *,
    started: int,
    accepted: int = 0,
    fence: int = 0,
    claim: Claim | None = None,
) -> Staleness:
    """Judge `read`, whose request was number `started`, against what is stored.

    Args:
        accepted: the start of the newest read that was accepted.
        fence: the number of the last write.
        claim: an older `updated_at` that has been claimed before.
    """
    order = compare_age(stored, read)
    if order > 0:
        return Staleness.CURRENT
    if started <= fence or started < accepted:
        return Staleness.STALE
    if order < 0 and not (claim and claim.is_confirmed_by(read.updated_at, started=started)):
        return Staleness.UNCONFIRMED
    return Staleness.CURRENT


def merge(stored: Ticket | None, read: Ticket) -> Ticket:
    """What is known after `read`: fields that the answer did not carry stay as they were."""
    if stored is None or not read.absent:
        return replace(read, absent=frozenset()) if read.absent else read
    unchanged = {name: getattr(stored, name) for name in read.absent}
    unreadable = read.unreadable | (stored.unreadable & read.absent)
    return replace(read, absent=frozenset(), unreadable=unreadable, **unchanged)


def is_newest_first(page: TicketPage) -> bool | None:
    """Whether a page shows what was updated last first; None when it does not tell."""
    times = [ticket.updated_at for ticket in page.tickets if ticket.updated_at]
    if len(times) < len(page.tickets) or len(set(times)) < 2:
        return None
    return all(one >= other for one, other in pairwise(times))


def compare_age(stored: Ticket | None, read: Ticket) -> int:
    """1 when `read` is newer by the API's own clock, -1 when older, 0 when it does not tell."""
    if stored is None or stored.updated_at is None or read.updated_at is None:
        return 0
    return (read.updated_at > stored.updated_at) - (read.updated_at < stored.updated_at)


class StalenessGuard:
    """Remembers which answer came from which request, and decides what of each is accepted."""

    def __init__(self) -> None:
        self.stats_fence = 0
        """what the API counted for requests before this number lacks something stored"""
        self._head = self._shuffled = 0
        self._fences: dict[str, int] = {}  # written by the event loop, the rest by the writer
        self._accepted: dict[str, int] = {}
        self._messages_read: dict[str, int] = {}
        self._claims: dict[str, Claim] = {}
        self._losses: dict[str, Claim] = {}

    def fence(self, ticket_id: str, started: int) -> None:
        """Accept nothing about this ticket that was asked for before number `started`."""
        _remember(self._fences, ticket_id, max(started, self._fences.get(ticket_id, 0)))
        self.stats_fence = max(self.stats_fence, started)

    def messages_read_at(self, ticket_id: str) -> int | None:
        """The start of the newest read of the messages since the desk runs."""
        return self._messages_read.get(ticket_id)

    def observe_page(self, page: TicketPage, started: int) -> None:
        """Learn from a page of the list whether changes come to its head."""
        in_order = is_newest_first(page)
        if in_order is False:
            self._shuffled = max(self._shuffled, started)
        elif in_order and page.offset == 0:
            self._head = max(self._head, started)

    def verified_at(self, ticket_id: str) -> int:
        """The start of the newest answer that would have shown a change of this ticket."""
        is_trusted = self._head > self._shuffled + HEAD_TRUST
        return max(self.accepted_at(ticket_id), self._head if is_trusted else 0)

    def accepted_at(self, ticket_id: str) -> int:
        """The start of the newest answer about this ticket that was accepted; 0 for none."""
        return self._accepted.get(ticket_id, 0)

    def resolve(
        self, old: StoredTicket | None, read: StoredTicket, *, started: int, newest: int
    ) -> StoredTicket | None:
        """What is to be stored after `read`; None when nothing that is stored differs.

        Args:
            newest: the highest number given to a request so far.
        """
        stored = old.ticket if old else None
        overtaken = started < self.accepted_at(read.ticket.id)
        in_order = self._in_order(read.ticket.id, started)
        staleness = self._check(old, read, started, newest)
        takes_messages = self._takes_messages(old, read, staleness, started, newest)
        ticket = merge(stored, read.ticket) if staleness is Staleness.CURRENT else stored
        if ticket is None:
            return None
        if takes_messages:
            is_stale = not in_order or compare_age(ticket, read.ticket) < 0
            is_stale = is_stale or (overtaken and _may_lack_something(ticket, read))
        else:
            is_stale = old is None or old.is_stale or _has_moved(old.ticket, ticket)
            is_stale = is_stale or (overtaken and _contradicts(old, read))
        is_new = takes_messages and (old is None or old.messages != read.messages)
        new = StoredTicket(
            ticket=ticket,
            messages=read.messages if is_new else old.messages if old else None,
            read_at=started if is_new else old.read_at if old else None,
            is_stale=is_stale,
        )
        return None if new == old else new

    def _check(
        self, old: StoredTicket | None, read: StoredTicket, started: int, newest: int
    ) -> Staleness:
        id_ = read.ticket.id
        staleness = check_staleness(
            old.ticket if old else None,
            read.ticket,
            started=started,
            accepted=self._accepted.get(id_, 0),
            fence=self._fences.get(id_, 0),
            claim=self._claims.get(id_),
        )
        if staleness is Staleness.UNCONFIRMED:
            _raise_claim(self._claims, id_, read.ticket.updated_at, newest)
        elif staleness is Staleness.CURRENT:
            self._claims.pop(id_, None)
            _remember(self._accepted, id_, max(started, self._accepted.get(id_, 0)))
        return staleness

    def _takes_messages(
        self,
        old: StoredTicket | None,
        read: StoredTicket,
        staleness: Staleness,
        started: int,
        newest: int,
    ) -> bool:
        """Whether the messages of `read` are to be stored; a list carries none."""
        stored = old.messages if old else None
        if read.messages is None or not self._may_be_newer(old, read, staleness, started):
            return False
        id_ = read.ticket.id
        ids = frozenset(message.id for message in read.messages)
        lost = not ids.issuperset(message.id for message in stored or ())
        if lost and not (old and compare_age(old.ticket, read.ticket) > 0):
            claim = self._losses.get(id_)
            if claim is None or not claim.is_confirmed_by(ids, started=started):
                _raise_claim(self._losses, id_, ids, newest)
                return False
        self._losses.pop(id_, None)
        _remember(self._messages_read, id_, max(started, self._messages_read.get(id_, 0)))
        return True

    def _may_be_newer(
        self, old: StoredTicket | None, read: StoredTicket, staleness: Staleness, started: int
    ) -> bool:
        """Whether the messages of `read` may be newer than those stored."""
        if staleness is Staleness.CURRENT:
            return True
        in_order = self._in_order(read.ticket.id, started)
        if old is None or old.messages is None:
            return in_order or (old is not None and _grows(old, read))
        return (in_order and compare_age(old.ticket, read.ticket) >= 0) or _grows(old, read)

    def _in_order(self, ticket_id: str, started: int) -> bool:
        """Whether no write and no read of the messages has overtaken an answer."""
        fence, read = self._fences.get(ticket_id, 0), self._messages_read.get(ticket_id, 0)
        return started > fence and started >= read


def _grows(old: StoredTicket, read: StoredTicket) -> bool:
    """Whether an answer has all messages that are stored and more; those undo nothing."""
    stored = {message.id for message in old.messages or ()}
    ids = {message.id for message in read.messages or ()}
    return ids > stored


def _has_moved(before: Ticket, after: Ticket) -> bool:
    """Whether there may be messages that were not there before."""
    return (before.updated_at, before.message_count) != (after.updated_at, after.message_count)


def _may_lack_something(ticket: Ticket, read: StoredTicket) -> bool:
    """Whether an answer that a later one has overtaken may lack messages, for all it says."""
    counts = {None, len(read.messages or ())}
    return read.ticket.updated_at is None or ticket.message_count not in counts


def _contradicts(old: StoredTicket | None, read: StoredTicket) -> bool:
    """Whether an answer differs from what is stored in a way that no clock can explain."""
    if old is None or compare_age(old.ticket, read.ticket) != 0:
        return False
    differs = merge(old.ticket, read.ticket) != old.ticket
    return differs or (read.messages is not None and read.messages != old.messages)


def _raise_claim(claims: dict[str, Claim], id_: str, said: object, newest: int) -> None:
    known = claims.get(id_)
    if known is None or known.said != said:
        _remember(claims, id_, Claim(said=said, raised=newest))


def _remember(memory: dict[str, V], id_: str, value: V) -> None:
    memory.pop(id_, None)
    memory[id_] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
