"""The open ticket beside the list: what is known, what was said, and the box to answer in."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from components.before_send import BeforeSend
from components.conversation_head import ConversationHead
from components.data import BeforeSendData, ConversationData, NoticeData
from components.draft_form import DraftCallback, OtherDraftCallback
from components.elements import Box, Text
from components.events import Action, ReviewCallback, TextAction
from components.i18n import _
from components.message_log import MessageLog, NoteAction
from components.note_box import NoteBox
from components.notice import Notice
from components.reply_box import CUT, MissedCallback, ReplyBox, SendCallback
from components.ticket_marks import MarkAction, TicketMarks


class ConversationDrawer:
    """Everything about one ticket; hidden while no ticket is open.

    `on_send(text, base, revision, reply_id, then_close)` makes the reply durable, then says
    `sent(ok=True)`; if it ends without saying so, or fails, the text stays in the box and may be
    sent again. `on_draft(ticket_id, text, base, revision)` is called while typing, `acknowledge`
    says that a revision is stored; `base` is the `draft_base` that the text was typed onto.
    `on_missed(ticket_id, text, base, revision, reply_id)` is called for a Send whose ticket has
    been left.
    `on_turn` hears where to go in a long conversation: `earlier`, `later`, `beginning`, `end`.
    `on_fact` hears the address of the list that a fact leads to.
    `on_other_draft(number, text, insert)` hears what to do with a text from another browser.
    `on_claim` hears the id of the user who has the ticket, as it was shown.
    `on_note_draft`, `on_other_note` are for the box for private notes what `on_draft` and
    `on_other_draft` are for the reply; `on_note_about` hears what the note is about, `on_add_note`
    that it is to be added, `on_note` what to do with one that stands here.
    `on_before_send` hears that the reasons before a reply goes were read; if it is to go all the
    same, `on_send` hears of it again.
    """

    def __init__(
        self,
        *,
        on_close: Action,
        on_send: SendCallback,
        on_status: Action,
        on_draft: DraftCallback,
        on_other_draft: OtherDraftCallback,
        on_review: ReviewCallback,
        on_open_other: TextAction,
        on_fact: TextAction,
        on_more: TextAction,
        on_turn: TextAction,
        on_notice_action: Action,
        on_told: Action,
        on_before_send: Action,
        on_mark: MarkAction,
        on_claim: TextAction,
        on_note: NoteAction,
        on_add_note: Action,
        on_note_about: TextAction,
        on_note_draft: DraftCallback,
        on_other_note: OtherDraftCallback,
        on_missed: MissedCallback = lambda *_: None,
        reads_only: bool = False,
    ) -> None:
        self._data = ConversationData()
        self._reads_only = reads_only
        with ui.element("aside").classes("drawer") as self._aside:
            self._aside.props["aria-label"] = "Conversation"
            self._aside.props["hidden"] = True
            self._new_pane = partial(
                _Pane,
                partial(
                    ConversationHead,
                    on_close=on_close,
                    on_open_other=on_open_other,
                    on_fact=on_fact,
                    on_notice_action=on_notice_action,
                    on_claim=on_claim,
                    on_more=on_more,
                    on_note=on_note,
                ),
                partial(
                    MessageLog,
                    on_review=on_review,
                    on_more=on_more,
                    on_turn=on_turn,
                    on_note=on_note,
                ),
            )
            with Box("div", "panes") as self._panes:
                self._shown = self._new_pane()
            self._ready: _Pane | None = None
            self._marks = TicketMarks(on_mark=on_mark)
            self._told = Notice(on_action=on_told)
            self._box = ReplyBox(
                on_send=on_send,
                on_status=on_status,
                on_draft=on_draft,
                on_other_draft=on_other_draft,
                on_missed=on_missed,
            )
            self._note_box = NoteBox(
                beside=self._marks.line,
                on_add=on_add_note,
                on_draft=on_note_draft,
                on_other_draft=on_other_note,
                on_about=on_note_about,
            )
            self._on_before_send = on_before_send
            self._before_send = BeforeSend(cut=CUT, on_decided=self._decide)
            if reads_only:
                Text("p", _("You may read every ticket here and answer none."), "reads-only")

    def update(self, data: ConversationData) -> None:
        """Show `data`; what is in the reply box stays where the person has typed since."""
        if data == self._data:
            return
        self._data = data
        if self._ready is not None and data.ticket_id and data.ticket_id == self._ready.ticket_id:
            self._shown, self._ready = self._ready, self._shown
        self._shown.update(data)
        self._box.update(data)
        self._note_box.update(data.note_box)
        self._marks.update(data.marks, is_open=bool(data.ticket_id) and not self._reads_only)
        self._before_send.update(data.before_send)
        if hidden := not data.ticket_id:
            self._aside.props["hidden"] = hidden
        else:
            self._aside.props.pop("hidden", None)

    def _decide(self, before_send: BeforeSendData, anyway: bool) -> None:  # noqa: FBT001
        self._on_before_send()
        if anyway:
            self._box.send(then_close=before_send.then_close)

    def make_ready(self, data: ConversationData) -> None:
        """Lay another ticket ready, hidden: the browser shows it when its row is opened."""
        if data.ticket_id == self._data.ticket_id:
            return
        if self._ready is None:
            with self._panes:
                self._ready = self._new_pane()
        self._ready.update(data)

    def sent(self, *, ok: bool) -> None:
        """Answer the last `on_send`: empty the box if the reply is durable, else keep its text."""
        self._box.sent(ok=ok)

    def acknowledge(self, ticket_id: str, revision: int) -> None:
        """Say that what `on_draft` heard then is a draft for good."""
        self._box.acknowledge(ticket_id, revision)

    def note_added(self) -> None:
        """Close the box for private notes: what was in it stands among the messages."""
        self._note_box.close()

    def acknowledge_note(self, ticket_id: str, revision: int) -> None:
        """Say that what `on_note_draft` heard then is a draft for good."""
        self._note_box.acknowledge(ticket_id, revision)

    def open_note_box(self) -> None:
        """Let the person write a private note."""
        self._note_box.open()

    def tell(self, notice: NoticeData | None) -> None:
        """Say something about another ticket, between the messages and the box."""
        self._told.update(notice)

    def focus_box(self) -> None:
        """Bring the person to the reply box, where a text came back."""
        self._box.focus()


class _Pane:
    """What is known and what was said of one ticket; `assets/desk.js` shows the one of two whose
    ticket is open, at the click and before the desk has heard of it.
    """

    def __init__(
        self, build_head: Callable[[], ConversationHead], build_log: Callable[[], MessageLog]
    ) -> None:
        self.ticket_id = ""
        with Box("div", "pane", data_ticket="") as self._box:
            self._head, self._log = build_head(), build_log()

    def update(self, data: ConversationData) -> None:
        """Show `data`, but for what belongs to the reply box."""
        self.ticket_id = data.ticket_id
        self._head.update(data)
        self._log.update(data)
        self._box.set(data_ticket=data.ticket_id)
