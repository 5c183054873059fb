"""The forms about people: users, one's own account, who did what. HTML alone, without a socket."""

from dataclasses import dataclass

import segno

from components.html import NOTHING, Html, html, join
from components.i18n import _
from components.site import SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidData:
    """What the last form came to, in a sentence; "" before there was one."""

    text: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SureData:
    """What is asked before something is done that cannot be undone, and the form that does it."""

    what: tuple[str, ...]
    """what is lost and what is kept, a sentence or two each"""
    do: str
    """the button's words"""
    back: str
    address: str
    """of the page that one comes back to"""
    form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserData:
    """A user."""

    name: str
    role: str
    """a key of the roles that are offered"""
    has_codes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceData:
    """A browser in which somebody is signed in; `is_this` is the one that is looked at."""

    session_id: str
    words: str
    address: str
    used: str
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneData:
    """A line of the log."""

    at: str
    exact: str
    who: str
    what: str
    ticket_id: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilterData:
    """What the log is asked for."""

    who: str = ""
    what: str = ""
    ticket_id: str = ""
    query: str = ""


def links(pages: tuple[tuple[str, str], ...]) -> Html:
    """A line of links: (label, address)."""
    return join(html('<a href="{}">{}</a> ', SITE.link(address), label) for label, address in pages)


def said(data: SaidData) -> Html:
    """The sentence, where there is one."""
    if not data.text:
        return NOTHING
    tone = (
        html('class="notice error" role="alert"')
        if data.wrong
        else html('class="notice info" role="status"')
    )
    return html("<p {}>{}</p>", tone, data.text)


def header(who: str) -> Html:
    """The header of the desk as a page without a socket has it: the way back, and to the others."""
    return html(
        '<header class="bar"><div class="bar-name"><a class="bar-title" href="{}" translate="no">'
        '{}</a></div><nav class="bar-end bar-tools" aria-label="{}">{}{}</nav></header>',
        SITE.link("/"),
        _("Ticketdesk"),
        _("Pages"),
        links(((_("Tickets"), "/"), (_("Health"), "/health"), (_("Settings"), "/settings"))),
        links(((who, "/account"),)) if who else NOTHING,
    )


def sure(data: SureData) -> Html:
    """The question, with a button that does it and a link that does not."""
    fields = (
        html('<input type="hidden" name="{}" value="{}">', name, value)
        for name, value in (*data.form, ("sure", "yes"))
    )
    return html(
        '{}<form method="post" class="sheet-actions">{}<button class="primary danger">{}</button>'
        '<a class="secondary" href="{}" autofocus>{}</a></form>',
        join(html("<p>{}</p>", one) for one in data.what),
        join(fields),
        data.do,
        SITE.link(data.address),
        data.back,
    )


def user_list(users: tuple[UserData, ...], roles: dict[str, str]) -> Html:
    """Each user with what the owner may change."""
    return join(_user(user, roles) for user in users)


def new_user(roles: dict[str, str]) -> Html:
    """The form for one more user; without roles for the first, who is the owner."""
    role = html(
        '<label>{} <select name="role">{}</select></label>', _("Role"), options(roles, "seller")
    )
    return html(
        '<form method="post" class="person"><input type="hidden" name="do" value="add">'
        '<label>{} <input name="name" required maxlength="40" autocomplete="off"></label>'
        '<label>{} <input name="password" type="password" required minlength="8"'
        ' autocomplete="new-password"></label>{}<button class="primary">{}</button></form>',
        _("Name"),
        _("Password"),
        role if roles else NOTHING,
        _("Add user"),
    )


def forget_customer(address: str) -> Html:
    """The form that names a customer; what is done about them is asked on another page."""
    return html(
        '<p>{}</p><form method="post" class="person"><label>{} <input name="address" type="email"'
        ' required maxlength="254" autocomplete="off" value="{}"></label>'
        '<button class="secondary">{}</button></form>',
        _("Whoever asks to be forgotten goes out of this desk. You are shown first what goes."),
        _("E-mail address"),
        address,
        _("Show what goes"),
    )


def device_list(devices: tuple[DeviceData, ...]) -> Html:
    """Each browser, with the button that signs it out."""
    return join(_device(device) for device in devices)


def own_password() -> Html:
    """The form for another password of one's own."""
    return html(
        '<form method="post" class="person"><input type="hidden" name="do" value="password">{}'
        '<label>{} <input name="new" type="password" required minlength="8"'
        ' autocomplete="new-password"></label><button class="secondary">{}</button></form>',
        _password_now(),
        _("New password"),
        _("Change password"),
    )


def codes_off() -> Html:
    """The way to one-time codes for whoever has none."""
    return html(
        '<p>{}</p><form method="post" class="person">'
        '<input type="hidden" name="do" value="codes-new">'
        '<button class="secondary">{}</button></form>',
        _(
            "After the password the desk can ask for a code that an app on your phone shows, so"
            " that a password alone lets nobody in."
        ),
        _("Set up one-time codes"),
    )


def codes_setup(secret: str, address: str) -> Html:
    """A secret to photograph and to type, drawn here, and the form that confirms it."""
    code = segno.make_qr(address, error="l").svg_data_uri(scale=5, border=4, light="white")
    parts = (secret[at : at + 4] for at in range(0, len(secret), 4))
    return html(
        '<section class="new-link"><p>{}</p><img src="{}" alt="{}"><p>{}</p>'
        '<code class="secret" translate="no">{}</code></section>'
        '<form method="post" class="person"><input type="hidden" name="do" value="codes-on">'
        '<input type="hidden" name="secret" value="{}">'
        '<label>{} <input name="code" required inputmode="numeric" autocomplete="one-time-code"'
        ' maxlength="20"></label>{}<button class="primary">{}</button></form>',
        _("Photograph this with an authenticator app, then type the code that it shows."),
        code,
        _("The secret as a QR code"),
        _("Or type the secret into the app:"),
        join(html("<span>{}</span>", part) for part in parts),
        secret,
        _("Code that your phone shows now"),
        _password_now(),
        _("Turn codes on"),
    )


def recovery_codes(codes: tuple[str, ...]) -> Html:
    """What lets one in without the phone; shown this once."""
    return html(
        '<p>{}</p><ol class="recovery-codes" translate="no">{}</ol>',
        _(
            "Each of these recovery codes lets you in once without your phone. Write them down or"
            " print them now: they are never shown again."
        ),
        join(html("<li><code>{}</code></li>", code) for code in codes),
    )


def codes_on(left: int) -> Html:
    """What whoever has one-time codes may do about them; `left` counts the recovery codes."""
    return html(
        "<p>{}</p>{}{}",
        _("A code is asked for at each sign-in. Recovery codes left: {count}.").format(count=left),
        _codes_form("codes-renew", _("Make new recovery codes")),
        _codes_form("codes-off", _("Turn codes off")),
    )


def _codes_form(what: str, label: str) -> Html:
    return html(
        '<form method="post" class="person"><input type="hidden" name="do" value="{}">{}'
        '<button class="secondary">{}</button></form>',
        what,
        _password_now(),
        label,
    )


def log_filter(data: LogFilterData, people: tuple[str, ...]) -> Html:
    """What the log is narrowed by, and the way to take it along."""
    offered = {"": _("Everybody")} | {name: name for name in people}
    return html(
        '<form method="get" class="person"><label>{} <select name="who">{}</select></label>'
        '<label>{} <input name="what" value="{}"></label>'
        '<label>{} <input name="ticket" value="{}"></label>'
        '<button class="secondary">{}</button> <a href="{}" download>{}</a></form>',
        _("Who"),
        options(offered, data.who),
        _("What"),
        data.what,
        _("Ticket"),
        data.ticket_id,
        _("Show"),
        f"{SITE.link('/log.csv')}?{data.query}",
        _("Download as CSV"),
    )


def log_table(done: tuple[DoneData, ...]) -> Html:
    """Who did what, when, from where."""
    if not done:
        return html("<p>{}</p>", _("Nothing like that has been done in the last 90 days."))
    return html(
        '<table class="activity"><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th>'
        "<th>{}</th></tr></thead><tbody>{}</tbody></table>",
        _("When"),
        _("Who"),
        _("What"),
        _("Ticket"),
        _("From where"),
        join(_done(one) for one in done),
    )


def _user(user: UserData, roles: dict[str, str]) -> Html:
    named = html('<input type="hidden" name="name" value="{}">', user.name)
    return html(
        '<section class="person" aria-label="{name}"><b>{name}</b>'
        '<form method="post">{named}<input type="hidden" name="do" value="role">'
        '<select name="role" aria-label="{role}">{options}</select>'
        '<button class="secondary">{set_role}</button></form>'
        '<form method="post">{named}<input type="hidden" name="do" value="password">'
        '<input name="password" type="password" aria-label="{password}" placeholder="{password}"'
        ' required minlength="8" autocomplete="new-password">'
        '<button class="secondary">{set_password}</button></form>{codes_off}'
        '<form method="post">{named}<input type="hidden" name="do" value="remove">'
        '<button class="secondary">{remove}</button></form></section>',
        name=user.name,
        named=named,
        role=_("Role"),
        options=options(roles, user.role),
        set_role=_("Change role"),
        password=_("New password"),
        set_password=_("Change password"),
        codes_off=_codes_off_of(named) if user.has_codes else NOTHING,
        remove=_("Remove"),
    )


def _codes_off_of(named: Html) -> Html:
    return html(
        '<form method="post">{}<input type="hidden" name="do" value="codes-off">'
        '<button class="secondary">{}</button></form>',
        named,
        _("Take the one-time codes off"),
    )


def _password_now() -> Html:
    return html(
        '<label>{} <input name="password" type="password" required autocomplete="current-password">'
        "</label>",
        _("Password now"),
    )


def _device(device: DeviceData) -> Html:
    return html(
        '<form method="post" class="person"><input type="hidden" name="do" value="sign-out">'
        '<input type="hidden" name="session" value="{}"><b>{}</b>'
        '<span>{}</span><span>{}</span><span>{}</span><button class="secondary">{}</button></form>',
        device.session_id,
        device.words,
        device.address,
        device.used,
        _("this browser") if device.is_this else "",
        _("Sign out"),
    )


def _done(one: DoneData) -> Html:
    ticket = (
        html(
            '<a href="{}">{}</a>', SITE.link(f"/?status=all&ticket={one.ticket_id}"), one.ticket_id
        )
        if one.ticket_id
        else NOTHING
    )
    return html(
        '<tr><td title="{}">{}</td><td>{}</td><td>{}</td><td translate="no">{}</td>'
        '<td translate="no">{}</td></tr>',
        one.exact,
        one.at,
        one.who,
        one.what,
        ticket,
        one.address,
    )


def options(offered: dict[str, str], chosen: str) -> Html:
    """What a list offers: a label for each value."""
    return join(
        html(
            '<option value="{}"{}>{}</option>',
            key,
            html(" selected") if key == chosen else NOTHING,
            label,
        )
        for key, label in offered.items()
    )
