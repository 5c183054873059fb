"""Reads the list of open tickets again and again: where a ticket is closed, reopened or answered
without moving to the head of the list, this shows it long before the full scan comes round.
"""

from collections.abc import Callable
from dataclasses import replace

from app.client.scheduler import Priority
from app.client.tickets import TicketsClient
from app.domain.ticket import Status, TicketPage
from app.store.tickets.mirror import TicketMirror
from app.sync.full_scan.runner import PAGE_LIMIT

LOST_AT_ONCE = 20
"""tickets that a round may leave to be read one by one; the next round finds the others"""


class OpenStatusScan:
    """One round after the other; `announce` hears what each page has changed."""

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
        self._number = 1
        self._began = 0
        self._ids: list[str] = []
        self.pages = 1
        """how many pages the open tickets fill"""
        self.lost: tuple[str, ...] = ()
        """tickets that are open in the mirror and that the last scan did not show"""

    async def step(self) -> None:
        """Read the next page. Raises: ApiError, StoreError."""
        started = self._mirror.request_number()
        page = await self._client.list_tickets(
            self._number, limit=PAGE_LIMIT, status=Status.OPEN, priority=Priority.BACKGROUND
        )
        if self._number == 1:
            self._began, self._ids = started, []
        part = replace(page, total=None, offset=None)  # no page of the whole list
        self._announce(await self._mirror.apply_page(part, started=started))
        ids = [ticket.id for ticket in page.tickets]
        if ids == self._ids or self._is_last(page):  # a repeated page ends it, too
            self.lost = (await self._mirror.open_since(self._began))[:LOST_AT_ONCE]
            self._number = 1
        else:
            self._number, self._ids = self._number + 1, ids

    def _is_last(self, page: TicketPage) -> bool:
        rows, limit = len(page.tickets) + page.unreadable, page.limit or PAGE_LIMIT
        if page.total is None:
            return rows < limit
        self.pages = max(1, -(-page.total // limit))
        return self._number >= self.pages
