"""What a seller reads about each reply while a day goes by, held against what then happens."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

from app.desk.read_models import PendingReply
from app.desk.rows import pending_of
from app.domain.signals import Changes
from app.state.formatting import Formatter
from app.state.presenters.reply_labels import state_label
from tests.doubles.bench import Bench
from tests.doubles.judge import Verdict
from tests.doubles.mortal import MortalOutbox
from tests.doubles.schedule import Schedule

BY_ITSELF = ("Sending", "Waiting to be sent", "Waits until")
"""how every label begins that says that the reply leaves without anybody's doing"""
NOT_BY_ITSELF = ("Not sent", "Not confirmed: check")
"""how those begin after which it leaves only when somebody has decided about it"""


class WatchedBench(Bench):
    """A bench with a screen that is drawn again only where the desk tells of a change.

    `faults` are the sentences that were not, or no longer, true; `is_asked` says that a person
    wants a try now, whatever was announced about the next one.
    """

    def __init__(self, folder: Path, *, undo_window: float = 0) -> None:
        super().__init__(folder, undo_window=undo_window)
        self.faults: list[str] = []
        self.is_asked = False
        self.denied: dict[str, str] = {}
        """replies that were said not to leave by themselves"""
        self._drawn: dict[str, dict[str, PendingReply]] = {}
        self._stale: set[str] = set()

    async def open(self) -> "WatchedBench":
        await super().open()
        self.changes.subscribe(self._hear)
        self._stale |= set(self.truth.tickets)
        await self._draw()
        return self

    async def run_for(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        while True:
            wait = min(
                await self._watched(self.delivery.send_next),
                await self._watched(self.delivery.reconciler.check_next),
            )
            if self.clock.monotonic() + wait > end:
                self.clock.advance(end - self.clock.monotonic())
                return
            self.clock.advance(max(wait, 0))

    def labels(self) -> dict[str, str]:
        """What stands on the screen, by reply."""
        return {
            name: state_label(reply, fmt=Formatter(), now=self.clock.now())
            for replies in self._drawn.values()
            for name, reply in replies.items()
        }

    async def _watched(self, step: Callable[[], Awaitable[float]]) -> float:
        await self._draw()
        said, drawn, stall = self.labels(), dict(self._drawn), self.delivery.stall
        arrived, reads = self.truth.arrived.copy(), self.shop.read_count
        wait = await step()
        for name in self.truth.arrived - arrived:
            label = self.denied.get(name) or said.get(name, BY_ITSELF[0])
            if not label.startswith(BY_ITSELF):
                self.faults.append(f"{name} was sent after the screen had said: {label}")
        if not self.is_asked:
            early = stall and stall.next_try_at and stall.next_try_at > self.clock.now()
            if early and step == self.delivery.send_next and self.shop.read_count > reads:
                self.faults.append(f"tried before it was said: {stall}")
            await self._judge_pauses(drawn)
        if self.delivery.stall is None:
            self.is_asked = False
        await self._judge_words()
        return wait

    async def _judge_pauses(self, drawn: dict[str, dict[str, PendingReply]]) -> None:
        for replies in drawn.values():
            for name, reply in replies.items():
                row = await self.row(name)
                ends = reply.next_check_at
                is_over = reply.state == "refused" and row.state != "refused"
                if is_over and ends and ends > self.clock.now():
                    self.faults.append(f"{name} went on before {ends}")

    async def _judge_words(self) -> None:
        """Whatever stands on the screen is what somebody who looks now would read."""
        await self._draw()
        shown = self.labels()
        self.denied |= {n: label for n, label in shown.items() if label.startswith(NOT_BY_ITSELF)}
        for ticket_id in self.truth.tickets:
            self._drawn[ticket_id] = await self._pending(ticket_id)
        for name, label in self.labels().items():
            if shown.get(name) != label:
                self.faults.append(f"{name}: the screen says {shown.get(name)!r}, not {label!r}")
        for name in self.labels():
            row = await self.row(name)
            if row.needs_person and self.labels()[name].startswith(BY_ITSELF):
                self.faults.append(f"{name} needs a person: {self.labels()[name]}")

    async def _draw(self) -> None:
        stale, self._stale = self._stale, set()
        for ticket_id in stale:
            self._drawn[ticket_id] = await self._pending(ticket_id)

    async def _pending(self, ticket_id: str) -> dict[str, PendingReply]:
        replies = await self.outbox.pending(ticket_id)
        shown = pending_of(replies, stall=self.delivery.stall)
        return {reply.reply_id: reply for reply in shown}

    def _hear(self, changes: Changes) -> None:
        self._stale |= changes.tickets


class WatchedDay(Schedule):
    """A random day before such a screen; its clock is right, and a person presses *Try now*."""

    bench: WatchedBench

    def __init__(self, seed: int, folder: Path) -> None:
        random = Random(seed)  # noqa: S311  # repeatable on purpose
        super().__init__(random, folder)
        policy = self.bench.policy
        self.bench = WatchedBench(folder, undo_window=random.choice((0, 5)))
        self.bench.outbox_kind, self.bench.policy = MortalOutbox, policy

    def _note(self, what: str, **details: object) -> None:
        super()._note(what, **details)
        if what == "review":
            self.bench.is_asked = True
            self.bench.denied.pop(str(details["entry"]), None)

    async def clock(self) -> None:
        self._note("try now")
        self.bench.is_asked = True
        await self.bench.commands.refresh_now()

    async def end(self) -> Verdict:
        verdict = await super().end()
        promised = [
            f"{name} never went: {label}"
            for name, label in self.bench.labels().items()
            if label.startswith(BY_ITSELF) and "reply above" not in label
        ]
        verdict.faults += self.bench.faults + promised
        return verdict


async def watch(seed: int, folder: Path, *, steps: int = 16) -> tuple[Verdict, list[str]]:
    """Watch the day of a seed; its verdict and what happened."""
    day = WatchedDay(seed, folder)
    await day.open()
    await day.play(steps)
    return await day.end(), day.history
