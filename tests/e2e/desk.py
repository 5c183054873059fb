"""Real processes for the tests: desk and API, each on a free port with a folder of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Page

T = TypeVar("T")

START_SECONDS = 120
STOP_SECONDS = 60
KEY = "sg_live_e2e_0123456789"
ADDRESS = re.compile(r"https?://127\.0\.0\.1:\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A process of ours that answers at `url`."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path
    output: Path

    def said(self) -> str:
        """Everything it printed so far, on both streams."""
        return self.output.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to end; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without what would make a server believe it is under test, or configured."""
    foreign = ("PYTEST_", "NICEGUI_", "TICKETDESK_")
    return {k: v for k, v in os.environ.items() if not k.startswith(foreign)} | more


def command(
    *words: str, cwd: Path, typed: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end; `typed` is its standard input."""
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "app", *words],
        env=_with_house(clean_environment(**environ)),
        cwd=cwd,
        input=typed,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def start(
    *words: str,
    folder: Path,
    port: int = 0,
    module: str = "app",
    patience: float = START_SECONDS,
    **environ: str,
) -> Running:
    """Start a command that serves, and wait until it says where."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", module, *words],
            env=_with_house(clean_environment(**_settings(folder, port) | environ)),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    found = until(lambda: _address(process, output), seconds=patience)
    return Running(url=found, process=process, folder=folder, output=output)


def until(look: Callable[[], T | None], *, seconds: float = 10) -> T:
    """What `look` finds as soon as it finds something; fails when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.005)
    raise AssertionError(f"Not seen within {seconds:g} s.")


# The server would hear a click, and a list that has rows has all of this page's.
THERE = """
window.did_handshake === true && !document.querySelector("[aria-busy=true] tr[data-ticket-id]")
"""


def visit(page: Page, url: str) -> None:
    """Open a page and wait until it is there."""
    page.goto(url)
    page.wait_for_function(THERE)


def _settings(folder: Path, port: int) -> dict[str, str]:
    return {
        "TICKETDESK_PORT": str(port),
        "TICKETDESK_DATA_DIR": str(folder / "data"),
        "TICKETDESK_DEMO_CUSTOMER": "off",
        "TICKETDESK_REFRESH_SECONDS": "1",
    }


def _with_house(environ: dict[str, str]) -> dict[str, str]:
    places = [environ.get("PYTHONPATH", ""), str(Path(__file__).parents[2])]
    return environ | {"PYTHONPATH": os.pathsep.join(filter(None, places)), "PYTHONUNBUFFERED": "1"}


def _address(process: subprocess.Popen[bytes], output: Path) -> str | None:
    if process.poll() is not None:
        raise AssertionError(f"It ended at once: {output.read_text(encoding='utf-8')}")
    found = ADDRESS.search(output.read_text(encoding="utf-8"))
    return found and found.group()
