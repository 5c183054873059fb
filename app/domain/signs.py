"""Signs that act instead of showing: they move a terminal, turn a line, or hide. (pure)"""

import unicodedata

_TURNING = [
    *map(chr, range(0x2028, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    *"\u061c\u200e\u200f",
]
_ACTING = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *_TURNING, "\ufeff"]
_ESCAPES = {ord(sign): ascii(sign)[1:-1] for sign in _ACTING}
_CONTROLS = {
    code: shown for code, shown in _ESCAPES.items() if code < 0xA0 and code not in b"\t\r\n"
}
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
"""letters and a pattern that show nothing, which Unicode counts as no spaces"""


def escaped(text: str) -> str:
    r"""The text for a terminal, where nothing in it acts: ESC is shown as `\x1b`."""
    return text.translate(_ESCAPES)


def escaped_lines(text: str) -> str:
    """The same for text of several lines, which stay lines."""
    return "\n".join(map(escaped, text.split("\n")))


def without_controls(text: str) -> str:
    r"""The text for a file that has no escapes of its own; lines, tabs and directions stay."""
    return text.translate(_CONTROLS)


def is_invisible(sign: str) -> bool:
    """Whether a sign shows nothing by itself: blanks, marks, joiners, controls."""
    return unicodedata.category(sign) in _UNSEEN or sign in _BLANK_LETTERS


_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"}
