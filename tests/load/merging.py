"""Days of answers that are held, lost and reordered, while three sessions read and write."""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.doubles.leap import leap
from tests.doubles.merging import Merging, play
from tests.load.replies import FAST, WORKERS


def run(arguments: Sequence[str]) -> int:
    """Play what was asked for; 1 when a late answer has undone anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.load merging", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2611, help="the first seed; then one up")
    parser.add_argument("--save", type=Path, default=Path("build/failing-merging"))
    given = parser.parse_args(arguments)
    _say(f"seed {given.seed}")
    began, seeds = time.monotonic(), range(given.seed, given.seed + given.schedules)
    told: Counter[str] = Counter()
    broken: list[int] = []
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        days = pool.imap_unordered(partial(one_day, given.save), seeds, chunksize=8)
        for number, (seed, counts, faults) in enumerate(days, 1):
            told += counts
            broken += [seed] if faults else []
            if number % 1000 == 0:
                _say(f"{number} schedules, broken: {len(broken)}")
    counted = ", ".join(f"{count} {what}" for what, count in sorted(told.items()))
    _say(f"{given.schedules} schedules in {time.monotonic() - began:.0f} s: {counted}")
    _say(f"broken: {len(broken)}{', seeds ' if broken else ''}{str(broken[:20]).strip('[]')}")
    return 1 if broken else 0


def one_day(save: Path, seed: int) -> tuple[int, Counter[str], list[str]]:
    """Play one schedule; its history is saved when it fails."""
    with tempfile.TemporaryDirectory(dir=FAST if FAST.is_dir() else None) as folder:
        day = leap(play(seed, Path(folder)))
    if day.faults:
        save.mkdir(parents=True, exist_ok=True)
        lines = "\n".join([*day.history, *day.faults])
        (save / f"{seed}.jsonl").write_text(lines + "\n", encoding="utf-8")
    return seed, _counted(day), day.faults


def _counted(day: Merging) -> Counter[str]:
    confirmed = sum(order.confirmed for order in day.orders)
    asked = sum('"what": "answer"' in line for line in day.history)
    lost = sum('"what": "lose"' in line for line in day.history)
    return Counter(
        {"writes": len(day.orders), "writes seen": confirmed, "answers": asked, "lost": lost}
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
