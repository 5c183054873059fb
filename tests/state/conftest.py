"""A scripted desk of ten conversations, and the states of a tab that works on it."""

from collections.abc import AsyncIterator

import pytest

from app.domain.filters import TicketFilter
from app.domain.ticket import Message
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from app.state.inbox import InboxState
from tests.state.scripted import NOON, FastClock, ScriptedDesk


@pytest.fixture
def scripted() -> ScriptedDesk:
    desk = ScriptedDesk()
    desk.many(10)
    for ticket_id in desk.queries.tickets:
        first = Message(id=f"m-{ticket_id}", sender="customer", text="Help", created_at=NOON)
        desk.queries.messages[ticket_id] = (first,)
    return desk


@pytest.fixture
async def state(scripted: ScriptedDesk) -> AsyncIterator[ConversationState]:
    made = ConversationState(scripted.desk, viewer="tab", fmt=Formatter(), clock=FastClock())
    yield made
    await made.close()


@pytest.fixture
async def inbox(scripted: ScriptedDesk) -> AsyncIterator[InboxState]:
    scripted.many(60)
    state = InboxState(
        scripted.desk.queries,
        scripted.changes,
        chosen=TicketFilter(),
        fmt=Formatter(),
        clock=FastClock(),
    )
    yield state
    await state.close()
