"""May this answer change what is held? Answers overlap and come late; none may undo a newer one.

Requests carry start numbers. A write raises its ticket's floor to the number at which its response
came, so that what was asked for before the write cannot take it back.
"""

from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from app.domain.ticket import Ticket, TicketPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something hard to believe that an answer has claimed when `raised` was the newest number."""

    claim: object
    raised: int

    def is_settled_by(self, claim: object, *, started: int) -> bool:
        """Whether an answer that was asked for since then claims the same."""
        return claim == self.claim and started > self.raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What earlier answers about a ticket left behind.

    Shape: `latest` is the start of the newest read that was believed, `floor` that of the last
           write; `doubt` is about an older `updated_at`.
    """

    latest: int = 0
    floor: int = 0
    doubt: Doubt | None = None


class Verdict(Enum):
    """What to do with an answer about one ticket."""

    TAKE = "take"
    IGNORE = "ignore"
    DOUBT = "doubt"
    """it says the ticket went back in time: believed when a later read says the same"""


def judge(held: Ticket | None, read: Ticket, *, started: int, past: Past) -> Verdict:
    """Decide about `read`, whose request was number `started`, against what is held."""
    order = age(held, read)
    if order > 0:
        return Verdict.TAKE
    if started <= past.floor or started < past.latest:
        return Verdict.IGNORE
    if order < 0 and not (
        past.doubt and past.doubt.is_settled_by(read.updated_at, started=started)
    ):
        return Verdict.DOUBT
    return Verdict.TAKE


def merged(held: Ticket | None, read: Ticket) -> Ticket:
    """What is known after `read`: fields that the answer did not carry stay as they were."""
    if held is None or not read.absent:
        return replace(read, absent=frozenset()) if read.absent else read
    kept = {name: getattr(held, name) for name in read.absent}
    unreadable = read.unreadable | (held.unreadable & read.absent)
    return replace(read, absent=frozenset(), unreadable=unreadable, **kept)


def is_newest_first(page: TicketPage) -> bool | None:
    """Whether a page shows what was updated last first; None when it does not tell."""
    times = [ticket.updated_at for ticket in page.tickets if ticket.updated_at]
    if len(times) < len(page.tickets) or len(set(times)) < 2:
        return None
    return all(one >= other for one, other in pairwise(times))


def age(held: Ticket | None, read: Ticket) -> int:
    """1 when `read` is newer by the API's own clock, -1 when older, 0 when it does not tell."""
    if held is None or held.updated_at is None or read.updated_at is None:
        return 0
    return (read.updated_at > held.updated_at) - (read.updated_at < held.updated_at)
