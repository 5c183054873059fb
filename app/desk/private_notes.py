"""Adds and removes private notes; nothing here can reach the outbox or the API."""

from copy import copy

from app.desk.activity import ActivityLog
from app.desk.rights import for_writers
from app.domain.accounts import SignInSession
from app.domain.errors import NotAllowedError
from app.domain.outbox_entry import Draft
from app.domain.private_notes import NoteAbout, PrivateNote, note_text
from app.domain.signals import Changes, Signal
from app.store.outbox.private_notes import NoteStore


class PrivateNotes:
    """The commands for private notes; one that has begun is not cancelled with its caller.

    Raises: NotAllowedError where whoever asks is a reader; StoreError.
    """

    def __init__(
        self, store: NoteStore, *, changes: Signal[Changes], activity: ActivityLog | None = None
    ) -> None:
        self._store = store
        self._changes = changes
        self._activity = activity
        self._session: SignInSession | None = None

    def by(self, session: SignInSession | None) -> "PrivateNotes":
        """The commands as they are given in this session; None is the one seller before users."""
        own = copy(self)
        own._session = session
        return own

    @for_writers
    async def add(
        self, ticket_id: str, text: str, *, customer: str = "", draft: Draft | None = None
    ) -> None:
        """Keep a note for the other sellers; the draft that holds its text goes with it.

        Args:
            customer: the address of the customer whom it is about, "" for the ticket.
        Raises: PrivateNoteError; then the draft is untouched.
        """
        user = self._session.user if self._session else None
        await self._store.add(
            NoteAbout.CUSTOMER if customer else NoteAbout.TICKET,
            customer or ticket_id,
            note_text(text),
            author=user.user_id if user else "",
            author_name=user.name if user else "",
            draft=draft,
        )
        what = "added a private note on the customer" if customer else "added a private note"
        self._tell(what, ticket_id)

    @for_writers
    async def remove(self, ticket_id: str, number: int) -> None:
        """Forget a note that stands in this ticket; one's own, or anybody's for the owner.

        Raises: NotAllowedError for the note of somebody else.
        """
        note = await self._store.find(number)
        if note is None:
            return  # somebody else has just removed it
        if not self.may_remove(note):
            raise NotAllowedError("Only who wrote this private note, or the owner, may remove it.")
        await self._store.remove(number)
        self._tell("removed a private note", ticket_id)

    def may_remove(self, note: PrivateNote) -> bool:
        """Whether whoever asks may remove this note."""
        return note.may_be_removed_by(self._session.user if self._session else None)

    def _tell(self, what: str, ticket_id: str) -> None:
        if self._activity:
            self._activity.note(self._session, what, ticket_id)
        self._changes.emit(Changes(private_notes=True))
