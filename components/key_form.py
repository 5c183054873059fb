"""The form for the key of the shop's API: it takes one and never gives one out. HTML alone."""

from components.html import Html, html
from components.i18n import _
from components.site import SITE


def key_form(*, shown: str) -> Html:
    """The form, on whatever page it stands; `shown` is as much of the key as anybody may see."""
    return html(
        '<form method="post" action="{}" class="setting key-form"><label for="api-key">{}</label>'
        '<span class="setting-value"><input id="api-key" name="key" type="password" required '
        'autocomplete="off" spellcheck="false" placeholder="{}">'
        '<button class="primary">{}</button></span><p>{}</p></form>',
        SITE.link("/key"),
        _("Key"),
        shown,
        _("Try it and keep it"),
        _(
            "It is tried with the API first and kept on the server. It is never shown again but "
            "for its last four signs."
        ),
    )
