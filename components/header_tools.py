"""The two small buttons of the header that need no server: the theme, and the list of keys."""

from components.dialog import Dialog
from components.elements import Box, Button
from components.html import Html, html, icon, join
from components.i18n import _
from components.keys import KEYS, SHEET

_THEMES = (("system", _("Auto")), ("light", _("Light")), ("dark", _("Dark")))


class HeaderTools:
    """System, light or dark; and the keys (`?`). `assets/desk.js` brings both to life."""

    def __init__(self) -> None:
        sheet = Dialog(_("Keyboard shortcuts"))
        with Box("div", "tools"):
            Button(
                "", "quiet tool", title=_("Theme: system, light or dark"), data_theme_choice="next"
            ).show(_theme_words())
            Button(
                "",
                "quiet tool",
                name=sheet.title,
                title=sheet.title,
                key=SHEET,
                data_opens=sheet.address,
            ).show(_words_of_keys())
        with sheet.inside:
            Box("dl", "keys-list").show(join(_entry(key, does) for key, does in KEYS))


def _words_of_keys() -> Html:
    return html(
        '<kbd aria-hidden="true">{}</kbd><span class="tool-word">{}</span>', SHEET, _("Keys")
    )


def _theme_words() -> Html:
    """All three; the style sheet shows the one that is chosen."""
    words = (
        html('<span class="theme-word" data-of-theme="{}">{}</span>', theme, word)
        for theme, word in _THEMES
    )
    return html('{}<span class="sr">{} </span>{}', icon("theme"), _("Theme:"), join(words))


def _entry(key: str, does: str) -> Html:
    caps = join(html("<kbd>{}</kbd>", cap) for cap in key.split(" "))
    return html('<dt translate="no">{}</dt><dd>{}</dd>', caps, does)
