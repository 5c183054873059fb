"""What a seller has marked on tickets for themselves; it exists only on this desk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.errors import MarkError
from app.domain.ticket import Ticket

MOST_MARKS = 2000
"""of each kind for each seller; the oldest seen give way, of the others no more are taken"""


class MarkKind(StrEnum):
    """What a mark says; the values are on disk."""

    SEEN = "seen"
    SNOOZED = "snoozed"
    PINNED = "pinned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark on a ticket as it was when it had so many messages."""

    messages: int = 0
    until: datetime | None = None
    """of a snooze; None is until the customer replies"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """All marks of one seller, by kind and ticket id, the oldest first."""

    of: Mapping[MarkKind, Mapping[str, Mark]] = field(default_factory=dict)

    def by_ticket(self, kind: MarkKind) -> Mapping[str, Mark]:
        """The marks of a kind."""
        return self.of.get(kind, {})

    def is_unread(self, ticket: Ticket) -> bool:
        """Whether the customer has written since this seller looked, and waits for an answer."""
        if not ticket.needs_response:
            return False
        seen = self.by_ticket(MarkKind.SEEN).get(ticket.id)
        return seen is None or seen.messages != messages_of(ticket)

    def snooze_of(self, ticket: Ticket, now: datetime) -> Mark | None:
        """The snooze that holds: any message, a close and the time end it."""
        mark = self.by_ticket(MarkKind.SNOOZED).get(ticket.id)
        if mark is None or not ticket.is_open or mark.messages != messages_of(ticket):
            return None
        return mark if mark.until is None or mark.until > now else None

    def is_pinned(self, ticket: Ticket) -> bool:
        """Whether this seller has pinned it."""
        return ticket.id in self.by_ticket(MarkKind.PINNED)

    def asleep(self, now: datetime) -> Iterator[tuple[str, Mark]]:
        """The snoozes whose time is not over."""
        for ticket_id, mark in self.by_ticket(MarkKind.SNOOZED).items():
            if mark.until is None or mark.until > now:
                yield ticket_id, mark

    def next_wake(self, now: datetime) -> datetime | None:
        """When the next snooze ends by its time."""
        return min((mark.until for _, mark in self.asleep(now) if mark.until), default=None)


def messages_of(ticket: Ticket) -> int:
    """How many messages a mark on the ticket is made at."""
    return ticket.message_count or 0


UNTIL_REPLY = "reply"
LATER = timedelta(hours=3)
MORNING = time(9)
LONGEST_SNOOZE = timedelta(days=366)


def wakes_at(choice: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When a snooze ends that was chosen as `later`, `tomorrow`, `week` (next Monday), `reply`, or
    as a local time in ISO format; None is when the customer replies.

    Raises: MarkError for a time that is over, far away, none at all, or not the clock's.
    """
    today = now.astimezone(zone).date()
    if choice == UNTIL_REPLY:
        return None
    if choice == "later":
        return (now + LATER).replace(second=0, microsecond=0)
    if choice == "tomorrow":
        return _morning(today + timedelta(days=1), zone)
    if choice == "week":
        return _morning(today + timedelta(days=7 - today.weekday()), zone)
    try:
        local = datetime.fromisoformat(choice).replace(tzinfo=None)
        at = local.replace(tzinfo=zone).astimezone(UTC)
        again = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MarkError("That is no time. Choose a day and a time of day.") from None
    said = f"{local:%d.%m.%Y %H:%M}"
    if at != again and at.astimezone(zone).replace(tzinfo=None) != local:
        raise MarkError(f"The clocks skip {said}. Choose an earlier or a later time.")
    if at != again:
        raise MarkError(f"The clocks show {said} twice. Choose a time before or after that hour.")
    if at <= now:
        raise MarkError(f"{said} is over already. Choose a later time.")
    if at - now > LONGEST_SNOOZE:
        raise MarkError(f"{said} is more than a year away. Choose an earlier time.")
    return at


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)
