"""The box a private note is typed into; it stands over the box for replies, and sends nothing."""

from functools import partial

from components import keys
from components.data import NOTE_ENDING, WIRE_LIMIT, NoteBoxData
from components.draft_form import (
    DraftCallback,
    DraftForm,
    OtherDraftCallback,
    OtherTexts,
    counted,
)
from components.elements import Box, Button, Text
from components.events import Action, EventArgs, TextAction
from components.html import icon
from components.i18n import _

TICKET, CUSTOMER = "ticket", "customer"


class NoteBox:
    """A button that opens the box in the browser alone, the text, and *Add note*.

    Escape and a click beside it close it; what is typed stays. No key adds a note.

    Args:
        beside: the line in which the button stands.
        on_add: hears that the text, which `on_draft` has heard before, is to be added.
        on_about: hears whether it is about the `ticket` or the `customer`.
    """

    def __init__(
        self,
        *,
        beside: Box,
        on_add: Action,
        on_draft: DraftCallback,
        on_other_draft: OtherDraftCallback,
        on_about: TextAction,
    ) -> None:
        self._on_draft = on_draft
        self._data = NoteBoxData()
        self._typed = self._refusal = ""
        with Box("div", "note-box", popover="auto", role="group") as self._box:
            self._box.set(aria_label=_("Private note"))
            with Box("div", "note-head"):
                Text("h2", _("Private note"))
                Text("p", _("Only on this desk. The customer never sees it."))
                Button(
                    "",
                    "quiet step",
                    name=_("Close, and keep what is typed"),
                    title=_("Close, and keep what is typed (Esc)"),
                    key=keys.CLOSE,
                    popovertarget=self._box.html_id,
                    popovertargetaction="hide",
                ).show(icon("close"))
            with DraftForm("note-form", part="note_form") as self._form:
                self._others = OtherTexts(on_other_draft=on_other_draft, focus=self._focus)
                self._text = Box(
                    "textarea",
                    rows=4,
                    dir="auto",
                    autofocus=True,
                    aria_label=_("Private note"),
                    aria_describedby="note-says",
                )
                self._problem = Text("p", "", "reply-says", id="note-says", role="alert")
                with Box("div", "reply-actions"):
                    self._add = Button(_("Add note"), "note-add", command=True, on_click=on_add)
                    with Box(
                        "div", "segments", role="group", aria_label=_("Note on"), data_press=True
                    ) as self._about:
                        self._choices = {
                            about: Button(words, on_click=partial(on_about, about))
                            for about, words in (
                                (TICKET, _("This ticket")),
                                (CUSTOMER, _("This customer")),
                            )
                        }
                    self._count = Text("span", "", "note-count")
        self._form.on("draft", lambda event: self._draft(EventArgs(event.args)))
        self._form.on("refuse", lambda event: self._refuse(EventArgs(event.args)))
        with beside:
            self._opener = Button(
                "", "link note-open", key=keys.NOTE, popovertarget=self._box.html_id
            )

    def update(self, data: NoteBoxData) -> None:
        """Show `data`; the draft is taken where nothing was typed since."""
        before, self._data = self._data, data
        if data.ticket_id != before.ticket_id:
            self._others.collapse()
        if (data.ticket_id, data.draft_base) != (before.ticket_id, before.draft_base):
            self._measure(data.draft)
        self._opener.text = _("Go on with the private note") if data.is_begun else _("Private note")
        self._opener.set(hidden=not data.may_add)
        self._others.update(data.other_drafts)
        self._about.set(hidden=not data.customer)
        for about, button in self._choices.items():
            is_chosen = data.is_on_customer == (about == CUSTOMER)
            button.set(aria_pressed="true" if is_chosen else "false")
        self._choices[CUSTOMER].set(title=data.customer or None)
        self._say()
        self._form.update_data(
            ticket_id=f"{data.ticket_id}{NOTE_ENDING}" if data.ticket_id else "",
            draft=data.draft,
            base=data.draft_base,
            acked_revision=data.draft_acked_revision,
        )

    def acknowledge(self, ticket_id: str, revision: int) -> None:
        """Tell the box that that revision is a draft for good."""
        self._form.run_method("acknowledged", f"{ticket_id}{NOTE_ENDING}", revision)

    def open(self) -> None:
        """Open the box, as its button does."""
        self._box.run_method("showPopover")

    def close(self) -> None:
        """Close the box, whose note was added."""
        self._box.run_method("hidePopover")

    def _focus(self) -> None:
        self._text.run_method("focus")

    def _draft(self, args: EventArgs) -> None:
        """Hand over what was typed, for the ticket it was typed for."""
        text, ticket_id = args.text("text"), args.text("ticket_id").removesuffix(NOTE_ENDING)
        if len(text) <= WIRE_LIMIT:
            self._on_draft(ticket_id, text, args.number("base"), args.number("revision"))
            if ticket_id == self._data.ticket_id:
                self._measure(text)

    def _refuse(self, args: EventArgs) -> None:
        """Say why a text was not put into the box, or is not kept as a draft."""
        if sentence := _REFUSALS.get(args.text("why")):
            self._refusal = counted(sentence, args.number("length"), self._data.limit)
            self._say()

    def _measure(self, text: str) -> None:
        """Say how long the text has become; what was refused of another text is over."""
        if text != self._typed:
            self._typed, self._refusal = text, ""
        length, limit = len(text), self._data.limit
        is_near = limit * 0.9 <= length <= limit
        self._count.text = (
            counted(_("{count} of {limit} characters"), length, limit) if is_near else ""
        )
        self._say()

    def _say(self) -> None:
        length, limit = len(self._typed), self._data.limit
        too_long = counted(_TOO_LONG, length, limit) if length > limit else ""
        self._add.set(disabled=bool(too_long))
        says = self._refusal or too_long or self._data.problem
        self._problem.text = says
        self._problem.set(hidden=not says)
        self._text.set(aria_invalid="true" if says else None)


_TOO_LONG = _(
    "The private note has {count} of {limit} characters. Shorten it, or add it in two parts; "
    "the text is kept."
)
_REFUSALS = {
    "unsaved": _(
        "The private note has {count} of {limit} characters. Shorten it; it stays in this window, "
        "but is too long to be kept as a draft."
    ),
    "pasted": _(
        "Nothing was pasted: that text has {count} characters, this box holds {most}, a private "
        "note {limit}. What was in the box is unchanged."
    ),
    "dropped": _(
        "Nothing was dropped here: that text has {count} characters, this box holds {most}, a "
        "private note {limit}. What was in the box is unchanged."
    ),
}
