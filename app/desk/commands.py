"""The orders a seller can give; each returns once it is durable, delivery does the rest."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import uuid4

from app.domain.carried import carried_out
from app.domain.clock import Clock
from app.domain.draft import Draft
from app.domain.errors import ReplyError, SettingsError
from app.domain.reply import (
    LONGEST_UNDO,
    UNDO_SECONDS,
    Decision,
    Reply,
    ReplyState,
    readable,
    whole_characters,
)
from app.domain.signals import Changes, Signal
from app.domain.ticket import Status
from app.store.local import Local
from app.store.outbox import Outbox
from app.sync.delivery import Delivery

T = TypeVar("T")


class Reader(Protocol):
    """What the desk asks of whoever reads the tickets."""

    def set_open_ticket(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` has this ticket open now, None for no ticket."""

    async def refresh_now(self) -> None:
        """Read the list and the open tickets without waiting for their turn."""


class Commands:
    """Takes orders; what was ordered is done and told of, also when who ordered it has left.

    Units: `hold_seconds` is how long a reply can be undone, unless set anew."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        local: Local,
        delivery: Delivery,
        reader: Reader,
        changes: Signal[Changes],
        clock: Clock,
        hold_seconds: float = UNDO_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._local = local
        self._delivery = delivery
        self._reader = reader
        self._changes = changes
        self._clock = clock
        self._hold_seconds = hold_seconds

    def set_open_ticket(self, viewer: object, ticket_id: str | None) -> None:
        """`viewer` has this ticket open now, so it is read more often; None for no ticket."""
        self._reader.set_open_ticket(viewer, ticket_id)

    @carried_out
    async def refresh_now(self) -> None:
        """Read the list and the open tickets now, and let a reply that waits try to leave."""
        await self._reader.refresh_now()
        await self._delivery.try_now()

    @carried_out
    async def reply(
        self,
        ticket_id: str,
        reply_id: str,
        text: str,
        *,
        seen: frozenset[str] = frozenset(),
        then_close: bool = False,
    ) -> datetime | None:
        """Put a reply into the outbox; the draft that holds its text goes with it.

        Shape:  when it leaves, if it can be taken back until then;
                `reply_id` was made when the box was opened, so a second click is the same reply;
                `seen` are the message ids shown then, empty when not known.
        Errors: ReplyError, StoreError; then nothing was sent and the draft is untouched.
        """
        text, hold, now = readable(text), await self._hold(), self._clock.now()
        reply = Reply(
            reply_id=reply_id,
            ticket_id=ticket_id,
            written_at=now,
            text=text,
            seen=seen,
            then_close=then_close,
            send_at=now + hold if hold else None,
        )
        kept = await self._outbox.enqueue(reply)
        if kept.text != reply.text or kept.state is ReplyState.CANCELLED:
            raise ReplyError("This box has already sent another text. Press Send once more.")
        self._told(ticket_id)
        return kept.send_at

    @carried_out
    async def set_status(
        self, ticket_id: str, status: Status, *, seen: frozenset[str] = frozenset()
    ) -> None:
        """Order a ticket closed or reopened; a newer order replaces one that has not left.

        Shape:  `seen` as in `reply`.
        Errors: StoreError.
        """
        await self._outbox.enqueue(self._order(ticket_id, status, seen=seen))
        self._told(ticket_id)

    @carried_out
    async def set_statuses(self, ticket_ids: Sequence[str], status: Status) -> None:
        """Order many tickets closed or reopened.

        Errors: StoreError; the tickets before the failure are then ordered.
        """
        done: list[str] = []
        try:
            for ticket_id in ticket_ids:
                await self._outbox.enqueue(self._order(ticket_id, status))
                done.append(ticket_id)
        finally:
            self._told(*done)

    @carried_out
    async def decide(self, reply_id: str, decision: Decision) -> str | None:
        """Do what a person decided about a reply.

        Shape:  for DRAFT and UNDO the text that goes back into the box, else None.
        Errors: ReplyError when it is too late for that; StoreError.
        """
        reply = await self._outbox.find(reply_id)
        if reply is None:
            raise ReplyError("This reply is no longer kept here.")
        text = await self._decide(reply, decision)
        self._told(reply.ticket_id)
        if decision in {Decision.RESEND, Decision.CHECK}:
            await self._try_api(in_pause=reply.is_paused)
        self._delivery.hurry(reply_id)
        return text

    @carried_out
    async def check_all(self) -> None:
        """Look once more, at once, for every reply of which nobody knows whether it arrived.

        Errors: StoreError.
        """
        doubtful = [r for r in await self._outbox.undecided() if r.state is ReplyState.UNCERTAIN]
        for reply in doubtful:
            await self._delivery.confirming.look_now(reply)
        self._told(*(reply.ticket_id for reply in doubtful))
        await self._try_api()
        for reply in doubtful:
            self._delivery.hurry(reply.reply_id)

    @carried_out
    async def save_draft(
        self, ticket_id: str, text: str, *, onto: Draft | None = None
    ) -> Draft | None:
        """Keep what is in the reply box and was typed onto the draft `onto`; blank for nothing.

        Shape:  the draft that holds it now: another one when `onto` has become another text.
        Errors: StoreError.
        """
        saved = await self._local.save_draft(ticket_id, whole_characters(text), onto=onto)
        self._told_of_drafts(ticket_id, has_turned=saved.has_turned)
        return saved.draft

    @carried_out
    async def join_drafts(self, ticket_id: str, own: Draft, other: Draft) -> Draft | None:
        """Put `other` below `own`; None when either has become another text meanwhile.

        Errors: StoreError.
        """
        joined = await self._local.join_drafts(own, other)
        self._told_of_drafts(ticket_id)
        return joined

    @carried_out
    async def discard_draft(self, ticket_id: str, draft: Draft) -> None:
        """Forget a text that stands beside another one, unless it was changed meanwhile.

        Errors: StoreError.
        """
        await self._local.drop_draft(draft)
        self._told_of_drafts(ticket_id)

    async def set_undo_seconds(self, seconds: int) -> None:
        """From now on replies wait so long for an undo; what is on its way keeps its time.

        Errors: SettingsError, StoreError; then nothing is changed.
        """
        if not 0 <= seconds <= LONGEST_UNDO:
            raise SettingsError(
                f"Undo takes 0 to {LONGEST_UNDO} seconds, not {seconds:,}. "
                "Choose a number between; what was set before still holds."
            )
        await self._local.save_undo_seconds(seconds)

    async def _hold(self) -> timedelta:
        chosen = await self._local.undo_seconds()
        return timedelta(seconds=self._hold_seconds if chosen is None else chosen)

    async def _try_api(self, *, in_pause: bool = False) -> None:
        """Let one request into whatever pause the client keeps, which may end it."""
        if in_pause or self._delivery.stall or self._delivery.confirming.fails:
            await self._reader.refresh_now()

    async def _decide(self, reply: Reply, decision: Decision) -> str | None:
        match decision, reply.state:
            case Decision.CHECK, _:
                await self._delivery.confirming.look_now(reply)
                return None
            case Decision.RESEND, ReplyState.QUEUED:
                moved = await self._outbox.answer(reply)
            case Decision.RESEND, ReplyState.UNCERTAIN | ReplyState.REFUSED:
                moved = await self._outbox.approve(reply)
            case Decision.DRAFT, ReplyState.UNCERTAIN | ReplyState.REFUSED:
                return _in_time(await self._outbox.take_back(reply))
            case Decision.UNDO | Decision.DRAFT, _:
                return _in_time(await self._take_back(reply))
            case _:
                moved = None
        _in_time(moved)
        return None

    async def _take_back(self, reply: Reply) -> str | None:
        """Take back what has not left yet, also if its pause ends at this moment."""
        tried: Reply | None = None
        now: Reply | None = reply
        while now is not None and now != tried:
            if now.state is not ReplyState.QUEUED and not now.is_paused:
                return None
            if (text := await self._outbox.take_back(now)) is not None:
                return text
            tried, now = now, await self._outbox.find(reply.reply_id)
        return None

    def _order(
        self, ticket_id: str, status: Status, *, seen: frozenset[str] = frozenset()
    ) -> Reply:
        return Reply(
            reply_id=uuid4().hex,
            ticket_id=ticket_id,
            written_at=self._clock.now(),
            order=status,
            seen=seen,
        )

    def _told_of_drafts(self, ticket_id: str, *, has_turned: bool = False) -> None:
        named = frozenset({ticket_id})
        self._changes.emit(Changes(drafts=named, tickets=named if has_turned else frozenset()))

    def _told(self, *ticket_ids: str) -> None:
        self._changes.emit(Changes(tickets=frozenset(ticket_ids)))
        self._delivery.wake()


def _in_time(result: T | None) -> T:
    if result is None:
        raise ReplyError("Too late for that: the reply has moved on. Look at it again.")
    return result
