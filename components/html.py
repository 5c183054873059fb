"""HTML made in Python: the template is a constant, every value in it is escaped."""

from collections.abc import Iterable
from html import escape

from markupsafe import Markup

Html = Markup
"""Escaped HTML; the only kind of text that is ever put into a page as markup."""

NOTHING = Markup("")


def html(template: str, *values: object, **named: object) -> Html:
    """Fill a constant template; each value becomes text, only a value that is `Html` stays markup.

    A test holds every caller to a template that is written out where it is used.
    """
    words = {name: _escaped(value) for name, value in named.items()}
    return str.__new__(Html, template.format(*map(_escaped, values), **words))


def _escaped(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))


def join(parts: Iterable[Html]) -> Html:
    """The parts one after the other."""
    return str.__new__(Html, "".join(map(_escaped, parts)))


def marked(text: str, pieces: tuple[str, ...]) -> Html:
    """The text, in which what was searched for is marked: every second piece is a hit."""
    if not pieces:
        return html("{}", text)
    return join(
        html("<mark>{}</mark>" if place % 2 else "{}", piece) for place, piece in enumerate(pieces)
    )


def icon(name: str) -> Html:
    """One of the line icons, for the eye only."""
    return _ICONS[name]


def _drawn(shape: Html) -> Html:
    return html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', shape)


_ICONS = {
    "close": _drawn(html('<path d="m4 4 8 8m0-8-8 8"/>')),
    "down": _drawn(html('<path d="m4 6 4 4 4-4"/>')),
    "previous": _drawn(html('<path d="m10 3-5 5 5 5"/>')),
    "next": _drawn(html('<path d="m6 3 5 5-5 5"/>')),
    "done": _drawn(html('<path d="m3 8.5 3.5 3.5L13 5"/>')),
    "copy": _drawn(
        html('<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3.5 10.5h-1v-8h8v1"/>')
    ),
    "link": _drawn(html('<path d="M7 5l2-2a3 3 0 0 1 4 4l-2 2M9 11l-2 2a3 3 0 0 1-4-4l2-2"/>')),
    "search": _drawn(html('<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3 3"/>')),
    "palette": _drawn(html('<path d="m3 4.5 3.5 3.5L3 11.5M8.5 12H13"/>')),
    "theme": _drawn(
        html('<circle cx="8" cy="8" r="5.5"/><path class="solid" d="M8 2.5a5.5 5.5 0 0 1 0 11z"/>')
    ),
}
DOT = html('<i class="dot" aria-hidden="true"></i>')
