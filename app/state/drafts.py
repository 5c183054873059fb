"""Unsent text of a reply or of a private note: the protocol between its box, this tab and the
stored drafts.

The browser owns the text on its screen and numbers every edit that it sends: the `revision`. Once
an edit is stored the tab answers with its number, the `acked_revision`; until then the browser
keeps the text in its own storage as well, and hands it to `recover_draft` from the page it opens
next, whichever that is.

The tab may push another text into the box: one that was typed in another window, or that came back
by Undo. Each push has a number, and every edit names the push it was typed onto, its `base`. The
browser takes a push over only if all of its edits had been acknowledged by then. So an edit on an
older base was typed by somebody who has not seen the newer text: both are kept, side by side.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.desk.commands import Commands
from app.desk.desk import Desk
from app.domain.clock import Clock
from app.domain.errors import DeskError, ReplyError
from app.domain.outbox_entry import Draft, DraftKind
from app.state.formatting import error_notice
from app.state.reactive import Debouncer
from components.data import NOTE_ENDING, WIRE_LIMIT, NoticeData
from components.i18n import _

SAVE_AFTER_SECONDS = 0.2
"""with the 0.4 s that the box itself waits, a key is saved well within a second"""


@dataclass(slots=True, kw_only=True)
class DraftBuffer:
    """The reply box of one ticket as the tab knows it; the browser may be some keys ahead."""

    ticket_id: str
    text: str = ""
    revision: int = 0
    """of the browser's newest edit; it counts on over all tickets of one page"""
    acked_revision: int = 0
    base: int = 0
    """number of the newest push, and what the newest edit must have been typed onto"""
    pushed: str = ""
    pushed_after: int = 0
    """the text of the newest push, and `acked_revision` at that time"""
    own: Draft | None = None
    others: tuple[Draft, ...] = ()
    """drafts of the same reply that were typed elsewhere at the same time"""
    unsaved: bool = False
    displaced: tuple[str, ...] = ()
    """texts to be stored beside the one in the box: nobody has seen both"""
    sending: bool = False
    version: int = 0
    """grows with each change made here: drafts read at an older version are stale"""
    _pushes: int = 0

    def edit(self, text: str, base: int, revision: int) -> None:
        """Take the browser's edit over; what was typed onto another base stands beside that."""
        self.version += 1
        if base != self.base:
            self._leave_own(text)
            if self.unsaved and self.text not in text:
                self.displaced += (self.text,)  # pushed, not stored yet, and not taken over
        self.text, self.base, self.revision = text, base, revision
        self.unsaved = True

    def push(self, text: str) -> None:
        """Give it another text, which the browser takes over unless something was typed."""
        self._pushes += 1
        self.base, self.pushed, self.pushed_after = self._pushes, text, self.acked_revision
        self.text = text
        self.version += 1

    def push_again(self) -> None:
        """Give a browser that draws the box anew what it holds."""
        self.push(self.text)

    def clear_sent(self, sent: str) -> None:
        """Its reply is on its way; nothing is left of it unless something was typed since."""
        self.sending = False
        if self.text == sent:
            self.text, self.own, self.unsaved = "", None, False
            self.acked_revision = self.revision
            self.version += 1

    def follow(self, drafts: tuple[Draft, ...]) -> None:
        """Take over what others made of the draft; what is not its own stands beside it."""
        own = self._own_of(drafts)
        text = own.text if own else ""
        if text != self.text and (own or self.text.strip()):
            self.push(text)
        self.own = own
        self.others = tuple(draft for draft in drafts if not own or draft.number != own.number)

    def _leave_own(self, text: str) -> None:
        """Stand beside the draft from now on, unless all of it is in `text`."""
        if self.own and self.own.text not in text:
            self.others += (self.own,)
            self.own = None

    def _own_of(self, drafts: tuple[Draft, ...]) -> Draft | None:
        """Its own draft as it is now, or the one that took its place; one beside it is no such."""
        if self.own is None:
            beside = {draft.number for draft in self.others}
            return next((draft for draft in drafts if draft.number not in beside), None)
        number = self.own.number
        return next((d for d in drafts if d.number == number), next(iter(drafts), None))


class TabDrafts:
    """The buffers of one tab, stored soon after the last edit; one save at a time, in order."""

    def __init__(
        self,
        commands: Commands,
        *,
        kind: DraftKind = DraftKind.REPLY,
        clock: Clock,
        on_trouble: Callable[[NoticeData | None], None],
        on_saved: Callable[[str, int], None],
    ) -> None:
        self._commands, self._kind = commands, kind
        self._on_trouble, self._on_saved = on_trouble, on_saved
        self._buffers: dict[str, DraftBuffer] = {}
        self._failed = False
        self._one_at_a_time = asyncio.Lock()
        self._soon = Debouncer(self.save, clock=clock, delay=SAVE_AFTER_SECONDS)

    def buffer(self, ticket_id: str) -> DraftBuffer:
        """The buffer of a ticket, as this tab left it."""
        return self._buffers.setdefault(ticket_id, DraftBuffer(ticket_id=ticket_id))

    def edit(self, ticket_id: str, text: str, base: int, revision: int) -> None:
        """Store `text` soon; a later text of the same ticket takes its place."""
        self.buffer(ticket_id).edit(text, base, revision)
        self._soon.trigger()

    def follow(self, ticket_id: str, drafts: tuple[Draft, ...], *, version: int) -> None:
        """Let a buffer follow `drafts` that were read at `version` of it; else they are stale.

        What is typed here and on its way to the store comes first: the desk tells once it is there.
        """
        buffer = self.buffer(ticket_id)
        if buffer.version == version and not (buffer.unsaved or buffer.displaced or buffer.sending):
            buffer.follow(drafts)

    async def save(self) -> None:
        """Store everything now; what cannot be stored is tried again with the next edit."""
        async with self._one_at_a_time:
            for buffer in [b for b in self._buffers.values() if b.unsaved or b.displaced]:
                try:
                    await self._save(buffer)
                except Exception as error:  # noqa: BLE001  # typing goes on, the person is told
                    self._failed = True
                    kept = _("The draft is only in this window until it can be saved.")
                    self._on_trouble(error_notice(error, kept=kept))
                    return
            if self._failed:
                self._failed = False
                self._on_trouble(None)

    async def append(self, buffer: DraftBuffer, other: Draft) -> None:
        """Put a text that stands beside the draft below what is in the box.

        Raises: ReplyError when both together are too long for it; StoreError.
        """
        await self.save()
        if buffer.unsaved:
            return  # the person has been told why
        own = buffer.own
        if len(other.text) + len(own.text if own else "") > WIRE_LIMIT:
            raise ReplyError("Together the two texts are too long for this box.")
        joined = await self._commands.join_drafts(buffer.ticket_id, own, other) if own else other
        if joined is not None:
            buffer.own = joined
            buffer.push(joined.text)

    async def close(self) -> None:
        """Store what is left."""
        await self._soon.close()
        await self.save()

    async def _save(self, buffer: DraftBuffer) -> None:
        for text in buffer.displaced:
            await self._commands.save_draft(buffer.ticket_id, text, kind=self._kind)
            buffer.displaced = tuple(other for other in buffer.displaced if other != text)
            buffer.version += 1
        if not buffer.unsaved:
            return
        text, version, revision = buffer.text, buffer.version, buffer.revision
        buffer.own = await self._commands.save_draft(
            buffer.ticket_id, text, onto=buffer.own, kind=self._kind
        )
        buffer.unsaved = buffer.version != version
        buffer.version += 1  # drafts that were read before this save know nothing of it
        buffer.acked_revision = revision
        self._on_saved(buffer.ticket_id, revision)


async def recover_draft(desk: Desk, key: str, text: str, onto: str, reply_id: str) -> bool:
    """Store what a browser kept when its page, or the desk, went away; False when it cannot be.

    It takes the place of the draft it was typed onto, or of one whose words it begins with: the
    page ended before it heard that these were stored. Else it stands beside what has become of that
    draft. The text of a reply that is in the outbox is no draft again, also if that happens
    meanwhile.
    """
    queries, commands = desk.queries, desk.commands
    ticket_id = key.removesuffix(NOTE_ENDING)
    kind = DraftKind.REPLY if ticket_id == key else DraftKind.NOTE
    try:
        if reply_id and await queries.reply(reply_id):
            return True
        drafts = await queries.drafts(ticket_id, kind=kind)
        known = [draft for draft in drafts if draft.text == onto]
        begun = [draft for draft in drafts if text.startswith(draft.text)]
        base = next(iter(known + begun), None)
        draft = await commands.save_draft(ticket_id, text, onto=base, kind=kind)
        if draft and reply_id and await queries.reply(reply_id):
            await commands.discard_draft(ticket_id, draft)
    except DeskError:
        return False  # the browser keeps it, and asks again from its next page
    return True
