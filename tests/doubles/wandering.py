"""One history: a list moves while it is walked; what the copy lacks then, and what it took."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.domain.errors import (
    ApiError,
    BadAnswerError,
    KeyRefusedError,
    RateLimitedError,
    TicketNotFoundError,
    UnreachableError,
)
from app.domain.ticket import Ticket
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.rows import ticket_from
from app.store.walks import Stage
from app.sync.coordinator import PAGES_AT_ONCE
from app.sync.course import newest
from app.sync.sweep import Sweep
from tests.doubles.moving import ORDERS, OTHERS, QUIET, Churn, MovingList
from tests.doubles.shelf import Shelf
from tests.store.shop import StillClock

STEPS_AT_MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a history.

    Units: `requests` for the list until the copy counted as complete, `pages` full ones at the end.
    Shape: `missing` are tickets the copy lacked then, `different` those it had not as the API has
           them after one more walk over a list at rest.
    """

    requests: int
    pages: float
    missing: int
    different: int
    is_rough: bool


class Wandering:
    """A walk over a moving list, into a copy on a shelf unless another is given."""

    def __init__(
        self, seed: int, order: str, *, rows: tuple[int, int], folder: Path | None = None
    ) -> None:
        self.chance = Random(f"{seed} {order}")  # noqa: S311  # repeatable on purpose
        others = OTHERS[seed % len(OTHERS)]
        self.api = MovingList(
            self.chance, others if order == "open first" else ORDERS[order], fails=self._failure
        )
        self.api.fill(self.chance.randint(*rows))
        self.is_rough = seed % 4 == 3
        self._trouble = 0.0
        self._folder = folder
        self.mirror: TicketMirror | Shelf = Shelf()

    async def play(self, churn: Churn) -> Outcome:
        """Walk until the copy counts as complete, then once more in peace."""
        await self._open()
        pages = len(self.api.tickets) / 100
        self.api.churn = churn
        self._trouble = 0.02 if self.is_rough else 0.0
        rest_at = int(pages * 3 * self.chance.random()) if self.chance.random() < 0.5 else None
        await self._walk(lambda: self.mirror.walk.complete, rest_at=rest_at)
        pages, requests = max(pages, len(self.api.tickets) / 100), self.api.requests
        self._trouble, self.api.churn = 0.0, QUIET
        missing = len(self.api.tickets.keys() - (await self.held()).keys())
        await self._look_at_newest()
        await self.walk_once()
        held = await self.held()
        different = sum(
            held.get(id_) != self.api.tickets.get(id_) for id_ in held.keys() | self.api.tickets
        )
        return Outcome(
            requests=requests,
            pages=pages,
            missing=missing,
            different=different,
            is_rough=self.is_rough,
        )

    async def walk_once(self) -> None:
        """End the walk under way or one more, then read what it makes suspect."""
        number = self.mirror.walk.number + 1
        sweep = await self._walk(
            lambda: self.mirror.walk.number == number and self.mirror.walk.stage is Stage.ENDED
        )
        await self._ask_for(sweep.suspects)

    async def held(self) -> dict[str, Ticket]:
        """What the copy holds."""
        if isinstance(self.mirror, Shelf):
            return self.mirror.tickets
        rows = await self.mirror.read(lambda c: c.execute("SELECT * FROM ticket").fetchall())
        return {row["id"]: ticket_from(row) for row in rows}

    async def close(self) -> None:
        """Let go of the file."""
        if isinstance(self.mirror, TicketMirror):
            await self.mirror.close()

    async def _open(self) -> None:
        """Open the copy on its file, as after a kill; one on the shelf just stays."""
        if self._folder is not None:
            await self.close()
            self.mirror = await TicketMirror.open(self._folder / "copy.sqlite3", clock=StillClock())

    async def _walk(self, is_done: Callable[[], bool], *, rest_at: int | None = None) -> Sweep:
        sweep = self._sweep()
        for _ in range(STEPS_AT_MOST):
            if rest_at is not None and self.api.requests >= rest_at:
                self.api.churn = QUIET
            with suppress(ApiError):
                await sweep.step(pages=PAGES_AT_ONCE)
            if is_done():
                return sweep
            if self._trouble and self.chance.random() < 0.02:  # killed
                await sweep.rest()
                await self._open()
                sweep = self._sweep()
        raise AssertionError("the walk does not end")

    def _sweep(self) -> Sweep:
        return Sweep(client=self.api, mirror=self.mirror, announce=lambda _: None)  # type: ignore[arg-type]  # both do all that a walk asks for

    async def _look_at_newest(self) -> None:
        for window in newest(self.mirror.walk):
            started = self.mirror.request_number()
            page = await self.api.list_tickets(window.page, limit=window.limit)
            if not await self.mirror.apply_page(page, started=started):
                return

    async def _ask_for(self, suspects: tuple[str, ...]) -> None:
        for ticket_id in suspects:
            started = self.mirror.request_number()
            try:
                read = await self.api.get_ticket(ticket_id)
            except TicketNotFoundError:
                await self.mirror.mark_gone(ticket_id, started=started)
            else:
                await self.mirror.apply_conversation(read, started=started)

    def _failure(self) -> ApiError | None:
        if self._trouble and self.chance.random() < self._trouble:
            return self.chance.choice(FAILURES)
        return None


FAILURES = (
    KeyRefusedError("401"),
    RateLimitedError(5.0),
    UnreachableError("500"),
    BadAnswerError("not JSON"),
)
