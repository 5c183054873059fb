"""The top of the open ticket: its subject, what is known about it, the customer's other tickets."""

from urllib.parse import quote

from components import keys
from components.data import ClaimData, ConversationData, Fact, MessageData, OtherTicketData
from components.elements import Box, Button, Text
from components.events import Action, TextAction
from components.html import DOT, NOTHING, Html, html, icon
from components.i18n import _
from components.keyed_list import Item, KeyedList
from components.message_log import NoteAction, message_item
from components.notice import Notice
from components.site import SITE


class ConversationHead:
    """Subject, status, facts with a copy button each, other tickets, and a notice if any."""

    def __init__(
        self,
        *,
        on_close: Action,
        on_open_other: TextAction,
        on_fact: TextAction,
        on_notice_action: Action,
        on_claim: TextAction,
        on_more: TextAction,
        on_note: NoteAction,
    ) -> None:
        self._whose = ""
        self._hrefs: dict[str, str] = {}
        self._noted: dict[str, MessageData] = {}
        with Box("div", "head"):
            with Box("div", "head-line"):
                self._heading = Text("h2", tabindex=-1, dir="auto")
                self._badge = Box("span", "turn", hidden=True)
                Button(
                    "",
                    "quiet step",
                    name=_("Close conversation"),
                    title=_("Close conversation (Esc)"),
                    key=keys.CLOSE,
                    on_click=on_close,
                ).show(icon("close"))
            self._presence = Text("p", "", "presence", role="status", hidden=True)
            with Box("p", "claim", hidden=True) as self._claim:
                self._claim_words = Text("span", role="status")
                Text("span", _("only on this desk"), "claim-where")
                self._claim_button = Button(
                    "",
                    "link",
                    key=keys.CLAIM,
                    command=True,
                    on_click=lambda: on_claim(self._whose),
                )
            self._notice = Notice(on_action=on_notice_action)
            with Box(
                "section",
                "customer-notes",
                aria_label=_("Private notes on this customer"),
                tabindex=-1,
                hidden=True,
            ) as self._customer_notes:
                self._notes = KeyedList(
                    acts={
                        "more": lambda key, _value: on_more(self._noted[key].id),
                        "note": lambda key, action: on_note(self._noted[key].note, action),
                    }
                )
            # On a phone it opens and shuts the facts that follow it; elsewhere they stand open.
            with Box("details", "about"):
                Text("summary", _("Details"))
            self._facts = KeyedList(
                "dl", acts={"fact": lambda label, _value: on_fact(self._hrefs[label])}
            )
            self._facts.classes("facts")
            with Box("details", "others", hidden=True) as self._others:
                self._others_label = Text("summary")
                self._others_list = KeyedList(
                    "ul", acts={"other": lambda ticket_id, _value: on_open_other(ticket_id)}
                )

    def update(self, data: ConversationData) -> None:
        """Show what `data` says about the ticket itself."""
        self._heading.text = data.subject
        self._heading.set(title=data.subject)
        self._badge.restyle(f"turn tone-{data.tone}")
        self._badge.set(hidden=not data.status_label)
        self._badge.show(html("{}{}", DOT, data.status_label))
        self._presence.text = data.presence
        self._presence.set(hidden=not data.presence, data_presence=data.presence or None)
        self._show_claim(data.claim or ClaimData())
        self._notice.update(data.notice)
        self._noted = {note.id: note for note in data.customer_notes}
        self._customer_notes.set(hidden=not self._noted)
        self._notes.show([message_item(key, note) for key, note in self._noted.items()])
        self._hrefs = {fact.label: fact.href for fact in data.facts}
        self._facts.show([_fact(fact) for fact in data.facts])
        self._others.set(hidden=not data.others)
        self._others_label.text = data.others_label
        self._others_list.show([_other(other) for other in data.others])

    def _show_claim(self, claim: ClaimData) -> None:
        self._whose = claim.whose
        self._claim.set(hidden=not (claim.text or claim.action), data_claim=claim.text or None)
        self._claim_words.text = claim.text
        self._claim_button.text = claim.action
        self._claim_button.set(hidden=not claim.action)


def _fact(fact: Fact) -> Item:
    content = html(
        '<dt>{}</dt><dd title="{}"><bdi{}>{}</bdi>{}{}</dd>',
        fact.label,
        fact.exact or fact.value,
        NOTHING if fact.exact else html(' translate="no"'),  # only a time is said in words
        _value(fact),
        _copy_button(fact) if fact.copy else NOTHING,
        _link_button(fact) if fact.link else NOTHING,
    )
    return Item(fact.label, content)


def _value(fact: Fact) -> Html:
    if not fact.href:
        return html("{}", fact.value)
    return html('<a href="{}" data-act="fact">{}</a>', SITE.link(fact.href), fact.value)


def _link_button(fact: Fact) -> Html:
    return html(
        '<button type="button" class="copy" aria-label="{}" title="{}" data-copy-link="{}">{}{}'
        "</button>",
        _("Copy link"),
        _("Copy link"),
        SITE.link(fact.link),
        icon("link"),
        icon("done"),
    )


def _copy_button(fact: Fact) -> Html:
    return html(
        '<button type="button" class="copy" aria-label="{}" data-copy="{}">{}{}</button>',
        _("Copy {fact}").format(fact=fact.label.lower()),
        fact.copy,
        icon("copy"),
        icon("done"),
    )


def _other(other: OtherTicketData) -> Item:
    content = html(
        '<a href="{}{}" data-act="other"><span class="turn tone-{}">{}<span>{}</span></span>'
        '<span class="other-subject" dir="auto">{}</span>'
        '<time datetime="{}" data-since="{}" title="{}"></time></a>',
        SITE.link("/?ticket="),
        quote(other.id, safe=""),
        other.tone,
        DOT,
        other.status_label,
        other.subject,
        other.updated_at,
        other.updated_at,
        other.updated_exact,
    )
    return Item(other.id, content, tag="li")
