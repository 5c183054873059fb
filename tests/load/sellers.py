"""A day of work: sellers and walls at a desk whose copy still fills, in every kind of weather.

They search, filter, sort, page, open, write, send, take back, close, go back, reload, lose the line
and sleep, while customers write, other programs answer, and the API is slow, refuses, falls silent
and breaks off. All the while and at the end the API's own books judge what the screens say.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from statistics import quantiles
from typing import Any

from tests.doubles.tab import Tab
from tests.load._browsers import Browsers
from tests.load._day import Outcome, Plan, Works, figures, opened
from tests.load._servers import room
from tests.load._table import say
from tests.load._watch import cost
from tests.load._watched import WATCH

LOADING_LINES, SHORTEST_THIRD = 60, 100
GROWTH = 1.25
"""from the first third of a day to the last: more than chance makes of numbers that are flat"""


def run(arguments: Sequence[str]) -> int:
    """Let them work; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.load sellers", description=__doc__)
    parser.add_argument("--sellers", type=int, nargs="+", default=[30], help="several: a day each")
    parser.add_argument("--kiosks", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--rate", type=float, help="requests a second, else by size and time")
    parser.add_argument("--browsers", type=int, default=3, choices=range(4), help="of Chromium")
    parser.add_argument("--seed", type=int, default=2611)
    given = parser.parse_args(arguments)
    broken, slow = 0, []
    for sellers in given.sellers:
        plan = Plan(
            tickets=given.tickets,
            sellers=sellers,
            kiosks=given.kiosks,
            rate=given.rate or min(100.0, max(4.0, given.tickets / (120 * given.minutes))),
            seed=given.seed,
        )
        outcome, keystroke = asyncio.run(_day(plan, 60 * given.minutes, given.browsers))
        broken += bool(outcome.faults)
        slow.append((sellers, keystroke))
    if len(slow) > 1:
        say(_end_of_one_process(slow))
    return 1 if broken else 0


async def _day(plan: Plan, seconds: float, browsers: int) -> tuple[Outcome, float]:
    say(
        f"\n{plan.sellers} sellers, {plan.kiosks} walls and {browsers} of Chromium, "
        f"{seconds / 60:g} minutes, {plan.tickets:,} tickets, {plan.rate:g} requests a second, "
        f"seed {plan.seed}"
    )
    outcome = Outcome()
    with room() as folder:
        works = Works(folder, plan)
        async with works.running():
            sellers = works.sellers()
            kiosks = [Tab(works.desk.url, "/kiosk") for _ in range(plan.kiosks)]
            chromium = Browsers(works, browsers)
            async with opened(sellers, kiosks), chromium.running():
                began, until = time.time(), time.monotonic() + seconds
                async with works.world():
                    await asyncio.gather(
                        *(one.work(lambda _: time.monotonic() < until) for one in sellers),
                        chromium.work(until),
                    )
                ended = time.time()
                for one in sellers:
                    await one.rest()
                await chromium.rest()
                outcome.faults += await works.judged(sellers, kiosks)
                took = dict(figures(works.day, [one.tab for one in sellers]))
            lines = (works.desk.folder / WATCH).read_text().splitlines()
            used = cost(works.desk.process.pid)
    for name, times in took.items():
        if times:
            say(_row(name, times))
    say(f"requests {works.weather.requests:,}, of which harmed: {dict(works.weather.harmed)}")
    say(f"replies kept {len(works.day.ledger.kept):,}, labels seen {dict(works.day.ledger.labels)}")
    say(f"{used.memory:.0f} MB, {used.processor:.0f} s of processor time, {used.files} files open")
    seen = [json.loads(line) for line in lines]
    stalls = sorted(seen, key=lambda line: line["stall"], reverse=True)
    for line in stalls[:3]:
        say(f"stall of the event loop {1000 * line['stall']:.0f} ms: {line['where']}")
    for line in _thirds([line for line in seen if began <= line["at"] <= ended], outcome):
        say(line)
    say("**broken**" if outcome.faults else "well")
    for fault in outcome.faults[:40]:
        say(f"  {fault}")
    keys = sorted(took["keystroke"])
    return outcome, keys[int(0.95 * len(keys))] if keys else 0.0


def _row(name: str, times: list[float]) -> str:
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    p50, p95, p99 = (1000 * cuts[place] for place in (49, 94, 98))
    return f"{name:<14}{len(times):>8,}   p50 {p50:>7,.0f} ms   p95 {p95:>7,.0f}   p99 {p99:>7,.0f}"


def _thirds(seen: list[dict[str, Any]], outcome: Outcome) -> Iterator[str]:
    """Whether anything grows: first third against last, of a day long enough to tell.

    The first minute is left out: pages open, and what is shared by all is loaded.
    """
    seen = seen[LOADING_LINES:]
    third = len(seen) // 3
    if third < SHORTEST_THIRD:
        return
    for name in ("tasks", "pages", "elements", "blocks", "memory", "files"):
        first, last = (
            sum(float(line[name]) for line in part) / third
            for part in (seen[:third], seen[-third:])
        )
        yield f"{name}: {first:,.0f} in the first third, {last:,.0f} in the last"
        if last > GROWTH * first:
            outcome.faults.append(f"{name} grow: {first:,.0f} to {last:,.0f}")


def _end_of_one_process(slow: list[tuple[int, float]]) -> str:
    (fewest, base), *others = slow
    before = (fewest, base)
    for sellers, took in others:
        if took > 2 * base:
            share = (2 * base - before[1]) / (took - before[1])
            end = before[0] + share * (sellers - before[0])
            return f"one process ends at about {end:.0f} sellers: there a keystroke's p95 doubles"
        before = (sellers, took)
    return f"one process does not end within {before[0]} sellers: {base:.3f} s became {took:.3f} s"
