"""The top of the open ticket: its subject, what is known about it, the customer's other tickets."""

from dataclasses import dataclass

from components.data import ConversationData, Fact, NoticeData, OtherTicketData
from components.events import Action, TextAction
from components.vue_component import VueComponent


class ConversationHead:
    """Subject, status, facts with a copy button each, other tickets, and a notice if any."""

    def __init__(
        self, *, on_close: Action, on_open_other: TextAction, on_notice_action: Action
    ) -> None:
        self._part = _Head(_HeadData(), later=True)
        self._part.on_event("close", lambda _: on_close())
        self._part.on_event("other", lambda args: on_open_other(args.text("id")))
        self._part.on_event("notice", lambda _: on_notice_action())

    def update(self, data: ConversationData) -> None:
        """Show what `data` says about the ticket itself."""
        self._part.show(
            _HeadData(
                ticket_id=data.ticket_id,
                subject=data.subject,
                status_label=data.status_label,
                tone=data.tone,
                facts=data.facts,
                others=data.others,
                others_label=data.others_label,
                notice=data.notice,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeadData:
    ticket_id: str = ""
    subject: str = ""
    status_label: str = ""
    tone: str = ""
    facts: tuple[Fact, ...] = ()
    others: tuple[OtherTicketData, ...] = ()
    others_label: str = ""
    notice: NoticeData | None = None


class _Head(VueComponent, script="conversation_head"):
    pass
