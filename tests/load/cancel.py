"""Questions, orders and requests given up at random moments; then all must still be well."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.doubles.giving_up import GivingUp, Tally
from tests.doubles.giving_up_client import GivingUpClient
from tests.load._shop import full_copy


def run(arguments: Sequence[str]) -> int:
    """Give up as many as were asked for; 1 when anything was left open, lost or told wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tests.load cancel", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2611)
    given = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(full_copy(given.tickets), Path(folder) / "copy.sqlite3")
        tally = asyncio.run(_play(Path(folder), given.seed, given.count))
    client = GivingUpClient(given.seed)
    asyncio.run(client.play(given.count))
    _say(f"seed {given.seed}, {given.tickets:,} tickets, {time.monotonic() - began:.0f} s")
    for name in sorted(tally.given_up | tally.finished):
        _say(f"{name:<14}{tally.given_up[name]:>8,} given up{tally.finished[name]:>8,} finished")
    _say(f"{'in all':<14}{tally.given_up.total():>8,} given up, {tally.writes:,} writes meanwhile")
    _say(f"{'requests':<14}{client.given_up.total():>8,} given up, over real sockets")
    _say(f"until every reader answered, at most {1000 * tally.slowest_check:.0f} ms")
    faults = [*tally.faults, *client.faults]
    _say(f"faults: {len(faults)}")
    for fault in faults[:20]:
        _say(f"  {fault}")
    return 1 if faults else 0


async def _play(folder: Path, seed: int, count: int) -> Tally:
    desk = await GivingUp.opened(folder, seed=seed)
    try:
        return await desk.play(count)
    finally:
        await desk.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
