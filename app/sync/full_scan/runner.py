"""Runs full scans of the API's list, one after the other, so that the mirror holds every ticket.

Several pages are requested ahead while those that came are written; the planner says which, and
what each means.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.client.scheduler import Priority
from app.client.tickets import TicketsClient
from app.domain.ticket import TicketPage
from app.store.tickets.mirror import TicketMirror
from app.store.tickets.scan_state import ScanPhase, ScanState
from app.sync.full_scan import planner
from app.sync.full_scan.completeness import judge
from app.sync.full_scan.planner import PageRange

PAGE_LIMIT = 100
SUSPECTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    asked: PageRange
    started: int
    task: asyncio.Task[TicketPage]


class FullScan:
    """Reads the whole list again and again; `announce` is given the ids that each step changed."""

    def __init__(
        self,
        *,
        client: TicketsClient,
        mirror: TicketMirror,
        announce: Callable[[frozenset[str]], None],
    ) -> None:
        self._client = client
        self._mirror = mirror
        self._announce = announce
        self._ahead: deque[_Request] = deque()
        self._plan: object = None
        self.unreadable = 0
        """rows without a usable id that the last scan met"""
        self.suspects: tuple[str, ...] = ()
        """tickets that the last scan has not seen: perhaps the API no longer has them"""

    async def step(self, *, pages: int) -> None:
        """Read on, with at most `pages` requests under way at once.

        Raises: ApiError, after what was read before it has been saved; StoreError.
        """
        scan = self._mirror.scan
        if scan.phase is ScanPhase.ENDED:
            scan = planner.start_scan(scan, started=self._mirror.request_number())
            await self._mirror.save_scan(scan)
        before = self._mirror.scan
        await self._request_ahead(scan, pages)
        await asyncio.wait([self._ahead[0].task])
        read, scan, failure = self._follow(scan)
        if self._mirror.scan is not before:  # the mirror has been begun again meanwhile
            return
        if failure is None and scan.phase is not ScanPhase.ENDED:
            await self._request_ahead(scan, pages)
        if read:
            self._announce(await self._mirror.apply_pages(read, scan=scan))
        if scan.phase is ScanPhase.ENDED:
            await self._finish(scan)
        if failure is not None:
            await self.cancel()
            raise failure

    async def cancel(self) -> None:
        """Give up what was requested ahead."""
        while self._ahead:
            await self._cancel_first()

    async def _cancel_first(self) -> None:
        task = self._ahead.popleft().task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _request_ahead(self, scan: ScanState, pages: int) -> None:
        """Keep the next requests under way, the first of them where the scan goes on."""
        plan = (scan.number, scan.phase, scan.limit, scan.has_fixed_limit)
        if plan != self._plan:
            await self.cancel()
        self._plan = plan
        while self._ahead and self._ahead[0].asked.end <= scan.position:
            await self._cancel_first()
        if not self._ahead or not planner.leads_on(scan, self._ahead[0].asked):
            self._ahead.appendleft(self._request(scan, scan.position))
        while len(self._ahead) < pages and _goes_on(scan, self._ahead[-1].asked.end):
            self._ahead.append(self._request(scan, self._ahead[-1].asked.end))

    def _request(self, scan: ScanState, position: int) -> _Request:
        asked, started = planner.next_range(scan, position), self._mirror.request_number()
        listed = self._client.list_tickets(asked.page, limit=asked.limit, priority=Priority.IDLE)
        return _Request(asked=asked, started=started, task=asyncio.create_task(listed))

    def _follow(
        self, scan: ScanState
    ) -> tuple[list[tuple[TicketPage, int]], ScanState, BaseException | None]:
        """Follow the pages that are here, in their order, up to one that is missing or failed."""
        read: list[tuple[TicketPage, int]] = []
        while self._ahead and self._ahead[0].task.done() and scan.phase is not ScanPhase.ENDED:
            request = self._ahead[0]
            if failure := request.task.exception():
                return read, scan, failure
            page, before = request.task.result(), scan
            scan = planner.advance(before, request.asked, page)
            read.append((page, request.started))
            if scan.steps_back == before.steps_back or not page.tickets:
                self._ahead.popleft()  # else it is looked at again after what lies between
            if scan.phase is not before.phase:  # what comes next must be requested from now on
                break
            if not self._ahead or not planner.leads_on(scan, self._ahead[0].asked):
                break
        return read, scan, None

    async def _finish(self, scan: ScanState) -> None:
        await self.cancel()
        seen = await self._mirror.seen_counts(created_before=scan.previous_started)
        scan = judge(scan, seen, self._mirror.reading, now=self._mirror.request_number())
        self.unreadable = scan.unreadable
        if scan.is_complete:
            self.suspects = (await self._mirror.unseen())[:SUSPECTS_AT_ONCE]
        await self._mirror.save_scan(scan)


def _goes_on(scan: ScanState, position: int) -> bool:
    """Whether the list is known to go on there, in ranges that are known already."""
    is_known = scan.pages > 0 and scan.phase is ScanPhase.SCANNING and scan.total is not None
    return is_known and position < (scan.total or 0)
