"""Windows of one seller on one desk: a state each, a line to it, and a box as browsers have."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import count
from typing import Any

from app.domain.outbox_entry import Draft
from app.state.conversation import ConversationState
from app.state.drafts import recover_draft
from app.state.formatting import Formatter
from components.data import ConversationData
from tests.state.scripted import FastClock, ScriptedDesk, shown, until_quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Words in the storage of a browser, as drafts.js keeps them; `said` 0 until handed over."""

    text: str
    onto: str
    said: int = 0
    reply_id: str = ""


class Browser:
    """What the windows of one browser share: its storage, by page and ticket."""

    def __init__(self) -> None:
        self.storage: dict[tuple[int, str], Kept] = {}
        self.gone: set[int] = set()
        """the pages that died and answer no more"""


class Window:
    """A reply box as reply_form.js has it; both ways of its line wait until let through."""

    _pages = count(1)

    def __init__(
        self,
        scripted: ScriptedDesk,
        ticket_id: str = "t1",
        *,
        browser: Browser | None = None,
    ) -> None:
        self.browser = browser or Browser()
        self.storage = self.browser.storage
        self.up: deque[Callable[[], object]] = deque()
        self.down: deque[Callable[[], object]] = deque()
        self._scripted = scripted
        self._begin(ticket_id)

    def _begin(self, ticket_id: str) -> None:
        """Load the page."""
        self.page = next(self._pages)
        self.text = self.known = ""
        self.saved: str | None = ""
        self.base = self.revision = self.acked_revision = self.edits = 0
        self.sending, self.asked = False, ("", "")
        self.data = ConversationData()
        self.boxed = ticket_id
        self._answering = "", ""
        self._tasks: list[asyncio.Task[None]] = []
        desk = self._scripted.desk
        self.state = ConversationState(desk, viewer="tab", fmt=Formatter(), clock=FastClock())
        self.state.drawer.follow(lambda data: self.down.append(lambda: self._draw(data)))
        self.state.sent.subscribe(lambda _: self._answer(ok=True))
        self.state.saved.subscribe(
            lambda saved: self.down.append(lambda: self._acknowledge(*saved))
        )
        self.state.open(ticket_id)

    def open(self, ticket_id: str) -> None:
        self.flush()
        self.up.append(lambda: self.state.open(ticket_id))

    def type(self, more: str) -> None:
        if self.data.ticket_id and not self.sending:
            self.text = f"{self.text} {more}"
            self._keep(self.data.ticket_id)

    def clear(self) -> str:
        """Delete what is seen in the box; returns it."""
        seen = self.text
        if self.sending or not self.data.ticket_id:
            return ""
        self.text = ""
        self._keep(self.data.ticket_id)
        return seen

    def flush(self) -> None:
        if not self._take():
            self._hand(self.data.ticket_id)

    def send(self) -> None:
        if self.sending or not self.text.strip() or not self.data.may_reply:
            return
        self._hand(self.data.ticket_id)
        self.sending, self.asked = True, (self.data.reply_id, self.text)
        self._order()

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
        self.up.append(lambda: self._do(self.state.review("r", "undo")))

    async def pass_on(self) -> None:
        """Let everything through, in both directions, until nothing is left to say."""
        for _ in range(5):
            await self.hear()
            while self.down:
                self.down.popleft()()

    async def hear(self) -> None:
        """Let the desk hear everything."""
        while self.up:
            self.up.popleft()()
        await until_quiet()

    def hear_one(self) -> None:
        """Let the desk hear one thing."""
        if self.up:
            self.up.popleft()()

    def draw_one(self) -> None:
        """Let the browser hear one thing."""
        if self.down:
            self.down.popleft()()

    def reconnect(self) -> None:
        """Say again what nobody has acknowledged, as what was said on a broken line is lost."""
        self.hand_over()
        if self.revision > self.acked_revision and self.sending:
            self._order()
        elif self.revision > self.acked_revision:
            self.saved = None
            self.flush()

    async def close(self) -> None:
        """Leave the page, which hands the draft over first."""
        self.flush()
        while self.up:
            self.up.popleft()()
        await asyncio.gather(*self._tasks)
        await self.state.close()

    async def reload(self, ticket_id: str, *, killed: bool = False) -> None:
        """Load the page anew; what is on the line is lost.

        With `killed` the desk has ended meanwhile, and what it had in memory is lost as well.
        """
        left = self.page
        self.up.clear()
        self.down.clear()
        if killed:
            await self._forsake()
        else:
            await asyncio.gather(*self._tasks)
            await self.state.close()
            self.down.clear()
        self._begin(ticket_id)
        for (page, ticket), kept in list(self.storage.items()):
            if page == left and not kept.reply_id:
                del self.storage[page, ticket]
                self.storage[self.page, ticket] = Kept(text=kept.text, onto=kept.onto)
        self.browser.gone.add(left)
        self.hand_over()

    async def vanish(self) -> None:
        """The process of the page dies with its line; its words stay in the storage."""
        self.up.clear()
        await self._forsake()
        self.browser.gone.add(self.page)

    def hand_over(self) -> None:
        """Hand over what is kept for other boxes, and by pages that are gone."""
        for (page, ticket), kept in list(self.storage.items()):
            own = page == self.page and (ticket != self.boxed or kept.reply_id)
            if own or page in self.browser.gone:
                self._hand_words(page, ticket, kept)

    def _hand_words(self, page: int, ticket: str, kept: Kept) -> None:
        async def hand() -> None:
            if await recover_draft(
                self._scripted.desk, ticket, kept.text, kept.onto, kept.reply_id
            ):
                self.down.append(taken)

        def taken() -> None:
            if (page, ticket) in self.storage and self.storage[page, ticket].text == kept.text:
                del self.storage[page, ticket]

        self.up.append(lambda: self._do(hand()))

    async def _forsake(self) -> None:
        """End the state as the death of the desk would: nothing more is saved."""
        self.state._leave()
        drafts = self.state._drafts
        tasks = [*self._tasks, self.state._latest._task]
        tasks += [s._task for s in (self.state._again, self.state._drafts_again, drafts._soon)]
        for task in filter(None, tasks):
            task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    def _hand(self, ticket_id: str) -> None:
        if self.text != self.saved and ticket_id:
            self.saved = self.text
            self._say(ticket_id, self.state.edit_draft)
            self._keep(ticket_id)

    def _order(self) -> None:
        reply_id, _ = self.asked
        self._say(
            self.data.ticket_id, lambda *pressed: self._do(self._send(*pressed, reply_id=reply_id))
        )
        self._keep(self.data.ticket_id, reply_id)

    def _keep(self, ticket_id: str, reply_id: str = "") -> None:
        handed = self.text == self.saved
        if handed and self.revision <= self.acked_revision and not reply_id:
            self.storage.pop((self.page, ticket_id), None)
            return
        said = self.revision if handed else 0
        self.storage[self.page, ticket_id] = Kept(
            text=self.text, onto=self.known, said=said, reply_id=reply_id
        )

    def _say(self, ticket_id: str, hear: Callable[[str, str, int, int], object]) -> None:
        """Put what the box holds on the line."""
        self.edits += 1
        self.revision = self.edits
        said = ticket_id, self.text, self.base, self.revision
        self.up.append(lambda: hear(*said))

    async def _send(
        self, ticket_id: str, text: str, base: int, said: int, *, reply_id: str
    ) -> None:
        self._answering = ticket_id, reply_id
        drawn = self.state.drawer.value
        if drawn is not None and drawn.ticket_id == ticket_id:  # as the component sees to
            await self.state.send(text, base, said, reply_id)
        self._answer(ok=False)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _draw(self, data: ConversationData) -> None:
        before, self.data = self.data, data
        if data.ticket_id == before.ticket_id:
            self._take()
            return
        self._hand(before.ticket_id)
        self.sending = False
        self._load()
        self._hand(data.ticket_id)

    def _load(self) -> None:
        data = self.data
        self.text = self.known = data.draft
        self.saved = data.draft
        self.base, self.revision, self.acked_revision = (
            data.draft_base,
            data.draft_acked_revision,
            data.draft_acked_revision,
        )
        self.boxed = data.ticket_id
        own = self.storage.get((self.page, data.ticket_id))
        if own is None or own.reply_id:
            return
        self.text, self.saved = own.text, None
        if data.draft not in (own.onto, own.text):
            self.base = -1

    def _take(self) -> bool:
        acked = self.text == self.saved and self.revision == self.data.draft_acked_revision
        waits = self.base != self.data.draft_base and acked and not self.sending
        if waits:
            self.storage.pop((self.page, self.data.ticket_id), None)
            self._load()
        return waits

    def _acknowledge(self, ticket_id: str, said: int) -> None:
        kept = self.storage.get((self.page, ticket_id))
        if kept and kept.said and kept.said <= said:
            del self.storage[self.page, ticket_id]
        if ticket_id != self.data.ticket_id or said > self.revision:
            return
        self.acked_revision = max(self.acked_revision, said)
        if said == self.revision:
            self.known = self.saved or ""

    def _answer(self, *, ok: bool) -> None:
        (ticket_id, reply_id), self._answering = self._answering, ("", "")

        def arrive() -> None:
            kept = self.storage.get((self.page, ticket_id))
            if ok and kept and kept.reply_id == reply_id:
                del self.storage[self.page, ticket_id]
            if ticket_id != self.data.ticket_id or self.asked[0] != reply_id:
                return
            waited, self.sending = self.sending, False
            if ok and self.text == self.asked[1]:
                self.text = self.saved = self.known = ""
                self.acked_revision = self.revision
            elif waited and not ok:
                self.saved = None
                self.flush()

        if ticket_id:
            self.down.append(arrive)


def types(state: ConversationState, text: str) -> None:
    """Type into the box that is on the screen, which took over what it was given."""
    said = shown(state).draft_acked_revision + 1
    state.edit_draft(shown(state).ticket_id, text, shown(state).draft_base, said)


async def sends(state: ConversationState, text: str, *, then_close: bool = False) -> None:
    """Press Send in the box that is on the screen."""
    base, reply_id = shown(state).draft_base, shown(state).reply_id
    await state.send(text, base, 1, reply_id, then_close=then_close)
