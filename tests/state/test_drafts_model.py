"""Two windows, saves, reloads, sends, undos, cuts and deaths: hypothesis looks for a lost word."""

import asyncio

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.domain.signals import Changes
from app.domain.ticket import Ticket
from tests.state.scripted import ScriptedDesk, until_quiet
from tests.state.windows import Browser, Window

WHICH = st.integers(0, 1)
TICKETS = ("t1", "t2")


class BoxesModel(RuleBasedStateMachine):
    """Each word is typed once; it must be somewhere until somebody who sees it deletes it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.scripted = ScriptedDesk()
        self.scripted.commands.replies = self.scripted.queries.replies
        self.browser = Browser()
        self.windows: list[Window] = []
        self.typed: set[str] = set()
        self.deleted: set[str] = set()

    @initialize()
    def open(self) -> None:
        for ticket_id in TICKETS:
            self.scripted.put(Ticket(id=ticket_id, subject=ticket_id, status="open"))
        self.runner.run(self._open(2))

    @rule(which=WHICH)
    def types(self, which: int) -> None:
        word = f"w{len(self.typed)}"
        before = self.windows[which].text
        self.windows[which].type(word)
        if self.windows[which].text != before:
            self.typed.add(word)

    @rule(which=WHICH)
    def pauses(self, which: int) -> None:
        self.windows[which].flush()

    @rule(which=WHICH)
    def deletes(self, which: int) -> None:
        self.deleted |= set(self.windows[which].clear().split())

    @rule(which=WHICH)
    def sends(self, which: int) -> None:
        self.windows[which].send()

    @rule(which=WHICH)
    def puts_the_other_text_below(self, which: int) -> None:
        self.windows[which].insert()

    @rule(which=WHICH, ticket_id=st.sampled_from(TICKETS))
    def opens_a_ticket(self, which: int, ticket_id: str) -> None:
        self.windows[which].open(ticket_id)

    @rule(which=WHICH)
    def desk_hears(self, which: int) -> None:
        self.runner.run(self._hear(self.windows[which]))

    @rule(which=WHICH)
    def browser_hears(self, which: int) -> None:
        if self.windows[which].down:
            self.windows[which].down.popleft()()

    @rule()
    def time_passes(self) -> None:
        self.runner.run(until_quiet())

    @rule(which=WHICH)
    def takes_a_reply_back(self, which: int) -> None:
        self.runner.run(self._undo(self.windows[which]))

    @rule(which=WHICH, ticket_id=st.sampled_from(TICKETS))
    def reloads(self, which: int, ticket_id: str) -> None:
        self.runner.run(self.windows[which].reload(ticket_id))

    @rule(which=WHICH)
    def line_breaks_and_comes_back(self, which: int) -> None:
        """What was on the line is lost; what the desk said meanwhile comes."""
        self.windows[which].up.clear()
        self.windows[which].reconnect()

    @rule(ticket_ids=st.tuples(st.sampled_from(TICKETS), st.sampled_from(TICKETS)))
    def desk_is_killed(self, ticket_ids: tuple[str, str]) -> None:
        for window, ticket_id in zip(self.windows, ticket_ids, strict=True):
            self.runner.run(window.reload(ticket_id, killed=True))

    @rule(which=WHICH)
    def tab_dies_and_another_is_opened(self, which: int) -> None:
        self.runner.run(self._replace(which))

    @invariant()
    def no_word_is_lost(self) -> None:
        """None is only in the desk's memory or on a line."""
        places = [text for texts in self.scripted.papers.texts().values() for text in texts]
        places += [given[3] for given in self.scripted.commands.given]
        places += [kept.text for kept in self.browser.storage.values()]
        places += [window.text for window in self.windows]
        assert self.typed - self.deleted <= set(" ".join(places).split())

    @invariant()
    def box_holds_what_was_typed_into_it(self) -> None:
        """What nobody has acknowledged is not replaced by anything from outside."""
        for window in self.windows:
            kept = self.browser.storage.get((window.page, window.data.ticket_id))
            if kept is not None and not kept.reply_id:
                assert window.text == kept.text

    @invariant()
    def no_reply_is_sent_twice(self) -> None:
        ids = [given[2] for given in self.scripted.commands.given]
        assert len(ids) == len(set(ids))

    def teardown(self) -> None:
        try:
            self.runner.run(self._end())
        finally:
            self.runner.close()

    async def _open(self, count: int) -> None:
        self.windows += [Window(self.scripted, browser=self.browser) for _ in range(count)]

    async def _replace(self, which: int) -> None:
        dead = self.windows[which]
        await dead.vanish()
        self.windows[which] = Window(self.scripted, browser=self.browser)
        self.windows[which].hand_over()

    async def _hear(self, window: Window) -> None:
        if window.up:
            window.up.popleft()()
            await asyncio.sleep(0)

    async def _undo(self, window: Window) -> None:
        given = self.scripted.commands.given
        if not given:
            return
        window.flush()
        while window.up:
            window.up.popleft()()
        await until_quiet()
        _, ticket_id, _, text, *_ = given.pop()
        self.scripted.papers.give_back(ticket_id, text)
        self.scripted.changes.emit(Changes(tickets=frozenset({ticket_id})))

    async def _end(self) -> None:
        """Once all have heard of everything, each window shows everything that is kept."""
        for _ in range(4):
            for window in self.windows:
                window.flush()
                await window.pass_on()
        for window in self.windows:
            window.hand_over()
            await window.pass_on()
        for window in self.windows:
            await window.pass_on()
        assert self.browser.storage == {}
        self.no_word_is_lost()
        for window in self.windows:
            kept = self.scripted.papers.texts().get(window.data.ticket_id, [])
            shown = {window.text, *(other.text for other in window.data.other_drafts)}
            assert {text for text in shown if text.strip()} == set(kept)
        for window in self.windows:
            await window.close()


def test_no_order_of_events_loses_or_hides_a_word() -> None:
    run_state_machine_as_test(
        BoxesModel, settings=settings(max_examples=120, stateful_step_count=40)
    )
