"""What a person is asked before a reply goes that perhaps should not go yet."""

from collections.abc import Callable

from components.data import BeforeSendData, SendReason
from components.elements import Box, Button, Text
from components.html import NOTHING, Html, html, join
from components.i18n import _


class BeforeSend:
    """A dialog over the page with the reasons; every way out of it keeps the text.

    `on_decided(data, anyway)` hears once that it was left: by *Send anyway*, or in any other way.
    """

    def __init__(self, *, cut: str, on_decided: Callable[[BeforeSendData, bool], object]) -> None:
        self._on_decided = on_decided
        self._data: BeforeSendData | None = None
        title, says = _("Before you send"), "before-send-says"
        with (
            Box(
                "dialog", "sheet", role="alertdialog", aria_label=title, aria_describedby=says
            ) as self._dialog,
            Box("form", method="dialog"),
        ):
            Text("h2", title)
            self._reasons = Box("ul", "send-reasons", id=says)
            Text("p", cut, "reply-says reply-cut", role="alert")
            with Box("div", "sheet-actions"):
                back = Button(_("Back to the text"), "primary", autofocus=True)
                anyway = Button(_("Send anyway"), "secondary")
        back.set(type="submit")
        anyway.set(type="submit", data_command="send")
        anyway.on("click", lambda _: self._decide(anyway=True), args=[])
        self._dialog.on("close", lambda _: self._decide(anyway=False), args=[])

    def update(self, data: BeforeSendData | None) -> None:
        """Ask, or stop asking."""
        before, self._data = self._data, data
        if data == before:
            return
        if data is not None:
            self._reasons.show(join(map(_reason, data.reasons)))
        if before is None or data is None:
            self._dialog.run_method("showModal" if data else "close")

    def _decide(self, *, anyway: bool) -> None:
        data, self._data = self._data, None  # the browser has shut it
        if data is not None:
            self._on_decided(data, anyway)


def _reason(reason: SendReason) -> Html:
    quote = html('<blockquote dir="auto">{}</blockquote>', reason.quote)
    return html("<li>{}{}</li>", reason.text, quote if reason.quote else NOTHING)
