"""How much of a text from elsewhere is kept, searched, shown and said: every bound. (pure)

Texts come from anybody and may be of any length. Whatever works on one cuts it to one of these
first; messages alone are kept as they are, and shown piece by piece on request.
"""

import re
import unicodedata
from typing import Literal

# Lengths count characters, unless a line below says otherwise.

SUBJECT_KEPT = 100_000
SHORT_TEXT_KEPT = 1_000
"""of an e-mail address, an order, an invoice, a product, a currency"""

SHORT_TEXT_SEARCHED = 1_000
"""of a subject and of the others"""
MESSAGE_SEARCHED = 100_000
CONVERSATION_SEARCHED = 1_000_000
"""of a conversation's newest messages"""
REMEMBERED_SEARCHED = 20_000_000
"""of all conversations that are kept ready for the next letter that is typed"""

LINE_SHOWN = 300
"""of any text on one line: a subject, a name, a chip, a tooltip"""
SENTENCE_SHOWN = 1_000
"""of an error or a notice, with what it quotes"""
HEADING_SHOWN = 1_000
"""of the subject above a conversation; the rest stands below it"""
MESSAGE_SHOWN = 4_000
"""of a message before more of it is asked for"""
LINES_SHOWN = 200
"""line breaks of a message before more of it is asked for"""
MORE_SHOWN = 100_000
"""further characters of a message each time more of it is asked for"""
LINKS_SHOWN = 200
"""links in one message"""
CHOICES_SHOWN = 200
"""values that a filter offers"""

CELL_WRITTEN = 32_767
"""what a cell of a spreadsheet holds"""
LOGGED = 20_000
"""of a record in the log, with what raised it"""

LONGEST_MARKS = 30
"""combining marks on one letter; Unicode knows no word with more (UAX 15, stream-safe text)"""

_JOINER = "\u200d"


def whole_characters(text: str) -> str:
    """The text with surrogate halves put together or, where one is missing, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def cut(text: str, length: int) -> str:
    """At most `length` characters of `text`, the last one "…" if any are missing.

    An accent, an emoji or a flag is never taken apart.
    """
    if len(text) <= length:
        return text
    return beginning(text, max(0, length - 1)).rstrip() + "\u2026"


def beginning(text: str, length: int) -> str:
    """At most `length` characters of `text`, no sign taken apart."""
    if len(text) <= length:
        return text
    end = length
    for _ in range(min(end, LONGEST_MARKS)):
        if not _belongs_together(text, end):
            break
        end -= 1
    return text[:end]


def _belongs_together(text: str, at: int) -> bool:
    """Whether what stands before and after `at` is one sign to the eye."""
    before, after = text[at - 1], text[at]
    if _JOINER in (before, after) or unicodedata.category(after)[0] == "M":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\u1160" <= after <= "\u11ff":
        return True  # a tone of skin, the rest of a Korean syllable
    return _is_flag(before) and _is_flag(after) and _flags_before(text, at) % 2 == 1


def _is_flag(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    """How many halves of flags stand in a row before `at`, as far as it matters."""
    begin = at
    while begin > max(0, at - LONGEST_MARKS) and _is_flag(text[begin - 1]):
        begin -= 1
    return at - begin


def normalized(form: Literal["NFC", "NFKC", "NFD", "NFKD"], text: str) -> str:
    """`text` in a Unicode normal form, in time that grows with its length alone.

    Python sorts the marks on a letter in quadratic time, so that a message of nothing but marks
    would hold everything up: past the 30th mark on a letter they are dropped.
    """
    return unicodedata.normalize(form, text if text.isascii() else _TOWERS.sub(_lowered, text))


# Marks are neither letters nor spaces. Other signs are also, but seldom so many in a row.
_TOWERS = re.compile(rf"[^\w\s\x00-\x7f]{{{LONGEST_MARKS + 1},}}")


def _lowered(found: re.Match[str]) -> str:
    signs, marks = [], 0
    for sign in found[0]:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= LONGEST_MARKS:
            signs.append(sign)
    return "".join(signs)
