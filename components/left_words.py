"""What a browser kept of words that no desk acknowledged, handed over on any page of a seller's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from components.data import WIRE_LIMIT
from components.part import Part, Said

Keep = Callable[[str, str, str, str], Awaitable[bool]]


class LeftWords:
    """Asks the browser for them once it is connected; it forgets what `on_words` has kept.

    `on_words(ticket_id, text, onto, reply_id)` says whether the text is a draft for good: `onto` is
    the draft it was typed onto, `reply_id` is set when it was being sent.
    """

    def __init__(self, *, on_words: Keep) -> None:
        self._on_words = on_words
        self._part = _Words(_WordsData(), later=True)
        self._part.hear("words", self._keep)

    async def _keep(self, said: Said) -> None:
        ticket_id, text = said.text("ticket_id"), said.text("text")
        if not ticket_id or len(text) > WIRE_LIMIT:
            return
        if await self._on_words(ticket_id, text, said.text("onto"), said.text("reply_id")):
            self._part.run_method("taken", said.text("key"), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WordsData:
    wire_limit: int = WIRE_LIMIT


class _Words(Part, script="left_words"):
    pass
