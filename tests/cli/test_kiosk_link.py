"""`ticketdesk kiosk-link`: which displays are let in, from the command line."""

import re
from pathlib import Path

import pytest

from app.cli import kiosk_link
from app.config.settings import Settings
from app.domain.errors import WallLinkError
from tests.e2e.desk import command

ADDRESS = re.compile(r"http://127\.0\.0\.1:8080/kiosk\?link=[\w-]{43}")


def test_links_are_made_listed_and_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=tmp_path)
    kiosk_link.list_links(tmp_path)
    assert capsys.readouterr().out == f"{kiosk_link.NO_LINKS}\n"
    kiosk_link.new_link(settings, "Hall", view="never-answered", masking="numbers")
    assert ADDRESS.fullmatch(capsys.readouterr().out.splitlines()[-1])

    kiosk_link.list_links(tmp_path)

    listed = capsys.readouterr().out
    assert listed.startswith("Hall ")
    for word in ("never-answered", "numbers", "seen: not opened yet", "until: "):
        assert word in listed
    kiosk_link.revoke_link(tmp_path, "hall")
    kiosk_link.list_links(tmp_path)
    assert capsys.readouterr().out == f"Hall is no longer let in.\n{kiosk_link.NO_LINKS}\n"


def test_address_is_the_one_that_others_reach_the_desk_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://127.0.0.1/desk")

    kiosk_link.new_link(settings, "Hall", view="waiting", masking="masked")

    assert "\nhttps://127.0.0.1/desk/kiosk?link=" in capsys.readouterr().out


def test_revoking_an_unknown_link_names_those_there_are(tmp_path: Path) -> None:
    kiosk_link.made_link(tmp_path, "Hall")

    with pytest.raises(WallLinkError, match=r"There is no link Shop\. There are: Hall\."):
        kiosk_link.revoke_link(tmp_path, "Shop")


def test_names_that_are_made_up_differ(tmp_path: Path) -> None:
    for expected in ("Wall 1", "Wall 2"):
        name = kiosk_link.next_name(tmp_path)
        assert name == expected
        kiosk_link.made_link(tmp_path, name)


def test_command_prints_the_address_as_its_last_line(tmp_path: Path) -> None:
    made = command("kiosk-link", "new", "Hall", "--data-dir", "data", cwd=tmp_path)
    again = command("kiosk-link", "new", "Hall", "--data-dir", "data", cwd=tmp_path)

    assert (made.returncode, made.stderr) == (0, "")
    assert ADDRESS.fullmatch(made.stdout.splitlines()[-1])
    assert "\u2588" not in made.stdout  # no picture where no terminal is
    assert (again.returncode, again.stderr) == (
        1,
        "ticketdesk: There is a link Hall already. Revoke it, or choose another name.\n",
    )
