"""Presenter of private notes: labelled in words, so that nobody takes one for a reply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.bounds import LINES_SHOWN, MESSAGE_SHOWN
from app.domain.private_notes import LONGEST_NOTE, NoteAbout, PrivateNote
from app.domain.ticket import Message
from app.state.drafts import DraftBuffer
from app.state.formatting import Formatter, iso, visible
from app.state.presenters.linkify import segments
from app.state.presenters.long_text import more_label, shown_part
from components.data import MessageData, NoteBoxData, Option, OtherDraft
from components.i18n import _

SHOWN_ABOVE, LINES_ABOVE = 300, 4
"""characters and lines of a note on the customer, before more of it is asked for"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesShown:
    """The notes of a ticket, and which of them whoever looks may remove, or is asked about."""

    notes: tuple[PrivateNote, ...] = ()
    removable: frozenset[int] = frozenset()
    asked: int = 0
    """the number of the one about which is asked whether it is to go"""

    def on(self, about: NoteAbout) -> tuple[PrivateNote, ...]:
        """Those on the ticket, or those on its customer, the oldest first."""
        return tuple(note for note in self.notes if note.about is about)

    def before(self, messages: Sequence[Message], skew: timedelta) -> dict[int, list[PrivateNote]]:
        """Those on the ticket, by the place of the first message that is later than they are."""
        placed: dict[int, list[PrivateNote]] = {}
        place = 0
        for note in self.on(NoteAbout.TICKET):
            while place < len(messages) and not _is_later(messages[place], note, skew):
                place += 1
            placed.setdefault(place, []).append(note)
        return placed

    def data(
        self, note: PrivateNote, fmt: Formatter, *, asked: Mapping[str, int], day_label: str = ""
    ) -> MessageData:
        """A note as the log of messages draws it."""
        id_, is_above = note_id(note), note.about is NoteAbout.CUSTOMER
        most = (SHOWN_ABOVE, LINES_ABOVE) if is_above else (MESSAGE_SHOWN, LINES_SHOWN)
        text = shown_part(note.text, asked.get(id_, 0), characters=most[0], lines=most[1])
        is_asked = note.number == self.asked
        return MessageData(
            id=id_,
            sender="",
            side="private",
            name=_name(note),
            segments=segments(text),
            created_at=iso(note.written_at),
            created_exact=fmt.exact(note.written_at),
            time_label=fmt.moment(note.written_at) if is_above else fmt.clock(note.written_at),
            day_label=day_label,
            more_label=more_label(len(note.text) - len(text), fmt),
            state_label=_("Remove this private note for everybody?") if is_asked else "",
            actions=_actions(is_asked=is_asked) if note.number in self.removable else (),
            note=note.number,
        )


def note_id(note: PrivateNote) -> str:
    """Stands for the id of a message."""
    return f"note {note.number}"


def note_box(
    buffer: DraftBuffer,
    *,
    may_add: bool,
    customer: str,
    is_on_customer: bool,
    problem: str,
) -> NoteBoxData:
    """The box for private notes.

    Args:
        customer: the address, "" where none is known.
    """
    return NoteBoxData(
        ticket_id=buffer.ticket_id,
        may_add=may_add,
        limit=LONGEST_NOTE,
        customer=visible(customer),
        is_on_customer=is_on_customer,
        is_begun=bool(buffer.text.strip()),
        problem=problem,
        draft=buffer.pushed,
        draft_base=buffer.base,
        draft_acked_revision=buffer.pushed_after,
        other_drafts=tuple(OtherDraft(number=d.number, text=d.text) for d in buffer.others),
    )


def _is_later(message: Message, note: PrivateNote, skew: timedelta) -> bool:
    if note.written_at is None or message.created_at is None:
        return False
    return message.created_at > note.written_at + skew


def _name(note: PrivateNote) -> str:
    """What it is, whom it is about and who wrote it."""
    who = visible(note.author_name)
    if note.about is NoteAbout.CUSTOMER:
        said = _("Private note on the customer, only on this desk")
    else:
        said = _("Private note, only on this desk")
    return f"{said} \N{MIDDLE DOT} {who}" if who else said


def _actions(*, is_asked: bool) -> tuple[Option, ...]:
    if not is_asked:
        return (Option(value="ask", label=_("Remove")),)
    return (Option(value="remove", label=_("Remove it")), Option(value="keep", label=_("Keep it")))
