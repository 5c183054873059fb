"""Windows of one seller on one desk: a state each, a line to it, and a box as browsers have."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from app.domain.draft import Draft
from app.state.conversation import ConversationState
from app.state.wording import Wording
from components.data import ConversationData
from tests.state.scripted import FastClock, ScriptedDesk, shown, until_quiet


class Window:
    """A reply box as reply_box.js has it; both ways of its line wait until let through."""

    def __init__(self, scripted: ScriptedDesk, ticket_id: str = "t1") -> None:
        self.text = self.saved = ""
        self.turn, self.count, self.sending = 0, 0, False
        self.data = ConversationData()
        self.said: deque[str] = deque()
        """the texts on the line to the desk"""
        self.up: deque[Callable[[], object]] = deque()
        self.down: deque[Callable[[], object]] = deque()
        self._answering = ""
        self._tasks: list[asyncio.Task[None]] = []
        self.state = ConversationState(
            scripted.desk, viewer="tab", words=Wording(), clock=FastClock()
        )
        self.state.drawer.on(lambda data: self.down.append(lambda: self._draw(data)))
        self.state.sent.subscribe(lambda _: self._answer(ok=True))
        self.open(ticket_id)

    def open(self, ticket_id: str) -> None:
        self.flush()
        self.up.append(lambda: self.state.open(ticket_id))

    def type(self, more: str) -> None:
        if self.data.ticket_id and not self.sending:
            self.text = f"{self.text} {more}"

    def clear(self) -> str:
        """Delete what is seen in the box; returns it."""
        seen = self.text
        if self.sending:
            return ""
        self.text = ""
        return seen

    def flush(self) -> None:
        if not self._take():
            self._hand(self.data.ticket_id)

    def send(self) -> None:
        if self.sending or not self.text.strip() or not self.data.may_reply:
            return
        self.flush()
        self.sending = True
        self._say(self.data.ticket_id, lambda *pressed: self._do(self._send(*pressed)))

    def insert(self) -> None:
        if self.data.other_drafts:
            self.flush()
            seen = self.other()
            self.up.append(lambda: self._do(self.state.take_other(seen, insert=True)))

    def other(self) -> Draft:
        """The text from another window, as this one shows it."""
        shown = self.data.other_drafts[0]
        return Draft(number=shown.number, text=shown.text)

    def undo(self) -> None:
        self.flush()
        self.up.append(lambda: self._do(self.state.decide("r", "undo")))

    def unsaved(self) -> list[str]:
        """What the desk has heard of and not kept yet."""
        boxes = self.state._drafts._boxes.values()
        spare = [text for box in boxes for text in box.spare]
        return [*spare, *(box.text for box in boxes if box.unsaved)]

    async def pass_on(self) -> None:
        """Let everything through, in both directions, until nothing is left to say."""
        for _ in range(5):
            while self.up:
                self.up.popleft()()
            await until_quiet()
            while self.down:
                self.down.popleft()()

    async def close(self) -> None:
        """Leave the page, which hands the draft over first."""
        self.flush()
        while self.up:
            self.up.popleft()()
        await asyncio.gather(*self._tasks)
        await self.state.close()

    def _hand(self, ticket_id: str) -> None:
        if self.text != self.saved and ticket_id:
            self.saved = self.text
            self._say(ticket_id, self.state.type)

    def _say(self, ticket_id: str, hear: Callable[[str, str, int, int], object]) -> None:
        """Put what the box holds on the line."""
        self.count += 1
        said = ticket_id, self.text, self.turn, self.count
        self.said.append(self.text)

        def arrive() -> None:
            hear(*said)
            self.said.popleft()

        self.up.append(arrive)

    async def _send(self, ticket_id: str, text: str, turn: int, count: int) -> None:
        self._answering = ticket_id
        drawn = self.state.drawer.value
        if drawn is not None and drawn.ticket_id == ticket_id:  # as the component sees to
            await self.state.send(text, turn, count)
        self._answer(ok=False)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _draw(self, data: ConversationData) -> None:
        before, self.data = self.data, data
        if data.ticket_id == before.ticket_id:
            self._take()
            return
        self._hand(before.ticket_id)
        self.text = self.saved = data.draft
        self.turn, self.count, self.sending = data.draft_turn, 0, False

    def _take(self) -> bool:
        heard = self.text == self.saved and self.count == self.data.draft_heard
        waits = self.turn != self.data.draft_turn and heard and not self.sending
        if waits:
            self.text = self.saved = self.data.draft
            self.turn = self.data.draft_turn
        return waits

    def _answer(self, *, ok: bool) -> None:
        ticket_id, self._answering = self._answering, ""

        def arrive() -> None:
            if not self.sending or ticket_id != self.data.ticket_id:
                return
            self.sending = False
            if ok:
                self.text = self.saved = ""

        if ticket_id:
            self.down.append(arrive)


def types(state: ConversationState, text: str) -> None:
    """Type into the box that is on the screen, which took over what it was given."""
    said = shown(state).draft_heard + 1
    state.type(shown(state).ticket_id, text, shown(state).draft_turn, said)


async def sends(state: ConversationState, text: str, *, then_close: bool = False) -> None:
    """Press Send in the box that is on the screen."""
    await state.send(text, shown(state).draft_turn, 1, then_close=then_close)
