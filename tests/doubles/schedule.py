"""One day at a desk where anything may fail, made from a seed and judged at its end."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

from app.domain.errors import (
    BadAnswerError,
    DeskError,
    KeyRefusedError,
    NotSentError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from app.domain.outbox_entry import ReviewAction
from app.domain.ticket import Status
from app.sync.delivery.schedule import RetryPolicy
from tests.doubles.bench import Bench
from tests.doubles.judge import Verdict, judge
from tests.doubles.mortal import KilledError, MortalOutbox
from tests.doubles.shop import Fate
from tests.doubles.truth import plainly

LOST = UnreachableError("The answer broke off.")
NO = BadAnswerError("502")


def _die() -> None:
    raise KilledError


FATES = (
    Fate(),
    *(Fate(late=late, error=LOST) for late in (None, 0, 0.6, 5, 40, 222, 900)),
    *(Fate(late=late, error=NO) for late in (None, 0, 20)),
    *(Fate(late=late) for late in (None, 12, 40, 200)),
    *(Fate(late=None, error=RateLimitedError(pause)) for pause in (1, 60, 3600)),
    *(Fate(late=late, error=RateLimitedError(30)) for late in (0, 100)),
    Fate(late=None, error=RefusedError("No.", status=422)),
    Fate(late=None, error=KeyRefusedError("No.")),
    Fate(error=RefusedError("Hm.", status=409)),
    Fate(late=None, departs=False, error=NotSentError("No way.")),
    Fate(rewrite=lambda text: f" {text.replace('&', '&amp;')}\r\n", error=LOST),
    *(Fate(late=late, rewrite=plainly) for late in (0, 3, 40)),
    Fate(rewrite=plainly, error=LOST),
    Fate(late=None, departs=False, before=_die),
    *(Fate(late=late, error=KilledError()) for late in (None, 0, 5, 40)),
)
READ_FAILURES = (LOST, BadAnswerError("500"), RateLimitedError(20), NotSentError("No."))
TEXTS = (
    "Thanks",
    "Thanks",
    "Resent & paid",
    "Your key is AB-12.\nBye",
    "<b>It is</b> paid \U0001f389",
)


class Schedule:
    """A desk, its shop and a seed; every step is written down."""

    def __init__(self, random: Random, folder: Path) -> None:
        self.random = random
        self.bench = Bench(folder, undo_window=self.random.choice((0, 0, 5)))
        self.bench.outbox_kind = MortalOutbox
        self.bench.policy = RetryPolicy(watch_delays=(60, 600, 1800, 7200, 28_800, 47_000))
        self.acknowledged: dict[str, str] = {}
        self.history: list[str] = []
        self.kills = 0
        self._sent = 0

    async def open(self) -> None:
        """Start with one to three tickets."""
        for number in range(self.random.choice((1, 1, 2, 3))):
            self.bench.truth.open_ticket(f"tkt_{number}")
        await self.bench.open()

    async def play(self, steps: int) -> None:
        """Live through `steps` random steps."""
        actions = (
            [self.send] * 4 + [self.fate] * 5 + [self.wait] * 5 + [self.review] * 3
            + [self.reads_fail, self.other_writes, self.change_status, self.clock, self.die_soon]
        )  # fmt: skip
        for _ in range(steps):
            await self.survive(self.random.choice(actions))

    async def end(self) -> Verdict:
        """Let two quiet days pass and judge what became of every reply."""
        try:
            await self.survive(self._calm_down)
            await self.bench.run_for(48 * 3600)
        finally:
            await self.bench.close()
        return judge(self.bench.path, self.bench.truth, self.acknowledged)

    async def send(self) -> None:
        self._sent += 1
        ticket = self._ticket()
        name, text = f"r{self._sent}", self.random.choice(TEXTS)
        seen = self.bench.truth.seen(ticket) if self.random.random() < 0.8 else frozenset()
        close = self.random.random() < 0.2
        self._note("send", ticket=ticket, reply=name, text=text, close=close)
        for _ in range(self.random.choice((1, 1, 2))):
            await self.bench.commands.send_reply(ticket, name, text, seen=seen, then_close=close)
            self.acknowledged[name] = text

    async def fate(self) -> None:
        fate = self.random.choice(FATES)
        self._note("fate", late=fate.late, error=repr(fate.error))
        self.bench.shop.fates.append(fate)

    async def wait(self) -> None:
        seconds = self.random.choice((0, 0.3, 1, 3, 10, 60, 200, 1500))
        self._note("wait", seconds=seconds)
        await self.bench.run_for(seconds)

    async def review(self) -> None:
        ticket = self._ticket()
        rows = [
            *await self.bench.outbox.pending(ticket),
            *await self.bench.outbox.status_changes(ticket),
        ]
        if not rows:
            return
        row, action = self.random.choice(rows), self.random.choice(tuple(ReviewAction))
        self._note("review", entry=row.entry_id, action=action.value, state=row.state.value)
        await self.bench.commands.review(row.entry_id, action)

    async def reads_fail(self) -> None:
        failures = self.random.choices((*READ_FAILURES, None, KilledError()), k=3)
        self._note("reads fail", failures=[repr(failure) for failure in failures])
        self.bench.shop.reads.extend(failures)

    async def other_writes(self) -> None:
        ticket = self._ticket()
        sender = self.random.choice(("customer", "customer", "seller"))
        text = self.random.choice((*TEXTS, "Hello?"))
        self._note("writes", ticket=ticket, sender=sender, text=text)
        self.bench.truth.write(ticket, sender, text)

    async def change_status(self) -> None:
        ticket, status = self._ticket(), self.random.choice(tuple(Status))
        self._note("change status", ticket=ticket, status=status.value)
        await self.bench.commands.change_status(ticket, status)

    async def clock(self) -> None:
        jump = self.random.choice((-86_400, -3600, 3600, 86_400))
        self._note("clock", jump=jump)
        self.bench.clock.set_wrong(jump)

    async def die_soon(self) -> None:
        assert isinstance(self.bench.outbox, MortalOutbox)
        self.bench.outbox.dies_in = self.random.randint(1, 12) / 2
        self._note("die soon", steps=self.bench.outbox.dies_in)

    async def _calm_down(self) -> None:
        assert isinstance(self.bench.outbox, MortalOutbox)
        self.bench.outbox.dies_in = None
        self.bench.shop.fates.clear()
        self.bench.shop.reads.clear()
        self._note("calm")
        await self.bench.run_for(7200)

    async def survive(self, action: Callable[[], Awaitable[None]]) -> None:
        """Do one thing; a kill in it starts the desk again."""
        try:
            await action()
        except DeskError as error:
            self._note("refused", error=str(error))
        except KilledError:
            self.kills += 1
            self._note("killed")
            await self.bench.restart()

    def _ticket(self) -> str:
        return self.random.choice(list(self.bench.truth.tickets))

    def _note(self, what: str, **details: object) -> None:
        at = self.bench.clock.monotonic()
        self.history.append(json.dumps({"at": at, "what": what, **details}))


async def play(seed: int, folder: Path, *, steps: int = 14) -> tuple[Verdict, Schedule]:
    """Play the schedule of a seed; its verdict and what happened."""
    schedule = Schedule(Random(seed), folder)  # noqa: S311  # repeatable on purpose
    await schedule.open()
    await schedule.play(steps)
    return await schedule.end(), schedule
