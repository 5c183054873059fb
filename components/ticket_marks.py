"""What a seller marks on the open ticket for themselves: snoozed, pinned, unread."""

from collections.abc import Callable
from functools import partial

from components import keys
from components.data import MarksData
from components.dialog import Dialog
from components.elements import Box, Button, Field, Text
from components.i18n import _

MarkAction = Callable[[str, str], object]
"""What to do (snooze, wake, pin, unpin, unread), and until when."""

_PRESETS = (
    ("later", _("Later today")),
    ("tomorrow", _("Tomorrow")),
    ("week", _("Next week")),
    ("reply", _("Until the customer replies")),
)


class TicketMarks:
    """A line of small buttons, the sheet behind *Snooze*, and what is marked now in words.

    Others may put a button into the `line`.
    """

    def __init__(self, *, on_mark: MarkAction) -> None:
        self._on_mark = on_mark
        self._data = MarksData()
        self._picked = ""
        sheet = Dialog(_("Snooze"))
        with Box("div", "marks", role="group", aria_label=_("My marks"), hidden=True) as self.line:
            Button(_("Snooze"), "link", key=keys.SNOOZE, data_opens=sheet.address)
            self._wake = Button(_("Wake now"), "link", command=True, on_click=self._mark("wake"))
            self._pin = Button("", "link", key=keys.PIN, command=True, on_click=self._turn_pin)
            self._unread = Button(
                _("Mark as unread"), "link", command=True, on_click=self._mark("unread")
            )
            self._words = Text("span", "", "marks-words", role="status")
            Text("span", _("only on this desk"), "claim-where")
        with sheet.inside, Box("div", "marks-choices"):
            for until, label in _PRESETS:
                self._chosen_by(Button(label, "secondary", command=True), until)
            with Box("div", "marks-pick"):
                Field("input", "input", self._pick, name=_("Pick a time"), type="datetime-local")
                self._chosen_by(Button(_("Snooze until then"), "secondary", command=True))

    def update(self, data: MarksData, *, is_open: bool) -> None:
        """Show what is marked on the open ticket."""
        self._data = data
        self.line.set(
            hidden=not is_open,
            data_snoozed_until=data.snoozed_until or None,
            data_pinned=data.pinned,
        )
        self._wake.set(hidden=not data.snoozed_until)
        self._unread.set(hidden=not data.may_be_unread)
        self._pin.text = _("Unpin") if data.pinned else _("Pin")
        self._words.text = data.words

    def _mark(self, what: str, until: str = "") -> Callable[[], object]:
        return partial(self._on_mark, what, until)

    def _chosen_by(self, button: Button, until: str = "") -> None:
        """Let a button of the sheet close it and snooze: until the time picked, if no other."""
        button.set(type="submit")
        button.on("click", lambda _: self._on_mark("snooze", until or self._picked), args=[])

    def _turn_pin(self) -> object:
        return self._on_mark("unpin" if self._data.pinned else "pin", "")

    def _pick(self, text: str | None) -> None:
        self._picked = text or ""
