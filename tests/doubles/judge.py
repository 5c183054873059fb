"""The promises about replies, checked on what the shop holds and what the outbox says.

P1 acknowledged means kept · P2 at most one send, and one for each yes of a person and each pause ·
P3 two copies are never silent · P5 confirmed means seen · P6 one message confirms one reply ·
P8 nothing sleeps for ever · P10 order within a ticket · and no false "sent" or "failed".
P4, P7 and P9 are tests of their own: the trace, the table of moves, failing reads.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.outbox_entry import OutboxEntry, Reply, same_text
from app.store.outbox.entry_rows import from_row
from tests.doubles.truth import Truth, plainly


@dataclass(slots=True)
class Verdict:
    """How a run ended."""

    faults: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)


def rows_of(path: Path) -> list[OutboxEntry]:
    """Every row of an outbox file, in the order they were written."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [from_row(row) for row in connection.execute("SELECT * FROM outbox ORDER BY seq")]


def judge(
    path: Path, truth: Truth, acknowledged: Mapping[str, str], *, quiet: bool = True
) -> Verdict:
    """Compare an outbox with the truth; `quiet` when everything has had two days to settle.

    Args:
        acknowledged: by id, the texts of the replies that a seller was told are saved.
    """
    rows = rows_of(path)
    replies = [row for row in rows if isinstance(row, Reply)]
    verdict = Verdict(states=Counter(reply.state.value for reply in replies))
    kept = {reply.entry_id: reply.text for reply in replies}
    for entry_id, text in acknowledged.items():
        if kept.get(entry_id) != text:
            verdict.faults.append(f"P1 {entry_id} was acknowledged and is lost")
    for reply in replies:
        verdict.faults += (f"{fault} [{reply}]" for fault in _faults(reply, truth, quiet=quiet))
    if quiet:
        verdict.faults += (
            f"{fault} [{r}]" for r in replies for fault in _silent(r, replies, truth)
        )
    verdict.faults += _shared_messages(replies)
    verdict.faults += _disorder(replies, truth)
    verdict.faults += _closed_too_soon(rows)
    if quiet:
        verdict.faults += sleepers(rows)
    return verdict


def _faults(reply: Reply, truth: Truth, *, quiet: bool) -> Iterator[str]:
    key = reply.entry_id
    arrived, applied = truth.arrived[key], truth.applied[key]
    if arrived > 1 + reply.approvals + reply.pauses:
        yield f"P2 sent {arrived} times"
    if reply.state == "confirmed":
        yield from _false_sent(reply, truth)
    if reply.state == "refused" and applied and reply.next_check_at is None:
        yield "false failed: refused, but the customer has it"
    if reply.state == "cancelled" and applied and not reply.attempts:
        yield "false failed: undone, but the customer has it"
    shows_it = any(
        truth.maker.get(message_id) == key and same_text(text, reply.text)
        for message_id, _, text, _ in truth.tickets[reply.ticket_id].messages
    )
    if quiet and reply.state == "uncertain" and applied and shows_it:
        yield "not healed: uncertain, but the ticket shows it"


def _silent(reply: Reply, replies: list[Reply], truth: Truth) -> Iterator[str]:
    """Two copies of which nobody was told.

    The same words sent twice on purpose count together: when the customer has them as often as
    they were written, no reader of the ticket can tell which copy was whose.
    """
    applied = truth.applied[reply.entry_id]
    is_told = reply.copies > 1 or (reply.approvals and reply.state != "confirmed")
    if applied < 2 or is_told:
        return
    equal = [
        other
        for other in replies
        if other.ticket_id == reply.ticket_id and same_text(other.text, reply.text)
    ]
    if sum(truth.applied[other.entry_id] for other in equal) > sum(o.attempts > 0 for o in equal):
        yield f"P3 {applied} copies and nobody was told"


def _false_sent(reply: Reply, truth: Truth) -> Iterator[str]:
    shown = {
        message_id: text
        for message_id, sender, text, _ in truth.tickets[reply.ticket_id].messages
        if sender == "seller"
    }
    seen = shown.get(reply.message_id or "", "\0")
    if not same_text(plainly(seen), plainly(reply.text)):
        yield "P5 false sent: no such message in the ticket"
    if reply.message_id in (reply.baseline or ()):
        yield "P5 false sent: the message was there before"


def _shared_messages(replies: list[Reply]) -> list[str]:
    used = Counter((r.ticket_id, r.message_id) for r in replies if r.message_id)
    return [
        f"P6 {message} confirms {count} replies" for message, count in used.items() if count > 1
    ]


def _disorder(replies: list[Reply], truth: Truth) -> Iterator[str]:
    """What left in another order than it was written, or was applied so.

    A reply that somebody else's equal message confirmed may still be applied later than its
    successors: no reader of the ticket can tell the two messages apart.
    """
    mistaken = {
        reply.entry_id
        for reply in replies
        if reply.message_id and truth.maker.get(reply.message_id) != reply.entry_id
    }
    for ticket_id in truth.tickets:
        wanted = [
            reply.entry_id
            for reply in replies
            if reply.ticket_id == ticket_id and reply.state != "cancelled"
        ]
        applied = (key for key in dict.fromkeys(truth.applied_order) if key not in mistaken)
        for how, keys in (("left", truth.arrived), ("came", applied)):
            came = [key for key in keys if key in wanted]
            if came != [key for key in wanted if key in came]:
                yield f"P10 {ticket_id}: {came} {how}, {wanted} was written"


def _closed_too_soon(rows: list[OutboxEntry]) -> Iterator[str]:
    states = {row.entry_id: row for row in rows}
    for row in rows:
        reply = states.get(row.entry_id.removesuffix("/close"), row)
        if reply is not row and not reply.attempts:
            yield f"closed without having sent: {reply}"


def sleepers(rows: list[OutboxEntry]) -> Iterator[str]:
    """What is neither settled nor before a person, nor waits behind something that is."""
    waiting = {row.ticket_id for row in rows if isinstance(row, Reply) and row.needs_person}
    for row in rows:
        behind = row.state == "queued" and row.ticket_id in waiting
        if not (row.is_settled or row.needs_person or behind):
            yield f"P8 nobody owns {row}"
