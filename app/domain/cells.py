"""What stands in a cell of a spreadsheet: only ever text, whoever wrote it. (pure)"""

import re
from datetime import UTC, datetime

from app.domain.bounds import CELL_WRITTEN, cut
from app.domain.signs import is_invisible, without_controls

FORMULA = frozenset("=+-@\t\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212")
"""what a spreadsheet takes for the beginning of a formula, in any line of a cell"""
_LINE = re.compile(r"[^\r\n]+")


def cell(value: object) -> str:
    """What stands in a cell of a spreadsheet, and is only text there."""
    if value is None:
        return ""
    if isinstance(value, str):
        return cut(inert(without_controls(value)), CELL_WRITTEN)
    return plain_value(value)


def plain_value(value: object) -> str:
    """A value that is no text, as machines read it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def inert(text: str) -> str:
    """The same text, which no spreadsheet takes for a formula."""
    disarmed = _LINE.sub(lambda line: f"'{line[0]}" if _is_formula(line[0]) else line[0], text)
    return f"'{disarmed}" if disarmed[:1] in {"\r", "\n"} else disarmed


def _is_formula(line: str) -> bool:
    """Whether the first sign of a line that shows anything begins a formula."""
    for sign in line:
        if sign in FORMULA:
            return True
        if not is_invisible(sign):
            return False
    return False
