"""What is typed and not sent: saved for its ticket soon after the last key."""

import asyncio
from collections.abc import Callable

from app.desk.commands import Commands
from app.domain.clock import Clock
from app.state.pace import Soon
from app.state.wording import trouble
from components.data import NoticeData

SAVE_AFTER_SECONDS = 0.2
"""with the 0.4 s that the box itself waits, a key is saved well within a second"""


class Drafts:
    """The newest text of each ticket on its way to the desk; one save at a time, in order."""

    def __init__(
        self,
        commands: Commands,
        *,
        clock: Clock,
        on_trouble: Callable[[NoticeData | None], None],
    ) -> None:
        self._commands = commands
        self._on_trouble = on_trouble
        self._unsaved: dict[str, str] = {}
        self._failed = False
        self._one_at_a_time = asyncio.Lock()
        self._soon = Soon(self.save, clock=clock, delay=SAVE_AFTER_SECONDS)

    def keep(self, ticket_id: str, text: str) -> None:
        """Save `text` soon; a later text of the same ticket takes its place."""
        self._unsaved[ticket_id] = text
        self._soon.ask()

    def unsaved(self, ticket_id: str) -> str | None:
        """What was typed for a ticket and has not been saved yet; None when nothing was."""
        return self._unsaved.get(ticket_id)

    async def save(self) -> None:
        """Save everything now; what cannot be saved is tried again with the next key."""
        async with self._one_at_a_time:
            for ticket_id, text in tuple(self._unsaved.items()):
                try:
                    await self._commands.save_draft(ticket_id, text)
                except Exception as error:  # noqa: BLE001  # typing goes on, the person is told
                    self._failed = True
                    kept = "The draft is only in this window until it can be saved."
                    self._on_trouble(trouble(error, kept=kept))
                    return
                if self._unsaved.get(ticket_id) == text:
                    del self._unsaved[ticket_id]
            if self._failed:
                self._failed = False
                self._on_trouble(None)

    async def let_go(self, ticket_id: str) -> None:
        """Save nothing more of what was typed for a ticket; a save under way ends first."""
        async with self._one_at_a_time:
            self._unsaved.pop(ticket_id, None)

    async def close(self) -> None:
        """Save what is left."""
        await self._soon.close()
        await self.save()
