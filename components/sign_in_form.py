"""The form somebody signs in with: HTML alone, for there is no socket before."""

from dataclasses import dataclass

from components.html import NOTHING, Html, html
from components.i18n import _
from components.site import SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInData:
    """What stands in the form."""

    following: str = "/"
    name: str = ""
    said: str = ""
    """what the last try came to, in a sentence"""
    wait_seconds: int = 0
    half: str = ""
    """what goes with the code of whoever has typed the password, "" before that"""


def sign_in_form(data: SignInData) -> Html:
    """Name, password, a button; the browser's own store of passwords knows these fields."""
    return html(
        '<form method="post" action="{action}" class="sign-in">{said}'
        '<label for="name">{name_word}</label>'
        '<input id="name" name="name" value="{name}" autocomplete="username" required'
        ' maxlength="100" autocapitalize="none" spellcheck="false"{first}>'
        '<label for="password">{password_word}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password"'
        ' required maxlength="1000"{second}>'
        '<input type="hidden" name="next" value="{following}">'
        '<button class="primary">{button}</button></form>',
        action=SITE.link("/sign-in"),
        said=_said(data),
        name_word=_("Name"),
        name=data.name,
        password_word=_("Password"),
        following=data.following,
        button=_("Sign in"),
        first=NOTHING if data.name else html(" autofocus"),
        second=html(" autofocus") if data.name else NOTHING,
    )


def code_form(data: SignInData) -> Html:
    """A code from the phone, or one that was written down for the day on which that is lost."""
    return html(
        '<form method="post" action="{action}" class="sign-in">{said}'
        '<input type="hidden" name="half" value="{half}">'
        '<input type="hidden" name="next" value="{following}">'
        '<label for="code">{code_word}</label>'
        '<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code"'
        ' maxlength="20" autofocus>'
        "<details><summary>{lost}</summary>"
        '<label for="recovery">{recovery_word}</label>'
        '<input id="recovery" name="recovery" autocomplete="off" autocapitalize="none"'
        ' spellcheck="false" maxlength="60"></details>'
        '<button class="primary">{button}</button></form>',
        action=SITE.link("/sign-in"),
        said=_said(data),
        half=data.half,
        following=data.following,
        code_word=_("Code that your phone shows now"),
        lost=_("Without the phone"),
        recovery_word=_("Recovery code"),
        button=_("Sign in"),
    )


def _said(data: SignInData) -> Html:
    if not data.said:
        return NOTHING
    wait = (
        html(" {}", _("Try again in {seconds} s.").format(seconds=data.wait_seconds))
        if data.wait_seconds
        else NOTHING
    )
    return html('<p class="notice error" role="alert">{}{}</p>', data.said, wait)
