"""Drafts that a browser kept and no desk acknowledged, handed over on any page of a seller's."""

from collections.abc import Awaitable, Callable
from typing import Any

from components.data import WIRE_LIMIT
from components.elements import Box
from components.events import EventArgs

Recover = Callable[[str, str, str, str], Awaitable[bool]]


class DraftRecovery:
    """Hears of them from `assets/drafts.js`, which forgets what `on_recovery` has stored.

    `on_recovery(ticket_id, text, onto, reply_id)` returns whether the text is stored: `onto` is the
    draft it was typed onto, `reply_id` is set when it was being sent.
    """

    def __init__(self, *, on_recovery: Recover) -> None:
        self._on_recovery = on_recovery
        self._place = Box("div", hidden=True, data_recover=WIRE_LIMIT)
        self._place.on("words", self._recover, args=["detail"])

    async def _recover(self, event: Any) -> None:
        args = EventArgs(event.args.get("detail"))
        ticket_id, text = args.text("ticket_id"), args.text("text")
        if not ticket_id or len(text) > WIRE_LIMIT:
            return
        if await self._on_recovery(ticket_id, text, args.text("onto"), args.text("reply_id")):
            self._place.run_method("recovered", args.text("key"), text)
