"""The messages of the open ticket, oldest first, with the replies on their way at the end."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from components import keys
from components.data import MESSAGES_A_STEP as STEP
from components.data import ConversationData, MessageData, Option
from components.elements import Box, Button, Text, set_attributes
from components.events import ReviewCallback, TextAction
from components.html import NOTHING, Html, html, join
from components.i18n import _, ngettext
from components.keyed_list import Item, ItemAction, KeyedList
from components.message_text import message_html

_EMPTY = "empty"


class MessageLog:
    """A log that opens at its end and afterwards scrolls only when the reader is at the end."""

    def __init__(
        self, *, on_review: ReviewCallback, on_more: TextAction, on_turn: TextAction
    ) -> None:
        self._on_review, self._on_more = on_review, on_more
        self._messages: dict[str, MessageData] = {}
        with Box("div", "log-box"):
            self._list = _MessageList(
                {
                    "turn": lambda _key, where: on_turn(where),
                    "more": lambda key, _value: on_more(self._messages[key].id),
                    "review": lambda key, action: on_review(self._messages[key].reply_id, action),
                }
            )
            Button(
                "",
                "pill to-end",
                hidden=True,
                data_one=_("1 new message"),
                data_several=_("{} new messages"),
            )
            with Box("div", "msg seller saving", hidden=True, aria_hidden="true"):
                Text("p", "", "msg-text", dir="auto")
                Text("footer", _("Saving…"))

    def update(self, data: ConversationData) -> None:
        """Show the messages of `data`; each is drawn as text, whatever it holds."""
        messages = data.messages
        self._messages = {_key(message): message for message in messages or ()}
        self._list.open(data.ticket_id if messages is not None else "")
        self._list.show(_skeletons() if messages is None else list(_items(messages, data)))


class _MessageList(KeyedList, component="message_list.js"):
    """The list itself; it goes to its end when another ticket is opened."""

    def __init__(self, acts: Mapping[str, ItemAction]) -> None:
        super().__init__(acts=acts)
        del self._props["as"]
        self.classes("log")
        self._props.update(
            {"role": "log", "aria-label": _("Messages"), "tabindex": "0", "ticket": ""}
        )

    def open(self, ticket_id: str) -> None:
        """Show the messages of this ticket from now on; empty while they are being read."""
        busy = "false" if ticket_id else "true"
        set_attributes(self, {"ticket": ticket_id, "aria-busy": busy})


def _key(message: MessageData) -> str:
    return message.reply_id + message.id


def _items(messages: tuple[MessageData, ...], data: ConversationData) -> Iterator[Item]:
    if data.earlier:
        shown = ngettext("Show {n} earlier message", "Show {n} earlier messages", data.earlier)
        whole = _("To the beginning ({n} more)")
        yield _turns("earlier", "beginning", data.earlier, shown, whole)
    if not messages:
        yield Item(_EMPTY, html("{}", _("No messages yet.")), {"class": "log-empty"}, tag="p")
    for message in messages:
        if message.day_label:
            day = html("<span>{}</span>", message.day_label)
            yield Item(f"day {_key(message)}", day, {"class": "day"})
        yield _item(message)
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
def _item(message: MessageData) -> Item:
    said = ", ".join(filter(None, (message.name, message.created_exact)))
    attributes = {
        "class": f"msg {message.side}",
        "aria-label": said,
        "data-message-id": message.id,
        "data-sender": message.sender,
    }
    if message.state:
        attributes["data-reply-state"] = message.state
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
    return Item(_key(message), content, attributes, tag="article")


def _foot(message: MessageData) -> Html:
    """The state of a reply on its way, how long it can be taken back, and what can be done."""
    label, until = message.state_label, message.undo_until
    return html(
        '<footer class="{}">{}{}{}</footer>',
        message.state_tone,
        html("<span>{}</span>", label) if label else NOTHING,
        _countdown(until) if until else NOTHING,
        join(_decision(action) for action in message.actions),
    )


def _countdown(until: str) -> Html:
    """Only for the eye: nobody wants each second read out."""
    return html(
        '<b class="hold" aria-hidden="true" data-until="{}" data-form="{}"></b>', until, _("{} s")
    )


def _decision(action: Option) -> Html:
    """A button for what a person may decide; the key for Undo presses it."""
    return html(
        '<button type="button" class="link" data-act="review" data-value="{}" data-command{}>{}'
        "</button>",
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
