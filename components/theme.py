"""The tokens of the look, once: colours of each theme, type, space, and the CSS they make."""

import re
from collections.abc import Callable

from components.i18n import _

Palette = dict[str, str]

LIGHT: Palette = {
    "page": "#f3f5f8",
    "surface": "#ffffff",
    "raised": "#f7f9fb",
    "hover": "#f0f4fa",
    "line": "#dfe4eb",
    "control": "#b3bcc9",
    "text": "#17202c",
    "text-2": "#4f5a69",
    "text-3": "#616c7b",
    "accent": "#2352c8",
    "accent-hover": "#1b43a8",
    "on-accent": "#ffffff",
    "tint": "#e9effc",
    "tint-line": "#c3d2f5",
    "amber": "#8a5300",
    "amber-mark": "#c67a00",
    "amber-tint": "#fff3dc",
    "red": "#b3261e",
    "red-mark": "#d5362b",
    "red-tint": "#fdecea",
    "note": "#6d3a9c",
    "note-mark": "#9a63cf",
    "note-tint": "#f5eefc",
    "green": "#1a7440",
    "grey-mark": "#838d9c",
    "shade": "rgb(20 30 48 / 12%)",
    "veil": "rgb(20 30 48 / 32%)",
}

DARK: Palette = {
    "page": "#12161c",
    "surface": "#191e26",
    "raised": "#20262f",
    "hover": "#222a36",
    "line": "#2d3541",
    "control": "#4a5666",
    "text": "#e3e7ed",
    "text-2": "#b0bac7",
    "text-3": "#98a3b2",
    "accent": "#86a9f5",
    "accent-hover": "#a5c0fa",
    "on-accent": "#0f1a33",
    "tint": "#222f4a",
    "tint-line": "#3a5285",
    "amber": "#e5b565",
    "amber-mark": "#d99b37",
    "amber-tint": "#352b18",
    "red": "#f2958b",
    "red-mark": "#e5685c",
    "red-tint": "#3d2422",
    "note": "#cba9f2",
    "note-mark": "#9d74cf",
    "note-tint": "#2c2340",
    "green": "#74c596",
    "grey-mark": "#76818f",
    "shade": "rgb(0 0 0 / 45%)",
    "veil": "rgb(0 0 0 / 55%)",
}

KIOSK_DARK: Palette = DARK | {
    "page": "#0d1116",
    "surface": "#161b22",
    "text": "#f3f6f9",
    "text-2": "#c3ccd8",
    "amber": "#f2b858",
    "amber-mark": "#f0a93a",
    "red": "#ff9a90",
    "red-mark": "#ff6f63",
}

KIOSK_LIGHT: Palette = LIGHT | {"page": "#eef1f5", "text": "#0e1620"}

GROUNDS = ("page", "surface", "raised", "hover", "tint")
"""Backgrounds any text may stand on."""

TEXT_ON: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("text", "text-2", "text-3", "accent") for ground in GROUNDS),
    *((text, ground) for text in ("amber", "red", "green") for ground in GROUNDS),
    *((text, f"{hue}-tint") for hue in ("amber", "red") for text in ("text", "accent", hue)),
    *(("note", ground) for ground in (*GROUNDS, "note-tint")),
    *((text, "note-tint") for text in ("text", "text-2", "text-3", "accent", "red")),
    ("surface", "note"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
)
"""Every pair of text and background the style sheet uses; each keeps 4.5 : 1."""

CHART = {"opened": "#5b84e0", "closed": "#8a94a4", "waiting": "#c27f14", "late": "#d2574c"}
"""Traces: between the palettes, so that a figure need not be drawn again for the other theme."""

TRANSPARENT = "rgba(0, 0, 0, 0)"
"""as plotly knows it"""

SIZES: Palette = {
    # No name of a font that the framework serves: there would be something to wait for.
    "font": '-apple-system, BlinkMacSystemFont, "Segoe UI", system-ui, "Noto Sans", sans-serif',
    "meta": "12px",
    "cell": "13px",
    "body": "14px",
    "title": "16px",
    "section": "20px",
    "number": "24px",
    "gutter": "16px",
    "row": "44px",
    "filters": "38px",
    "radius": "6px",
    "radius-card": "10px",
    "drawer": "520px",
    "quick": "120ms ease-out",
}


def css() -> str:
    """The tokens as CSS variables: light, dark by choice or by the system's wish, and the wall."""
    dark = f"color-scheme: dark; {_variables(DARK)}"
    rules = (
        f":root {{ color-scheme: light; {_variables(SIZES)} {_variables(LIGHT)} }}",
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {dark} }} }}",
        f":root[data-theme=dark] {{ {dark} }}",
        f"[data-kiosk] {{ color-scheme: dark; {_variables(KIOSK_DARK)} }}",
        f"[data-kiosk][data-light] {{ color-scheme: light; {_variables(KIOSK_LIGHT)} }}",
    )
    return in_text_sizes("\n".join(rules))


OLDEST_CHROMIUM = 109
"""below it a sentence says so; the wall goes on from 89"""
TOO_OLD = _(
    "This browser is too old for Ticketdesk. It needs Chromium, Chrome or Edge {oldest} or newer, "
    "or a current Firefox or Safari. What you see may be incomplete."
).format(oldest=OLDEST_CHROMIUM)

# Where the framework cannot start, its own sentence stays on the page: ours takes its place.
_NOT_STARTED = (
    "#esm-fallback { font-size: 0; background: var(--page); }"
    f'#esm-fallback::after {{ content: "{TOO_OLD}"; max-width: 26em; padding: 1em;'
    " font-size: 2rem; color: var(--text); }"
)


STYLES = (
    *("style.css", "search.css", "list.css", "conversation.css", "sizes.css"),
    *("wall.css", "wall_chart.css"),
)
"""in this order they make one style sheet, `STYLE`"""
PLAIN_STYLES = ("plain.css", "wall_chart.css")
"""in this order they make that of the plain wall"""
SCRIPTS = ("desk.js", "drafts.js")
"""in this order they make one script, `SCRIPT`"""
STYLE, SCRIPT = "desk.css", "desk.js"
WALL_WORKER = "wall_worker.js"
"""the script that shows a board which was kept"""


# A script in the head waits for the style sheets before it, and the page for the script: so only
# the choice of theme, which must not flash, is made at once, and the rest after the page is read.
# Where session storage is switched off or full, the framework's own script would end before it
# connects: it gets a stand-in.
_THEME = """<script>
try { document.documentElement.dataset.theme = localStorage.ticketdesk_theme ?? "system"; } catch {}
try { sessionStorage.ticketdesk_probe = "x".repeat(200); delete sessionStorage.ticketdesk_probe; }
catch { Object.defineProperty(window, "sessionStorage", { value: {} }); }
</script>"""


def head_html(address: Callable[[str], str]) -> str:
    """What a page's head needs; the theme is chosen before the first paint.

    `address` gives the URL of `STYLE` and `SCRIPT`.
    """
    style = f'<link rel="stylesheet" href="{address(STYLE)}">'
    script = f'<script src="{address(SCRIPT)}" defer></script>'
    return f"{_THEME}<style>{css()}{_NOT_STARTED}</style>{style}{script}"


def plain_head_html(style: str) -> str:
    """What the head of the plain wall needs: a page that is kept has its style with it."""
    return f"<style>{css()}{style}</style>"


_CONTAINER = re.compile(
    r"@container main (?:\(min-width: \d+px\) and )?\(max-width: (\d+)px\) (\{.*\}|\{[^@]*?\n\})"
)


def without_containers(style: str) -> str:
    """The style sheet, and for browsers older than containers the same by the window's width.

    They are told as if a conversation stood open: a column too few is read, one too many is not.
    """
    rules = (f"@media {_window(int(rule[1]))} {rule[2]}" for rule in _CONTAINER.finditer(style))
    return "\n".join((style, "@supports not (container-type: inline-size) {", *rules, "}\n"))


_PIXELS = re.compile(r"(?<![\w.-])(-?(?:\d*\.)?\d+)px\b")


def in_text_sizes(style: str) -> str:
    """The style sheet in rem, so that all of it grows with the text size of the browser.

    Lines of one or two pixels stay so. Windows are measured in the same: with larger text a window
    is a narrower one.
    """
    return _PIXELS.sub(
        lambda px: f"{float(px[1]) / 16:g}rem" if abs(float(px[1])) > 2 else px[0], style
    )


def _window(main: int) -> str:
    """How wide a window is whose middle is at most so wide, with the views and a conversation."""
    views, conversation = 208, 520
    beside = main + views if main + views >= 900 else main
    most = main + views + conversation
    return f"(max-width: {beside}px), (min-width: 1280px) and (max-width: {most}px)"


def _variables(tokens: Palette) -> str:
    return " ".join(f"--{name}: {value};" for name, value in tokens.items())
