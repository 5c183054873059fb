"""The desk against its floor: every number that is promised, as a ratio within this run.

The floor is what the same browser needs to fetch the same 25 rows from a server's memory and paint
them in a frozen page of plain HTML (`_floor.py`); both are measured from the key or click to the
painted frame, in turns, so that a busy machine slows both.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from playwright.sync_api import Browser, sync_playwright

from tests.browser import a_browser
from tests.load._filling import filling
from tests.load._screen import at_the_screen, growth
from tests.load._table import HEAD, Line, say
from tests.load._viewers import viewers
from tests.load._visit import starts, visits


def run(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.load desk", description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20, help="conversations, replies, visits")
    parser.add_argument("--seconds", type=int, default=60, help="of looking on")
    parser.add_argument("--growth", type=int, nargs=2, default=[10_000, 1_000_000])
    parser.add_argument("--signed-in", action="store_true", help="screen and visits, with a user")
    parser.add_argument("--only", choices=PARTS, nargs="*", default=list(PARTS))
    given = parser.parse_args(arguments)
    say(f"{given.tickets:,} tickets, {datetime.now(UTC):%Y-%m-%d}, milliseconds where not said\n")
    say(HEAD)
    broken = 0
    with sync_playwright() as playwright:
        browser = a_browser(playwright)
        for part in given.only:
            for line in PARTS[part](browser, given):
                say(line)
                broken += not line.holds
    return 1 if broken else 0


PARTS: dict[str, Callable[[Browser, argparse.Namespace], Iterator[Line]]] = {
    "screen": lambda browser, given: at_the_screen(
        browser, given.tickets, given.rounds, signed_in=given.signed_in
    ),
    "visits": lambda browser, given: visits(
        browser, given.tickets, given.rounds, signed_in=given.signed_in
    ),
    "starts": lambda browser, given: starts(browser, given.tickets, given.rounds // 2),
    "filling": lambda _, given: filling(given.tickets),
    "growth": lambda browser, given: growth(browser, *given.growth),
    "viewers": lambda _, given: viewers(min(given.tickets, 10_000), given.seconds),
}
