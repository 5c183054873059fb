"""A window of its own: which one and why, one desk for two windows, and an end with the window."""

import os
import stat
from pathlib import Path

from tests.e2e.desk import Running, start, until

BROWSER = """#!/bin/sh
echo "$@" >> "$BROWSER_SAID"
while [ ! -e "$BROWSER_CLOSE" ]; do sleep 0.05; done
"""

TOOLKIT = """
import os, pathlib

class errors:
    class WebViewException(Exception): ...

windows = []

def create_window(title, url, **size):
    windows.append(f"{title} {url}\\n")

def start():
    if os.environ.get("NO_TOOLKIT"):
        raise errors.WebViewException("neither GTK nor QT is here")
    pathlib.Path(os.environ["BROWSER_SAID"]).write_text(windows[0])
"""


def window(tmp_path: Path, *words: str, folder: str = "first", **environ: str) -> Running:
    """Start a command that opens a window, with a browser that only takes notes."""
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    browser = tools / "chromium"
    browser.write_text(BROWSER)
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    for name, text in (
        ("__init__", TOOLKIT),
        ("errors", "from webview import errors\nWebViewException = errors.WebViewException"),
    ):
        (tools / "webview").mkdir(exist_ok=True)
        (tools / "webview" / f"{name}.py").write_text(text)
    settings = {
        "NO_TOOLKIT": "yes",
        "PYTHONPATH": str(tools),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "DISPLAY": ":0",
        "BROWSER_SAID": str(tmp_path / "said"),
        "BROWSER_CLOSE": str(tmp_path / "close"),
        "TICKETDESK_DATA_DIR": str(tmp_path / "data"),
    }
    return start(*words, folder=tmp_path / folder, **(settings | environ))


def shown(tmp_path: Path, number: int = 1) -> list[str]:
    def look() -> list[str] | None:
        said = tmp_path / "said"
        lines = said.read_text().splitlines() if said.exists() else []
        return lines if len(lines) >= number else None

    return until(look)


def test_desktop_opens_the_desk_alone_and_ends_with_its_window(tmp_path: Path) -> None:
    running = window(tmp_path, "desktop")

    assert f"--app={running.url}/" in shown(tmp_path)[0]
    assert "No native window: neither GTK nor QT is here" in running.said()
    (tmp_path / "close").touch()
    assert running.process.wait(10) == 0


def test_desktop_prefers_a_native_window(tmp_path: Path) -> None:
    running = window(tmp_path, "desktop", NO_TOOLKIT="")

    assert shown(tmp_path) == [f"Ticketdesk {running.url}/"]
    assert running.process.wait(10) == 0


def test_second_desktop_shows_the_first_one(tmp_path: Path) -> None:
    first = window(tmp_path, "desktop")
    shown(tmp_path)

    second = window(tmp_path, "desktop", folder="second")

    assert f"--app={first.url}/" in shown(tmp_path, 2)[1]
    assert f"already running at {first.url}" in second.said()
    (tmp_path / "close").touch()
    assert second.process.wait(10) == 0
    assert first.process.wait(10) == 0


def test_kiosk_fills_the_screen_with_the_wall(tmp_path: Path) -> None:
    running = window(tmp_path, "kiosk")

    assert shown(tmp_path)[0].endswith(f"{running.url}/kiosk")
    assert "--kiosk" in shown(tmp_path)[0]
    (tmp_path / "close").touch()
    assert running.process.wait(10) == 0


def test_kiosk_prints_its_address_and_nothing_else(tmp_path: Path) -> None:
    running = window(tmp_path, "kiosk", "--print-url")

    assert running.said() == f"{running.url}/kiosk\n"
    assert running.stop() == 0


def test_kiosk_prints_the_address_in_front_of_the_desk(tmp_path: Path) -> None:
    public = "http://127.0.0.1:9"
    running = window(tmp_path, "kiosk", "--print-url", TICKETDESK_PUBLIC_URL=public)

    assert running.said() == f"{public}/kiosk\n"
    assert running.stop() == 0


def test_desktop_without_a_screen_says_so_and_serves_on(tmp_path: Path) -> None:
    running = window(tmp_path, "desktop", DISPLAY="", WAYLAND_DISPLAY="")

    until(lambda: "until Ctrl+C" in running.said())
    assert "this machine has no screen" in running.said()
    assert running.stop() == 0
