"""Formats times, money, counts and errors for one viewer, in their language and zone."""

import logging
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, list_currencies

from app.domain.bounds import LINE_SHOWN, SENTENCE_SHOWN, cut
from app.domain.clock import UTC_ZONE
from app.domain.errors import DeskError, StoreFullError, WrongCodeError
from app.domain.metrics import Exactness, Wait
from app.domain.outbox_entry import unescaped
from app.domain.ticket import Ticket
from components.data import AGE_UNITS, NoticeData
from components.i18n import _, ngettext

log = logging.getLogger(__name__)

LONGEST_ZONE = 60
UNKNOWN = "—"
UNREADABLE = "unreadable"
CACHE_SIZE = 4096
"""formatted numbers and times remembered, of each kind"""
LATE_AFTER = timedelta(hours=24)
WAITING_AFTER = timedelta(hours=4)

_NOT_MONEY = {"XXX", "XTS"}  # CLDR lists "no currency" and "for testing" among the currencies
_KNOWN_CURRENCIES = frozenset(list_currencies("en")) - _NOT_MONEY
_HIDDEN_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_STATUS_LABELS = {"open": _("Open"), "closed": _("Closed")}
_SIGNS = {Exactness.ABOUT: "≈", Exactness.AT_LEAST: "≥"}
_SINCE = {Exactness.ABOUT: _("Waits since about"), Exactness.AT_LEAST: _("Waits at least since")}
_AWAITING_LABELS = {"seller": _("Needs response"), "customer": _("Waiting on customer")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatter:
    """Formats for the viewer's language and zone; nobody else formats a time or a number."""

    zone: ZoneInfo = UTC_ZONE
    locale: Locale = field(default_factory=lambda: Locale("en"))
    unknown_zone: str = ""
    """what the browser says its zone is, if that is none we know; times are then UTC and say so"""

    @property
    def zone_name(self) -> str:
        """The zone's name, as charts and day filters say it."""
        if self.unknown_zone:
            return _("UTC, as the desk does not know the zone “{unknown_zone}”").format(
                unknown_zone=self.unknown_zone
            )
        return self.zone.key

    def exact(self, moment: datetime | None) -> str:
        """The full date and time with its zone, for hover and screen readers."""
        local = self._local(moment)
        if local is None:
            return _("unknown time")
        return f"{_exact(local.replace(tzinfo=None), self.locale)} {local.tzname()}"

    def waiting(self, wait: Wait | None) -> str:
        """Since when a customer waits, in full; empty when nobody does."""
        if wait is None:
            return ""
        if wait.since is None:
            return _("Waits since an unknown time")
        return f"{_SINCE.get(wait.exactness, _('Waits since'))} {self.exact(wait.since)}"

    def clock(self, moment: datetime | None) -> str:
        """The time of day, as short as possible."""
        local = self._local(moment)
        return self._time(local) if local else ""

    def second(self, moment: datetime | None) -> str:
        """The time of day with its seconds, for what is about to happen."""
        local = self._local(moment)
        return format_time(local, "medium", locale=self.locale) if local else ""

    def as_of(self, moment: datetime | None, *, now: datetime | None) -> str:
        """The time of data in full, with its zone, and with the day where that is not today.

        Args:
            now: None where it is read on any day.
        """
        local = self._local(moment)
        if local is None:
            return ""
        time = f"{format_time(local, 'medium', locale=self.locale)} {local.tzname()}"
        is_today = self.day_of(now) == local.date()
        return time if is_today else f"{self.short_date(local)}, {time}"

    def moment(self, moment: datetime | None) -> str:
        """Date and time of day, short; a dash when it is not known."""
        local = self._local(moment)
        if local is None:
            return UNKNOWN
        return f"{self.short_date(local)}, {self._time(local)}"

    def day(self, day: date, *, today: date) -> str:
        """A day in words: "Today", "Yesterday", or its date, without the year if it is this one."""
        if day in (today, today - timedelta(days=1)):
            return _("Today") if day == today else _("Yesterday")
        shape = "d MMMM" if day.year == today.year else "d MMMM y"
        return format_date(day, shape, locale=self.locale)

    def short_date(self, day: date) -> str:
        """A calendar date, short."""
        return format_date(day, "medium", locale=self.locale)

    def day_of(self, moment: datetime | None) -> date | None:
        """The viewer's calendar day at `moment`."""
        local = self._local(moment)
        return local.date() if local else None

    def ago(self, span: timedelta) -> str:
        """A length of time in one unit, never negative: "2 hours"."""
        return format_timedelta(max(span, timedelta(0)), threshold=1, locale=self.locale)

    def count(self, number: int | None) -> str:
        """A whole number with its separators; a dash when it is not known."""
        return UNKNOWN if number is None else _number(str(number), self.locale)

    def hour_of(self, moment: datetime) -> int:
        """The hour of the viewer's day at `moment`."""
        return moment.astimezone(self.zone).hour

    def hit(self, place: int, total: int) -> str:
        """Which of the hits is shown, from 0; how many there are, where none is."""
        if place < 0 or total == 1:
            return self.counted(total, "hit", "hits")
        return _("Hit {place} of {total}").format(
            place=self.count(place + 1), total=self.count(total)
        )

    def counted(self, number: int, one: str, many: str) -> str:
        """A number with its noun: "1 ticket", "1,200 tickets"."""
        return f"{self.count(number)} {ngettext(one, many, number)}"

    def money(self, amount: Decimal | None, currency: str | None) -> str:
        """An amount exactly as it is: the currency's sign if we know it, else its raw code."""
        if amount is None or not amount.is_finite():
            return UNKNOWN
        if abs(amount.adjusted()) > 24:
            number = str(amount)  # written out it could be a million digits long
        elif currency in _KNOWN_CURRENCIES:
            return _money(str(amount), currency or "", self.locale)
        else:
            number = _number(str(amount), self.locale)
        return f"{number} {visible(currency)}" if currency else number

    def order_amount(self, ticket: Ticket) -> str:
        """What was paid; in words where the API sent something that is no amount."""
        if "order_amount" in ticket.unreadable:
            return UNREADABLE
        return self.money(ticket.order_amount, ticket.order_currency)

    def _time(self, local: datetime) -> str:
        said = str(format_time(local, "short", locale=self.locale))
        return f"{said} UTC" if self.unknown_zone else said

    def _local(self, moment: datetime | None) -> datetime | None:
        if moment is None:
            return None
        try:
            return moment.astimezone(self.zone)
        except (OverflowError, ValueError):  # year 1 or 9999 at the edge of a zone
            return moment


# Every row is formatted again whenever anything around it changes, and formatting is slow. What is
# equal but shown differently must differ as a key: so numbers go by their digits, as -0 equals 0,
# and times by what a clock on the wall says, as noon in Shanghai equals a night in Chicago.


@lru_cache(CACHE_SIZE)
def _exact(wall: datetime, locale: Locale) -> str:
    day = format_date(wall, "long", locale=locale)
    return f"{day}, {format_time(wall, 'medium', locale=locale)}"


@lru_cache(CACHE_SIZE)
def _number(digits: str, locale: Locale) -> str:
    return format_decimal(Decimal(digits), locale=locale, decimal_quantization=False)


@lru_cache(CACHE_SIZE)
def _money(digits: str, currency: str, locale: Locale) -> str:
    amount = Decimal(digits)
    return str(format_currency(amount, currency, locale=locale, decimal_quantization=False))


def formatter_in(name: str | None) -> Formatter:
    """The formatter for a viewer whose browser says it is in this zone."""
    if not name:
        return Formatter()
    zone = _zone(name) or _zone(get_global("zone_aliases").get(name, ""))
    return Formatter(zone=zone) if zone else Formatter(unknown_zone=visible(name, LONGEST_ZONE))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # not found, a path, or a folder
        return None


_YEAR, _MONTH, _DAY, _HOUR, _MINUTE = 31_536_000, 2_592_000, 86_400, 3600, 60
_AGE_STEPS = ((_YEAR, _YEAR), (3 * _MONTH, _MONTH), (2 * _DAY, _DAY), (_HOUR, _HOUR), (60, _MINUTE))
"""from how many seconds on an age is counted in a unit, and the length of that"""


def age(span: timedelta | None) -> str:
    """A length of time in the words that `assets/desk.js` has for it: "26 h"; "" for none."""
    if span is None:
        return ""
    seconds, units = max(0, int(span.total_seconds())), AGE_UNITS.split()
    for (least, length), unit in zip(_AGE_STEPS, units, strict=False):
        if seconds >= least:
            return f"{seconds // length} {unit}"
    return units[-1]


def iso(moment: datetime | None) -> str:
    """A moment for the browser, which shows and keeps its age; empty when it is not known."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


def since(moment: datetime | None, skew: timedelta) -> str:
    """A moment of the shop as our own clock counts it: from here the browser counts its age."""
    return iso(moment - skew if moment else None)


def visible(text: str | None, length: int = LINE_SHOWN) -> str:
    """The beginning of a text for one line; what is hidden and moves others is made visible."""
    text = cut((text or "").strip(), length)
    if text.isprintable():  # most are: nothing in them is hidden
        return text
    shown = _HIDDEN_DIRECTIONS.sub("\u25a1", text)
    return "".join("\u25a1" if unicodedata.category(c) == "Cc" else c for c in shown).strip()


def subject_of(ticket: Ticket, length: int = LINE_SHOWN) -> str:
    """The subject for one line, or what stands in its place; `&#39;` is read as a form meant it."""
    nothing = _("(forgotten customer)") if ticket.forgotten else _("(no subject)")
    return visible(unescaped(cut(ticket.subject or "", 2 * length)), length) or nothing


def status_label(status: str | None) -> str:
    """The word for a status; one we do not know is said as the API wrote it."""
    return _STATUS_LABELS.get(status or "", visible(status) or _("Unknown"))


def awaiting_label(status: str | None, awaiting: str | None) -> str:
    """Whose answer is awaited, which only an open ticket has; else the ticket's status."""
    if status != "open":
        return status_label(status)
    return _AWAITING_LABELS.get(awaiting or "", visible(awaiting) or _("Open"))


def wait_sign(wait: Wait | None) -> str:
    """What stands before the length of a wait that is not known exactly."""
    return _SIGNS.get(wait.exactness, "") if wait else ""


def tone(status: str | None, awaiting: str | None, *, waited: timedelta | None = None) -> str:
    """The badge's colour and shape: waiting, late, idle, closed or unknown."""
    if status == "closed":
        return "closed"
    if status != "open" or awaiting not in _AWAITING_LABELS:
        return "unknown"
    if awaiting == "customer":
        return "idle"
    return "late" if waited is not None and waited >= LATE_AFTER else "waiting"


def clock_hint(error: Exception, fmt: Formatter) -> str:
    """What the desk's clock says, where that may be why an error came; else ""."""
    if not isinstance(error, WrongCodeError):
        return ""
    said = _("Codes are made from the time: the desk's clock says {time}, and so should the phone.")
    return said.format(time=fmt.exact(error.now))


def error_notice(error: Exception, *, kept: str = "") -> NoticeData:
    """An error as a notice; `kept` says what is safe. Anything we did not foresee is logged."""
    if isinstance(error, StoreFullError):
        text = _("{error} Nothing was sent.").format(error=error)
    elif isinstance(error, DeskError):
        text = str(error)
    else:
        log.error("unforeseen error behind a screen", exc_info=error)
        text = _("This did not work because of a fault in the desk; it has been logged. Try again.")
    text = visible(text, SENTENCE_SHOWN)
    return NoticeData(text=f"{text} {kept}".strip(), tone="error")
