"""What a seller sets for themselves, at `/settings`: what has a use now, and nothing else."""

from dataclasses import replace

from nicegui import ui
from starlette.requests import Request

from app.desk.api_key import ApiKey
from app.desk.desk import Desk
from app.domain.accounts import Right
from app.domain.outbox_entry import LONGEST_UNDO
from app.pages.errors import SAYS_WHERE_FROM
from app.pages.frame import formatter_for, on_zone
from app.pages.key import shown_key
from app.pages.people import people_links
from app.pages.seller_page import open_frame
from app.pages.sign_in import signed_in
from app.state.formatting import Formatter, error_notice
from components.elements import Box, Text
from components.i18n import _
from components.key_form import key_form
from components.settings_form import SettingsData, SettingsForm


def register_settings(
    desk: Desk, *, head_html: str, demo: bool, api_key: ApiKey | None = None
) -> None:
    """Put the page at its address; without `api_key` there is no key to set."""

    @ui.page("/settings", title="Settings · Ticketdesk")
    async def settings(request: Request) -> None:
        own = desk.of(signed_in(request))
        frame = open_frame(_("Settings"), own, head_html=head_html, demo=demo)
        frame.work.props["tabindex"] = "0"  # on a small screen it is scrolled, also by keys
        seconds = await own.queries.undo_seconds()
        ui.add_head_html(SAYS_WHERE_FROM)
        with frame.work:
            may_set_key = own.may(Right.MANAGE)
            _Settings(own, seconds, formatter_for(request), api_key if may_set_key else None)
            with Box("section", "settings", aria_label=_("People")):
                Text("h2", _("People"))
                Box("p", "people-links").show(people_links(own))


class _Settings:
    """The form and what it says; each change is saved at once."""

    def __init__(self, desk: Desk, seconds: int, fmt: Formatter, api_key: ApiKey | None) -> None:
        self._desk = desk
        self._data = SettingsData(
            undo_seconds=seconds,
            longest_undo=LONGEST_UNDO,
            zone=fmt.zone_name,
        )
        self._form = SettingsForm(
            self._data,
            on_undo_seconds=self._set_undo_seconds,
            key_form=key_form(shown=shown_key(api_key)) if api_key else None,
            reads_only=not desk.may(Right.WRITE),
        )
        on_zone(lambda fmt: self._show(zone=fmt.zone_name))

    async def _set_undo_seconds(self, seconds: int) -> None:
        try:
            await self._desk.commands.set_undo_seconds(seconds)
        except Exception as error:  # noqa: BLE001  # said beside the field
            self._show(said=error_notice(error).text, wrong=True)
        else:
            self._show(undo_seconds=seconds, said=_saved(seconds), wrong=False)

    def _show(self, **changes: object) -> None:
        self._data = replace(self._data, **changes)  # type: ignore[arg-type]  # names are checked by replace
        self._form.update(self._data)


def _saved(seconds: int) -> str:
    if not seconds:
        return _("Saved. Replies leave at once and cannot be undone.")
    unit = "second" if seconds == 1 else "seconds"
    return _("Saved. A reply can be undone for {seconds} {unit}.").format(
        seconds=seconds, unit=unit
    )
