"""What a walk that has ended proves: whether the copy has every ticket, and how that is known."""

from dataclasses import replace

from app.domain.ticket import Stats
from app.store.notes import Reading
from app.store.walks import Catch, Walk
from app.sync.course import is_sure

WALKS_AT_MOST = 4
"""walks at full speed over a list whose counts never come right"""
FEW = 0.5
"""tickets that two walks are thought to have missed, at which they count as all"""


def judged(walk: Walk, caught: Catch, reading: Reading, *, now: int) -> Walk:
    """A walk that has ended with what follows from it.

    Shape: complete is the copy after a walk that cannot have missed anything, or after two that are
           thought to have missed nothing, when it holds as many tickets as the API counts; if those
           numbers never meet, after a walk that brought them no nearer, which leaves it short.
    """
    missing = caught.missing if walk.number > 1 else None
    short = _short(walk, caught, reading)
    if is_sure(walk):
        has_all = short == 0
    else:  # what came in meanwhile may be anywhere; a later walk meets it
        has_all = missing is not None and missing < FEW and short <= _grown(walk)
    gains_nothing = short > 0 and walk.short is not None and short >= walk.short
    agreed = walk.agreed + 1 if short == 0 and _agrees(reading) else 0
    found = walk.findings
    return replace(
        walk,
        missing=missing,
        short=short,
        is_stuck=walk.same > 0,
        complete=walk.complete or has_all or gains_nothing or walk.number >= WALKS_AT_MOST,
        agreed=agreed,
        verified=now if agreed >= (1 if is_sure(walk) else 2) else walk.verified,
        findings=replace(
            found,
            walks=found.walks + 1,
            short_walks=found.short_walks + (short > 0),
            differing_walks=found.differing_walks + (agreed == 0),
        ),
    )


def lacking(walk: Walk, reading: Reading, *, unreadable: int) -> int:
    """Tickets that the API counts and does not give: by the last walk, and by its newest answer."""
    if not walk.complete or not walk.short:
        return 0
    if reading.stats is None or reading.counted.total is None:
        return walk.short
    return max(0, (reading.expected or 0) - reading.counted.total - unreadable)


def _short(walk: Walk, caught: Catch, reading: Reading) -> int:
    """How many tickets the API counts that neither are held nor came as unreadable rows."""
    said = reading.stats.total if reading.stats else None
    claimed = max(walk.total or 0, said or 0)  # the larger claim stands until it is taken back
    return max(0, claimed - caught.held - walk.unreadable)


def _grown(walk: Walk) -> int:
    """By how many tickets the list has grown while it was walked."""
    return max(0, (walk.total or 0) - (walk.total_before or 0))


def _agrees(reading: Reading) -> bool:
    """Whether the API counted last what the copy counted at the same moment."""
    said, counted = reading.stats or Stats(), reading.counted
    pairs = (
        (said.total, counted.total),
        (said.open, counted.open),
        (said.closed, counted.closed),
    )
    return all(theirs is None or theirs == ours for theirs, ours in pairs)
