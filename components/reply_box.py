"""The box a reply is typed into: the browser owns its text, the caller decides what is sent."""

import inspect
from dataclasses import dataclass

from components.data import ConversationData
from components.part import Call, Part, Said

LIMIT = 100_000
"""Characters; a longer text is kept in the box and never put on the wire."""


class ReplyBox:
    """A text area with Send, Send and close, and the button that closes or reopens the ticket."""

    def __init__(self, *, on_send: Call, on_status: Call, on_draft: Call) -> None:
        self._on_send, self._on_draft = on_send, on_draft
        self._ticket_id = ""
        self._sending = False
        self._part = _Box(_BoxData())
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
                status_action=data.status_action,
                status_busy=data.status_busy,
                draft=data.draft,
            )
        )

    def sent(self, *, ok: bool) -> None:
        """End the wait that Send began; empties the box when the reply is durable."""
        if self._sending:
            self._sending = False
            self._part.run_method("answered", ok)

    def put(self, text: str) -> None:
        """Put `text` before whatever is in the box."""
        self._part.run_method("put", text)

    async def _send(self, said: Said) -> None:
        text = said.text("text")
        if self._sending:
            return
        self._sending = True
        try:
            if said.text("ticket_id") == self._ticket_id and 0 < len(text) <= LIMIT:
                result = self._on_send(text, said.flag("then_close"))
                if inspect.isawaitable(result):
                    await result
        finally:
            self.sent(ok=False)

    def _draft(self, said: Said) -> object:
        text = said.text("text")
        if said.text("ticket_id") != self._ticket_id or len(text) > LIMIT:
            return None
        return self._on_draft(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _BoxData:
    ticket_id: str = ""
    send_to: str = ""
    may_reply: bool = True
    status_action: str = ""
    status_busy: bool = False
    draft: str = ""
    limit: int = LIMIT


class _Box(Part, component="reply_box.js"):
    pass
