"""A desk that serves by TLS itself."""

import ssl
from pathlib import Path

import httpx

from tests.doubles.proxy import AUTHORITY, CERTIFICATE
from tests.e2e.desk import command, start


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
