"""Frees pages that no browser connected to and sockets that never named a page."""

import time

from nicegui import Client, core

from app.domain.clock import Clock

TENDING_SECONDS = 2.0
PAGE_SECONDS = 30.0
"""in so long a browser has fetched what a page needs and connects; later it asks for it anew"""
PAGES_KEPT = 30
"""unclaimed pages beyond these are let go once they are a few seconds old"""
YOUNG_SECONDS = 5.0
SOCKET_SECONDS = 30.0


class PageReaper:
    """Forgets pages that were fetched and never connected, and ends sockets that never say whose.

    `run` it until cancelled.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    async def run(self) -> None:
        """Look every few seconds."""
        while True:
            self.free_pages(now=time.time())
            await self.end_sockets()
            await self._clock.sleep(TENDING_SECONDS)

    def free_pages(self, *, now: float) -> None:
        """Delete pages that are old, and of too many the oldest.

        Args:
            now: seconds since 1970, as `time.time` gives them.
        """
        waiting = [page for page in Client.instances.values() if _is_unclaimed(page)]
        waiting.sort(key=lambda page: page.created)
        for place, page in enumerate(reversed(waiting)):
            longest = PAGE_SECONDS if place < PAGES_KEPT else YOUNG_SECONDS
            if now - page.created >= longest:
                page.delete()

    async def end_sockets(self) -> None:
        """End each socket that has stood for a while and speaks for no page."""
        now = self._clock.monotonic()
        unclaimed = [sid for sid in core.sio.eio.sockets if not _speaks_for_a_page(sid)]
        self._seen = {sid: self._seen.get(sid, now) for sid in unclaimed}
        for sid, since in tuple(self._seen.items()):
            socket = core.sio.eio.sockets.get(sid)
            if socket is not None and now - since >= SOCKET_SECONDS:
                await socket.close(wait=False)  # which only asks the other end to go
                await socket.queue.put(None)


def _is_unclaimed(page: Client) -> bool:
    """Whether no browser has ever connected to the page."""
    return not page.has_socket_connection and not page._delete_tasks  # as the library prunes


def _speaks_for_a_page(eio_sid: str) -> bool:
    sid = core.sio.manager.sid_from_eio_sid(eio_sid, "/")
    return sid is not None and any(room in Client.instances for room in core.sio.rooms(sid))
