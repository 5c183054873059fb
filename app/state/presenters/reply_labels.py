"""Labels, tones and actions of a reply in the outbox; never "sent" before it was seen."""

import re
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache

from app.desk.read_models import InboxRow, PendingReply
from app.domain.bounds import SENTENCE_SHOWN, cut
from app.state.formatting import Formatter, visible
from components.data import Option
from components.i18n import _

CHECK = Option(value="check", label=_("Check again"))
RESEND = Option(value="resend", label=_("Send again"))
ANYWAY = Option(value="resend", label=_("Send anyway"))
TRY_NOW = Option(value="resend", label=_("Try now"))
DRAFT = Option(value="draft", label=_("Keep as draft"))
UNDO = Option(value="undo", label=_("Undo"))
LEAVE = Option(value="draft", label=_("Leave it"))

LONGEST_COMPARED, MOST_PIECES, LONGEST_STRETCH = 8_000, 400, 60
_PIECE = re.compile(r"\w+|[^\w\s]")
_SHOWN_STATES = {"inflight": "sending", "unknown": "unconfirmed", "uncertain": "unconfirmed"}
_LABELS = {
    "queued": _("Waiting to be sent"),
    "inflight": _("Sending"),
    "accepted": _("Accepted, being confirmed"),
    "unknown": _("Not confirmed yet, checking"),
    "confirmed": _("Sent"),
    "uncertain": _("Not confirmed: check"),
    "refused": _("Not sent"),
    "cancelled": _("Kept as draft"),
}
_NOTES = {
    "queued": _("Queued"),
    "waiting": _("Waiting"),
    "inflight": _("Sending"),
    "accepted": _("Sending"),
    "unknown": _("Checking"),
    "uncertain": _("Not confirmed"),
    "refused": _("Not sent"),
    "review": _("Needs review"),
}
_TONES = {
    "confirmed": "confirmed",
    "unknown": "waiting",
    "uncertain": "waiting",
    "review": "waiting",
    "refused": "late",
}
_ON_ITS_WAY = frozenset({"queued", "inflight", "accepted"})


def shown_state(reply: PendingReply) -> str:
    """The word for `data-reply-state`.

    Returns: queued, waiting, sending, accepted, confirmed, unconfirmed or refused; "waiting" is
        what does not leave before something else has happened.
    """
    if is_paused(reply) or reply.review_reason or reply.waits_for or reply.stall:
        return "waiting"
    return _SHOWN_STATES.get(reply.state, reply.state)


def state_label(reply: PendingReply, *, fmt: Formatter, now: datetime) -> str:
    """The state in words: what is known, why, what happens next, and when it was looked at last."""
    if not reply.status and (waits := _waits(reply, fmt)):
        closes = reply.then_close and reply.waits_for != "review"
        return _("{waits} Then the ticket is closed.").format(waits=waits) if closes else waits
    if reply.status:
        reopens = reply.status == "open"
        label = (
            _("Reopening this ticket needs you") if reopens else _("Closing this ticket needs you")
        )
    elif reply.review_reason:
        label = _("Not sent again yet") if reply.attempts else _("Not sent yet")
    elif seconds_to_send(reply, now):
        label = _("Sending in a moment")
    elif reply.state == "uncertain" and reply.next_check_at and reply.next_check_at <= now:
        return _("Not confirmed: looking again")
    else:
        label = _LABELS.get(reply.state, reply.state)
    if reply.then_close and reply.state in _ON_ITS_WAY and not reply.review_reason:
        label += _(", then closing")
    if reply.reason:
        label += f". {visible(reply.reason, SENTENCE_SHOWN)}"
    if reply.state == "uncertain" and reply.checked_at:
        label += _(" Last looked at {checked_at}.").format(checked_at=fmt.clock(reply.checked_at))
    return label


def is_paused(reply: PendingReply) -> bool:
    """Whether it was answered with a pause, after which it goes by itself."""
    return reply.state == "refused" and reply.next_check_at is not None


def seconds_to_send(reply: PendingReply, now: datetime) -> float:
    """In how long the reply leaves unless it is taken back; 0 if that is not why it waits."""
    return 0.0 if reply.waits_for or reply.stall else undo_seconds(reply, now)


def undo_seconds(reply: PendingReply, now: datetime) -> float:
    """How long the reply certainly stays here, so that it can be taken back."""
    can_undo = reply.state == "queued" and not reply.review_reason and reply.sends_at
    return max((reply.sends_at - now).total_seconds(), 0.0) if can_undo and reply.sends_at else 0.0


def state_tone(reply: PendingReply) -> str:
    """The colour that goes with the words: waiting, late, confirmed or none."""
    return "waiting" if shown_state(reply) == "waiting" else _TONES.get(reply.state, "")


def actions(reply: PendingReply) -> tuple[Option, ...]:
    """What a person may decide about the reply now."""
    if reply.status:
        again = Option(value="resend", label=f"{_command(reply)} anyway")
        return (CHECK, again, LEAVE) if reply.state == "uncertain" else (again, LEAVE)
    if is_paused(reply) or reply.stall:
        return (TRY_NOW, UNDO)
    if reply.state == "queued":
        return (ANYWAY, DRAFT) if reply.review_reason else (UNDO,)
    return {"uncertain": (CHECK, RESEND, DRAFT), "refused": (RESEND, DRAFT)}.get(reply.state, ())


def row_label(row: InboxRow) -> tuple[str, str]:
    """The short word in a row on what is on its way or kept, and its tone."""
    if row.pending_reply in _NOTES:
        return _NOTES[row.pending_reply], _TONES.get(row.pending_reply, "")
    if row.pending_status:
        return (_("Reopening") if row.pending_status == "open" else _("Closing")), ""
    return (_("Draft"), "") if row.has_draft else ("", "")


@lru_cache(maxsize=256)
def changed_label(written: str, shown: str) -> str:
    """What the shop left out of a reply and what it added."""
    had, has = _pieces(written[:LONGEST_COMPARED]), _pieces(shown[:LONGEST_COMPARED])
    said = _("Changed by the shop")
    length = max(len(written), len(shown))
    if length > LONGEST_COMPARED or max(len(had), len(has)) > MOST_PIECES:
        return _("{said}: {written:,} characters were sent, it shows {shown:,}.").format(
            said=said, written=len(written), shown=len(shown)
        )
    one, other = [text for _, text in had], [text for _, text in has]
    pieces = SequenceMatcher(None, one, other, autojunk=False)
    left_out, added = list[str](), list[str]()
    for kind, begin, end, other_begin, other_end in pieces.get_opcodes():
        if kind != "equal":
            left_out += _stretch(written, had[begin:end])
            added += _stretch(shown, has[other_begin:other_end])
    said += _(". Left out: {left_out}").format(left_out=", ".join(left_out[:3])) if left_out else ""
    said += _(". Added: {added}").format(added=", ".join(added[:3])) if added else ""
    more = max(len(left_out), len(added)) > 3
    return _("{said}, and more.").format(said=said) if more else f"{said}."


def _pieces(text: str) -> list[tuple[int, str]]:
    """The words of a text and what stands between them, each with its place."""
    return [(found.start(), found.group()) for found in _PIECE.finditer(text)]


def _stretch(text: str, pieces: list[tuple[int, str]]) -> list[str]:
    if not pieces:
        return []
    last, word = pieces[-1]
    words = visible(" ".join(text[pieces[0][0] : last + len(word)].split()))
    return [f"\u201c\u2068{cut(words, LONGEST_STRETCH)}\u2069\u201d"]


def _waits(reply: PendingReply, fmt: Formatter) -> str:
    """What has to happen before the reply leaves; empty when nothing stands before it."""
    if is_paused(reply):
        until = fmt.second(reply.next_check_at)
        return _(
            "Waits until {until} because the shop asked for a pause; then it goes by itself."
        ).format(until=until)
    if reply.waits_for == "review":
        return _("Waits for the reply above, which needs your review.")
    if reply.waits_for:
        return _("Waits until the reply above is confirmed; then it goes by itself.")
    if not reply.stall:
        return ""
    often = _("It is tried every few seconds and goes by itself once that is over.")
    at = fmt.second(reply.stall.next_try_at)
    next_try = _("The next try is at {at}, by itself.").format(at=at) if at else often
    return _("Waiting to be sent. {reason} {next_try}").format(
        reason=visible(reply.stall.reason, SENTENCE_SHOWN), next_try=next_try
    )


def _command(reply: PendingReply) -> str:
    return _("Reopen") if reply.status == "open" else _("Close")
