"""Saving a list as a view, and the sheet in which one's views are changed and put in order."""

from collections.abc import Callable, Mapping

from components.data import SavedViewItem, ViewFormData
from components.dialog import Dialog
from components.elements import Box, Button, Field, Text
from components.events import Action
from components.html import NOTHING, html, icon, join
from components.i18n import _
from components.keyed_list import Item, ItemAction, KeyedList

_SAVE, _CHANGE = _("Save view"), _("Change view")


class SavedViews:
    """Two buttons below the views: *Save view*, and *Edit views* once there is one to change.

    Args:
        on_keep: called with the name that was typed, whether the view is shared, and whether a view
            that is changed takes the list as it is now.
        on_end: called when the form was left, in whatever way.
        acts: `up`, `down`, `edit` and `remove`, called with the key of a view.
    """

    def __init__(
        self,
        *,
        on_keep: Callable[[str, bool, bool], object],
        on_end: Action,
        acts: Mapping[str, ItemAction],
    ) -> None:
        self._on_keep = on_keep
        self._name = ""
        sheet = Dialog(_("Edit views"))
        with sheet.inside:
            self._list = KeyedList("ul", acts=acts)
        self._build_form(on_end)
        with Box("div", "views-own"):
            Button(_SAVE, "link", command=True, data_opens=self._dialog.html_id)
            self._edit = Button(_("Edit views"), "link", command=True, data_opens=sheet.address)
        self.update(())

    def _build_form(self, on_end: Action) -> None:
        with Box("dialog", "sheet", aria_label=_SAVE) as self._dialog:
            leaving = Box("form", method="dialog")
            with Box("form", "view-form") as form:
                self._title = Text("h2", _SAVE)
                self._about = Text(
                    "p", _("The list as it is now: its filters, its words and its order.")
                )
                with Box("div", "sheet-inside"):
                    self._field = Field(
                        "input",
                        "input",
                        self._type,
                        name=_("View name"),
                        placeholder=_("View name"),
                        type="text",
                        autocomplete="off",
                        maxlength=200,
                    )
                with Box("div", "view-choices"):
                    self._share = _Choice(_("Share with the other sellers"))
                    self._anew = _Choice(_("Take the list as it is now"))
                self._wrong = Text("p", "", "view-wrong", role="alert")
                with Box("div", "sheet-actions"):
                    Button(_("Save"), "primary", command=True).set(type="submit")
                    Button(_("Cancel"), "secondary").set(type="submit", form=leaving.html_id)
        form.on("submit.prevent", lambda _: self._keep(), args=[])
        self._dialog.on("close", lambda _: on_end(), args=[])

    def update(self, items: tuple[SavedViewItem, ...]) -> None:
        """Show the views that can be changed."""
        self._list.show([_item(item) for item in items])
        self._edit.set(hidden=not items)

    def fill(self, data: ViewFormData) -> None:
        """Let the form begin with `data`, or say what is wrong with what is in it."""
        self._wrong.text = data.wrong
        if data.wrong:
            return
        title = _CHANGE if data.key else _SAVE
        self._title.text = title
        self._dialog.set(aria_label=title)
        self._about.set(hidden=bool(data.key))
        self._name = data.name
        self._field.set(data_text=data.name)
        self._share.begin(is_on=data.is_shared, is_offered=data.may_share)
        self._anew.begin(is_on=False, is_offered=bool(data.key))

    def open(self) -> None:
        """Show the form."""
        self._dialog.run_method("showModal")

    def close(self) -> None:
        """Leave the form."""
        self._dialog.run_method("close")

    def _type(self, text: str | None) -> None:
        self._name = text or ""
        self._field.set(data_text=self._name)

    def _keep(self) -> object:
        return self._on_keep(self._name, self._share.is_on, self._anew.is_on)


class _Choice:
    """A button that is on or off."""

    def __init__(self, label: str) -> None:
        self.is_on = False
        self._button = Button("", "toggle", on_click=self._turn, data_press=True)
        self._button.show(html("{}{}", icon("done"), label))

    def begin(self, *, is_on: bool, is_offered: bool) -> None:
        """Start as on or off, in sight or not."""
        self.is_on = is_on
        self._button.set(hidden=not is_offered, aria_pressed="true" if is_on else "false")

    def _turn(self) -> None:
        self.begin(is_on=not self.is_on, is_offered=True)


def _item(view: SavedViewItem) -> Item:
    """A view with its buttons; those that lead away from the sheet shut it."""
    moves = (("up", _("Up"), "button"), ("down", _("Down"), "button"))
    leads = (("edit", _("Change"), "submit"), ("remove", _("Remove"), "submit"))
    buttons = join(
        html(
            '<button type="{}" class="link" data-command data-act="{}" aria-label="{}">{}</button>',
            kind,
            act,
            f"{label} {view.name}",
            label,
        )
        for act, label, kind in (*(moves if view.is_own else ()), *leads)
    )
    note = html('<span class="view-note">{}</span>', view.note) if view.note else NOTHING
    name = html('<span class="view-name" dir="auto">{}</span>', view.name)
    return Item(
        view.key, html("{}{}<span>{}</span>", name, note, buttons), {"class": "view-edit"}, tag="li"
    )
