"""The first minute: how soon a page is there, what it costs on the wire, how soon after a start."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.e2e.desk import Running
from tests.load._browser import Times, middle
from tests.load._servers import api_process, desk_process, fill_copy, floor_process, room, stopped
from tests.load._sign_in import sign_in
from tests.load._table import Line, against_floor
from tests.load._wire import Meter

ROWS = "tr[data-ticket-id], .list .empty, [data-ready]"
CHARTS = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2"
QUIET_MS = 1_000
VIEWPORT: ViewportSize = {"width": 1440, "height": 900}

# A page is there when what it is for has been painted and its server would hear a click.
ARRIVAL = """
(() => {
  let hears = false, looked;
  const look = () => {
    if (looked || !hears || !document.querySelector("ROWS")) return;
    looked = true;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { window.arrived = performance.now(); };
      channel.port2.postMessage(0);
    });
  };
  Object.defineProperty(window, "did_handshake", {
    get: () => hears, set: (value) => { hears = value; look(); },
  });
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
})();
""".replace("ROWS", ROWS.replace('"', "'"))

CHART_CODE = """
performance.getEntriesByType("resource").find((one) => one.name.includes("plotly"))?.startTime
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a page was there and when its chart code was asked for, in ms since it was asked for."""

    after: float
    charts_after: float | None


def visits(
    browser: Browser, tickets: int, rounds: int, *, signed_in: bool = False
) -> Iterator[Line]:
    """First visits against a page with one word on it; then what a visit costs on the wire."""
    with room() as folder, stopped(api_process(folder / "api", tickets)) as api, Meter() as meter:
        fill_copy(folder / "desk", api, tickets)
        public = {"TICKETDESK_PUBLIC_URL": meter.url}
        with (
            stopped(desk_process(folder / "desk", api, **public)) as desk,
            stopped(floor_process(folder / "floor", [])) as ground,
        ):
            meter.target = desk.url
            state = sign_in(desk) if signed_in else None
            yield _first_visits(browser, desk, ground, rounds, state)
            yield from _bytes(browser, meter, state)


def starts(browser: Browser, tickets: int, rounds: int) -> Iterator[Line]:
    """From the command to the first rows, against the same with nothing in copy and shop."""
    with room() as folder:
        of_copy = [list(_starts(browser, folder / str(n), n, rounds)) for n in (tickets, 0)]
    times = Times(*of_copy)
    yield against_floor("start to first rows, against an empty copy", times, 1.5)
    yield Line(what="start to first rows", measured=middle(times.desk), most=1000)


def _starts(browser: Browser, folder: Path, tickets: int, rounds: int) -> Iterator[float]:
    """Milliseconds from each command to the rows, in a tab that was there before."""
    with stopped(api_process(folder / "api", tickets)) as api, browser.new_context() as context:
        fill_copy(folder / "desk", api, tickets)
        port = 0
        for number in range(rounds + 1):
            page = _page(context)
            began = time.time()
            with stopped(desk_process(folder / "desk", api, port=port)) as desk:
                port = urlsplit(desk.url).port or 0
                page.goto(desk.url, wait_until="commit")
                page.wait_for_function("window.arrived")
                there = float(page.evaluate("performance.timeOrigin + window.arrived"))
                page.close()
            if number:
                yield there - 1000 * began


def _first_visits(
    browser: Browser, desk: Running, ground: Running, rounds: int, state: Path | None
) -> Line:
    times, charts = Times(), []
    for number in range(rounds + 1):
        first = _arrive(browser, desk.url, state, charts=True)
        empty = _arrive(browser, f"{ground.url}/empty", state, charts=False)
        if number:  # the first of all warms the servers
            times.desk.append(first.after)
            times.floor.append(empty.after)
            charts.append((first.charts_after or 0) - first.after)
    line = against_floor("first visit to first row, against an empty page", times, 1.5)
    yield_note = f"{line.note}; chart code {min(charts):,.0f} ms later at the earliest"
    return Line(
        what=line.what,
        measured=line.measured,
        floor=line.floor,
        most=line.most if min(charts) >= 0 else 0,
        note=yield_note,
    )


def _arrive(browser: Browser, url: str, state: Path | None, *, charts: bool) -> Arrival:
    """One visit with a cold cache."""
    with browser.new_context(viewport=VIEWPORT, storage_state=state) as context:
        page = _page(context)
        page.goto(url)
        page.wait_for_function("window.arrived")
        if charts:
            page.wait_for_function(CHARTS)
        found = page.evaluate(f"[window.arrived, {CHART_CODE.strip()}]")
    return Arrival(*found)


def _bytes(browser: Browser, meter: Meter, state: Path | None) -> Iterator[Line]:
    with browser.new_context(viewport=VIEWPORT, storage_state=state) as context:
        context.route("**/*plotly*", lambda route: route.abort())
        yield _kilobytes(
            "first visit before the charts", _wire(context, meter, "window.arrived"), 550
        )
    with browser.new_context(viewport=VIEWPORT, storage_state=state) as context:
        yield _kilobytes("first visit with charts", _wire(context, meter, CHARTS), 950)
        yield _kilobytes("second visit", _wire(context, meter, CHARTS), 20)


def _wire(context: BrowserContext, meter: Meter, until: str) -> int:
    """Bytes in both directions until `until` holds and the line is quiet."""
    before, page = meter.count, _page(context)
    page.goto(meter.url)
    page.wait_for_function(until)
    page.wait_for_timeout(QUIET_MS)
    page.close()
    return meter.count - before


def _kilobytes(what: str, count: int, most: float) -> Line:
    return Line(what=f"{what}, on the wire", measured=count / 1000, most=most, unit="kB")


def _page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.add_init_script(ARRIVAL)
    return page
