"""Private notes in one tab: what is typed, what is added, what is asked before one goes."""

from collections.abc import Callable, Iterator

from app.desk.desk import Desk
from app.domain.accounts import Right
from app.domain.clock import Clock
from app.domain.errors import PrivateNoteError
from app.domain.outbox_entry import Draft, DraftKind
from app.domain.signals import Signal
from app.state.drafts import TabDrafts
from app.state.formatting import error_notice
from app.state.opening import Opening
from app.state.presenters.private_notes import NotesShown, note_box
from components.data import NoteBoxData, NoticeData
from components.i18n import _


class NoteWriting:
    """The drafts of notes are stored as those of replies are; only `add` makes a note of one.

    `added` says that the box may be closed, `saved` is as for replies. `draw` draws the ticket of
    an opening, `say` shows a notice in it.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        clock: Clock,
        draw: Callable[[Opening], None],
        say: Callable[[NoticeData | None], None],
    ) -> None:
        self.added = Signal[None]()
        self.saved = Signal[tuple[str, int]]()
        self._desk, self._draw, self._say = desk, draw, say
        self._is_adding = False
        self._drafts = TabDrafts(
            desk.commands,
            kind=DraftKind.NOTE,
            clock=clock,
            on_trouble=say,
            on_saved=lambda *saved: self.saved.emit(saved),
        )

    def edit(
        self, opening: Opening | None, ticket_id: str, text: str, base: int, revision: int
    ) -> None:
        """Keep what is in the box of a ticket, which is saved within a second."""
        if not ticket_id:
            return
        was_begun = bool(self._drafts.buffer(ticket_id).text.strip())
        self._drafts.edit(ticket_id, text, base, revision)
        if opening is None or opening.ticket_id != ticket_id:
            return
        if opening.note_problem or was_begun != bool(text.strip()):
            opening.note_problem = ""
            self._draw(opening)

    def choose(self, opening: Opening, about: str) -> None:
        """What is typed is about the `customer`, or about the `ticket` alone."""
        opening.note_on_customer = about == "customer"
        self._draw(opening)

    async def add(self, opening: Opening) -> None:
        """Make a note of what is in the box, which is emptied once the note is kept."""
        notes, snapshot = self._desk.private_notes, opening.snapshot
        if notes is None or snapshot is None or self._is_adding:
            return
        self._is_adding = True
        buffer = self._drafts.buffer(opening.ticket_id)
        customer = snapshot.ticket.customer_email if opening.note_on_customer else None
        try:
            await self._drafts.save()
            text = buffer.text
            await notes.add(opening.ticket_id, text, customer=customer or "", draft=buffer.own)
        except Exception as error:  # noqa: BLE001  # said in the box
            kept = "" if isinstance(error, PrivateNoteError) else _("Your text is kept.")
            opening.note_problem = error_notice(error, kept=kept).text
        else:
            opening.note_problem, opening.note_on_customer = "", False
            if buffer.text == text:
                buffer.clear_sent(text)
                buffer.push("")
            self.added.emit(None)
        finally:
            self._is_adding = False
        self._draw(opening)

    async def act(self, opening: Opening, number: int, action: str) -> None:
        """`ask` whether a note is to go for everybody, then `remove` or `keep` it."""
        opening.asked_about_note = number if action == "ask" else 0
        if action == "remove" and self._desk.private_notes is not None:
            try:
                await self._desk.private_notes.remove(opening.ticket_id, number)
            except Exception as error:  # noqa: BLE001  # said in the drawer
                self._say(error_notice(error, kept=_("The note is as it was.")))
        self._draw(opening)

    async def take_other(self, opening: Opening, seen: Draft, *, insert: bool) -> None:
        """Put a text that was typed elsewhere below the one in the box, or forget it."""
        try:
            if insert:
                await self._drafts.append(self._drafts.buffer(opening.ticket_id), seen)
            else:
                await self._desk.commands.discard_draft(opening.ticket_id, seen)
        except Exception as error:  # noqa: BLE001  # said in the drawer
            self._say(error_notice(error, kept=_("Both texts are kept.")))

    def version(self, ticket_id: str) -> int:
        """Of the buffer: drafts that were read at another one are stale."""
        return self._drafts.buffer(ticket_id).version

    def follow(self, ticket_id: str, drafts: tuple[Draft, ...], *, version: int) -> None:
        """Follow what other browsers make of the open draft."""
        self._drafts.follow(ticket_id, drafts, version=version)

    def show_anew(self, ticket_id: str) -> None:
        """Give a browser that draws the box anew what it holds."""
        self._drafts.buffer(ticket_id).push_again()

    def box(self, opening: Opening) -> NoteBoxData:
        """The box for notes as it is to be shown."""
        snapshot = opening.snapshot
        return note_box(
            self._drafts.buffer(opening.ticket_id),
            may_add=snapshot is not None and self._desk.may(Right.WRITE),
            customer=(snapshot.ticket.customer_email if snapshot else "") or "",
            is_on_customer=opening.note_on_customer,
            problem=opening.note_problem,
        )

    def shown(self, opening: Opening) -> NotesShown:
        """The notes that stand in the ticket."""
        if opening.snapshot is None:
            return NotesShown()
        return NotesShown(
            notes=opening.snapshot.private_notes,
            removable=frozenset(self._removable(opening)),
            asked=opening.asked_about_note,
        )

    async def close(self) -> None:
        """Store what is left."""
        await self._drafts.close()

    def _removable(self, opening: Opening) -> Iterator[int]:
        notes = self._desk.private_notes
        if notes is not None and opening.snapshot is not None:
            for note in opening.snapshot.private_notes:
                if notes.may_remove(note):
                    yield note.number
