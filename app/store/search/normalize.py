"""Text as it is searched: lower case, without accents, every word apart, however it was typed.

One normalization makes the index and the question, so they cannot disagree; the index itself
only has to split at spaces. Scripts that write no spaces are split into single signs, so that a
run of them is found from any of its signs on.
"""

import unicodedata
from functools import lru_cache

from app.domain.bounds import normalized

_KEPT_MARKS = {0, 7, 8, 9}
"""combining classes that spell a letter (vowel signs, nukta, kana voicing, virama)"""

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x30FF),  # ideographs' parts, kana
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),  # ideographs
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def normalize(text: str) -> str:
    """The words of `text` with single spaces between them."""
    return " ".join(spaced(text).split())


@lru_cache(maxsize=1000)
def normalize_name(name: str) -> str:
    """`normalize` for names that come again and again."""
    return normalize(name)


def normalize_lines(text: str) -> str:
    """Each line of `text` normalized for itself, with a space before its first word."""
    return "\n".join(" " + " ".join(line.split()) for line in spaced(text).split("\n"))


DOLLAR = "\N{FULLWIDTH DOLLAR SIGN}"
"""stands for the dollar, the only ASCII sign that is a word: the index splits at all of those"""


def spaced(text: str) -> str:
    """`text` normalized, with any number of spaces between its words and around them."""
    if text.isascii():  # nearly all; a table of bytes takes a tenth of the time
        return text.replace("$", f" {DOLLAR} ").encode().translate(_SPACED_ASCII).decode()
    plain = normalized("NFKD", text).casefold().translate(_UNMARKED)
    return normalized("NFC", plain).lower().translate(_SPACED)


_PLAIN = {
    "LATIN SMALL LETTER AE": "ae",
    "LATIN SMALL LETTER DOTLESS I": "i",
    "LATIN SMALL LETTER ETH": "d",
    "LATIN SMALL LETTER THORN": "th",
    "LATIN SMALL LIGATURE OE": "oe",
}
"""how letters without an accent to drop are typed on a keyboard that lacks them"""


class _Unmarked(dict[int, int | str | None]):
    """Drops accents, tone and vowel points; made one sign at a time, as they are met."""

    def __missing__(self, code: int) -> int | str | None:
        sign = chr(code)
        drop = unicodedata.combining(sign) not in _KEPT_MARKS or sign == "\u0640"  # a mere stretch
        self[code] = None if drop else _without_stroke(sign)
        return self[code]


def _without_stroke(sign: str) -> str:
    """The letter below a stroke, a hook or a tail, which decomposition leaves where they are."""
    name = unicodedata.name(sign, "")
    if " SMALL LETTER " in name and (base := name.partition(" WITH ")[0]) != name:
        try:
            below = unicodedata.normalize("NFKD", unicodedata.lookup(base)).casefold()
        except KeyError:  # a letter that exists only so
            return sign
        return _without_stroke(below[0])
    return _PLAIN.get(name, sign)


class _Spaced(dict[int, int | str]):
    """Turns what is no letter or digit into a space, and sets signs that are words apart."""

    def __missing__(self, code: int) -> int | str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        if kind in {"So", "Sc"} or (
            kind[0] in "LNM" and any(low <= code <= high for low, high in _UNSPACED)
        ):
            self[code] = f" {DOLLAR if sign == '$' else sign} "
        else:
            self[code] = code if kind[0] in "LNM" else " "
        return self[code]


_UNMARKED = _Unmarked()
_SPACED = _Spaced({10: 10})
_SPACED_ASCII = bytes(
    ord(sign) if (sign := chr(code).lower()).isalnum() or sign == "\n" else ord(" ")
    for code in range(128)
) + bytes(range(128, 256))
