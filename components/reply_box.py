"""The box a reply is typed into: the browser owns its text, the caller decides what is sent."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from components import keys
from components.data import WIRE_LIMIT, ConversationData
from components.draft_form import (
    DraftCallback,
    DraftForm,
    OtherDraftCallback,
    OtherTexts,
    counted,
)
from components.elements import Box, Button, Text
from components.events import Action, EventArgs
from components.html import NOTHING, html
from components.i18n import _

SendCallback = Callable[[str, int, int, str, bool], Awaitable[None] | None]
MissedCallback = Callable[[str, str, int, int, str], Awaitable[None] | None]


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
        self._on_status = on_status
        self._is_closed = False
        self._data = ConversationData()
        self._typed = ""
        """as far as the desk has heard"""
        self._waiting: set[str] = set()
        self._answering = "", ""
        self._one_at_a_time = asyncio.Lock()
        with DraftForm("reply") as self._form:
            self._others = OtherTexts(on_other_draft=on_other_draft, focus=self.focus)
            self._text = Box(
                "textarea",
                rows=3,
                dir="auto",
                aria_label=_("Reply"),
                aria_describedby="reply-says",
                data_key=keys.REPLY,
            )
            self._problem = Text("p", "", "reply-says", id="reply-says", role="alert", hidden=True)
            # These the browser shows by itself, as the style sheet has it.
            Text("p", CUT, "reply-says reply-cut", role="alert")
            Text("p", _NOWHERE, "reply-says reply-nowhere", role="alert")
            with Box("div", "reply-actions"):
                self._send_button = Button(
                    "",
                    "primary",
                    name=_("Send"),
                    title=_("Send (Ctrl Enter)"),
                    key=keys.SEND,
                )
                self._close = Button(
                    _("Send and close"),
                    "secondary",
                    key=keys.SEND_AND_CLOSE,
                    value="close",
                )
                self._count = Text("span", "", "reply-count")
                Box("span", "grow")
                self._status = Button(
                    "", "quiet", key=keys.TURN_STATUS, on_click=self._turn_status, command=True
                )
        for button in (self._send_button, self._close):
            button.set(type="submit", data_command="send")
        self._form.on("send", lambda event: self._send(EventArgs(event.args)))
        self._form.on("draft", lambda event: self._draft(EventArgs(event.args)))
        self._form.on("refuse", lambda event: self._refuse(EventArgs(event.args)))

    def update(self, data: ConversationData) -> None:
        """Show whom the reply goes to; the draft is taken where nothing was typed since."""
        before, self._data = self._data, data
        if data.ticket_id != before.ticket_id:
            self._others.collapse()
        if (data.ticket_id, data.draft_base) != (before.ticket_id, before.draft_base):
            self._measure(data.draft)
        self._others.update(data.other_drafts)
        to = data.send_to
        self._text.set(placeholder=_("Reply to {name}").format(name=to) if to else _("Reply"))
        told = html('<span class="send-to">{}</span>', _("to {name}").format(name=to))
        self._send_button.show(html("{}{}", _("Send"), told if to else NOTHING))
        self._is_closed = data.tone == "closed"
        self._close.set(hidden=self._is_closed)
        self._status.text = data.status_action
        self._status.set(
            hidden=not data.status_action,
            disabled=data.status_busy,
            data_goes_on=not self._is_closed,
        )
        self._allow()
        self._form.update_data(
            ticket_id=data.ticket_id,
            may_reply=data.may_reply,
            draft=data.draft,
            base=data.draft_base,
            acked_revision=data.draft_acked_revision,
            reply_id=data.reply_id,
        )

    def sent(self, *, ok: bool) -> None:
        """End the wait that Send began; empties the box when the reply is durable."""
        ticket_id, reply_id = self._answering
        if ticket_id:
            self._form.run_method("answered", ticket_id, reply_id, ok)
            self._answering = "", ""
            if ticket_id == self._data.ticket_id:
                self._measure("" if ok else self._typed)
                if not ok and not self._problem.text and not self._data.before_send:
                    self._say(_NOT_SENT)

    def send(self, *, then_close: bool) -> None:
        """Press Send, as the person would."""
        self._form.run_method("send", then_close)

    def acknowledge(self, ticket_id: str, revision: int) -> None:
        """Tell the box that that revision is a draft for good."""
        self._form.run_method("acknowledged", ticket_id, revision)

    def focus(self) -> None:
        """Put the cursor into the box."""
        self._text.run_method("focus")

    def _turn_status(self) -> object:
        """Who reopens a ticket writes; who closes it goes on with the next one."""
        if self._is_closed:
            self.focus()
        return self._on_status()

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
        if ticket_id == self._data.ticket_id and not self._may_send(text):
            return
        place = args.number("base"), args.number("revision")
        if ticket_id == self._data.ticket_id:
            result = self._on_send(text, *place, reply_id, args.flag("then_close"))
        else:
            result = self._on_missed(ticket_id, text, *place, reply_id)
        if inspect.isawaitable(result):
            await result

    def _draft(self, args: EventArgs) -> None:
        """Hand over what was typed, for the ticket it was typed for."""
        text = args.text("text")
        if len(text) <= WIRE_LIMIT:
            place = args.number("base"), args.number("revision")
            self._on_draft(args.text("ticket_id"), text, *place)
            if args.text("ticket_id") == self._data.ticket_id:
                self._measure(text)

    def _refuse(self, args: EventArgs) -> None:
        """Say why a text was not put into the box, or is not kept as a draft."""
        if sentence := _REFUSALS.get(args.text("why")):
            self._say(counted(sentence, args.number("length"), self._data.reply_limit))

    def _measure(self, text: str) -> None:
        """Say how long the text has become; what was said of another text is over."""
        if text != self._typed:
            self._typed = text
            self._say("")
        length, limit = len(text), self._data.reply_limit
        if length > limit:
            self._say(counted(_TOO_LONG, length, limit))
        is_near = limit * 0.9 <= length <= limit
        self._count.text = (
            counted(_("{count} of {limit} characters"), length, limit) if is_near else ""
        )
        self._allow()

    def _may_send(self, text: str) -> bool:
        self._measure(text)
        if not text.strip():
            self._say(_EMPTY)
        return bool(text.strip()) and len(text) <= self._data.reply_limit

    def _say(self, sentence: str) -> None:
        self._problem.text = sentence
        self._problem.set(hidden=not sentence)
        self._text.set(aria_invalid="true" if sentence else None)

    def _allow(self) -> None:
        """Let Send be pressed where it can help."""
        refused = not self._data.may_reply or len(self._typed) > self._data.reply_limit
        for button in (self._send_button, self._close):
            button.set(disabled=refused)


_EMPTY = _("The reply is empty. Write something, then send it.")
_NOT_SENT = _("Not sent. Your text is kept here; try again.")
_TOO_LONG = _(
    "The reply has {count} of {limit} characters. Shorten it or split it; the text is kept."
)
_REFUSALS = {
    "unsaved": _(
        "The reply has {count} of {limit} characters. Shorten it or split it; it stays in this "
        "window, but is too long to be kept as a draft."
    ),
    "pasted": _(
        "Nothing was pasted: that text has {count} characters, this box holds {most}, a reply "
        "{limit}. What was in the box is unchanged."
    ),
    "dropped": _(
        "Nothing was dropped here: that text has {count} characters, this box holds {most}, a "
        "reply {limit}. What was in the box is unchanged."
    ),
}
CUT = _(
    "Not sent: there is no connection to the desk. Your text stays here; send it once the "
    "connection is back."
)
_NOWHERE = _(
    "There is no connection to the desk, and this browser keeps no drafts. "
    "Leave this window open until the connection is back."
)
