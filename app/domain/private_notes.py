"""Private notes: what sellers write for each other about a ticket or a customer, never a reply."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.accounts import Right, User
from app.domain.bounds import whole_characters
from app.domain.errors import PrivateNoteError
from app.domain.outbox_entry import is_blank

LONGEST_NOTE = 20_000
"""characters"""
MOST_NOTES = 100
"""on one ticket, and on one customer"""


class NoteAbout(StrEnum):
    """What a note is about; the values are on disk."""

    TICKET = "ticket"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateNote:
    """A note as it is kept."""

    number: int
    about: NoteAbout
    author: str
    """the id of the user; "" is the one seller before there are users"""
    author_name: str
    """as it was then"""
    written_at: datetime | None
    """None for a time that was damaged on the disk"""
    text: str

    def may_be_removed_by(self, user: User | None) -> bool:
        """Whether it is their own or they are the owner; None is the one seller before users."""
        if user is None:
            return True
        return user.may(Right.MANAGE) or (user.may(Right.WRITE) and user.user_id == self.author)


def note_text(text: str) -> str:
    """The text as it is kept. Raises: PrivateNoteError for one that is blank or too long."""
    whole = whole_characters(text)
    if is_blank(whole):
        raise PrivateNoteError("The private note is empty. Write something, then add it.")
    if len(whole) > LONGEST_NOTE:
        raise PrivateNoteError(
            f"The private note has {len(whole):,} characters, the limit is {LONGEST_NOTE:,}. "
            "Shorten it, or add it in two parts."
        )
    return whole
