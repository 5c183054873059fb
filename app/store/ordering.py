"""Which answer came from which request: what is remembered so that a late one undoes nothing.

Kept in memory only: after a restart no older request is under way.
"""

from typing import TypeVar

from app.domain.merge import Past, Verdict, age, judge, merged
from app.domain.ticket import Message, Ticket
from app.store.filing import Kept

V = TypeVar("V")

REMEMBERED = 20_000
"""tickets; far more than any request that is still under way can have overtaken"""


class Ordering:
    """Decides what of each answer is believed."""

    def __init__(self) -> None:
        self.highest_floor = 0
        self._floors: dict[str, int] = {}  # written by the event loop, the rest by the writer
        self._latest: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._doubts: dict[str, Ticket] = {}

    def raise_floor(self, ticket_id: str, started: int) -> None:
        """Believe nothing about this ticket that was asked for before number `started`."""
        _remember(self._floors, ticket_id, max(started, self._floors.get(ticket_id, 0)))
        self.highest_floor = max(self.highest_floor, started)

    def heard_at(self, ticket_id: str) -> int | None:
        """The start of the newest read of the messages since the desk runs."""
        return self._heard.get(ticket_id)

    def taken(self, old: Kept | None, read: Kept, *, started: int) -> Kept | None:
        """What is to be held after `read`; None when nothing that is held differs."""
        id_ = read.ticket.id
        held = old.ticket if old else None
        verdict = judge(held, read.ticket, started=started, past=self._past(id_))
        if verdict is Verdict.DOUBT:
            _remember(self._doubts, id_, read.ticket)
        elif verdict is Verdict.TAKE:
            self._doubts.pop(id_, None)
            _remember(self._latest, id_, max(started, self._latest.get(id_, 0)))
        messages = self._messages(old, read, verdict, started)
        ticket = merged(held, read.ticket) if verdict is Verdict.TAKE else held
        if ticket is None or (old and ticket == old.ticket and messages == old.messages):
            return None
        fresh = messages is not None and messages is read.messages
        read_at = started if fresh else old.read_at if old else None
        return Kept(ticket=ticket, messages=messages, read_at=read_at)

    def _past(self, id_: str) -> Past:
        doubted = self._doubts.get(id_)
        return Past(
            latest=self._latest.get(id_, 0),
            floor=self._floors.get(id_, 0),
            doubt=doubted.updated_at if doubted else None,
        )

    def _messages(
        self, old: Kept | None, read: Kept, verdict: Verdict, started: int
    ) -> tuple[Message, ...] | None:
        """The messages to hold; a list carries none, so a later list does not outdate a read."""
        held = old.messages if old else None
        if read.messages is None:
            return held
        id_ = read.ticket.id
        in_order = started > self._floors.get(id_, 0) and started >= self._heard.get(id_, 0)
        current = old is None or age(old.ticket, read.ticket) >= 0
        if verdict is not Verdict.TAKE and not (in_order and (current or held is None)):
            return held
        _remember(self._heard, id_, max(started, self._heard.get(id_, 0)))
        return held if held == read.messages else read.messages


def _remember(memory: dict[str, V], id_: str, value: V) -> None:
    memory.pop(id_, None)
    memory[id_] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
