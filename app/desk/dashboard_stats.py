"""The numbers above the list, worked out from counts: stats, days, trends, waits. (pure)"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.desk.read_models import AgeBand, DashboardStats, DayCount
from app.domain.ticket import Stats, Status, Ticket

DAYS = 30
BANDS = (
    ("< 1 h", timedelta(hours=1)),
    ("1\N{EN DASH}4 h", timedelta(hours=4)),
    ("4\N{EN DASH}24 h", timedelta(hours=24)),
    ("1\N{EN DASH}3 d", timedelta(days=3)),
)
LONGEST_BAND = "> 3 d"
TIMELESS_BAND = "time unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the mirror knows about the whole store at one moment."""

    said: Stats | None
    """what the API counted"""
    counted_then: Stats
    """what was in the mirror when the API counted"""
    counted: Stats
    """what is in the mirror now"""
    complete: bool
    orders: tuple[tuple[Ticket, str | None], ...] = ()
    """the tickets with a pending status change, and the status that it asks for"""
    happened: "Happenings" = ()
    heard_since: datetime | None = None
    """when the last ticket changed whose messages are not all stored, None when all are"""
    waiting: Sequence[int] = ()
    estimated: int = 0
    views: dict[str, int] = field(default_factory=dict)


Happenings = Sequence[tuple[datetime, Mapping[str, int]]]
"""Beginning of a stretch of time, and what was opened, closed and began to wait (waits) in it."""


def dashboard_stats(numbers: Numbers, *, now: datetime, zone: ZoneInfo) -> DashboardStats:
    """Everything above the list."""
    days = last_days(now, zone)
    sums = by_day(days, zone, numbers.happened)
    stats = shown_stats(numbers)
    heard = numbers.heard_since
    ends = [midnight(day, zone) for day in days[1:]]
    waits_complete = [heard is None or heard < end for end in ends] + [True]
    return DashboardStats(
        stats=stats,
        counted=numbers.counted,
        days=day_counts(days, sums),
        waiting=age_bands(numbers.waiting),
        trends=trends(stats, sums, complete=numbers.complete, waits_complete=waits_complete),
        views=dict(numbers.views),
        estimated=numbers.estimated,
    )


def shown_stats(numbers: Numbers) -> Stats:
    """The API's counts, moved by what the mirror has learned since and by pending status changes.

    Returns: where the API gave no count the mirror's own, once that is complete.
    """
    shown = {}
    for name in (of.name for of in fields(Stats)):
        own, then = getattr(numbers.counted, name), getattr(numbers.counted_then, name)
        value = getattr(numbers.said, name, None)
        if numbers.complete:
            moved = own - then if then is not None else 0
            value = own if value is None else max(0, value + moved)
        shown[name] = value
    return with_orders(Stats(**shown), numbers.orders)


def with_orders(stats: Stats, orders: Iterable[tuple[Ticket, str | None]]) -> Stats:
    """The stats as they will be once the ordered statuses are applied."""
    for ticket, status in orders:
        if status is None or status == ticket.status:
            continue
        after = replace(ticket, status=status)
        stats = Stats(
            total=stats.total,
            open=_moved(stats.open, after.is_open - ticket.is_open),
            closed=_moved(stats.closed, _is_closed(after) - _is_closed(ticket)),
            needs_response=_moved(
                stats.needs_response, after.needs_response - ticket.needs_response
            ),
        )
    return stats


def last_days(now: datetime, zone: ZoneInfo) -> list[date]:
    """The days that are shown, oldest first, the last one today."""
    today = now.astimezone(zone).date()
    return [today - timedelta(days=back) for back in reversed(range(DAYS))]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time.min, tzinfo=zone)


def by_day(days: Sequence[date], zone: ZoneInfo, happened: Happenings) -> list[dict[str, int]]:
    """What happened on each day; anything before the first is left out."""
    starts = [midnight(day, zone) for day in days]
    sums = [dict.fromkeys(("opened", "closed", "waits"), 0) for _ in days]
    for at, what in happened:
        place = bisect_right(starts, at) - 1
        if place >= 0:
            for name, number in what.items():
                sums[place][name] += number
    return sums


def day_counts(days: Sequence[date], sums: Sequence[Mapping[str, int]]) -> tuple[DayCount, ...]:
    """Opened and closed per day."""
    return tuple(
        DayCount(day=day, opened=max(0, of["opened"]), closed=max(0, of["closed"]))
        for day, of in zip(days, sums, strict=True)
    )


def trends(
    stats: Stats,
    sums: Sequence[Mapping[str, int]],
    *,
    complete: bool,
    waits_complete: Sequence[bool],
) -> dict[str, tuple[int | None, ...]]:
    """Each number at the end of each day, worked out backwards from now.

    A ticket that was closed and reopened counts as open throughout.

    Args:
        waits_complete: for each day whether all of its messages are stored.
    Returns: None where the mirror cannot know: all but today while it is not complete, and who
        waited on days of which not all messages are stored.
    """
    known = [complete] * (len(sums) - 1) + [True]
    waits = [a and b for a, b in zip(known, waits_complete, strict=True)]
    opened, closed, began = ([of[name] for of in sums] for name in ("opened", "closed", "waits"))
    grown = [plus - minus for plus, minus in zip(opened, closed, strict=True)]
    return {
        "total": _backwards(stats.total, opened, known),
        "open": _backwards(stats.open, grown, known),
        "closed": _backwards(stats.closed, closed, known),
        "needs-response": _backwards(stats.needs_response, began, waits),
    }


def age_bands(counts: Sequence[int]) -> tuple[AgeBand, ...]:
    """The bands with their counts, youngest first; that of unknown times only if it has any."""
    limits = [length for _, length in BANDS]
    labels = (*(label for label, _ in BANDS), LONGEST_BAND, TIMELESS_BAND)
    bands = zip(labels, counts, (timedelta(0), *limits, None), (*limits, None, None), strict=False)
    return tuple(
        AgeBand(label=label, count=count, at_least=least, below=below)
        for label, count, least, below in bands
        if label != TIMELESS_BAND or count
    )


def _backwards(
    now: int | None, changes: Sequence[int], known: Sequence[bool]
) -> tuple[int | None, ...]:
    values: list[int | None] = []
    for change, is_known in zip(reversed(changes), reversed(known), strict=True):
        values.append(max(0, now) if is_known and now is not None else None)
        now = None if now is None else now - change
    return tuple(reversed(values))


def _is_closed(ticket: Ticket) -> bool:
    return ticket.status == Status.CLOSED


def _moved(count: int | None, difference: int) -> int | None:
    return None if count is None else max(0, count + difference)
