"""What is typed and not sent: saved for its ticket soon after the last key."""

import asyncio
from collections.abc import Callable

from app.desk.commands import Commands
from app.domain.clock import Clock
from app.domain.errors import ReplyError
from app.domain.outbox_entry import Draft
from app.state.box import Box
from app.state.formatting import error_notice
from app.state.reactive import Debouncer
from components.data import WIRE_LIMIT, NoticeData

SAVE_AFTER_SECONDS = 0.2
"""with the 0.4 s that the box itself waits, a key is saved well within a second"""


class Drafts:
    """The boxes of one tab on their way to the desk; one save at a time, in order."""

    def __init__(
        self,
        commands: Commands,
        *,
        clock: Clock,
        on_trouble: Callable[[NoticeData | None], None],
        on_saved: Callable[[str, int], None],
    ) -> None:
        self._commands = commands
        self._on_trouble, self._on_saved = on_trouble, on_saved
        self._boxes: dict[str, Box] = {}
        self._failed = False
        self._one_at_a_time = asyncio.Lock()
        self._soon = Debouncer(self.save, clock=clock, delay=SAVE_AFTER_SECONDS)

    def box(self, ticket_id: str) -> Box:
        """The box of a ticket, as this tab left it."""
        return self._boxes.setdefault(ticket_id, Box(ticket_id=ticket_id))

    def keep(self, ticket_id: str, text: str, turn: int, said: int) -> None:
        """Save `text` soon; a later text of the same ticket takes its place."""
        self.box(ticket_id).type(text, turn, said)
        self._soon.trigger()

    def settle(self, ticket_id: str, drafts: tuple[Draft, ...], *, stirs: int) -> None:
        """Let a box follow `drafts`, read when it had been stirred so often; else it is no news.

        What is typed here and on its way to the desk comes first: the desk tells once it is there.
        """
        box = self.box(ticket_id)
        if box.stirs == stirs and not (box.unsaved or box.spare or box.sending):
            box.settle(drafts)

    async def save(self) -> None:
        """Save everything now; what cannot be saved is tried again with the next key."""
        async with self._one_at_a_time:
            for box in [box for box in self._boxes.values() if box.unsaved or box.spare]:
                try:
                    await self._save(box)
                except Exception as error:  # noqa: BLE001  # typing goes on, the person is told
                    self._failed = True
                    kept = "The draft is only in this window until it can be saved."
                    self._on_trouble(error_notice(error, kept=kept))
                    return
            if self._failed:
                self._failed = False
                self._on_trouble(None)

    async def join(self, box: Box, other: Draft) -> None:
        """Put a text that stands beside the draft below what is in the box.

        Errors: ReplyError when both together are too long for it; StoreError.
        """
        await self.save()
        if box.unsaved:
            return  # the person has been told why
        own = box.own
        if len(other.text) + len(own.text if own else "") > WIRE_LIMIT:
            raise ReplyError("Together the two texts are too long for this box.")
        joined = await self._commands.join_drafts(box.ticket_id, own, other) if own else other
        if joined is not None:
            box.own = joined
            box.put(joined.text)

    async def close(self) -> None:
        """Save what is left."""
        await self._soon.close()
        await self.save()

    async def _save(self, box: Box) -> None:
        for text in box.spare:
            await self._commands.save_draft(box.ticket_id, text)
            box.spare = tuple(spare for spare in box.spare if spare != text)
            box.stirs += 1
        if not box.unsaved:
            return
        text, stirs, heard = box.text, box.stirs, box.heard
        box.own = await self._commands.save_draft(box.ticket_id, text, onto=box.own)
        box.unsaved = box.stirs != stirs
        box.stirs += 1  # drafts that were read before this save know nothing of it
        box.acked = heard
        self._on_saved(box.ticket_id, heard)
