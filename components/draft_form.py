"""What the boxes for replies and for private notes share: the browser owns what is typed."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from components.data import WIRE_LIMIT, OtherDraft
from components.elements import Box, Button, Text
from components.html import html
from components.i18n import _, ngettext
from components.keyed_list import Item, KeyedList

DraftCallback = Callable[[str, str, int, int], None]
OtherDraftCallback = Callable[[int, str, bool], Awaitable[None] | None]


class DraftForm(Element, component="reply_form.js"):
    """The form around a text area, whose script owns the text.

    Args:
        style: its CSS class.
        part: what it is for, where it is not for a reply.
    """

    def __init__(self, style: str, *, part: str = "") -> None:
        super().__init__()
        self.classes(style)
        if part:
            self._props["part"] = part
        self.update_data()

    def update_data(
        self,
        *,
        ticket_id: str = "",
        may_reply: bool = False,
        draft: str = "",
        base: int = 0,
        acked_revision: int = 0,
        reply_id: str = "",
    ) -> None:
        """Tell the script of the ticket, of its draft and of what it may take."""
        told = {
            "ticket_id": ticket_id,
            "may_reply": may_reply,
            "draft": draft,
            "base": base,
            "acked_revision": acked_revision,
            "reply_id": reply_id,
            "most": WIRE_LIMIT,
        }
        if self._props.get("data") != told:
            self.props["data"] = told


class OtherTexts:
    """What was typed into the same box in another window; shown when the person asks for it."""

    def __init__(self, *, on_other_draft: OtherDraftCallback, focus: Callable[[], None]) -> None:
        self._on_other_draft, self._focus = on_other_draft, focus
        self._texts: dict[str, OtherDraft] = {}
        self._is_open = False
        name = _("From another window")
        with Box("section", "reply-others", aria_label=name, hidden=True) as self._box:
            self._says = Text("p")
            self._toggle = Button("", "link", on_click=self._turn)
            acts = {
                "insert": lambda key, _value: self._decide(key, insert=True),
                "discard": lambda key, _value: self._decide(key, insert=False),
            }
            self._list = KeyedList(acts=acts).classes("reply-other-texts")

    def collapse(self) -> None:
        """Show that there are some, and no more."""
        self._is_open = False

    def update(self, texts: tuple[OtherDraft, ...]) -> None:
        """There are these texts now."""
        more = len(texts) > len(self._texts)
        self._texts = {str(text.number): text for text in texts}
        self._box.set(hidden=not texts)
        says = ngettext(
            "This draft was also changed in another window. Both texts are kept.",
            "This draft was also changed in another window. All texts are kept.",
            len(texts),
        )
        self._says.text = says if texts else ""
        if more or not texts:
            self._box.set(data_say=says if texts else None)
        self._draw()

    def _draw(self) -> None:
        self._toggle.text = _("Hide it") if self._is_open else _("Show the other text")
        self._toggle.set(aria_expanded="true" if self._is_open else "false")
        self._list.show([_other(text) for text in self._texts.values()] if self._is_open else [])

    def _turn(self) -> None:
        self._is_open = not self._is_open
        self._draw()

    def _decide(self, key: str, *, insert: bool) -> Awaitable[None] | None:
        self._focus()
        text = self._texts[key]
        return self._on_other_draft(text.number, text.text, insert)


def _other(text: OtherDraft) -> Item:
    content = html(
        '<p dir="auto" tabindex="0" role="group" aria-label="{}">{}</p>'
        '<button type="button" class="secondary" data-act="insert" data-command>{}</button>'
        '<button type="button" class="quiet" data-act="discard" data-command>{}</button>',
        _("The other text"),
        text.text,
        _("Insert below yours"),
        _("Discard it"),
    )
    return Item(str(text.number), content, {"class": "reply-other"})


def counted(sentence: str, count: int, limit: int) -> str:
    """The sentence with how long a text is, how long it may be, and what the box holds."""
    return sentence.format(count=f"{count:,}", limit=f"{limit:,}", most=f"{WIRE_LIMIT:,}")
