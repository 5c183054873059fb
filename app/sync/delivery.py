"""Sends what the outbox holds: one write at a time, each at most once by the machine.

A fresh read before, a commit before the first byte, one send, and then only reading: what may have
left is never sent again unless a person says so. An order to close or reopen may be repeated.
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
from app.domain.reply import Question, Reply, ReplyState, Stall
from app.domain.signals import Changes, Signal
from app.domain.ticket import Conversation, Status
from app.store.outbox import Outbox
from app.sync.agenda import Agenda, Timing
from app.sync.confirming import ALIKE, Confirming, ReadTicket
from app.sync.poll_loop import PollLoop
from app.sync.readback import is_done, look_for, question_before, quoted

UNCLEAR = frozenset({408, 409, 425})
"""4xx that do not say the request was without effect"""

RESTARTED = "The desk was restarted before this left."
PAUSED = "The shop asked for a pause."

_FACTS = {
    Question.WROTE_AGAIN: "The customer wrote again.",
    Question.ANSWERED: "Somebody else answered in the meantime.",
    Question.CHANGED: "The ticket was changed in the meantime.",
    Question.GONE: "The Tickets API does not know this ticket any more.",
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
        timing: Timing | None = None,
    ) -> None:
        self._client = client
        self._read = read
        self._outbox = outbox
        self._changes = changes
        self._clock = clock
        self._timing = timing or Timing()
        self._agenda = Agenda(clock)
        self._poll_loop = PollLoop(clock, faults=faults or Faults(clock), doing="sending replies")
        self.confirming = Confirming(
            outbox=outbox,
            read=read,
            tell=self._tell,
            clock=clock,
            agenda=self._agenda,
            timing=self._timing,
        )
        self._started = clock.now()
        self._telling = False
        changes.subscribe(self._heard)
        self._failures = 0
        self._not_before = -math.inf
        self._hurried: set[str] = set()
        self._lets_one_go = False
        self.stall: Stall | None = None
        """why nothing leaves at the moment"""

    async def run(self) -> None:
        """Deliver until cancelled; what leaves at that moment is looked for at the next start."""
        await self.resume()
        await self._poll_loop.run(self.send_next, self.confirming.check_next)

    def wake(self) -> None:
        """Look again what is due: something was added."""
        self._poll_loop.wake()

    def hurry(self, reply_id: str) -> None:
        """Take up a reply at once, pause or not: a person decided about it.

        The read before it leaves shows whether the API is well again.
        """
        self._agenda.put(reply_id, 0)
        self._hurried.add(reply_id)
        self._poll_loop.wake()

    async def try_now(self) -> None:
        """Let one reply go at once, pause or not: a person asked for it."""
        for reply in await self._outbox.watched():
            if reply.is_paused:
                self._agenda.put(reply.reply_id, 0)
        self._lets_one_go = self._pause_left > 0
        self._poll_loop.wake()

    async def resume(self) -> None:
        """Take up what the last run of the program left: a hold begins anew, a pause is kept."""
        now = self._clock.now()
        for reply in await self._outbox.unsettled():
            waits = reply.state is ReplyState.QUEUED and reply.question is None
            if waits and reply.written_at <= self._started:
                again = now + timedelta(seconds=self._timing.restart_hold)
                held = again if reply.send_at else None
                await self._outbox.note(reply, reason=RESTARTED, send_at=held)
            elif reply.is_paused and reply.next_check_at:
                left = (reply.next_check_at - now).total_seconds()
                wait = min(max(left, 0), self._timing.longest_pause)
                at = self._agenda.put(reply.reply_id, wait)
                await self._outbox.note(reply, next_check_at=at)

    async def send_next(self) -> float:
        """Send the first reply that may leave; the seconds until another one may."""
        try:
            return await self._send_next()
        except StoreError as error:
            await self._stall_for(Stall(reason=str(error)))
            raise

    async def _send_next(self) -> float:
        hurried, self._hurried = self._hurried, set()
        is_open = self._pause_left <= 0 or self._lets_one_go
        if not is_open and not hurried:
            return self._pause_left
        nearest = math.inf
        for reply in await self._outbox.sendable():
            wait = self._wait(reply)
            if wait <= 0 and (is_open or reply.reply_id in hurried):
                self._hurried = hurried - {reply.reply_id}
                self._lets_one_go = False
                await self._deliver(reply)
                return 0.0
            nearest = min(nearest, wait)
        await self._flows()
        return nearest if is_open else self._pause_left

    def _wait(self, reply: Reply) -> float:
        if reply.reply_id not in self._agenda:
            self._agenda.put(reply.reply_id, self._hold(reply))
        return self._agenda.wait(reply.reply_id)

    def _hold(self, reply: Reply) -> float:
        left = (reply.send_at - self._clock.now()).total_seconds() if reply.send_at else 0.0
        return min(max(left, 0.0), self._timing.longest_hold)

    async def _deliver(self, reply: Reply) -> None:
        self.confirming.leaving = reply.reply_id
        try:
            thread = await self._read(reply.ticket_id)
            self._failures = 0
            await self._decide(reply, thread)
            await self._flows()
        except TicketNotFoundError:
            await self._ask(reply, Question.GONE)
        except ApiError as error:
            await self._try_later(reply, error)
        finally:
            self.confirming.leaving = None

    async def _decide(self, reply: Reply, thread: Conversation) -> None:
        own = await self._outbox.bound(reply.ticket_id)
        if await self._settled_before(reply, thread, own=own):
            return
        if question := question_before(reply, thread, own=own):
            await self._ask(reply, question, thread)
        elif claimed := await self._claim(reply, thread):
            await self._flows()
            await self._conclude(claimed, await self._write(claimed), before=reply)

    async def _settled_before(
        self, reply: Reply, thread: Conversation, *, own: Container[str]
    ) -> bool:
        """Whether an earlier attempt, or somebody else's order, already did it."""
        if reply.order is None and reply.baseline is None:
            return False
        sight = look_for(reply, thread, taken=own)
        if sight.found or (reply.order is not None and is_done(reply, thread)):
            if claimed := await self._claim(reply, thread, sends=False):
                unknown = await self.confirming.follow(claimed, ReplyState.UNKNOWN)
                await self.confirming.settle(unknown or claimed, thread)
            return True
        if alike := [message for message in sight.alike if message.id not in reply.seen]:
            fact = ALIKE.format(quoted(alike[0]))
            await self._ask(reply, Question.SIMILAR, thread, fact=fact)
            return True
        return False

    async def _claim(
        self, reply: Reply, thread: Conversation, *, sends: bool = True
    ) -> Reply | None:
        """Commit that bytes may leave from now on; None when somebody took the reply back."""
        now = self._clock.now()
        first = frozenset(message.id for message in thread.messages)
        return self._tell(
            await self._outbox.move(
                reply,
                ReplyState.INFLIGHT,
                baseline=first if reply.baseline is None else reply.baseline,
                touched_at=thread.ticket.updated_at,
                sent_at=now if sends else reply.sent_at or now,
                attempts=reply.attempts + sends,
                reason=None,
                send_at=None,
            )
        )

    async def _write(self, reply: Reply) -> ApiError | None:
        try:
            if reply.order is not None:
                await self._client.set_status(reply.ticket_id, reply.order)
            else:
                await self._client.reply(
                    reply.ticket_id, reply.text, idempotency_key=reply.reply_id
                )
        except ApiError as error:
            return error
        return None

    async def _conclude(self, reply: Reply, error: ApiError | None, *, before: Reply) -> None:
        match error:
            case None:
                self._not_before = -math.inf
                await self.confirming.follow(reply, ReplyState.ACCEPTED, wait=0)
            case NotSentError():
                await self._return_unsent(reply, error, before=before)
            case RateLimitedError():
                await self._pause_after(reply, error)
            case RefusedError() | KeyRefusedError() | TicketNotFoundError() if _settles(
                error, before
            ):
                refused = await self._outbox.move(reply, ReplyState.REFUSED, reason=str(error))
                self._tell(refused)
            case _:
                await self.confirming.follow(reply, ReplyState.UNKNOWN, reason=str(error))

    async def _return_unsent(self, reply: Reply, error: ApiError, *, before: Reply) -> None:
        await self._pause(error)
        self._tell(
            await self._outbox.move(
                reply,
                ReplyState.QUEUED,
                baseline=before.baseline,
                sent_at=before.sent_at,
                attempts=before.attempts,
                reason=str(error),
            )
        )

    async def _pause_after(self, reply: Reply, error: RateLimitedError) -> None:
        wait = await self._pause(error, obeys=True)
        at = self._agenda.put(reply.reply_id, wait)
        self._tell(
            await self._outbox.move(
                reply,
                ReplyState.REFUSED,
                pauses=reply.pauses + 1,
                reason=str(error),
                next_check_at=at,
            )
        )

    async def _ask(
        self,
        reply: Reply,
        question: Question,
        thread: Conversation | None = None,
        *,
        fact: str = "",
    ) -> None:
        changes: dict[str, object] = {"question": question, "reason": fact or _FACTS[question]}
        if thread is not None:
            changes["seen"] = frozenset(message.id for message in thread.messages)
            changes["touched_at"] = thread.ticket.updated_at
        self._tell(await self._outbox.note(reply, **changes))

    async def _try_later(self, reply: Reply, error: ApiError) -> None:
        if isinstance(error, UnreachableError | RateLimitedError | KeyRefusedError):
            await self._pause(error)
        else:
            self._failures += 1
            self._agenda.put(reply.reply_id, self._timing.retry_wait(self._failures))
        if reply.reason != str(error):
            self._tell(await self._outbox.note(reply, reason=str(error)))

    @property
    def _pause_left(self) -> float:
        return self._not_before - self._clock.monotonic()

    async def _pause(self, error: ApiError, *, obeys: bool = False) -> float:
        """Hold back every write for a while, but for what a person asks for; the seconds.

        A pause is obeyed when it answers a write; whatever else asks for one, the next try comes
        soon, unless it falls into such a pause.
        """
        self._failures += 1
        wait, stall = self._timing.retry_wait(self._failures), Stall(reason=str(error))
        if isinstance(error, RateLimitedError):
            longest = self._timing.longest_pause if obeys else self._timing.probe
            wait = min(max(error.retry_after, 0.0), longest)
            at = self._clock.now() + timedelta(seconds=wait)
            stall = Stall(reason=PAUSED, next_try_at=at)
        if obeys or wait > self._pause_left:
            self._not_before = self._clock.monotonic() + wait
            await self._stall_for(stall)
        return wait

    async def _flows(self) -> None:
        """Say that nothing holds back what is queued, unless a pause goes on."""
        if self._pause_left <= 0:
            await self._stall_for(None)

    async def _stall_for(self, stall: Stall | None) -> None:
        """Tell the screens of everything that is queued why it waits, or that it goes on."""
        if stall == self.stall:
            return
        unsettled = await self._outbox.unsettled()
        self.stall = stall
        queued = {reply.ticket_id for reply in unsettled if reply.state is ReplyState.QUEUED}
        self._emit(frozenset(queued))

    def _heard(self, changes: Changes) -> None:
        """Look again for what nobody could find in a ticket that has changed now."""
        if not self._telling and self.confirming.stir(changes.tickets):
            self._poll_loop.wake()

    def _tell(self, reply: Reply | None) -> Reply | None:
        if reply is not None:
            self._emit(frozenset({reply.ticket_id}))
            self._poll_loop.wake()
        return reply

    def _emit(self, ticket_ids: frozenset[str]) -> None:
        self._telling = True
        try:
            self._changes.emit(Changes(tickets=ticket_ids))
        finally:
            self._telling = False


def _settles(refusal: ApiError, before: Reply) -> bool:
    """Whether nothing of the reply can be with the customer: a refusal speaks for its own attempt.

    An order is different: the ticket itself shows what became of its earlier attempts.
    """
    is_clear = not (isinstance(refusal, RefusedError) and refusal.status in UNCLEAR)
    return is_clear and (before.order is not None or not before.attempts)
