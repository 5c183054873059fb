"""What Health says about the walk over the whole list: how far to trust the number of tickets."""

from app.desk.snapshots import Walked
from app.domain.ticket import Stats
from app.state.formatting import UNKNOWN, Formatter


def walk_facts(walked: Walked, fmt: Formatter) -> dict[str, str]:
    """Where the walk is, what it proves, and what it has come across."""
    found = walked.findings
    return {
        "Order of the list": walked.order or "not known",
        "Now at": _place(walked, fmt),
        "Copy and API": _comparison(walked.said, walked.counted, fmt),
        "Every count agreed": fmt.exact(walked.agreed_at) if walked.agreed_at else "not yet",
        "Thought to be missing": UNKNOWN if walked.missing is None else f"{walked.missing:.1f}",
        "Walks ended": fmt.count(found.walks),
        "of these too short": fmt.count(found.short_walks),
        "of these counting otherwise than the API": fmt.count(found.differing_walks),
        "Tickets that came twice": fmt.count(found.repeated),
        "Pages that did not join": fmt.count(found.overlaps_lost),
        "Pages with another total": fmt.count(found.totals_changed),
    }


def _place(walked: Walked, fmt: Formatter) -> str:
    if walked.expected is None:
        return f"row {fmt.count(walked.read)}"
    return f"row {fmt.count(walked.read)} of {fmt.count(walked.expected)}"


def _comparison(said: Stats, counted: Stats, fmt: Formatter) -> str:
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
        f"{fmt.count(ours)} {name} here, {fmt.count(theirs)} there"
        for name, ours, theirs in known
        if ours != theirs
    ]
    return "; ".join(differing) or "count the same"
