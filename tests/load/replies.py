"""Replies under schedules of a model, real kills and socket faults, judged by the truth."""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from tests.doubles.judge import Verdict
from tests.doubles.kills import OUTCOMES, POINTS, kill_once
from tests.doubles.schedule import play
from tests.doubles.socket_day import play_sockets

WORKERS = 2
FAST = Path("/dev/shm")  # noqa: S108  # memory where there is some: a schedule needs no real disk


@dataclass
class Tally:
    """What many runs came to."""

    runs: int = 0
    states: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[int, list[str]]] = field(default_factory=list)

    def add(self, seed: int, verdict: Verdict) -> None:
        self.runs += 1
        self.states += verdict.states
        if verdict.faults:
            self.failed.append((seed, verdict.faults))


def run(arguments: Sequence[str]) -> int:
    """Run what was asked for; 1 when any promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.load replies", description=__doc__)
    parser.add_argument("--schedules", type=int, default=20_000, help="days of the model")
    parser.add_argument("--kills", type=int, default=200, help="real SIGKILLs, over all points")
    parser.add_argument("--faults", type=int, default=300, help="days on a real socket")
    parser.add_argument("--seed", type=int, default=2611, help="the first seed; then one up")
    parser.add_argument("--save", type=Path, default=Path("build/failing-replies"))
    given = parser.parse_args(arguments)
    _say(f"seed {given.seed}")
    broken = 0
    for name, count, one in (
        ("schedules", given.schedules, one_schedule),
        ("socket days", given.faults, one_socket_day),
        ("kills", given.kills, one_kill),
    ):
        broken += _report(name, _all(one, given.seed, count, given.save))
    return 1 if broken else 0


def one_schedule(save: Path, seed: int) -> tuple[int, Verdict]:
    """Play one schedule; its history is saved when it fails."""
    with _folder() as folder:
        verdict, schedule = asyncio.run(play(seed, Path(folder)))
    _save(save / f"schedule-{seed}.jsonl", verdict, schedule.history)
    return seed, verdict


def one_socket_day(save: Path, seed: int) -> tuple[int, Verdict]:
    """Play one day on a socket."""
    with _folder() as folder:
        verdict, history = asyncio.run(play_sockets(seed, Path(folder)))
    _save(save / f"socket-{seed}.jsonl", verdict, history)
    return seed, verdict


def one_kill(save: Path, seed: int) -> tuple[int, Verdict]:
    """Kill one desk; points and outcomes take turns, the number of replies is drawn."""
    point = POINTS[seed % len(POINTS)]
    outcome = list(OUTCOMES)[seed // len(POINTS) % len(OUTCOMES)]
    replies = Random(seed).choice((1, 1, 2, 3))  # noqa: S311  # repeatable on purpose
    with tempfile.TemporaryDirectory() as folder:
        verdict = asyncio.run(kill_once(Path(folder), point, outcome, replies=replies))
    _save(save / f"kill-{seed}.jsonl", verdict, [f'"{point}, {outcome}, {replies} replies"'])
    return seed, verdict


def _all(
    one: Callable[[Path, int], tuple[int, Verdict]], seed: int, count: int, save: Path
) -> Iterator[tuple[int, Verdict]]:
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        yield from pool.imap_unordered(partial(one, save), range(seed, seed + count), chunksize=8)


def _report(name: str, verdicts: Iterator[tuple[int, Verdict]]) -> int:
    start, tally = time.monotonic(), Tally()
    for seed, verdict in verdicts:
        tally.add(seed, verdict)
    kinds = Counter(fault.split(" [")[0] for _, faults in tally.failed for fault in faults)
    states = ", ".join(f"{count} {state}" for state, count in tally.states.most_common())
    took = time.monotonic() - start
    _say(f"{name}: {tally.runs} in {took:.0f} s; replies: {states}; broken: {len(tally.failed)}")
    for kind, count in kinds.most_common(10):
        _say(f"  {count} x {kind}")
    if tally.failed:
        _say(f"  seeds: {', '.join(str(seed) for seed, _ in tally.failed[:20])}")
    return len(tally.failed)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _save(path: Path, verdict: Verdict, history: Sequence[str]) -> None:
    if verdict.faults:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*history, *verdict.faults]) + "\n", encoding="utf-8")


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=FAST if FAST.is_dir() else None)
