"""What many at the screens cost the API, against one: the same day at the same shop, twice."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from typing import get_args

from app.server.contract import SortOrder
from tests.doubles.crowd import worked
from tests.doubles.leap import leap

TOLERANCE = 0.05


def run(arguments: Sequence[str]) -> int:
    """Let one seller work, then all; 1 when those cost more than they may."""
    parser = argparse.ArgumentParser(prog="python -m tests.load viewers", description=__doc__)
    parser.add_argument("--sellers", type=int, default=50)
    parser.add_argument("--kiosks", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--order", choices=get_args(SortOrder), default="updated_desc")
    parser.add_argument("--seed", type=int, default=2611)
    given = parser.parse_args(arguments)
    day = {"minutes": given.minutes, "seed": given.seed, "order": given.order}
    _say(f"seed {given.seed}, {given.tickets} tickets, {given.minutes:g} minutes")
    alone = leap(worked(given.tickets, sellers=1, kiosks=0, **day))
    _say(f"one seller: {_told(alone)}")
    crowd = leap(worked(given.tickets, sellers=given.sellers, kiosks=given.kiosks, **day))
    _say(f"{given.sellers} sellers and {given.kiosks} kiosks: {_told(crowd)}")
    ratio = crowd.total() / alone.total()
    _say(f"ratio {ratio:.3f}, to be within {TOLERANCE:.0%}")
    return 0 if abs(ratio - 1) <= TOLERANCE else 1


def _told(asked: Counter[str]) -> str:
    kinds = ", ".join(f"{count} for {kind}" for kind, count in sorted(asked.items()))
    return f"{asked.total()} requests: {kinds}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
