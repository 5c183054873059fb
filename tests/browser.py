"""Gets a Chromium for the tests: the machine's, Playwright's, or one fetched now."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Error, Playwright

from app.cli.browser import find_browser

FETCH_SECONDS = 300
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
ARGUMENTS = ["--no-sandbox"] if ROOT else []


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
    return found and playwright.chromium.launch(executable_path=found, args=ARGUMENTS)


def _of_the_machine(playwright: Playwright) -> Browser | None:
    found = find_browser()
    return found and playwright.chromium.launch(executable_path=found, args=ARGUMENTS)


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
