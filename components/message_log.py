"""The messages of the open ticket, oldest first, with the replies on their way at the end."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from nicegui.events import GenericEventArguments

from components import keys
from components.data import MESSAGES_A_STEP as STEP
from components.data import ConversationData, MessageData, Option
from components.elements import Box, Button, Text
from components.events import ReviewCallback, TextAction
from components.html import NOTHING, Html, html, join
from components.i18n import _, ngettext
from components.keyed_list import Item, KeyedList
from components.message_text import message_html

NoteAction = Callable[[int, str], object]
"""The number of a private note, and what to do: `ask`, `remove` or `keep`."""

_EMPTY = "empty"


# Whether the end is in sight, told when that changes. The log is laid out from its end: there is 0.
_TELL_END = """({ target }) => {
  const end = target.scrollTop > -48;
  if (target.atEnd !== end) emit((target.atEnd = end));
}"""


class MessageLog:
    """A log that opens at its end and follows it, and else stays where it is being read."""

    def __init__(
        self,
        *,
        on_review: ReviewCallback,
        on_more: TextAction,
        on_turn: TextAction,
        on_note: NoteAction,
    ) -> None:
        self._messages: dict[str, MessageData] = {}
        self._ticket_id, self._total, self._unseen, self._at_end = "", 0, 0, True
        with Box("div", "log-box"):
            with Box("div", "hits", role="group", aria_label=_("Hits"), hidden=True) as self._hits:
                self._hits_label = Text("span", aria_live="polite")
                self._steps = [
                    Button(words, "link", on_click=partial(on_turn, where))
                    for where, words in (
                        ("previous-hit", _("Previous hit")),
                        ("next-hit", _("Next hit")),
                    )
                ]
            self._log = Box("div", "log", role="log", aria_label=_("Messages"), tabindex=0)
            self._log.on("scroll", self._scrolled, js_handler=_TELL_END)
            with self._log:
                self._list = KeyedList(
                    acts={
                        "turn": lambda _key, where: on_turn(where),
                        "more": lambda key, _value: on_more(self._messages[key].id),
                        "review": lambda key, action: on_review(
                            self._messages[key].reply_id, action
                        ),
                        "note": lambda key, action: on_note(self._messages[key].note, action),
                    }
                )
            self._list.classes("log-list")
            self._pill = Button("", "pill to-end", hidden=True, on_click=self._go_to_end)
            with Box("div", "msg seller saving", hidden=True, aria_hidden="true"):
                Text("p", "", "msg-text", dir="auto")
                Text("footer", _("Saving…"))

    def update(self, data: ConversationData) -> None:
        """Show the messages of `data`; each is drawn as text, whatever it holds."""
        messages = data.messages
        self._messages = {_key(data.ticket_id, message): message for message in messages or ()}
        self._hits.set(hidden=not data.hits_label)
        self._hits_label.text = data.hits_label
        for step in self._steps:
            step.set(hidden=not data.several_hits)
        self._log.set(aria_busy="true" if messages is None else "false")
        self._list.show(_skeletons() if messages is None else list(_items(messages, data)))
        notes = sum(1 for message in messages or () if message.note)
        total = data.earlier + len(messages or ()) - notes + data.later
        if data.ticket_id != self._ticket_id:
            self._at_end, self._unseen = True, 0
        elif not self._at_end and not data.later:
            self._unseen += max(0, total - self._total)
        self._ticket_id, self._total = data.ticket_id, total
        self._show_unseen()

    def _scrolled(self, event: GenericEventArguments) -> None:
        self._at_end = event.args is True
        if self._at_end:
            self._unseen = 0
            self._show_unseen()

    def _show_unseen(self) -> None:
        number = self._unseen
        self._pill.text = ngettext("{n} new message", "{n} new messages", number).format(n=number)
        self._pill.set(hidden=not number)

    def _go_to_end(self) -> None:
        self._log.run_method("scrollTo", 0, 0)


def _key(ticket_id: str, message: MessageData) -> str:
    """Of its own in each ticket: ids of messages may be the same in all."""
    return f"{ticket_id} {message.reply_id}{message.id}"


def _items(messages: tuple[MessageData, ...], data: ConversationData) -> Iterator[Item]:
    if data.earlier:
        shown = ngettext("Show {n} earlier message", "Show {n} earlier messages", data.earlier)
        whole = _("To the beginning ({n} more)")
        yield _turns("earlier", "beginning", data.earlier, shown, whole)
    if not messages:
        yield Item(_EMPTY, html("{}", _("No messages yet.")), {"class": "log-empty"}, tag="p")
    # Who went to the beginning wants to see that.
    is_beginning = data.later and not data.earlier and not data.come_to
    come_to = messages[0].id if is_beginning and messages else data.come_to
    for message in messages:
        if message.day_label:
            day = html("<span>{}</span>", message.day_label)
            yield Item(f"day {_key(data.ticket_id, message)}", day, {"class": "day"})
        yield message_item(
            _key(data.ticket_id, message),
            message,
            (data.come or "beginning") if message.id == come_to else "",
        )
    if data.later:
        shown = ngettext("Show {n} later message", "Show {n} later messages", data.later)
        yield _turns("later", "end", data.later, shown, _("To the end ({n} more)"))


def _turns(step: str, jump: str, left: int, shown: str, whole: str) -> Item:
    """What stands where messages are left out; each button says what it does."""
    buttons = [(step, shown.format(n=min(left, STEP)))]
    if left > STEP:
        buttons.append((jump, whole.format(n=f"{left:,}")))
    content = join(
        html(
            '<button type="button" class="secondary" data-act="turn" data-value="{}">{}</button>',
            where,
            words,
        )
        for where, words in buttons
    )
    return Item(step, content, {"class": "turns", "data-left": step})


# A conversation is drawn again with each message that comes; the others have not changed.
@lru_cache(maxsize=512)
def message_item(key: str, message: MessageData, come: str = "") -> Item:
    """A message, a reply on its way or a private note as it is drawn."""
    said = ", ".join(filter(None, (message.name, message.created_exact)))
    attributes = {"class": f"msg {message.side}", "aria-label": said}
    if message.note:
        attributes["data-note"] = str(message.note)
    else:
        attributes |= {"data-message-id": message.id, "data-sender": message.sender}
    if message.state:
        attributes["data-reply-state"] = message.state
    if come:
        attributes["data-come"] = come
    content = html(
        '<header><span class="msg-name"><bdi>{}</bdi></span>'
        '<time datetime="{}" title="{}">{}</time></header>'
        '<div class="msg-text" dir="auto">{}</div>{}{}',
        message.name,
        message.created_at,
        message.created_exact,
        message.time_label,
        message_html(message.segments),
        _more(message.more_label) if message.more_label else NOTHING,
        _foot(message) if message.state_label or message.actions else NOTHING,
    )
    return Item(key, content, attributes, tag="article")


def _foot(message: MessageData) -> Html:
    """The state of a reply on its way, how long it can be taken back, and what can be done."""
    label, until = message.state_label, message.undo_until
    return html(
        '<footer class="{}">{}{}{}</footer>',
        message.state_tone,
        html("<span>{}</span>", label) if label else NOTHING,
        _countdown(until) if until else NOTHING,
        join(_decision("note" if message.note else "review", one) for one in message.actions),
    )


def _countdown(until: str) -> Html:
    """Only for the eye: nobody wants each second read out."""
    return html(
        '<b class="hold" aria-hidden="true" data-until="{}" data-form="{}"></b>', until, _("{} s")
    )


def _decision(act: str, action: Option) -> Html:
    """A button for what a person may decide; the key for Undo presses it."""
    return html(
        '<button type="button" class="link" data-act="{}" data-value="{}" data-command{}>{}'
        "</button>",
        act,
        action.value,
        html(' data-key="{}"', keys.UNDO) if action.value == "undo" else NOTHING,
        action.label,
    )


def _more(label: str) -> Html:
    return html('<button type="button" class="link" data-act="more">{}</button>', label)


def _skeletons() -> list[Item]:
    return [
        Item(f"skeleton {n}", html("<i></i><i></i>"), {"class": f"msg skeleton {side}"})
        for n, side in enumerate(("customer", "seller", "customer"))
    ]
