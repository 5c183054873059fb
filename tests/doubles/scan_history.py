"""One history: a list moves while it is scanned; what the mirror lacks then, and what it took."""

from collections.abc import Callable, Sequence
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
from app.domain.ticket import Conversation, Stats, Ticket, TicketPage
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.rows import ticket_from
from app.store.tickets.scan_state import ScanPhase, ScanState, SeenCounts
from app.store.tickets.sync_state import Reading
from app.sync.coordinator import PAGES_AT_ONCE
from app.sync.full_scan.planner import head_ranges
from app.sync.full_scan.runner import FullScan
from tests.doubles.moving_list import ORDERS, OTHERS, QUIET, Churn, MovingList
from tests.store.shop import StillClock

STEPS_AT_MOST = 20_000
FAILURES = (
    KeyRefusedError("401"),
    RateLimitedError(5.0),
    UnreachableError("500"),
    BadAnswerError("not JSON"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a history."""

    requests: int
    """for the list, until the mirror counted as complete"""
    pages: float
    """full ones at the end"""
    missing: int
    """tickets the mirror lacked when it counted as complete"""
    different: int
    """tickets it had not as the API has them after one more scan over a list at rest"""
    is_rough: bool
    """whether requests failed and scans were killed"""


class ScanHistory:
    """A full scan of a moving list, into dictionaries unless a folder for a mirror is given."""

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
        self.mirror: TicketMirror | DictMirror = DictMirror()

    async def play(self, churn: Churn) -> Outcome:
        """Scan until the mirror counts as complete, then once more in peace."""
        await self._open()
        pages = len(self.api.tickets) / 100
        self.api.churn = churn
        self._trouble = 0.02 if self.is_rough else 0.0
        rest_at = int(pages * 3 * self.chance.random()) if self.chance.random() < 0.5 else None
        await self._scan_until(lambda: self.mirror.scan.is_complete, rest_at=rest_at)
        pages, requests = max(pages, len(self.api.tickets) / 100), self.api.requests
        self._trouble, self.api.churn = 0.0, QUIET
        missing = len(self.api.tickets.keys() - (await self.tickets()).keys())
        await self._read_head()
        await self.scan_once()
        held = await self.tickets()
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

    async def scan_once(self) -> None:
        """End the scan under way or one more, then read what it makes suspect."""
        number = self.mirror.scan.number + 1

        def is_done() -> bool:
            scan = self.mirror.scan
            return scan.number == number and scan.phase is ScanPhase.ENDED

        full_scan = await self._scan_until(is_done)
        await self._read_each(full_scan.suspects)

    async def tickets(self) -> dict[str, Ticket]:
        """What the mirror holds."""
        if isinstance(self.mirror, DictMirror):
            return self.mirror.tickets
        rows = await self.mirror.read(lambda c: c.execute("SELECT * FROM ticket").fetchall())
        return {row["id"]: ticket_from(row) for row in rows}

    async def close(self) -> None:
        """Let go of the file."""
        if isinstance(self.mirror, TicketMirror):
            await self.mirror.close()

    async def _open(self) -> None:
        """Open the mirror on its file, as after a kill; dictionaries just stay."""
        if self._folder is not None:
            await self.close()
            self.mirror = await TicketMirror.open(self._folder / "copy.sqlite3", clock=StillClock())

    async def _scan_until(
        self, is_done: Callable[[], bool], *, rest_at: int | None = None
    ) -> FullScan:
        full_scan = self._full_scan()
        for _ in range(STEPS_AT_MOST):
            if rest_at is not None and self.api.requests >= rest_at:
                self.api.churn = QUIET
            with suppress(ApiError):
                await full_scan.step(pages=PAGES_AT_ONCE)
            if is_done():
                return full_scan
            if self._trouble and self.chance.random() < 0.02:  # killed
                await full_scan.cancel()
                await self._open()
                full_scan = self._full_scan()
        raise AssertionError("the scan does not end")

    def _full_scan(self) -> FullScan:
        return FullScan(client=self.api, mirror=self.mirror, announce=lambda _: None)  # type: ignore[arg-type]  # both do all that a scan asks for

    async def _read_head(self) -> None:
        for asked in head_ranges(self.mirror.scan):
            started = self.mirror.request_number()
            page = await self.api.list_tickets(asked.page, limit=asked.limit)
            if not await self.mirror.apply_page(page, started=started):
                return

    async def _read_each(self, suspects: tuple[str, ...]) -> None:
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


class DictMirror:
    """What a full scan needs of a mirror, in dictionaries: a hundred times as fast."""

    def __init__(self) -> None:
        self.scan = ScanState()
        self.reading = Reading()
        self.tickets: dict[str, Ticket] = {}
        self._asked: dict[str, int] = {}
        self._seen: tuple[set[str], set[str]] = (set(), set())
        self._last_start = 0
        self._open = 0

    def request_number(self) -> int:
        self._last_start += 1
        return self._last_start

    async def apply_pages(
        self, pages: Sequence[tuple[TicketPage, int]], *, scan: ScanState | None = None
    ) -> frozenset[str]:
        changed: set[str] = set()
        for page, started in pages:
            changed |= {one.id for one in page.tickets if self._take_in(one, started)}
            self._seen[self.scan.number % 2].update(one.id for one in page.tickets)
            if started > self.reading.started:
                self.reading = Reading(
                    started=started, stats=page.stats, counted=self._counted(), total=page.total
                )
        self.scan = scan or self.scan
        return frozenset(changed)

    async def apply_page(self, page: TicketPage, *, started: int) -> frozenset[str]:
        return await self.apply_pages([(page, started)])

    async def apply_conversation(self, read: Conversation, *, started: int) -> frozenset[str]:
        self._take_in(read.ticket, started)
        return frozenset({read.ticket.id})

    async def mark_gone(self, ticket_id: str, **_how: object) -> frozenset[str]:
        gone = self.tickets.pop(ticket_id, None)
        self._open -= bool(gone and gone.is_open)
        self._asked.pop(ticket_id, None)
        for seen in self._seen:
            seen.discard(ticket_id)
        return frozenset({ticket_id})

    async def save_scan(self, scan: ScanState) -> None:
        if scan.pages == 0:
            self._seen[scan.number % 2].clear()
        self.scan = scan

    async def seen_counts(self, **_how: object) -> SeenCounts:
        now, before = self._seen[self.scan.number % 2], self._seen[(self.scan.number + 1) % 2]
        both = len(now & before)
        return SeenCounts(len(self.tickets), both, len(now) - both, len(before) - both)

    async def unseen(self) -> tuple[str, ...]:
        return tuple(self.tickets.keys() - self._seen[self.scan.number % 2])

    def _take_in(self, ticket: Ticket, started: int) -> bool:
        """Keep a ticket unless a newer one, or one asked for later, is held."""
        held = self.tickets.get(ticket.id)
        if held and held.updated_at and ticket.updated_at:
            if ticket.updated_at < held.updated_at:
                return False
            is_newer = ticket.updated_at > held.updated_at
            if not is_newer and started < self._asked[ticket.id]:
                return False
        self._open += ticket.is_open - bool(held and held.is_open)
        self.tickets[ticket.id] = ticket
        self._asked[ticket.id] = started
        return held != ticket

    def _counted(self) -> Stats:
        total = len(self.tickets)
        return Stats(total=total, open=self._open, closed=total - self._open)
