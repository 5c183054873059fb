"""What a display on the wall shows before it is let in: a code to confirm, readable from afar.

HTML alone, for any engine: it loads itself anew until somebody has confirmed the code.
"""

from components.html import NOTHING, Html, html
from components.i18n import _

AGAIN_SECONDS = 3
READ_SECONDS = 30


def wall_door(code: str | None, *, said: str, sign_in: str) -> Html:
    """A code and where it is typed, below what is wrong.

    Args:
        code: None while too many screens wait for one.
        said: why the display is not let in, in a sentence.
        sign_in: the address for those who have a keyboard.
    """
    if code is None:
        asked = html("<p>{}</p>", _("Too many screens wait for a code. Try again in ten minutes."))
    else:
        half = len(code) // 2
        asked = html(
            '<p>{}</p><p class="wall-code" translate="no">{}-{}</p><p>{}</p>',
            _("A seller lets this screen in on the page Screens, below Settings, with this code:"),
            code[:half],
            code[half:],
            _("It changes after 10 minutes."),
        )
    return html(
        '{}{}<p><a href="{}">{}</a></p>',
        html('<p role="alert">{}</p>', said) if said else NOTHING,
        asked,
        sign_in,
        _("Sign in here instead"),
    )


# Nor does it show again what it kept while it was let in.
_FORGET = html("<script>if (window.caches) caches.delete('wall');</script>")


def reload_html(address: str, *, is_read: bool) -> Html:
    """What leads to the wall again; a sentence that is new stays for long enough to be read."""
    seconds = AGAIN_SECONDS if is_read else READ_SECONDS
    again = html('<meta http-equiv="refresh" content="{}; url={}">', str(seconds), address)
    return html("{}{}", again, _FORGET)
