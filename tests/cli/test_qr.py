"""QR codes in the terminal."""

import sys

import pytest
import segno

from app.cli.qr import show_qr

ADDRESS = f"https://desk.example.com:8443/desk/kiosk?link={'a' * 43}"


def test_code_of_a_wall_address_fits_a_small_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    show_qr(ADDRESS)

    lines = capsys.readouterr().out.splitlines()
    assert 10 < len(lines) <= 24
    assert all(0 < len(line) <= 80 for line in lines[:-1])


def test_code_is_drawn_for_people_alone(capsys: pytest.CaptureFixture[str]) -> None:
    show_qr(ADDRESS)

    assert capsys.readouterr().out == ""


def test_code_of_a_short_address_is_no_micro_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    show_qr("12345")

    full = segno.make_qr("12345", error="l").symbol_size(border=1)[0]
    assert len(capsys.readouterr().out.splitlines()[0]) >= full


def test_code_that_no_small_terminal_holds_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    show_qr(f"https://desk.example.com/{'a' * 200}")

    assert capsys.readouterr().out == ""
