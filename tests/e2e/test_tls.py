"""A desk that others reach: by TLS of its own, or at an address that it draws for a phone."""

import os
import pty
import re
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.doubles.proxy import AUTHORITY, CERTIFICATE
from tests.e2e.desk import clean_environment, command, start


def test_desk_serves_by_tls_and_says_so(tmp_path: Path) -> None:
    pair = ("--tls-cert", str(CERTIFICATE), "--tls-key", str(CERTIFICATE))
    desk = start("serve", *pair, folder=tmp_path)
    try:
        assert desk.url.startswith("https://127.0.0.1:")
        with httpx.Client(verify=ssl.create_default_context(cafile=AUTHORITY)) as browser:
            own, foreign = (
                browser.get(f"{desk.url}/", headers={"Origin": origin})
                for origin in (desk.url, desk.url.replace("https", "http"))
            )
        assert "secure" in own.headers["set-cookie"].lower()
        assert foreign.status_code == 403
    finally:
        assert desk.stop() == 0


def test_pair_that_cannot_be_used_stops_the_start_with_one_line(tmp_path: Path) -> None:
    expired = str(CERTIFICATE.with_name("expired.pem"))

    done = command("serve", "--tls-cert", expired, "--tls-key", expired, cwd=tmp_path)

    assert done.returncode == 2
    assert "(flag --tls-cert): the certificate has expired" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "environ", "address"),
    [
        (
            [],
            {"TICKETDESK_PUBLIC_URL": "https://desk.example.com/desk"},
            "https://desk.example.com/desk",
        ),
        (["--host", "0.0.0.0"], {}, r"http://(?!0\.|127\.)\d+\.\d+\.\d+\.\d+:\d+"),  # noqa: S104  # so
    ],
    ids=["public address", "every address of the machine"],
)
def test_terminal_shows_the_address_for_others_and_draws_it_for_a_phone(
    tmp_path: Path, words: list[str], environ: dict[str, str], address: str
) -> None:
    house = str(Path(__file__).parents[2])
    usual = {"PYTHONPATH": house, "TICKETDESK_DATA_DIR": str(tmp_path), "TICKETDESK_PORT": "0"}
    ours = [sys.executable, "-m", "app"]
    subprocess.run(  # noqa: S603  # our own command
        [*ours, "user", "add", "Ana"],
        input="correct horse battery\n",
        env=clean_environment(**usual),
        text=True,
        capture_output=True,
        check=True,
    )
    here, there = pty.openpty()
    desk = subprocess.Popen(  # noqa: S603  # our own command
        [*ours, "serve", *words],
        env=clean_environment(**usual, **environ),
        stdout=there,
        stderr=there,
    )
    os.close(there)
    said = ""
    while "It works on a demo store" not in said:
        said += os.read(here, 4096).decode("utf-8", "ignore")
    desk.terminate()
    assert desk.wait(20) == 0
    os.close(here)

    assert re.search(rf"Others reach it at {address}\b", said), said
    drawn = [line for line in said.splitlines() if "\u2588" in line]
    assert 10 < len(drawn) <= 22
    assert max(map(len, drawn)) <= 80
