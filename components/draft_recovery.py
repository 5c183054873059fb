"""Drafts that a browser kept and no desk acknowledged, handed over on any page of a seller's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from components.data import WIRE_LIMIT
from components.events import EventArgs
from components.vue_component import VueComponent

Recover = Callable[[str, str, str, str], Awaitable[bool]]


class DraftRecovery:
    """Asks the browser for them once it is connected; it forgets what `on_recovery` has stored.

    `on_recovery(ticket_id, text, onto, reply_id)` returns whether the text is stored: `onto` is the
    draft it was typed onto, `reply_id` is set when it was being sent.
    """

    def __init__(self, *, on_recovery: Recover) -> None:
        self._on_recovery = on_recovery
        self._part = _Recovery(_Data(), later=True)
        self._part.on_event("draft", self._recover)

    async def _recover(self, args: EventArgs) -> None:
        ticket_id, text = args.text("ticket_id"), args.text("text")
        if not ticket_id or len(text) > WIRE_LIMIT:
            return
        if await self._on_recovery(ticket_id, text, args.text("onto"), args.text("reply_id")):
            self._part.run_method("recovered", args.text("key"), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    wire_limit: int = WIRE_LIMIT


class _Recovery(VueComponent, script="draft_recovery"):
    pass
