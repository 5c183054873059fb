"""A Chromium for the tests, the machine's or one fetched now, and what a failed test leaves."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Error, Playwright

from app.cli.browser import find_browser

FETCH_SECONDS = 300
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
# Of the tests' own authority; what a profile ignores, the script of a service worker does not.
ARGUMENTS = ["--ignore-certificate-errors", *(["--no-sandbox"] if ROOT else [])]

FAILED = pytest.StashKey[bool]()
"""set on a test once a part of it has failed"""
RESULTS = "test-results"


def new_context(browser: Browser, **options: object) -> BrowserContext:
    """A profile of its own, 1440 by 900, that can be traced."""
    context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
    context.set_default_timeout(10_000)
    # Without snapshots of each action, which make a page take twice as long, it costs nothing.
    context.tracing.start()
    return context


@contextmanager
def traced(context: BrowserContext, item: pytest.Item, console: list[str]) -> Iterator[None]:
    """Leave a trace, a picture and the HTML of each page in `test-results` if the test fails."""
    context.tracing.start_chunk(title=item.name)
    yield
    if not console and not item.stash.get(FAILED, False):
        context.tracing.stop_chunk()
        return
    folder = item.config.rootpath / RESULTS / re.sub(r"[^\w.]+", "-", item.nodeid)[-100:]
    folder.mkdir(parents=True, exist_ok=True)
    number = len([*folder.glob("*.zip")])
    for place, page in enumerate(context.pages):
        with suppress(Error):  # a page that crashed has no picture
            page.screenshot(path=folder / f"{number}-page-{place}.png")
            (folder / f"{number}-page-{place}.html").write_text(page.content(), "utf-8")
    context.tracing.stop_chunk(path=folder / f"{number}-trace.zip")
    sys.stdout.write(f"Pictures, and traces for `playwright show-trace`: {folder}\n")


def a_browser(playwright: Playwright) -> Browser:
    """The first browser that starts; fails with one sentence if none can be had."""
    with FileLock(Path(tempfile.gettempdir()) / "ticketdesk-browser.lock"):  # one worker fetches
        for attempt in (
            _shell_of_the_machine,
            _of_the_machine,
            _of_playwright,
            _fetched_by_playwright,
            _fetched_from_the_system,
        ):
            try:
                if started := attempt(playwright):
                    return started
            except (Error, OSError, subprocess.SubprocessError):
                continue
    pytest.fail(
        "Browser tests need Chromium, Chrome or Edge and none could be fetched: install one, "
        "for example with 'apt-get install chromium' or 'playwright install --with-deps chromium'.",
        pytrace=False,
    )


def _shell_of_the_machine(playwright: Playwright) -> Browser | None:
    """Chromium without windows: it opens a page in a third of the time, as it draws no toolbar."""
    found = shutil.which("chromium-headless-shell")
    return playwright.chromium.launch(executable_path=found, args=ARGUMENTS) if found else None


def _of_the_machine(playwright: Playwright) -> Browser | None:
    found = find_browser()
    return playwright.chromium.launch(executable_path=found, args=ARGUMENTS) if found else None


def _of_playwright(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(args=ARGUMENTS)


def _fetched_by_playwright(playwright: Playwright) -> Browser:
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    return _of_playwright(playwright)


def _fetched_from_the_system(playwright: Playwright) -> Browser | None:
    if not ROOT or not shutil.which("apt-get"):
        return None
    _run("apt-get", "update")
    _run("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    return _of_the_machine(playwright)


def _run(*command: str) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(  # noqa: S603  # fixed commands
        command, check=True, capture_output=True, timeout=FETCH_SECONDS, env=os.environ | quiet
    )
