"""Walks over all pages of the list, again and again, so that the copy holds every ticket.

The list moves while it is read. A ticket that slipped from one page to another is missed once; the
count tells, and then the pages are walked again. Where the walk is survives a restart.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.client.pace import Lane
from app.client.tickets import TicketsClient
from app.domain.ticket import TicketPage
from app.store.mirror import Mirror
from app.store.notes import Walk

PAGE_LIMIT = 100
SUSPECTS_AT_ONCE = 100


class Sweep:
    """One walk after the other; `announce` hears what each step has changed."""

    def __init__(
        self,
        *,
        client: TicketsClient,
        mirror: Mirror,
        announce: Callable[[frozenset[str]], None],
    ) -> None:
        self._client = client
        self._mirror = mirror
        self._announce = announce
        self._last_page = 1
        self._ids: list[str] = []
        self._met_before = 0
        self._counting = 0
        self.unreadable = 0
        """rows without a usable id that the last walk came across"""
        self.suspects: tuple[str, ...] = ()
        """tickets that the last walk has not met: perhaps the API no longer has them"""

    async def step(self, *, pages: int) -> None:
        """Read the next pages, at most `pages` at once.

        Errors: ApiError, after what was read before it has been kept; StoreError.
        """
        walk = self._mirror.walk
        if walk.page == 1:
            walk = await self._begin(walk)
        ahead = max(1, min(pages, self._last_page - walk.page + 1))
        answers = await asyncio.gather(
            *(self._read(walk.page + number) for number in range(ahead)), return_exceptions=True
        )
        read, failure = _until_failure(answers)
        if read:
            self._announce(await self._mirror.apply_pages(read))
            await self._advance(walk, [page for page, _ in read])
        if failure is not None:
            raise failure

    async def _begin(self, walk: Walk) -> Walk:
        walk = replace(walk, began=self._mirror.start())
        await self._mirror.save_walk(walk)
        self._last_page, self._ids, self._counting = 1, [], 0
        return walk

    async def _read(self, number: int) -> tuple[TicketPage, int]:
        started = self._mirror.start()
        page = await self._client.list_tickets(number, limit=PAGE_LIMIT, lane=Lane.SPARE)
        return page, started

    async def _advance(self, walk: Walk, pages: Sequence[TicketPage]) -> None:
        for page in pages:
            self._counting += page.unreadable
            ids = [ticket.id for ticket in page.tickets]
            if ids == self._ids or _is_last(page, walk.page):  # a repeated page ends it, too
                await self._finish(walk, page.total)
                return
            self._ids = ids
            if page.total is not None:
                self._last_page = math.ceil(page.total / _rows(page))
            walk = replace(walk, page=walk.page + 1)
        await self._mirror.save_walk(walk)

    async def _finish(self, walk: Walk, total: int | None) -> None:
        """End the walk; it is complete when it met all, or no more than the one before."""
        met = await self._mirror.met()
        self.unreadable = self._counting
        has_all = total is None or met + self.unreadable >= total
        complete = walk.complete or has_all or met <= self._met_before
        self._met_before = 0 if complete else met
        if complete:
            self.suspects = (await self._mirror.unmet())[:SUSPECTS_AT_ONCE]
        await self._mirror.save_walk(Walk(complete=complete))


def _until_failure(
    answers: Sequence[tuple[TicketPage, int] | BaseException],
) -> tuple[list[tuple[TicketPage, int]], BaseException | None]:
    read: list[tuple[TicketPage, int]] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            return read, answer
        read.append(answer)
    return read, None


def _rows(page: TicketPage) -> int:
    return len(page.tickets) + page.unreadable


def _is_last(page: TicketPage, number: int) -> bool:
    """Whether the list ends here, as far as the page tells; an empty one always ends it."""
    rows, limit = _rows(page), page.limit or PAGE_LIMIT
    if rows == 0:
        return True
    if page.total is None:
        return rows < limit
    before = page.offset if page.offset is not None else (number - 1) * min(limit, rows)
    return before + rows >= page.total
