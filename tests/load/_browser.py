"""Milliseconds from a key or a click to the painted frame, measured inside the page."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page

PATIENCE_MS = 30_000
PAUSE_MS = 150
"""between two acts, so that what follows one is not measured with the next"""

# Begun by the event's own time; over when the frame with what was wanted has been painted, which is
# when a task that was posted from that frame's callback runs.
CLOCK = """
(() => {
  let begun = null;
  const begin = (event) => ["Control", "Shift"].includes(event.key) || (begun ??= event.timeStamp);
  for (const name of ["keydown", "click", "change"]) addEventListener(name, begin, true);
  const afterPaint = (call) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = call;
    channel.port2.postMessage(0);
  });
  const shown = {
    rows: (ids) => ids === Array.from(
      document.querySelectorAll("tr[data-ticket-id]"), (row) => row.dataset.ticketId).join(),
    message: (id) => document.querySelector(`aside:not([hidden]) [data-message-id="${id}"]`),
    reply: (text) => Array.from(document.querySelectorAll("[data-reply-state]"))
      .some((reply) => reply.textContent.includes(text)),
  };
  window.shows = (what, value) => !!shown[what](value);
  window.paint = (what, value, patience) => new Promise((resolve) => {
    begun = null;
    const timer = setTimeout(() => resolve(null), patience);
    const look = () => {
      if (begun === null || !shown[what](value)) return;
      observer.disconnect();
      clearTimeout(timer);
      afterPaint(() => resolve(performance.now() - begun));
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, attributes: true });
  });
})();
"""


@dataclass(slots=True)
class Times:
    """Milliseconds of the desk and of the floor, taken in turns."""

    desk: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


class NotPaintedError(Exception):
    """What was to be shown never came."""


def open_page(browser: Browser, url: str, state: Path | None = None) -> Page:
    """A page with the clock in it, in a profile of its own."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, timezone_id="UTC", storage_state=state
    )
    page = context.new_page()
    page.add_init_script(CLOCK)
    visit(page, url)
    return page


def visit(page: Page, url: str) -> None:
    """Go there and wait until the server would hear a key."""
    page.goto(url)
    page.wait_for_function("window.did_handshake === true")


def wait_for(page: Page, what: str, value: str) -> None:
    """Wait until the page shows it."""
    page.wait_for_function("([what, value]) => window.shows(what, value)", arg=[what, value])


def painted(page: Page, act: Callable[[], object], what: str, value: str) -> float:
    """Milliseconds from the first key or click of `act` until `value` has been painted.

    Args:
        what: rows (ids, with commas), message (an id) or reply (a part of its text).
    """
    arguments: list[Any] = [what, value, PATIENCE_MS]
    page.evaluate("([what, value, ms]) => { window.result = paint(what, value, ms); }", arguments)
    act()
    took = page.evaluate("window.result")
    if took is None:
        raise NotPaintedError(f"{what} {value[:60]!r} did not come within {PATIENCE_MS} ms.")
    return float(took)


class Floor:
    """The page that paints table after table from memory."""

    def __init__(self, page: Page, tables: Sequence[Sequence[str]]) -> None:
        self._page = page
        self._tables = tables
        self._shown = ""

    def paint(self, number: int, *, typed: bool = False) -> float:
        """Milliseconds to paint table `number`, which must differ from the one before.

        Args:
            typed: whether a letter asks for it; else a press of a button does.
        """
        ids = ",".join(self._tables[number])
        if ids == self._shown:  # by way of another one
            self.paint(next(n for n, other in enumerate(self._tables) if ",".join(other) != ids))
            self._page.wait_for_timeout(PAUSE_MS)
        self._page.evaluate("number => { window.nextTable = number; }", number)
        self._shown = ids
        return painted(self._page, partial(self._ask, typed), "rows", ids)

    def _ask(self, typed: bool) -> None:  # given by `paint`
        if typed:
            self._page.get_by_role("searchbox").press("x")
        else:
            self._page.get_by_role("button", name="Press").click()

    def close(self) -> None:
        """Let go of the page."""
        self._page.context.close()


def middle(times: Sequence[float]) -> float:
    """The median, NaN of none."""
    return median(times) if times else math.nan


def p95(times: Sequence[float]) -> float:
    """The time within which 95 of 100 were done."""
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else middle(times)
