"""Finds a Chromium-family browser on this machine and says how to open a window with it."""

import os
import shutil
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
BUNDLES = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")


def find_browser() -> Path | None:
    """The first Chromium, Chrome or Edge: on the path, then where installers put them."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return next((place for place in _usual_places() if place.is_file()), None)


def window_command(browser: Path, url: str, *, profile: Path, kiosk: bool) -> list[str]:
    """The command that shows `url` alone: a plain window, or the whole screen."""
    command = [
        str(browser),
        f"--user-data-dir={profile}",
        "--no-first-run",
        "--no-default-browser-check",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # the browser refuses to start as root otherwise
    if kiosk:
        return [*command, "--kiosk", "--noerrdialogs", url]
    return [*command, f"--app={url}"]


def has_screen() -> bool:
    """Whether a window could be seen at all."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        folders = [Path("/Applications"), Path.home() / "Applications"]
        return [f / f"{name}.app/Contents/MacOS/{name}" for f in folders for name in BUNDLES]
    if sys.platform == "win32":
        roots = [
            os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        ]
        return [Path(root, *name.split("/")) for root in roots if root for name in WINDOWS]
    return []
