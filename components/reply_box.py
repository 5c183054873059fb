"""The box a reply is typed into: the browser owns its text, the caller decides what is sent."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass

from components.data import WIRE_LIMIT, ConversationData, OtherDraft
from components.events import Action, EventArgs
from components.vue_component import VueComponent

SendCallback = Callable[[str, int, int, str, bool], object]
DraftCallback = Callable[[str, str, int, int], object]
MissedCallback = Callable[[str, str, int, int, str], object]
OtherDraftCallback = Callable[[int, str, bool], object]


class ReplyBox:
    """A text area with Send, Send and close, and the button that closes or reopens the ticket."""

    def __init__(
        self,
        *,
        on_send: SendCallback,
        on_status: Action,
        on_draft: DraftCallback,
        on_other_draft: OtherDraftCallback,
        on_missed: MissedCallback = lambda *_: None,
    ) -> None:
        self._on_send, self._on_draft, self._on_missed = on_send, on_draft, on_missed
        self._ticket_id = ""
        self._waiting: set[str] = set()
        self._answering = "", ""
        self._one_at_a_time = asyncio.Lock()
        self._part = _Box(_BoxData(), later=True)
        self._part.on_event("send", self._send)
        self._part.on_event("draft", self._draft)
        self._part.on_command("status", lambda _: on_status())
        self._part.on_command("other", lambda args: on_other_draft(*_other(args)))

    def update(self, data: ConversationData) -> None:
        """Show whom the reply goes to; the draft is taken where nothing was typed since."""
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
                base=data.draft_base,
                acked_revision=data.draft_acked_revision,
                reply_id=data.reply_id,
                others=data.other_drafts,
                limit=data.reply_limit,
            )
        )

    def sent(self, *, ok: bool) -> None:
        """End the wait that Send began; empties the box when the reply is durable."""
        ticket_id, reply_id = self._answering
        if ticket_id:
            self._part.run_method("answered", ticket_id, reply_id, ok)
            self._answering = "", ""

    def acknowledge(self, ticket_id: str, revision: int) -> None:
        """Tell the box that that revision is a draft for good."""
        self._part.run_method("acknowledged", ticket_id, revision)

    def focus(self) -> None:
        """Put the cursor into the box."""
        self._part.run_method("focus")

    async def _send(self, args: EventArgs) -> None:
        ticket_id = args.text("ticket_id")
        if ticket_id in self._waiting:  # a second click that left before the first was locked in
            return
        self._waiting.add(ticket_id)
        async with self._one_at_a_time:
            self._answering = ticket_id, args.text("reply_id")
            try:
                await self._hand_over(ticket_id, args)
            finally:
                self.sent(ok=False)
                self._waiting.discard(ticket_id)

    async def _hand_over(self, ticket_id: str, args: EventArgs) -> None:
        """Give the reply to the caller, who sends to the ticket that is open now: only to that.

        One for a ticket that was left before this was heard is given to `on_missed`.
        """
        text, reply_id = args.text("text"), args.text("reply_id")
        if not 0 < len(text) <= WIRE_LIMIT:
            return
        place = args.number("base"), args.number("revision")
        if ticket_id == self._ticket_id:
            result = self._on_send(text, *place, reply_id, args.flag("then_close"))
        else:
            result = self._on_missed(ticket_id, text, *place, reply_id)
        if inspect.isawaitable(result):
            await result

    def _draft(self, args: EventArgs) -> object:
        """Hand over what was typed, for the ticket it was typed for."""
        text = args.text("text")
        if len(text) > WIRE_LIMIT:
            return None
        place = args.number("base"), args.number("revision")
        return self._on_draft(args.text("ticket_id"), text, *place)


def _other(args: EventArgs) -> tuple[int, str, bool]:
    return args.number("number"), args.text("text"), args.flag("insert")


@dataclass(frozen=True, slots=True, kw_only=True)
class _BoxData:
    ticket_id: str = ""
    send_to: str = ""
    may_reply: bool = True
    may_close: bool = True
    status_action: str = ""
    status_busy: bool = False
    draft: str = ""
    base: int = 0
    acked_revision: int = 0
    reply_id: str = ""
    others: tuple[OtherDraft, ...] = ()
    limit: int = WIRE_LIMIT
    wire_limit: int = WIRE_LIMIT


class _Box(VueComponent, script="reply_box"):
    pass
