"""The messages of the open ticket, oldest first, with the replies on their way at the end."""

from dataclasses import dataclass

from components.data import ConversationData, MessageData
from components.events import Action, ReviewCallback, TextAction
from components.vue_component import VueComponent


class MessageLog:
    """A log that opens at its end and afterwards scrolls only when the reader is at the end."""

    def __init__(
        self, *, on_review: ReviewCallback, on_more: TextAction, on_earlier: Action
    ) -> None:
        self._part = _Log(_LogData(), later=True)
        self._part.on_command(
            "review", lambda args: on_review(args.text("reply_id"), args.text("action"))
        )
        self._part.on_event("more", lambda args: on_more(args.text("id")))
        self._part.on_event("earlier", lambda _: on_earlier())

    def update(self, data: ConversationData) -> None:
        """Show the messages of `data`; each is drawn as text, whatever it holds."""
        self._part.show(
            _LogData(ticket_id=data.ticket_id, messages=data.messages, earlier=data.earlier)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _LogData:
    ticket_id: str = ""
    messages: tuple[MessageData, ...] | None = None
    earlier: int = 0


class _Log(VueComponent, script="message_log"):
    pass
