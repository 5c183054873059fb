"""Walks over the whole list, again and again, so that the copy holds every ticket.

Several pages are asked for ahead while those that came are written; `course` says which, and what
each means. Where the walk is survives a restart.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.client.pace import Lane
from app.client.tickets import TicketsClient
from app.domain.ticket import TicketPage
from app.store.tickets.mirror import TicketMirror
from app.store.walks import Stage, Walk
from app.sync.course import LIMIT, advanced, begun, leads_on, window_after
from app.sync.verdict import judged
from app.sync.windows import Window

PAGE_LIMIT = LIMIT
SUSPECTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    window: Window
    started: int
    answer: asyncio.Task[TicketPage]


class Sweep:
    """One walk after the other; `announce` hears what each step has changed."""

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
        self._manner: object = None
        self.unreadable = 0
        """rows without a usable id that the last walk came across"""
        self.suspects: tuple[str, ...] = ()
        """tickets that the last walk has not met: perhaps the API no longer has them"""

    async def step(self, *, pages: int) -> None:
        """Read on, with at most `pages` requests under way at once.

        Errors: ApiError, after what was read before it has been kept; StoreError.
        """
        walk = self._mirror.walk
        if walk.stage is Stage.ENDED:
            walk = begun(walk, began=self._mirror.request_number())
            await self._mirror.save_walk(walk)
        before = self._mirror.walk
        await self._ask_ahead(walk, pages)
        await asyncio.wait([self._ahead[0].answer])
        read, walk, failure = self._take(walk)
        if self._mirror.walk is not before:  # the copy has been begun again meanwhile
            return
        if failure is None and walk.stage is not Stage.ENDED:
            await self._ask_ahead(walk, pages)
        if read:
            self._announce(await self._mirror.apply_pages(read, walk=walk))
        if walk.stage is Stage.ENDED:
            await self._finish(walk)
        if failure is not None:
            await self.rest()
            raise failure

    async def rest(self) -> None:
        """Give up what was asked for ahead."""
        while self._ahead:
            await self._give_up_first()

    async def _give_up_first(self) -> None:
        answer = self._ahead.popleft().answer
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)

    async def _ask_ahead(self, walk: Walk, pages: int) -> None:
        """Keep the next requests under way, the first of them where the walk goes on."""
        manner = (walk.number, walk.stage, walk.limit, walk.is_fixed)
        if manner != self._manner:
            await self.rest()
        self._manner = manner
        while self._ahead and self._ahead[0].window.end <= walk.end:
            await self._give_up_first()
        if not self._ahead or not leads_on(walk, self._ahead[0].window):
            self._ahead.appendleft(self._ask(window_after(walk, walk.end)))
        while len(self._ahead) < pages and _is_certain(walk, self._ahead[-1].window.end):
            self._ahead.append(self._ask(window_after(walk, self._ahead[-1].window.end)))

    def _ask(self, window: Window) -> _Request:
        started = self._mirror.request_number()
        answer = asyncio.create_task(self._read(window))
        return _Request(window=window, started=started, answer=answer)

    async def _read(self, window: Window) -> TicketPage:
        return await self._client.list_tickets(window.page, limit=window.limit, lane=Lane.SPARE)

    def _take(self, walk: Walk) -> tuple[list[tuple[TicketPage, int]], Walk, BaseException | None]:
        """Follow the answers that are here, in their order, up to one that is missing or failed."""
        read: list[tuple[TicketPage, int]] = []
        while self._ahead and self._ahead[0].answer.done() and walk.stage is not Stage.ENDED:
            request = self._ahead[0]
            if failure := request.answer.exception():
                return read, walk, failure
            page, before = request.answer.result(), walk
            walk = advanced(before, request.window, page)
            read.append((page, request.started))
            if walk.steps_back == before.steps_back or not page.tickets:
                self._ahead.popleft()  # else it is looked at again after what lies between
            if walk.stage is not before.stage:  # what comes next must be asked for from now on
                break
            if not self._ahead or not leads_on(walk, self._ahead[0].window):
                break
        return read, walk, None

    async def _finish(self, walk: Walk) -> None:
        await self.rest()
        caught = await self._mirror.catch(older_than=walk.began_before)
        walk = judged(walk, caught, self._mirror.reading, now=self._mirror.request_number())
        self.unreadable = walk.unreadable
        if walk.complete:
            self.suspects = (await self._mirror.unmet())[:SUSPECTS_AT_ONCE]
        await self._mirror.save_walk(walk)


def _is_certain(walk: Walk, end: int) -> bool:
    """Whether the list is known to go on after `end` rows, in windows that are known already."""
    is_known = walk.windows > 0 and walk.stage is Stage.THROUGH and walk.total is not None
    return is_known and end < (walk.total or 0)
