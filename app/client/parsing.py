"""Single values of somebody else's JSON: whatever cannot be understood is None, never an error."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain.bounds import whole_characters

LARGEST_INTEGER = 2**63 - 1
LONGEST_ID = 200
LONGEST_WORD = 100

_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_CURRENCY = r"(?:[A-Za-z]{1,5}|[A-Za-z]{0,3}[^\w\s.,+-])"
_FOR_PEOPLE = re.compile(
    rf"([+-]?)(?:{_CURRENCY}\s?)?([+-]?)(\d[\d., '\u2019\u00a0\u202f]{{0,60}}?)(?:\s?{_CURRENCY})?",
    re.ASCII,
)
_DECIMAL = re.compile(r"\d{1,40}\.\d{1,40}", re.ASCII)
_GROUPED = re.compile(
    r"(\d{1,3}([., '\u2019\u00a0\u202f])\d{3}(?:\2\d{3}){0,9})((?!\2)[.,]\d{1,40})?", re.ASCII
)
_EPOCH = re.compile(r"\d{9,13}", re.ASCII)
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


def parse_text(value: Any) -> str | None:
    """Text, also from a whole number; nothing for blanks; half characters become U+FFFD."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    return whole_characters(value)


def parse_id(value: Any) -> str | None:
    """An id, which must survive the ways into an address and into a database unchanged."""
    found = parse_text(value)
    if found is None or len(found) > LONGEST_ID or (found != value and isinstance(value, str)):
        return None
    if "\0" in found:  # where a database takes a text apart, it ends there
        return None
    return found


def parse_word(value: Any) -> str | None:
    """A word of a small vocabulary in lower case, also when it is not one we know."""
    if not isinstance(value, str):
        return None
    return whole_characters(value.strip().lower()[:LONGEST_WORD]) or None


def parse_flag(value: Any) -> bool | None:
    """Yes or no."""
    return value if isinstance(value, bool) else None


def parse_count(value: Any) -> int | None:
    """A number of things: whole, not negative, and small enough for a database."""
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < 19:
        value = int(value) if value == value.to_integral_value() else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= LARGEST_INTEGER else None


def parse_amount(value: Any) -> Decimal | None:
    """An exact amount as it was written, as a number or as text; nothing for absurd sizes.

    Text may be written for people, as `1,299.00`, `29,99` or `$29.99`, but not in a way that means
    one amount here and another there, as `1,299`.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    written = str(value).strip()
    if len(written) > LONGEST_WORD:
        return None
    if not _NUMBER.fullmatch(written) and not (written := _for_machines(written)):
        return None
    exact = Decimal(written)
    return exact if -30 <= exact.adjusted() <= 30 else None


def _for_machines(written: str) -> str:
    """An amount written for people as digits with a point; "" when it could be two amounts."""
    if not (found := _FOR_PEOPLE.fullmatch(written)) or (found[1] and found[2]):
        return ""
    digits, minus = found[3], "-" if "-" in found[1] + found[2] else ""
    whole, comma, rest = digits.partition(",")
    if digits.isdigit() or (_DECIMAL.fullmatch(digits) and len(digits.partition(".")[2]) != 3):
        return minus + digits
    if comma and whole.isdigit() and rest.isdigit() and (len(rest) != 3 or whole == "0"):
        return f"{minus}{whole}.{rest}"
    grouped = _GROUPED.fullmatch(digits)
    if not grouped or (
        grouped[2] in (".", ",") and digits.count(grouped[2]) == 1 and not grouped[3]
    ):
        return ""  # also 1,299: a thousand and more, or one and a little
    return minus + "".join(filter(str.isdigit, grouped[1])) + (grouped[3] or "").replace(",", ".")


def parse_time(value: Any) -> datetime | None:
    """A time as aware UTC, from RFC 3339 (UTC where no zone is said) or from seconds or ms."""
    if isinstance(value, str):
        value = value.strip()
        if not _EPOCH.fullmatch(value):
            return _from_iso(value)
        value = int(value)
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return _from_epoch(value)


def _from_iso(written: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(written.upper())
        at = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    # A day's room at both ends: any zone can show what is kept.
    return at if 1 < at.year < 9999 else None


def _from_epoch(number: int | Decimal) -> datetime | None:
    """Seconds until the year 5138, milliseconds above; small numbers are unset fields, not 1970."""
    if not 10**8 <= number < 10**14:
        return None
    seconds = number if number < 10**11 else number / Decimal(1000)
    return _EPOCH_START + timedelta(seconds=float(seconds))
