"""A private note never leaves: not with a reply beside it, not as a draft, not in any request."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.desk.desk import Desk
from app.desk.private_notes import PrivateNotes
from app.domain.outbox_entry import DraftKind
from app.domain.ticket import Ticket
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from app.store.outbox.private_notes import NoteStore
from app.store.tickets.mirror import TicketMirror
from tests.desk.over_copy import Desk as DeskOverCopy
from tests.doubles.embedded_bench import EmbeddedBench
from tests.state.scripted import FastClock, opened, shown, until_quiet
from tests.store.shop import StillClock

CONFIRM_SECONDS = 130
WORDS = ("Zebrafinch", "Kingfisher", "Nightjar")
"""of a note on the ticket, of one on the customer, and of one that was not added"""


class Requests:
    """Everything that arrives at the API: each request's line, headers and body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.seen: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = len(self.seen)
        self.seen.append(unquote(f"{scope['method']} {scope['path']} {scope['query_string']}"))
        self.seen[place] += str(scope["headers"])

        async def heard() -> Message:
            message = await receive()
            self.seen[place] += message.get("body", b"").decode()
            return message

        await self._app(scope, heard, send)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[EmbeddedBench]:
    built = EmbeddedBench(tmp_path)
    await built.open()
    yield built
    await built.shut()


async def test_no_word_of_a_private_note_is_in_any_request_to_the_api(
    bench: EmbeddedBench, tmp_path: Path
) -> None:
    api = bench.faults._app = Requests(bench.faults._app)
    mirror = await TicketMirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    over = DeskOverCopy(mirror, bench.outbox, StillClock())
    await over.hold(Ticket(id=bench.ticket_id, customer_email="buyer@example.com"))
    store = NoteStore(bench.outbox.database, clock=bench.clock)
    desk = Desk(
        queries=over.queries,
        commands=bench.commands,
        changes=bench.changes,
        private_notes=PrivateNotes(store, changes=bench.changes),
    )
    state = ConversationState(desk, viewer="tab", fmt=Formatter(), clock=FastClock())
    await opened(state, bench.ticket_id)
    base = shown(state).note_box.draft_base

    for number, (word, about) in enumerate(zip(WORDS, ("ticket", "customer", ""), strict=True)):
        state.edit_note(bench.ticket_id, word, base + number, number + 1)
        if about:
            state.choose_note(about)
            await state.add_note()
    await state.send("It is resent.", shown(state).draft_base, 9, shown(state).reply_id)
    await until_quiet()
    await state.close()
    await bench.run_for(CONFIRM_SECONDS)

    kept = [note.text for note in await store.of(shown_ticket(bench))]
    assert kept == [*WORDS[:2]]
    drafts = await bench.local.drafts(bench.ticket_id, kind=DraftKind.NOTE)
    assert [draft.text for draft in drafts] == [WORDS[2]]
    assert bench.answers() == ["It is resent."]
    assert [request for request in api.seen if "It is resent." in request]
    assert [word for word in WORDS for request in api.seen if word in request] == []
    assert not await bench.outbox.unsettled()
    await mirror.close()


def shown_ticket(bench: EmbeddedBench) -> Ticket:
    return Ticket(id=bench.ticket_id, customer_email="buyer@example.com")
