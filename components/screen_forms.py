"""The forms about displays on the wall: those there are, a code, a new link with its QR code."""

from dataclasses import dataclass

import segno

from components.html import NOTHING, Html, html, join
from components.i18n import _
from components.people_forms import options
from components.site import SITE

Choices = dict[str, str]
"""what can be chosen, and its words"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenData:
    """A display that has a link."""

    name: str
    shows: str
    state: str
    is_silent: bool
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLinkData:
    """The address of a new link; `is_here_alone` where no other machine could open it."""

    address: str
    is_here_alone: bool


def screen_list(screens: tuple[ScreenData, ...]) -> Html:
    """Each display, and the button that lets it in no longer."""
    if not screens:
        return html("<p>{}</p>", _("No screen has a link yet."))
    return join(_screen(screen) for screen in screens)


def code_form(views: Choices, maskings: Choices, sizes: Choices, panels: Choices) -> Html:
    """Where the code of a display without a keyboard is typed."""
    return html(
        '<form method="post" class="person"><input type="hidden" name="do" value="code">'
        '<label>{} <input name="code" required maxlength="20" autocomplete="off"'
        ' autocapitalize="characters" spellcheck="false"></label>{}'
        '<button class="primary">{}</button></form>',
        _("Code on the screen"),
        _chosen(views, maskings, sizes, panels),
        _("Let it in"),
    )


def link_form(views: Choices, maskings: Choices, sizes: Choices, panels: Choices) -> Html:
    """What a new link lets in."""
    return html(
        '<form method="post" class="person"><input type="hidden" name="do" value="new">{}'
        '<button class="primary">{}</button></form>',
        _chosen(views, maskings, sizes, panels),
        _("Make a link"),
    )


def plain_hint() -> Html:
    """What a television does that is too old for the wall."""
    said = _(
        "A television whose browser is too old for the wall is led to a plain one by itself:"
        " {address}, with the same tickets, numbers and colours."
    )
    return html("<p>{}</p>", said.format(address=SITE.link("/kiosk/plain")))


def made_link(data: NewLinkData) -> Html:
    """The address of a new link, to type and to photograph; the code is drawn here."""
    code = segno.make_qr(data.address, error="m").svg_data_uri(scale=5, border=4, light="white")
    here = _(
        "Only this machine can open it. For another one open this page by the desk's own address."
    )
    return html(
        '<section class="new-link"><input readonly value="{}" aria-label="{}">{}'
        '<img src="{}" alt="{}"></section>',
        data.address,
        _("Address of the new link"),
        html("<p>{}</p>", here) if data.is_here_alone else NOTHING,
        code,
        _("The address as a QR code"),
    )


def _chosen(views: Choices, maskings: Choices, sizes: Choices, panels: Choices) -> Html:
    return html(
        '<label>{} <input name="name" required maxlength="40" autocomplete="off"></label>'
        '<label>{} <select name="view">{}</select></label>'
        '<label>{} <select name="masking">{}</select></label>'
        '<label>{} <select name="size">{}</select></label>'
        '<label>{} <input name="amber" type="number" min="1" max="998" value="4"></label>'
        '<label>{} <input name="red" type="number" min="2" max="999" value="24"></label>'
        '<label>{} <input name="dwell" type="number" min="12" max="600" value="12"></label>'
        '<label>{} <input name="night" placeholder="22-6" maxlength="7"></label>'
        "<fieldset><legend>{}</legend>{}</fieldset>",
        _("Name of the screen"),
        _("Shows"),
        options(views, ""),
        _("Of a ticket"),
        options(maskings, ""),
        _("Read"),
        options(sizes, ""),
        _("Amber after hours"),
        _("Red after hours"),
        _("Seconds a page"),
        _("Dim in these hours"),
        _("Takes turns"),
        join(_panel(name, said, is_chosen=name == "oldest") for name, said in panels.items()),
    )


def _panel(name: str, said: str, *, is_chosen: bool) -> Html:
    return html(
        '<label><input type="checkbox" name="{}"{}> {}</label>',
        name,
        html(" checked") if is_chosen else NOTHING,
        said,
    )


def _screen(screen: ScreenData) -> Html:
    return html(
        '<form method="post" class="person" data-screen="{name}">'
        '<input type="hidden" name="do" value="revoke">'
        '<input type="hidden" name="name" value="{name}"><b>{name}</b><span>{shows}</span>'
        "<span{silent}>{state}</span><span>{until}</span>"
        '<button class="secondary">{revoke}</button></form>',
        name=screen.name,
        shows=screen.shows,
        silent=html(' class="silent"') if screen.is_silent else NOTHING,
        state=screen.state,
        until=screen.until,
        revoke=_("Revoke"),
    )
