"""Reads the tickets of what was sent until it is seen there: only that confirms it.

What is not found in all reads of `RetryPolicy.confirm_delays`, of which failed ones do not count,
goes to a person; when it is seen later, it is confirmed all the same.
"""

import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from app.domain.clock import Clock
from app.domain.errors import ApiError, TicketNotFoundError
from app.domain.outbox_entry import (
    DeliveryState,
    OutboxEntry,
    Reply,
    StatusChange,
    same_text,
)
from app.domain.ticket import Conversation, Message
from app.store.outbox.outbox import Outbox
from app.sync.delivery.reply_matching import (
    MatchResult,
    changed_by_the_shop,
    find_reply,
    is_done,
    quoted,
)
from app.sync.delivery.schedule import RetryPolicy, Schedule

ReadTicket = Callable[[str], Awaitable[Conversation]]
"""Reads a ticket with a request of its own, past every cache, and keeps it in the mirror."""

_RECHECKED_STATES = frozenset({DeliveryState.UNCONFIRMED, DeliveryState.CONFIRMED})
_TRACKED_STATES = _RECHECKED_STATES | {DeliveryState.ACCEPTED, DeliveryState.OUTCOME_UNKNOWN}
MAX_STATUS_ATTEMPTS = 3

GONE = "The ticket is gone; whether this reached the customer cannot be seen."
CUT_SHORT = "The ticket could not be read completely, so this could not be looked for."
SIMILAR = "The ticket shows a message much like this one, but not the same: {}."
_ANOTHER = "Since then it shows another message of yours:"
NOT_SHOWN = "The ticket does not show it."
NOT_SHOWN_YET = "The Tickets API accepted it, but the ticket does not show it."
STATUS_NOT_SHOWN = "The ticket still has its old status."
INTERRUPTED = "The desk was interrupted while this left."
TWICE = "The customer received this more than once."

log = logging.getLogger(__name__)


class Reconciler:
    """Tracks every entry that may have left until it is seen or a person has it."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        read: ReadTicket,
        announce: Callable[[OutboxEntry | None], OutboxEntry | None],
        clock: Clock,
        schedule: Schedule,
        policy: RetryPolicy,
    ) -> None:
        self._outbox = outbox
        self._read = read
        self._announce = announce
        self._clock = clock
        self._schedule = schedule
        self._policy = policy
        self._step: Counter[str] = Counter()
        self._partial: Counter[str] = Counter()
        self._unconfirmed_tickets: set[str] = set()
        self._changed_tickets: set[str] = set()
        self._checking: str | None = None
        self.fails = False
        """whether the last read of a ticket failed"""
        self.leaving: str | None = None
        """the reply whose bytes are leaving right now"""

    async def check_next(self) -> float:
        """Do the first check that is due; the seconds until the next one is."""
        await self._check_changed()
        nearest = math.inf
        watched = await self._outbox.watched()
        self._unconfirmed_tickets = {r.ticket_id for r in watched if r.state in _RECHECKED_STATES}
        for entry in watched:
            is_idle = entry.state is DeliveryState.UNCONFIRMED and entry.next_check_at is None
            if is_idle or entry.entry_id == self.leaving:
                continue
            wait = self._schedule.wait(entry.entry_id)
            if entry.state is DeliveryState.INFLIGHT:
                await self.track(entry, DeliveryState.OUTCOME_UNKNOWN, reason=INTERRUPTED, wait=0)
                return 0.0
            if wait <= 0:
                await self._check(entry)
                return 0.0
            nearest = min(nearest, wait)
        return nearest

    def mark_changed(self, ticket_ids: frozenset[str]) -> bool:
        """Note that tickets have changed; whether a reply in one of them may now be seen."""
        changed = (self._unconfirmed_tickets & ticket_ids) - {self._checking}
        self._changed_tickets |= changed
        return bool(changed)

    async def track(
        self,
        entry: OutboxEntry,
        to: DeliveryState,
        *,
        reason: str | None = None,
        wait: float | None = None,
    ) -> OutboxEntry | None:
        """Move a entry that may have left to `to`, and begin to read its ticket."""
        self._forget(entry)
        if wait == 0:
            self._step[entry.entry_id] = -1  # a read at once comes before the first delay
        wait = self._policy.confirm_delays[0] if wait is None else wait
        return await self._update(entry, to, wait=wait, reason=reason)

    async def check_now(self, entry: OutboxEntry) -> None:
        """Check `entry` at once, because somebody asks or because its ticket has changed."""
        if entry.state in _TRACKED_STATES:
            await self._update(entry, wait=0)

    async def conclude(self, entry: OutboxEntry, thread: Conversation) -> None:
        """Draw the conclusion from a read that began after `entry` left."""
        match entry:
            case Reply(state=DeliveryState.CONFIRMED):
                await self._watch_for_doubles(entry, thread)
            case Reply():
                await self._conclude_reply(entry, thread)
            case StatusChange(state=DeliveryState.CONFIRMED):
                await self._update(entry)
            case StatusChange():
                await self._conclude_status(entry, thread)

    async def _conclude_reply(self, reply: Reply, thread: Conversation) -> None:
        taken = await self._outbox.bound(reply.ticket_id)
        match = find_reply(reply, thread, taken=taken)
        if found := match.found or await self._rewritten(reply, match):
            await self._confirm(reply, found)
        elif match.similar:
            await self._hand_over(reply, SIMILAR.format(quoted(match.similar[0])))
        else:
            await self._not_seen(reply, complete=match.complete, others=match.fresh)

    async def _check(self, entry: OutboxEntry) -> None:
        if entry.state is DeliveryState.REFUSED:  # a 429 whose pause is over
            await self._update(entry, DeliveryState.QUEUED)
            return
        self._checking = entry.ticket_id
        try:
            thread = await self._read(entry.ticket_id)
        except TicketNotFoundError:
            await self._hand_over(entry, GONE)
        except ApiError as error:
            log.info("read-back of %s failed: %s", entry.entry_id, type(error).__name__)
            self.fails = True
            await self._update(entry, wait=self._wait(entry))
        else:
            self.fails = False
            await self.conclude(entry, thread)
        finally:
            self._checking = None

    async def _check_changed(self) -> None:
        if not self._changed_tickets:
            return
        changed = frozenset(self._changed_tickets)
        for entry in await self._outbox.watched():
            if entry.ticket_id in changed and entry.state in _RECHECKED_STATES:
                await self.check_now(entry)
        self._changed_tickets -= changed

    async def _rewritten(self, reply: Reply, match: MatchResult) -> tuple[Message, ...]:
        """What an accepted reply has become though the shop changed it; one that may not have
        been accepted is never recognised by anything but its text.
        """
        if reply.state is not DeliveryState.ACCEPTED or not match.complete:
            return ()
        attempted = await self._outbox.attempted(reply.ticket_id)
        rivals = [other.text for other in attempted if other.entry_id != reply.entry_id]
        return changed_by_the_shop(reply, match.fresh, rivals=rivals)

    async def _confirm(self, reply: Reply, found: tuple[Message, ...]) -> None:
        twice = len(found) > 1
        self._forget(reply)
        await self._update(
            reply,
            DeliveryState.CONFIRMED,
            wait=self._policy.watch_delays[0] if reply.attempts > 1 and not twice else None,
            message_id=found[0].id,
            copies=len(found),
            reason=TWICE if twice else None,
            checked_at=self._clock.now(),
        )

    async def _watch_for_doubles(self, reply: Reply, thread: Conversation) -> None:
        taken = await self._outbox.bound(reply.ticket_id)
        others = {key for key, owner in taken.items() if owner != reply.entry_id}
        copies = len(find_reply(reply, thread, taken=others).found)
        rivals = await self._outbox.pending(reply.ticket_id)
        if any(rival.attempts and same_text(rival.text, reply.text) for rival in rivals):
            copies = reply.copies  # the second one may well be the rival's own
        if copies > 1:
            await self._update(reply, copies=copies, reason=TWICE)
        else:
            await self._update(reply, wait=self._wait(reply))

    async def _conclude_status(self, change: StatusChange, thread: Conversation) -> None:
        if is_done(change, thread):
            self._forget(change)
            at = self._clock.now()
            await self._update(change, DeliveryState.CONFIRMED, reason=None, checked_at=at)
        elif (
            change.state is DeliveryState.OUTCOME_UNKNOWN and change.attempts < MAX_STATUS_ATTEMPTS
        ):
            await self._update(change, DeliveryState.QUEUED)
        else:
            await self._not_seen(change, complete=thread.ticket.status is not None)

    async def _not_seen(
        self, entry: OutboxEntry, *, complete: bool, others: tuple[Message, ...] = ()
    ) -> None:
        if not complete:
            self._partial[entry.entry_id] += 1
        at = self._clock.now() if complete else entry.checked_at
        wait = self._wait(entry, counts=complete)
        if wait is None and entry.state is not DeliveryState.UNCONFIRMED:
            await self._hand_over(entry, _not_shown(entry, others), checked_at=at)
        elif self._partial[entry.entry_id] == len(self._policy.confirm_delays):
            await self._hand_over(entry, CUT_SHORT, checked_at=at)
        elif entry.state is DeliveryState.UNCONFIRMED:
            reason = _with_another(entry.reason or NOT_SHOWN, others)
            await self._update(entry, wait=wait, checked_at=at, reason=reason)
        else:
            await self._update(entry, wait=wait, checked_at=at)

    async def _hand_over(
        self, entry: OutboxEntry, reason: str, *, checked_at: datetime | None = None
    ) -> None:
        at = checked_at or entry.checked_at
        if entry.state is DeliveryState.UNCONFIRMED:
            await self._update(entry, wait=self._wait(entry), reason=reason, checked_at=at)
            return
        self._forget(entry)
        wait = self._policy.watch_delays[0]
        await self._update(
            entry, DeliveryState.UNCONFIRMED, wait=wait, reason=reason, checked_at=at
        )

    def _wait(self, entry: OutboxEntry, *, counts: bool | None = None) -> float | None:
        """Seconds to the next read, None after the last; a failed read does not count."""
        is_expected = entry.state in {DeliveryState.ACCEPTED, DeliveryState.OUTCOME_UNKNOWN}
        waits = self._policy.confirm_delays if is_expected else self._policy.watch_delays
        if counts or not is_expected:
            self._step[entry.entry_id] += 1
        step = self._step[entry.entry_id]
        return waits[step] if step < len(waits) else None

    async def _update(
        self,
        entry: OutboxEntry,
        to: DeliveryState | None = None,
        *,
        wait: float | None = None,
        **changes: object,
    ) -> OutboxEntry | None:
        """Write what is known and when to read again; nothing if the row moved on meanwhile."""
        at = None if wait is None else self._clock.now() + timedelta(seconds=wait)
        if to is None:
            kept = await self._outbox.change(entry, next_check_at=at, **changes)
        else:
            kept = await self._outbox.move(entry, to, next_check_at=at, **changes)
        if kept is not None:
            self._schedule.put(entry.entry_id, wait or 0)
        return self._announce(kept)

    def _forget(self, entry: OutboxEntry) -> None:
        self._step.pop(entry.entry_id, None)
        self._partial.pop(entry.entry_id, None)


def _not_shown(entry: OutboxEntry, others: tuple[Message, ...]) -> str:
    accepted = entry.state is DeliveryState.ACCEPTED
    missing = NOT_SHOWN_YET if accepted else NOT_SHOWN
    if isinstance(entry, StatusChange):
        missing = STATUS_NOT_SHOWN
    return _with_another(" ".join(filter(None, (entry.reason, missing))), others)


def _with_another(reason: str, others: tuple[Message, ...]) -> str:
    """The reason, with the message beside which nobody should send again unread."""
    known = reason.partition(f" {_ANOTHER}")[0]
    return f"{known} {_ANOTHER} {quoted(others[0])}." if others else known
