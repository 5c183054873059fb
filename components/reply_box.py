"""The box a reply is typed into: the browser owns its text, the caller decides what is sent."""

import asyncio
import inspect
from dataclasses import dataclass

from components.data import ConversationData
from components.part import Call, Part, Said

WIRE_LIMIT = 100_000
"""Letters as the browser counts; a longer text stays in the box and never goes over the socket."""


class ReplyBox:
    """A text area with Send, Send and close, and the button that closes or reopens the ticket."""

    def __init__(self, *, on_send: Call, on_status: Call, on_draft: Call) -> None:
        self._on_send, self._on_draft = on_send, on_draft
        self._ticket_id = ""
        self._waiting: set[str] = set()
        self._answering = ""
        self._one_at_a_time = asyncio.Lock()
        self._part = _Box(_BoxData(), later=True)
        self._part.hear("send", self._send)
        self._part.hear("draft", self._draft)
        self._part.hear("status", lambda _: on_status())

    def update(self, data: ConversationData) -> None:
        """Show whom the reply goes to; the draft is taken only when another ticket opens."""
        self._ticket_id = data.ticket_id
        self._part.show(
            _BoxData(
                ticket_id=data.ticket_id,
                send_to=data.send_to,
                may_reply=data.may_reply,
                may_close=data.tone != "closed",
                status_action=data.status_action,
                status_busy=data.status_busy,
                draft=data.draft,
                limit=data.reply_limit,
            )
        )

    def sent(self, *, ok: bool) -> None:
        """End the wait that Send began; empties the box when the reply is durable."""
        if self._answering:
            self._part.run_method("answered", self._answering, ok)
            self._answering = ""

    def put(self, text: str) -> None:
        """Put `text` before whatever is in the box."""
        self._part.run_method("put", text)

    async def _send(self, said: Said) -> None:
        ticket_id = said.text("ticket_id")
        if ticket_id in self._waiting:  # a second click that left before the first was locked in
            return
        self._waiting.add(ticket_id)
        async with self._one_at_a_time:
            self._answering = ticket_id
            try:
                await self._hand_over(
                    ticket_id, said.text("text"), then_close=said.flag("then_close")
                )
            finally:
                self.sent(ok=False)
                self._waiting.discard(ticket_id)

    async def _hand_over(self, ticket_id: str, text: str, *, then_close: bool) -> None:
        """Give the reply to the caller, who sends to the ticket that is open now: only to that."""
        if ticket_id == self._ticket_id and 0 < len(text) <= WIRE_LIMIT:
            result = self._on_send(text, then_close)
            if inspect.isawaitable(result):
                await result

    def _draft(self, said: Said) -> object:
        text = said.text("text")
        if said.text("ticket_id") != self._ticket_id or len(text) > WIRE_LIMIT:
            return None
        return self._on_draft(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _BoxData:
    ticket_id: str = ""
    send_to: str = ""
    may_reply: bool = True
    may_close: bool = True
    status_action: str = ""
    status_busy: bool = False
    draft: str = ""
    limit: int = WIRE_LIMIT
    wire_limit: int = WIRE_LIMIT


class _Box(Part, script="reply_box"):
    pass
