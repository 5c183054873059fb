"""The desk against its floor: every number that is promised, as a ratio within this run.

The floor is what the same browser needs to paint the same 25 rows from memory, with the product's
own table and nothing behind it (`_floor.py`); both are measured from the key or click to the
painted frame, in turns, so that a busy machine slows both.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from playwright.sync_api import sync_playwright

from tests.browser import a_browser
from tests.load._screen import at_the_screen
from tests.load._table import HEAD, say


def run(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.load desk", description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20, help="conversations and replies")
    given = parser.parse_args(arguments)
    say(f"{given.tickets:,} tickets, {datetime.now(UTC):%Y-%m-%d}, milliseconds where not said\n")
    say(HEAD)
    broken = 0
    with sync_playwright() as playwright:
        browser = a_browser(playwright)
        for line in at_the_screen(browser, given.tickets, given.rounds):
            say(line)
            broken += not line.holds
    return 1 if broken else 0
