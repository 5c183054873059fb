"""Sends what the outbox holds: one write at a time, each at most once by the machine.

A fresh read before, a commit before the first byte, one send, and then only reading: what may have
left is never sent again unless a person says so. A status change may be repeated.
"""

import math
from collections.abc import Container
from datetime import timedelta
from typing import Protocol

from app.domain.clock import Clock
from app.domain.errors import (
    ApiError,
    KeyRefusedError,
    NotSentError,
    RateLimitedError,
    RefusedError,
    StoreError,
    TicketNotFoundError,
    UnreachableError,
)
from app.domain.faults import Faults
from app.domain.outbox_entry import (
    DeliveryState,
    OutboxEntry,
    ReviewReason,
    Stall,
    StatusChange,
)
from app.domain.signals import Changes, Signal
from app.domain.ticket import Conversation, Message, Status
from app.store.outbox.outbox import Outbox
from app.sync.delivery.reconciler import SIMILAR, ReadTicket, Reconciler
from app.sync.delivery.reply_matching import find_reply, is_done, quoted, review_reason_for
from app.sync.delivery.schedule import RetryPolicy, Schedule
from app.sync.poll_loop import PollLoop

UNCLEAR = frozenset({408, 409, 425})
"""4xx that do not say the request was without effect"""

RESTARTED = "The desk was restarted before this left."
PAUSED = "The shop asked for a pause."

_FACTS = {
    ReviewReason.CUSTOMER_REPLIED: "The customer wrote again.",
    ReviewReason.ANSWERED: "Somebody else answered in the meantime.",
    ReviewReason.CHANGED: "The ticket was changed in the meantime.",
    ReviewReason.GONE: "The Tickets API does not know this ticket any more.",
}


class Writer(Protocol):
    """The writing half of the client; returns once accepted, its errors say what is known."""

    async def reply(self, ticket_id: str, text: str, *, idempotency_key: str) -> None:
        """Add a message from the seller."""

    async def set_status(self, ticket_id: str, status: Status) -> None:
        """Close or reopen."""


class Delivery:
    """The two loops between outbox and API: one sends, one looks for what was sent."""

    def __init__(
        self,
        *,
        client: Writer,
        read: ReadTicket,
        outbox: Outbox,
        changes: Signal[Changes],
        clock: Clock,
        faults: Faults | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._client = client
        self._read = read
        self._outbox = outbox
        self._changes = changes
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self._schedule = Schedule(clock)
        self._poll_loop = PollLoop(clock, faults=faults or Faults(clock), doing="sending replies")
        self.reconciler = Reconciler(
            outbox=outbox,
            read=read,
            announce=self._announce,
            clock=clock,
            schedule=self._schedule,
            policy=self._policy,
        )
        self._started = clock.now()
        self._is_emitting = False
        changes.subscribe(self._on_changes)
        self._failures = 0
        self._not_before = -math.inf
        self._urgent: set[str] = set()
        self._lets_one_go = False
        self.stall: Stall | None = None
        """why nothing leaves at the moment"""

    async def run(self) -> None:
        """Deliver until cancelled; what leaves at that moment is looked for at the next start."""
        await self.resume()
        await self._poll_loop.run(self.send_next, self.reconciler.check_next)

    def wake(self) -> None:
        """Look again what is due: something was added."""
        self._poll_loop.wake()

    def send_soon(self, entry_id: str) -> None:
        """Take up an entry at once, pause or not: a person decided about it.

        The read before it leaves shows whether the API is well again.
        """
        self._schedule.put(entry_id, 0)
        self._urgent.add(entry_id)
        self._poll_loop.wake()

    async def try_now(self) -> None:
        """Let one entry go at once, pause or not: a person asked for it."""
        for entry in await self._outbox.watched():
            if entry.is_paused:
                self._schedule.put(entry.entry_id, 0)
        self._lets_one_go = self._pause_left > 0
        self._poll_loop.wake()

    async def resume(self) -> None:
        """Take up what the last run left: an undo window begins anew, a pause is kept."""
        now = self._clock.now()
        for entry in await self._outbox.unsettled():
            waits = entry.state is DeliveryState.QUEUED and entry.review_reason is None
            if waits and entry.written_at <= self._started:
                again = now + timedelta(seconds=self._policy.restart_undo_window)
                sends_at = again if entry.sends_at else None
                await self._outbox.change(entry, reason=RESTARTED, sends_at=sends_at)
            elif entry.is_paused and entry.next_check_at:
                left = (entry.next_check_at - now).total_seconds()
                wait = min(max(left, 0), self._policy.longest_pause)
                at = self._schedule.put(entry.entry_id, wait)
                await self._outbox.change(entry, next_check_at=at)

    async def send_next(self) -> float:
        """Send the first entry that may leave; the seconds until another one may."""
        try:
            return await self._send_next()
        except StoreError as error:
            await self._stall_for(Stall(reason=str(error)))
            raise

    async def _send_next(self) -> float:
        urgent, self._urgent = self._urgent, set()
        is_open = self._pause_left <= 0 or self._lets_one_go
        if not is_open and not urgent:
            return self._pause_left
        nearest = math.inf
        for entry in await self._outbox.sendable():
            wait = self._wait(entry)
            if wait <= 0 and (is_open or entry.entry_id in urgent):
                self._urgent = urgent - {entry.entry_id}
                self._lets_one_go = False
                await self._deliver(entry)
                return 0.0
            nearest = min(nearest, wait)
        await self._clear_stall()
        return nearest if is_open else self._pause_left

    def _wait(self, entry: OutboxEntry) -> float:
        if entry.entry_id not in self._schedule:
            self._schedule.put(entry.entry_id, self._undo_window(entry))
        return self._schedule.wait(entry.entry_id)

    def _undo_window(self, entry: OutboxEntry) -> float:
        left = (entry.sends_at - self._clock.now()).total_seconds() if entry.sends_at else 0.0
        return min(max(left, 0.0), self._policy.longest_undo_window)

    async def _deliver(self, entry: OutboxEntry) -> None:
        self.reconciler.leaving = entry.entry_id
        try:
            thread = await self._read(entry.ticket_id)
            self._failures = 0
            await self._send_after(thread, entry)
            await self._clear_stall()
        except TicketNotFoundError:
            await self._request_review(entry, ReviewReason.GONE)
        except ApiError as error:
            await self._try_later(entry, error)
        finally:
            self.reconciler.leaving = None

    async def _send_after(self, thread: Conversation, entry: OutboxEntry) -> None:
        """Send `entry` unless this fresh read shows it, or a reason for a person to decide."""
        own = await self._outbox.bound(entry.ticket_id)
        if await self._is_there_already(entry, thread, own=own):
            return
        if reason := review_reason_for(entry, thread, own=own):
            await self._request_review(entry, reason, thread)
        elif claimed := await self._claim(entry, thread):
            await self._clear_stall()
            await self._handle_outcome(claimed, await self._write(claimed), before=entry)

    async def _is_there_already(
        self, entry: OutboxEntry, thread: Conversation, *, own: Container[str]
    ) -> bool:
        """Whether an earlier attempt, or somebody else, may have done it."""
        similar = list[Message]()
        if isinstance(entry, StatusChange):
            is_sent = is_done(entry, thread)
        elif entry.baseline is None:
            return False
        else:
            match = find_reply(entry, thread, taken=own)
            is_sent = bool(match.found)
            similar += [message for message in match.similar if message.id not in entry.seen]
        if is_sent:
            if claimed := await self._claim(entry, thread, sends=False):
                unknown = await self.reconciler.track(claimed, DeliveryState.OUTCOME_UNKNOWN)
                await self.reconciler.conclude(unknown or claimed, thread)
        elif similar:
            fact = SIMILAR.format(quoted(similar[0]))
            await self._request_review(entry, ReviewReason.SIMILAR, thread, fact=fact)
        return is_sent or bool(similar)

    async def _claim(
        self, entry: OutboxEntry, thread: Conversation, *, sends: bool = True
    ) -> OutboxEntry | None:
        """Commit that bytes may leave from now on; None when somebody took the entry back."""
        now = self._clock.now()
        first = frozenset(message.id for message in thread.messages)
        return self._announce(
            await self._outbox.move(
                entry,
                DeliveryState.INFLIGHT,
                baseline=first if entry.baseline is None else entry.baseline,
                ticket_updated_at=thread.ticket.updated_at,
                sent_at=now if sends else entry.sent_at or now,
                attempts=entry.attempts + sends,
                reason=None,
                sends_at=None,
            )
        )

    async def _write(self, entry: OutboxEntry) -> ApiError | None:
        try:
            if isinstance(entry, StatusChange):
                await self._client.set_status(entry.ticket_id, entry.status)
            else:
                await self._client.reply(
                    entry.ticket_id, entry.text, idempotency_key=entry.entry_id
                )
        except ApiError as error:
            return error
        return None

    async def _handle_outcome(
        self, entry: OutboxEntry, error: ApiError | None, *, before: OutboxEntry
    ) -> None:
        match error:
            case None:
                self._not_before = -math.inf
                await self.reconciler.track(entry, DeliveryState.ACCEPTED, wait=0)
            case NotSentError():
                await self._return_unsent(entry, error, before=before)
            case RateLimitedError():
                await self._pause_after(entry, error)
            case RefusedError() | KeyRefusedError() | TicketNotFoundError() if _settles(
                error, before
            ):
                refused = await self._outbox.move(entry, DeliveryState.REFUSED, reason=str(error))
                self._announce(refused)
            case _:
                await self.reconciler.track(entry, DeliveryState.OUTCOME_UNKNOWN, reason=str(error))

    async def _return_unsent(
        self, entry: OutboxEntry, error: ApiError, *, before: OutboxEntry
    ) -> None:
        await self._pause(error)
        self._announce(
            await self._outbox.move(
                entry,
                DeliveryState.QUEUED,
                baseline=before.baseline,
                sent_at=before.sent_at,
                attempts=before.attempts,
                reason=str(error),
            )
        )

    async def _pause_after(self, entry: OutboxEntry, error: RateLimitedError) -> None:
        wait = await self._pause(error, obeys=True)
        at = self._schedule.put(entry.entry_id, wait)
        self._announce(
            await self._outbox.move(
                entry,
                DeliveryState.REFUSED,
                pauses=entry.pauses + 1,
                reason=str(error),
                next_check_at=at,
            )
        )

    async def _request_review(
        self,
        entry: OutboxEntry,
        why: ReviewReason,
        thread: Conversation | None = None,
        *,
        fact: str = "",
    ) -> None:
        changes: dict[str, object] = {"review_reason": why, "reason": fact or _FACTS[why]}
        if thread is not None:
            changes["seen"] = frozenset(message.id for message in thread.messages)
            changes["ticket_updated_at"] = thread.ticket.updated_at
        self._announce(await self._outbox.change(entry, **changes))

    async def _try_later(self, entry: OutboxEntry, error: ApiError) -> None:
        if isinstance(error, UnreachableError | RateLimitedError | KeyRefusedError):
            await self._pause(error)
        else:
            self._failures += 1
            self._schedule.put(entry.entry_id, self._policy.retry_delay(self._failures))
        if entry.reason != str(error):
            self._announce(await self._outbox.change(entry, reason=str(error)))

    @property
    def _pause_left(self) -> float:
        return self._not_before - self._clock.monotonic()

    async def _pause(self, error: ApiError, *, obeys: bool = False) -> float:
        """Hold back every write for a while, but for what a person asks for; the seconds.

        A pause is obeyed when it answers a write; whatever else asks for one, the next try comes
        soon, unless it falls into such a pause.
        """
        self._failures += 1
        wait, stall = self._policy.retry_delay(self._failures), Stall(reason=str(error))
        if isinstance(error, RateLimitedError):
            longest = self._policy.longest_pause if obeys else self._policy.probe_delay
            wait = min(max(error.retry_after, 0.0), longest)
            at = self._clock.now() + timedelta(seconds=wait)
            stall = Stall(reason=PAUSED, next_try_at=at)
        if obeys or wait > self._pause_left:
            self._not_before = self._clock.monotonic() + wait
            await self._stall_for(stall)
        return wait

    async def _clear_stall(self) -> None:
        """Say that nothing holds back what is queued, unless a pause goes on."""
        if self._pause_left <= 0:
            await self._stall_for(None)

    async def _stall_for(self, stall: Stall | None) -> None:
        """Tell the screens of everything that is queued why it waits, or that it goes on."""
        if stall == self.stall:
            return
        unsettled = await self._outbox.unsettled()
        self.stall = stall
        queued = {entry.ticket_id for entry in unsettled if entry.state is DeliveryState.QUEUED}
        self._emit(frozenset(queued))

    def _on_changes(self, changes: Changes) -> None:
        """Look again for what nobody could find in a ticket that has changed now."""
        if not self._is_emitting and self.reconciler.mark_changed(changes.tickets):
            self._poll_loop.wake()

    def _announce(self, entry: OutboxEntry | None) -> OutboxEntry | None:
        if entry is not None:
            self._emit(frozenset({entry.ticket_id}))
            self._poll_loop.wake()
        return entry

    def _emit(self, ticket_ids: frozenset[str]) -> None:
        self._is_emitting = True
        try:
            self._changes.emit(Changes(tickets=ticket_ids))
        finally:
            self._is_emitting = False


def _settles(refusal: ApiError, before: OutboxEntry) -> bool:
    """Whether nothing of the reply can be with the customer: a refusal speaks for its own attempt.

    A status change is different: the ticket itself shows what became of its earlier attempts.
    """
    is_clear = not (isinstance(refusal, RefusedError) and refusal.status in UNCLEAR)
    return is_clear and (isinstance(before, StatusChange) or not before.attempts)
