"""Looking for what was sent: only a read of the ticket confirms it, and a failed read is no read.

What is not found in a full ladder of good reads goes to a person; a later sight still heals it.
"""

import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from app.domain.clock import Clock
from app.domain.errors import ApiError, TicketNotFoundError
from app.domain.reply import Reply, ReplyState, same_text
from app.domain.ticket import Conversation, Message
from app.store.outbox import Outbox
from app.sync.agenda import Agenda, Timing
from app.sync.readback import (
    Sighting,
    changed_by_the_shop,
    is_done,
    look_for,
    quoted,
)

ReadTicket = Callable[[str], Awaitable[Conversation]]
"""Reads a ticket with a request of its own, past every cache, and keeps it in the copy."""

_HEALING = frozenset({ReplyState.UNCERTAIN, ReplyState.CONFIRMED})
_FOLLOWED = _HEALING | {ReplyState.ACCEPTED, ReplyState.UNKNOWN}
MAX_ORDER_ATTEMPTS = 3

GONE = "The ticket is gone; whether this reached the customer cannot be seen."
CUT_SHORT = "The ticket could not be read completely, so this could not be looked for."
ALIKE = "The ticket shows a message much like this one, but not the same: {}."
_ANOTHER = "Since then it shows another message of yours:"
NOT_SHOWN = "The ticket does not show it."
NOT_SHOWN_YET = "The Tickets API accepted it, but the ticket does not show it."
STATUS_NOT_SHOWN = "The ticket still has its old status."
INTERRUPTED = "The desk was interrupted while this left."
TWICE = "The customer received this more than once."

log = logging.getLogger(__name__)


class Confirming:
    """Follows every reply that may have left until it is seen or a person has it."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        read: ReadTicket,
        tell: Callable[[Reply | None], Reply | None],
        clock: Clock,
        agenda: Agenda,
        timing: Timing,
    ) -> None:
        self._outbox = outbox
        self._read = read
        self._tell = tell
        self._clock = clock
        self._agenda = agenda
        self._timing = timing
        self._looks: Counter[str] = Counter()
        self._partial: Counter[str] = Counter()
        self._doubtful: set[str] = set()
        self._stirred: set[str] = set()
        self._checking: str | None = None
        self.fails = False
        """whether the last look at a ticket found nobody to read it from"""
        self.leaving: str | None = None
        """the reply whose bytes are leaving right now"""

    async def check_next(self) -> float:
        """Do the first check that is due; the seconds until the next one is."""
        await self._look_at_stirred()
        nearest = math.inf
        watched = await self._outbox.watched()
        self._doubtful = {r.ticket_id for r in watched if r.state in _HEALING}
        for reply in watched:
            is_idle = reply.state is ReplyState.UNCERTAIN and reply.next_check_at is None
            if is_idle or reply.reply_id == self.leaving:
                continue
            wait = self._agenda.wait(reply.reply_id)
            if reply.state is ReplyState.INFLIGHT:
                await self.follow(reply, ReplyState.UNKNOWN, reason=INTERRUPTED, wait=0)
                return 0.0
            if wait <= 0:
                await self._check(reply)
                return 0.0
            nearest = min(nearest, wait)
        return nearest

    def stir(self, ticket_ids: frozenset[str]) -> bool:
        """Note that tickets have changed; whether a reply in one of them may now be seen."""
        stirred = (self._doubtful & ticket_ids) - {self._checking}
        self._stirred |= stirred
        return bool(stirred)

    async def follow(
        self, reply: Reply, to: ReplyState, *, reason: str | None = None, wait: float | None = None
    ) -> Reply | None:
        """Move a reply that may have left to `to`, and begin to look for it."""
        self._forget(reply)
        if wait == 0:
            self._looks[reply.reply_id] = -1  # a look at once comes before the ladder
        wait = self._timing.ladder[0] if wait is None else wait
        return await self._keep(reply, to, wait=wait, reason=reason)

    async def look_now(self, reply: Reply) -> None:
        """Check `reply` at once, because somebody asks or because its ticket has changed."""
        if reply.state in _FOLLOWED:
            await self._keep(reply, wait=0)

    async def settle(self, reply: Reply, thread: Conversation) -> None:
        """Draw the conclusion from a read that began after `reply` left."""
        if reply.state is ReplyState.CONFIRMED:
            await self._watch_for_doubles(reply, thread)
        elif reply.order is not None:
            await self._settle_order(reply, thread)
        else:
            taken = await self._outbox.bound(reply.ticket_id)
            sight = look_for(reply, thread, taken=taken)
            found = sight.found or await self._changed(reply, sight)
            if found:
                await self._confirm(reply, found)
            elif sight.alike:
                await self._hand_over(reply, ALIKE.format(quoted(sight.alike[0])))
            else:
                await self._not_seen(reply, complete=sight.complete, others=sight.fresh)

    async def _check(self, reply: Reply) -> None:
        if reply.state is ReplyState.REFUSED:  # a 429 whose pause is over
            await self._keep(reply, ReplyState.QUEUED)
            return
        self._checking = reply.ticket_id
        try:
            thread = await self._read(reply.ticket_id)
        except TicketNotFoundError:
            await self._hand_over(reply, GONE)
        except ApiError as error:
            log.info("read-back of %s failed: %s", reply.reply_id, type(error).__name__)
            self.fails = True
            await self._keep(reply, wait=self._wait(reply))
        else:
            self.fails = False
            await self.settle(reply, thread)
        finally:
            self._checking = None

    async def _look_at_stirred(self) -> None:
        if not self._stirred:
            return
        stirred = frozenset(self._stirred)
        for reply in await self._outbox.watched():
            if reply.ticket_id in stirred and reply.state in _HEALING:
                await self.look_now(reply)
        self._stirred -= stirred

    async def _changed(self, reply: Reply, sight: Sighting) -> tuple[Message, ...]:
        """What an accepted reply has become though the shop changed it; one that may not have
        been accepted is never recognised by anything but its text.
        """
        if reply.state is not ReplyState.ACCEPTED or not sight.complete:
            return ()
        attempted = await self._outbox.attempted(reply.ticket_id)
        rivals = [other.text for other in attempted if other.reply_id != reply.reply_id]
        return changed_by_the_shop(reply, sight.fresh, rivals=rivals)

    async def _confirm(self, reply: Reply, found: tuple[Message, ...]) -> None:
        twice = len(found) > 1
        self._forget(reply)
        await self._keep(
            reply,
            ReplyState.CONFIRMED,
            wait=self._timing.watch[0] if reply.attempts > 1 and not twice else None,
            message_id=found[0].id,
            copies=len(found),
            reason=TWICE if twice else None,
            checked_at=self._clock.now(),
        )

    async def _watch_for_doubles(self, reply: Reply, thread: Conversation) -> None:
        taken = await self._outbox.bound(reply.ticket_id)
        others = {key for key, owner in taken.items() if owner != reply.reply_id}
        copies = len(look_for(reply, thread, taken=others).found)
        rivals = await self._outbox.pending(reply.ticket_id)
        if any(rival.attempts and same_text(rival.text, reply.text) for rival in rivals):
            copies = reply.copies  # the second one may well be the rival's own
        if copies > 1:
            await self._keep(reply, copies=copies, reason=TWICE)
        else:
            await self._keep(reply, wait=self._wait(reply))

    async def _settle_order(self, reply: Reply, thread: Conversation) -> None:
        if is_done(reply, thread):
            self._forget(reply)
            at = self._clock.now()
            await self._keep(reply, ReplyState.CONFIRMED, reason=None, checked_at=at)
        elif reply.state is ReplyState.UNKNOWN and reply.attempts < MAX_ORDER_ATTEMPTS:
            await self._keep(reply, ReplyState.QUEUED)
        else:
            await self._not_seen(reply, complete=thread.ticket.status is not None)

    async def _not_seen(
        self, reply: Reply, *, complete: bool, others: tuple[Message, ...] = ()
    ) -> None:
        if not complete:
            self._partial[reply.reply_id] += 1
        at = self._clock.now() if complete else reply.checked_at
        wait = self._wait(reply, counts=complete)
        if wait is None and reply.state is not ReplyState.UNCERTAIN:
            await self._hand_over(reply, _not_shown(reply, others), checked_at=at)
        elif self._partial[reply.reply_id] == len(self._timing.ladder):
            await self._hand_over(reply, CUT_SHORT, checked_at=at)
        elif reply.state is ReplyState.UNCERTAIN:
            reason = _with_another(reply.reason or NOT_SHOWN, others)
            await self._keep(reply, wait=wait, checked_at=at, reason=reason)
        else:
            await self._keep(reply, wait=wait, checked_at=at)

    async def _hand_over(
        self, reply: Reply, reason: str, *, checked_at: datetime | None = None
    ) -> None:
        at = checked_at or reply.checked_at
        if reply.state is ReplyState.UNCERTAIN:
            await self._keep(reply, wait=self._wait(reply), reason=reason, checked_at=at)
            return
        self._forget(reply)
        wait = self._timing.watch[0]
        await self._keep(reply, ReplyState.UNCERTAIN, wait=wait, reason=reason, checked_at=at)

    def _wait(self, reply: Reply, *, counts: bool | None = None) -> float | None:
        """Seconds to the next look, None after the last; a ladder step passes only if it counts."""
        climbing = reply.state in {ReplyState.ACCEPTED, ReplyState.UNKNOWN}
        waits = self._timing.ladder if climbing else self._timing.watch
        if counts or not climbing:
            self._looks[reply.reply_id] += 1
        step = self._looks[reply.reply_id]
        return waits[step] if step < len(waits) else None

    async def _keep(
        self,
        reply: Reply,
        to: ReplyState | None = None,
        *,
        wait: float | None = None,
        **changes: object,
    ) -> Reply | None:
        """Write what is known and when to look again; nothing if the row moved on meanwhile."""
        at = None if wait is None else self._clock.now() + timedelta(seconds=wait)
        if to is None:
            kept = await self._outbox.note(reply, next_check_at=at, **changes)
        else:
            kept = await self._outbox.move(reply, to, next_check_at=at, **changes)
        if kept is not None:
            self._agenda.put(reply.reply_id, wait or 0)
        return self._tell(kept)

    def _forget(self, reply: Reply) -> None:
        self._looks.pop(reply.reply_id, None)
        self._partial.pop(reply.reply_id, None)


def _not_shown(reply: Reply, others: tuple[Message, ...]) -> str:
    accepted = reply.state is ReplyState.ACCEPTED
    missing = NOT_SHOWN_YET if accepted else NOT_SHOWN
    if reply.order is not None:
        missing = STATUS_NOT_SHOWN
    return _with_another(" ".join(filter(None, (reply.reason, missing))), others)


def _with_another(reason: str, others: tuple[Message, ...]) -> str:
    """The reason, with the message beside which nobody should send again unread."""
    known = reason.partition(f" {_ANOTHER}")[0]
    return f"{known} {_ANOTHER} {quoted(others[0])}." if others else known
