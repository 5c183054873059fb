"""Lists and tickets read at the same time, answered and delivered in any order."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain.ticket import Conversation, Sender, Status, TicketPage
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.upsert import StoredTicket, load_tickets
from tests.store.shop import NOON, StillClock, message, ticket

T = TypeVar("T")

ID = "tkt_1"


@dataclass
class Request:
    """A request under way; `answer` is None until the server has looked."""

    started: int
    is_list: bool
    answer: TicketPage | Conversation | None = None


class LateAnswers(RuleBasedStateMachine):
    """A server whose clock has seconds, and a copy that hears of it late and out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        path = Path(mkdtemp()) / "copy.sqlite3"
        self.mirror = self.run(TicketMirror.open(path, clock=StillClock()))
        self.now = NOON
        self.server = Conversation(ticket=ticket(ID), messages=())
        self.requests: list[Request] = []
        self.shown: StoredTicket | None = None

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule()
    def a_second_passes(self) -> None:
        self.now += timedelta(seconds=1)

    @rule(sender=st.sampled_from(Sender))
    def somebody_writes(self, sender: Sender) -> None:
        held = self.server
        new = message(f"msg_{len(held.messages)}", sender, "words", self.now)
        changed = replace(held.ticket, updated_at=self.now, message_count=len(held.messages) + 1)
        self.server = Conversation(ticket=changed, messages=(*held.messages, new))

    @rule()
    def ticket_is_closed_or_reopened(self) -> None:
        is_closed = self.server.ticket.status == Status.CLOSED
        status = Status.OPEN if is_closed else Status.CLOSED
        changed = replace(self.server.ticket, status=status, updated_at=self.now)
        self.server = replace(self.server, ticket=changed)

    @rule(is_list=st.booleans())
    def request_leaves(self, is_list: bool) -> None:
        self.requests.append(Request(started=self.mirror.request_number(), is_list=is_list))

    @precondition(lambda self: any(r.answer is None for r in self.requests))
    @rule(data=st.data())
    def server_answers(self, data: st.DataObject) -> None:
        waiting = [r for r in self.requests if r.answer is None]
        request = data.draw(st.sampled_from(waiting))
        request.answer = self._answer(request.is_list)

    @precondition(lambda self: any(r.answer for r in self.requests))
    @rule(data=st.data())
    def answer_arrives(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from([r for r in self.requests if r.answer]))
        self.requests.remove(request)
        self._deliver(request)

    @invariant()
    def nothing_that_was_shown_is_undone(self) -> None:
        held, before = self._held(), self.shown
        if held is None or before is None:
            assert before is None
        else:
            assert held.ticket.updated_at
            assert before.ticket.updated_at
            assert held.ticket.updated_at >= before.ticket.updated_at
            assert ids(held) >= ids(before)
        self.shown = held

    def teardown(self) -> None:
        for request in self.requests:
            request.answer = request.answer or self._answer(request.is_list)
            self._deliver(request)
        for is_list in (True, False, True, False):
            self._deliver(
                Request(self.mirror.request_number(), is_list=is_list, answer=self._answer(is_list))
            )
        held = self._held()
        self.run(self.mirror.close())
        self.loop.close()
        assert held
        assert (held.ticket, held.messages) == (self.server.ticket, self.server.messages)

    def _held(self) -> StoredTicket | None:
        found = self.run(self.mirror.read(lambda c: load_tickets(c, [ID])))
        return found[ID][1] if found else None

    def _answer(self, is_list: bool) -> TicketPage | Conversation:
        return TicketPage(tickets=(self.server.ticket,)) if is_list else self.server

    def _deliver(self, request: Request) -> None:
        answer, started, before = request.answer, request.started, self._held()
        if isinstance(answer, TicketPage):
            changed = self.run(self.mirror.apply_page(answer, started=started))
        else:
            assert answer is not None
            changed = self.run(self.mirror.apply_conversation(answer, started=started))
        assert (shown(self._held()) != shown(before)) <= (ID in changed)


def shown(kept: StoredTicket | None) -> object:
    return kept and (kept.ticket, kept.messages)


def ids(kept: StoredTicket) -> set[str]:
    return {message.id for message in kept.messages or ()}


LateAnswers.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, print_blob=True
)
test_late_answers_undo_nothing = LateAnswers.TestCase
