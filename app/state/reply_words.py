"""What the desk says about a reply on its way: truthful, and never "sent" before it was seen."""

from datetime import datetime

from app.desk.snapshots import InboxRow, PendingReply
from app.state.wording import Wording
from components.data import Option

CHECK = Option(value="check", label="Check again")
RESEND = Option(value="resend", label="Send again")
ANYWAY = Option(value="resend", label="Send anyway")
DRAFT = Option(value="draft", label="Keep as draft")
UNDO = Option(value="undo", label="Undo")
LEAVE = Option(value="draft", label="Leave it")

_SHOWN_STATES = {"inflight": "sending", "unknown": "uncertain"}
_LABELS = {
    "queued": "Waiting to be sent",
    "inflight": "Sending",
    "accepted": "Accepted, being confirmed",
    "unknown": "Not confirmed yet, checking",
    "confirmed": "Sent",
    "uncertain": "Not confirmed: check",
    "refused": "Not sent",
    "cancelled": "Not sent, kept as draft",
}
_NOTES = {
    "queued": "Sending",
    "inflight": "Sending",
    "accepted": "Sending",
    "unknown": "Checking",
    "uncertain": "Not confirmed",
    "refused": "Not sent",
    "asked": "Asks you",
}
_TONES = {
    "confirmed": "confirmed",
    "unknown": "waiting",
    "uncertain": "waiting",
    "asked": "waiting",
    "refused": "late",
}
_ON_ITS_WAY = frozenset({"queued", "inflight", "accepted"})


def shown_state(reply: PendingReply) -> str:
    """The word for `data-reply-state`: queued, sending, accepted, confirmed, uncertain, refused."""
    return _SHOWN_STATES.get(reply.state, reply.state)


def state_label(reply: PendingReply, *, words: Wording, now: datetime) -> str:
    """The state in words: what is known, why, and when it was looked at last."""
    if reply.order:
        said = f"{_verb(reply).capitalize()} this ticket needs you"
    elif reply.question:
        said = "Not sent yet"
    elif hold_seconds(reply, now):
        said = "Sending in a moment"
    elif reply.state == "uncertain" and reply.next_check_at and reply.next_check_at <= now:
        return "Not confirmed: looking again"
    else:
        said = _LABELS.get(reply.state, reply.state)
    if reply.then_close and reply.state in _ON_ITS_WAY:
        said += ", then closing"
    if reply.reason:
        said += f". {reply.reason}"
    if reply.state == "uncertain" and reply.checked_at:
        said += f" Last looked at {words.clock(reply.checked_at)}."
    return said


def hold_seconds(reply: PendingReply, now: datetime) -> float:
    """How long the reply can still be taken back; 0 once it may leave."""
    held = reply.state == "queued" and not reply.question and reply.send_at
    return max((reply.send_at - now).total_seconds(), 0.0) if held and reply.send_at else 0.0


def state_tone(reply: PendingReply) -> str:
    """The colour that goes with the words: waiting, late, confirmed or none."""
    return "waiting" if reply.question else _TONES.get(reply.state, "")


def actions(reply: PendingReply) -> tuple[Option, ...]:
    """What a person may decide about the reply now."""
    if reply.order:
        again = Option(value="resend", label=f"{_order(reply)} anyway")
        return (CHECK, again, LEAVE) if reply.state == "uncertain" else (again, LEAVE)
    if reply.state == "queued":
        return (ANYWAY, DRAFT) if reply.question else (UNDO,)
    return {"uncertain": (CHECK, RESEND, DRAFT), "refused": (RESEND, DRAFT)}.get(reply.state, ())


def row_note(row: InboxRow) -> tuple[str, str]:
    """The short word in a row on what is on its way or kept, and its tone."""
    if row.pending_reply in _NOTES:
        return _NOTES[row.pending_reply], _TONES.get(row.pending_reply, "")
    if row.pending_status:
        return ("Reopening" if row.pending_status == "open" else "Closing"), ""
    return ("Draft", "") if row.has_draft else ("", "")


def _order(reply: PendingReply) -> str:
    return "Reopen" if reply.order == "open" else "Close"


def _verb(reply: PendingReply) -> str:
    return "reopening" if reply.order == "open" else "closing"
