"""The gallery in a process of its own, for the tests that look at components in a browser."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import new_context, traced
from tests.e2e.desk import THERE

ROOT = Path(__file__).parents[2]
START_SECONDS = 120


@dataclass
class Gallery:
    """A running gallery. `said` holds what the components of the last page told their callers."""

    url: str

    def open(self, page: Page, path: str = "/") -> None:
        page.goto(self.url + path)
        page.wait_for_function(THERE)

    def do(self, state: str) -> None:
        assert self._get(f"/do/{state}") == state

    def said(self, what: str = "") -> list[list[object]]:
        heard = self._get("/said")
        return [call for call in heard if call[0] == what or (not what and call[0] != "zone")]

    def wait(self, what: str) -> list[object]:
        """The last call of `what`, once there is one."""
        deadline = time.monotonic() + 5
        while not (calls := self.said(what)):
            assert time.monotonic() < deadline, f"nobody said {what!r}: {self.said()}"
            time.sleep(0.02)
        return calls[-1][1:]

    def _get(self, path: str) -> list[list[object]]:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:  # noqa: S310  # loopback
            return json.loads(answer.read())  # type: ignore[no-any-return]  # its own answers


@pytest.fixture(scope="session")
def gallery_process() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NICEGUI"))}
    process = subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-m", "tests.components.gallery", str(port)], cwd=ROOT, env=quiet
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_up(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url + "/said", timeout=1).close()  # noqa: S310  # loopback
        except OSError:
            assert process.poll() is None, "the gallery ended"
            assert time.monotonic() < deadline, "the gallery does not answer"
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def gallery(gallery_process: str) -> Gallery:
    return Gallery(gallery_process)


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for these tests: what was fetched once stays in its cache."""
    context = new_context(browser)
    yield context
    context.close()


@pytest.fixture
def page(
    request: pytest.FixtureRequest, profile: BrowserContext, console: list[str]
) -> Iterator[Page]:
    """A page of the shared profile."""
    page = profile.new_page()
    page.on("pageerror", lambda error: console.append(str(error)))
    page.on("console", lambda said: said.type == "error" and console.append(said.text))
    with traced(profile, request.node, console):
        yield page
    page.close()


@pytest.fixture
def stage(gallery: Gallery, page: Page) -> Callable[[str], Page]:
    """Open the gallery at a path in a fresh page."""

    def open_at(path: str = "/") -> Page:
        gallery.open(page, path)
        return page

    return open_at
