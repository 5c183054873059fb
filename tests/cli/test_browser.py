"""Finding a browser: the machine's own, by its usual names."""

from pathlib import Path

import pytest

from app.cli.browser import find_browser, has_screen, window_command


def test_browser_on_the_path_is_found_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("microsoft-edge", "google-chrome"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_browser() == tmp_path / "google-chrome"


def test_window_shows_one_address_with_a_profile_of_its_own(tmp_path: Path) -> None:
    command = window_command(Path("chromium"), "http://127.0.0.1:1/", profile=tmp_path, kiosk=False)

    assert command[0] == "chromium"
    assert command[-1] == "--app=http://127.0.0.1:1/"
    assert f"--user-data-dir={tmp_path}" in command


def test_kiosk_fills_the_screen(tmp_path: Path) -> None:
    command = window_command(Path("chromium"), "http://127.0.0.1:1/", profile=tmp_path, kiosk=True)

    assert command[-1] == "http://127.0.0.1:1/"
    assert "--kiosk" in command


def test_screen_is_missed_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not has_screen()

    monkeypatch.setenv("DISPLAY", ":0")
    assert has_screen()
