"""What the reading of the whole list has come across: numbers that say how far to trust it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Counted over all walks since the copy began."""

    walks: int = 0
    repeated: int = 0
    """rows that came again because others had been put before them"""
    overlaps_lost: int = 0
    """pages that did not join the one before, so that a step back was made"""
    totals_changed: int = 0
    """pages whose total differed from that of the one before"""
    short_walks: int = 0
    """walks after which the copy held fewer tickets than the API counts"""
    differing_walks: int = 0
    """walks after which any number of tickets, open or closed, differed from the API's"""
