"""What the desk says about a reply on its way: truthful, and never "sent" before it was seen."""

from app.desk.snapshots import InboxRow, PendingReply
from components.data import Option

CHECK = Option(value="check", label="Check again")
RESEND = Option(value="resend", label="Send again")
ANYWAY = Option(value="resend", label="Send anyway")
DRAFT = Option(value="draft", label="Keep as draft")
UNDO = Option(value="undo", label="Undo")

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
}
_TONES = {"confirmed": "confirmed", "uncertain": "late", "refused": "late", "unknown": "waiting"}
_ACTIONS = {"uncertain": (CHECK, RESEND, DRAFT), "refused": (RESEND, DRAFT)}


def shown_state(reply: PendingReply) -> str:
    """The word for `data-reply-state`: queued, sending, accepted, confirmed, uncertain, refused."""
    return _SHOWN_STATES.get(reply.state, reply.state)


def state_label(reply: PendingReply) -> str:
    """The state in words, with the reason where there is one."""
    label = _LABELS.get(reply.state, reply.state)
    if reply.state == "queued":
        label = "Not sent yet" if reply.reason else label
        label = "Sending in a moment" if reply.send_at else label
    if reply.then_close and reply.state in {"queued", "inflight", "accepted"}:
        label += ", then closing"
    return f"{label}. {reply.reason}" if reply.reason else label


def state_tone(reply: PendingReply) -> str:
    """The colour that goes with the words: waiting, late, confirmed or none."""
    return _TONES.get(reply.state, "")


def actions(reply: PendingReply) -> tuple[Option, ...]:
    """What a person may decide about the reply now."""
    if reply.state == "queued" and reply.send_at:
        return (UNDO,)
    if reply.state == "queued" and reply.reason:
        return (ANYWAY, DRAFT)
    return _ACTIONS.get(reply.state, ())


def row_note(row: InboxRow) -> tuple[str, str]:
    """The short word in a row on what is on its way or kept, and its tone."""
    if row.pending_reply in _NOTES:
        return _NOTES[row.pending_reply], _TONES.get(row.pending_reply, "")
    if row.pending_status:
        return ("Reopening" if row.pending_status == "open" else "Closing"), ""
    return ("Draft", "") if row.has_draft else ("", "")
