"""What Health says about the walk over the whole list: how far to trust the number of tickets."""

from app.desk.snapshots import Walked
from app.domain.ticket import Stats
from app.state.wording import UNKNOWN, Wording


def walk_facts(walked: Walked, words: Wording) -> dict[str, str]:
    """Where the walk is, what it proves, and what it has come across."""
    found = walked.findings
    return {
        "Order of the list": walked.order or "not known",
        "Now at": _place(walked, words),
        "Copy and API": _comparison(walked.said, walked.counted, words),
        "Every count agreed": words.exact(walked.agreed_at) if walked.agreed_at else "not yet",
        "Thought to be missing": UNKNOWN if walked.missing is None else f"{walked.missing:.1f}",
        "Walks ended": words.count(found.walks),
        "of these too short": words.count(found.short_walks),
        "of these counting otherwise than the API": words.count(found.differing_walks),
        "Tickets that came twice": words.count(found.repeated),
        "Pages that did not join": words.count(found.overlaps_lost),
        "Pages with another total": words.count(found.totals_changed),
    }


def _place(walked: Walked, words: Wording) -> str:
    if walked.expected is None:
        return f"row {words.count(walked.read)}"
    return f"row {words.count(walked.read)} of {words.count(walked.expected)}"


def _comparison(said: Stats, counted: Stats, words: Wording) -> str:
    """Which numbers differ, the copy's first."""
    pairs = (
        ("tickets", counted.total, said.total),
        ("open", counted.open, said.open),
        ("closed", counted.closed, said.closed),
        ("waiting for you", counted.needs_response, said.needs_response),
    )
    known = [(name, ours or 0, theirs) for name, ours, theirs in pairs if theirs is not None]
    if not known:
        return "the API gives no counts"
    differing = [
        f"{words.count(ours)} {name} here, {words.count(theirs)} there"
        for name, ours, theirs in known
        if ours != theirs
    ]
    return "; ".join(differing) or "count the same"
