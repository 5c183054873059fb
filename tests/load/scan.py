"""Full scans of lists that move between any two answers, in five orders, judged by the list."""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.doubles.moving_list import ORDERS, SIMPLE, Churn
from tests.doubles.scan_history import Outcome, ScanHistory

WORKERS = 2
FEW_ROWS, MANY_ROWS = (120, 600), (8_000, 12_000)
MANY_EVERY = 200
BOUND_SIMPLE, BOUND_OTHER = 1.25, 2.1
CHURNS = (
    Churn(new=0.3, changed=2.0, toggled=0.3, deleted=0.1),
    Churn(new=0.5, changed=0.5, toggled=0.1, deleted=1.0),
    Churn(new=1.5, changed=4.0, toggled=0.5, deleted=0.3),
)
"""Days of a short list; they are wild, so that in a few requests as much happens as in many. The
long lists live as a busy shop does."""


@dataclass
class Tally:
    """What the histories of one order came to; the ratio is that of the long lists."""

    histories: int = 0
    missing: int = 0
    different: int = 0
    requests: int = 0
    pages: float = 0.0
    ratios: list[float] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    def add(self, seed: int, outcome: Outcome) -> None:
        self.histories += 1
        self.missing += outcome.missing
        self.different += outcome.different
        if outcome.different:
            self.failed.append(seed)
        if seed % MANY_EVERY == 0 and not outcome.is_rough:
            self.requests += outcome.requests
            self.pages += outcome.pages
            self.ratios.append(outcome.requests / outcome.pages)


def run(arguments: Sequence[str]) -> int:
    """Play the histories; 1 when any ended with a difference or took too many requests."""
    parser = argparse.ArgumentParser(prog="python -m tests.load scan", description=__doc__)
    parser.add_argument("--histories", type=int, default=1_000, help="of each order")
    parser.add_argument("--order", choices=ORDERS, help="one order instead of all")
    parser.add_argument("--seed", type=int, default=0, help="the first one; then one up")
    given = parser.parse_args(arguments)
    began = time.monotonic()
    _say(
        f"seed {given.seed}; of {MANY_EVERY} lists one has {MANY_ROWS[0]:,} to {MANY_ROWS[1]:,}"
        f" rows, the others {FEW_ROWS[0]} to {FEW_ROWS[1]}; every fourth scan is killed and"
        " refused now and then"
    )
    _say(
        f"{'order':<14}{'histories':>10}{'different':>10}{'missing':>9}"
        f"{'requests':>12}{'most':>8}{'bound':>8}"
    )
    orders = [given.order] if given.order else ORDERS
    broken = sum(_of_order(order, given.seed, given.histories) for order in orders)
    _say(
        "different: tickets that the mirror held otherwise than the list, once that was at rest;"
        " missing: those it lacked while the list still moved, when it first counted as complete;"
        " requests: until then, per hundred rows of the long lists"
    )
    _say(f"took {time.monotonic() - began:.0f} s")
    return 1 if broken else 0


def one(order: str, seed: int) -> tuple[int, Outcome]:
    """Play one history."""
    rows = MANY_ROWS if seed % MANY_EVERY == 0 else FEW_ROWS
    churn = CHURNS[seed // 4 % len(CHURNS)] if rows is FEW_ROWS else Churn()
    return seed, asyncio.run(ScanHistory(seed, order, rows=rows).play(churn))


def _of_order(order: str, first: int, count: int) -> bool:
    tally = Tally()
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        for seed, outcome in pool.imap_unordered(
            partial(one, order), range(first, first + count), chunksize=10
        ):
            tally.add(seed, outcome)
    ratio = tally.requests / tally.pages if tally.pages else 0.0
    bound = BOUND_SIMPLE if order in SIMPLE else BOUND_OTHER
    _say(
        f"{order:<14}{tally.histories:>10,}{tally.different:>10}{tally.missing:>9}"
        f"{ratio:>10.3f} x{max(tally.ratios, default=0.0):>6.3f} x{bound:>6} x"
    )
    if tally.failed:
        _say(f"  different at seeds: {', '.join(map(str, tally.failed[:20]))}")
    return bool(tally.failed) or ratio > bound


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
