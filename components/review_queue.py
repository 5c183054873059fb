"""The replies that need review: a person decides where no machine can."""

from components.data import ReviewItemData, ReviewQueueData
from components.elements import Box, Button, Text
from components.events import Action, ReviewCallback, TextAction
from components.html import NOTHING, Html, html, join
from components.i18n import _
from components.keyed_list import Item, KeyedList

_SOME = _(
    "Nothing here is sent again by itself. What the ticket shows later leaves this list on its own."
)
_NONE = _(
    "A reply that could not be confirmed, was refused, or needs an answer first appears here."
)


class ReviewQueue:
    """One card for each reply: its ticket, its text, what is known, and what can be done.

    While it is shown the list of tickets steps back (assets/conversation.css).
    """

    def __init__(
        self, *, on_review: ReviewCallback, on_recheck_all: Action, on_open: TextAction
    ) -> None:
        with Box(
            "section", "review-queue", aria_label=_("Needs review"), hidden=True
        ) as self._place:
            with Box("header"):
                with Box("div", "grow"):
                    self._title = Text("h2")
                    self._about = Text("p")
                self._recheck_all = Button(
                    _("Re-check all"),
                    "secondary",
                    on_click=on_recheck_all,
                    command=True,
                    hidden=True,
                )
            self._notice = Box("div", role="alert", hidden=True)
            self._replies = KeyedList(
                acts={"review": on_review, "open": lambda _reply, ticket: on_open(ticket)}
            )

    def update(self, data: ReviewQueueData | None) -> None:
        """Show `data` in place of the list of tickets; None gives the list its place back."""
        self._place.set(hidden=data is None)
        if data is None:
            return
        self._title.text = data.title
        self._about.text = _SOME if data.items else _NONE
        self._recheck_all.set(hidden=not data.recheck_all)
        self._notice.set(hidden=data.notice is None)
        if data.notice:
            self._notice.restyle(f"notice {data.notice.tone}")
            self._notice.show(html("<p>{}</p>", data.notice.text))
        self._replies.show([_reply(one) for one in data.items])


def _reply(one: ReviewItemData) -> Item:
    head = html(
        '<header><button type="button" class="review-subject" data-act="open" data-value="{}">'
        '<bdi>{}</bdi></button><bdi class="review-who" translate="no">{}</bdi>'
        '<time data-since="{}" datetime="{}" title="{}"></time></header>',
        one.ticket_id,
        one.subject,
        one.customer,
        one.written_at,
        one.written_at,
        one.written_exact,
    )
    text = html('<p class="review-text" dir="auto">{}</p>', one.text) if one.text else NOTHING
    actions = join(_action(action.value, action.label) for action in one.actions)
    return Item(
        one.reply_id,
        html(
            '{}{}<p class="review-state">{}</p><div class="review-actions">{}</div>',
            head,
            text,
            one.state_label,
            actions,
        ),
        {
            "class": "review-item",
            "aria-label": one.subject,
            "data-reply-state": one.state,
            "data-reply-id": one.reply_id,
        },
        tag="article",
    )


def _action(value: str, label: str) -> Html:
    return html(
        '<button type="button" class="secondary" data-act="review" data-value="{}" data-command>{}'
        "</button>",
        value,
        label,
    )
