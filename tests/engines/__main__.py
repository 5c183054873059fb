"""Plays the main story in other engines than the tests': `python -m tests.engines`.

Firefox speaks WebDriver BiDi by itself, WebKitGTK is driven by its own WebDriver; Debian's packages
firefox-esr, webkit2gtk-driver and xvfb bring them. Pictures of each engine lie in
`test-results/engines`, for looking at side by side.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.browser import RESULTS
from tests.e2e.desk import THERE
from tests.engines._engine import ENGINES, ESCAPE, Engine, MissingEngineError
from tests.pictures import TICKETS, a_desk
from tests.sizes import PHONE, WALL, WIDE

FOLDER = Path(__file__).parents[2] / RESULTS / "engines"
PATIENCE_SECONDS = 20
SETTLES_SECONDS = 0.4
"""until what moves in has come to rest and is painted"""
WORDS = "Thank you, your key is on its way."
ROWS = "document.querySelectorAll('tr[data-ticket-id]').length"
COUNT = "Number(document.querySelector('[data-count]')?.dataset.count)"
ASIDE = "aside[aria-label=Conversation]"
BOX = "document.querySelector('aside textarea')"
Step = Callable[["Story"], None]


class Story:
    """One engine at one desk."""

    def __init__(self, engine: Engine, url: str) -> None:
        self._engine = engine
        self._url = url

    def open(self) -> None:
        """The list stands, and the server hears."""
        self._engine.resize(*WIDE)
        self._visit("/?view=all")
        self._until(f"{ROWS} === 25")

    def search(self) -> None:
        """Typed letters stay, and the list follows."""
        self._click("input[type=search]")
        self._engine.type("refund")
        self._until("document.querySelector('tr mark') !== null")
        self._until(f"{COUNT} < {TICKETS} && location.search === '?q=refund'")
        self._until("document.querySelector('input[type=search]').value === 'refund'")
        self._engine.type(ESCAPE)
        self._until(f"{COUNT} === {TICKETS}")

    def read(self) -> None:
        """A click on a row opens its conversation."""
        self._click("tr[data-ticket-id] td.c-customer")
        self._until(f"document.querySelector('{ASIDE} article[data-message-id]') !== null")

    def write(self) -> None:
        """What is typed stands in the box."""
        self._click("aside textarea")
        self._engine.type(WORDS)
        self._until(f"{BOX}.value === {json.dumps(WORDS)}")

    def send(self) -> None:
        """Send shows the reply and empties the box."""
        self._click("aside button", "Send")
        self._until(f"document.querySelector('{ASIDE} [data-reply-state]') !== null")
        self._until(f"{BOX}.value === ''")

    def undo(self) -> None:
        """Undo puts the words back into the box."""
        self._click("aside [data-reply-state] button", "Undo")
        self._until(f"{BOX}.value === {json.dumps(WORDS)}")

    def close(self) -> None:
        """The conversation closes, the list stays."""
        self._click("aside button", "Close conversation")
        self._until(f"!document.querySelector('{ASIDE}')?.getClientRects().length")

    def phone(self) -> None:
        """On a phone nothing sticks out, and Send can be reached."""
        self._engine.resize(*PHONE)
        self._until("document.documentElement.scrollWidth <= innerWidth")
        self._click("tr[data-ticket-id] td.c-subject")
        self._until(f"document.querySelector('{ASIDE}')?.getClientRects().length > 0")
        self._until("document.documentElement.scrollWidth <= innerWidth")
        self._until(f"(([x, y]) => x > 0 && y < innerHeight)({_place('aside button', 'Send')})")

    def wall(self) -> None:
        """The wall shows its tiles and proves that it is live."""
        self._engine.resize(*WALL)
        self._visit("/kiosk")
        self._until("document.querySelectorAll('[data-kiosk] [data-ticket-id]').length === 8")
        self._until("document.querySelector('[data-freshness=live]') !== null")

    def _visit(self, path: str) -> None:
        self._engine.open(f"{self._url}{path}")
        self._until(THERE.strip())

    def _click(self, selector: str, name: str = "") -> None:
        place = _place(selector, name)
        self._until(f"{place} !== null")
        self._engine.click(*self._engine.run(place))

    def _until(self, expression: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._engine.run(expression):
            assert time.monotonic() < deadline, f"not so: {expression}"
            time.sleep(0.03)


def _place(selector: str, name: str) -> str:
    """JavaScript for the middle of the first such element in sight, null if there is none."""
    return f"""((all) => {{
        const named = (one) => one.getAttribute("aria-label") ?? one.textContent.trim();
        const found = all.find((one) => one.getClientRects().length && !one.disabled
            && ({json.dumps(name)} === "" || named(one) === {json.dumps(name)}));
        const box = found?.getBoundingClientRect();
        return box ? [box.x + box.width / 2, box.y + box.height / 2] : null;
    }})([...document.querySelectorAll({json.dumps(selector)})])"""


STEPS: tuple[Step, ...] = (
    Story.open,
    Story.search,
    Story.read,
    Story.write,
    Story.send,
    Story.undo,
    Story.close,
    Story.phone,
    Story.wall,
)


def play(engine: str, url: str) -> list[str]:
    """What came of each step: its seconds, or what was not so; after that nothing is tried."""
    told: list[str] = []
    try:
        with ENGINES[engine]() as page:
            story = Story(page, url)
            for step in STEPS:
                begun = time.monotonic()
                step(story)
                told.append(f"{time.monotonic() - begun:.1f} s")
                time.sleep(SETTLES_SECONDS)
                (FOLDER / f"{step.__name__}-{engine}.png").write_bytes(page.picture())
    except (AssertionError, MissingEngineError, OSError) as fault:
        told.append(f"FAULT {fault}")
    return told


def main(arguments: Sequence[str]) -> int:
    """Play the story in each engine on a desk of its own, and print how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("--only", action="append", choices=[*ENGINES])
    chosen = parser.parse_args(arguments).only or [*ENGINES]
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = {}
    for engine in chosen:
        with tempfile.TemporaryDirectory() as folder, a_desk(Path(folder)) as url:
            told[engine] = play(engine, url)
    print(f"{'':10}" + "".join(f"{engine:>12}" for engine in chosen))  # noqa: T201  # its purpose
    for place, step in enumerate(STEPS):
        cells = (told[engine][place : place + 1] or ["-"] for engine in chosen)
        line = "".join(f"{cell.split()[0] if 'FAULT' in cell else cell:>12}" for [cell] in cells)
        print(f"{step.__name__:10}{line}")  # noqa: T201
    faults = [f"{engine}: {all_of[-1]}" for engine, all_of in told.items() if "FAULT" in all_of[-1]]
    print("\n".join(faults) or f"Pictures: {FOLDER}")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
