"""Plays the desk behind real proxies, by the files of assets/deploy: `python -m tests.deploy`.

nginx and Caddy come from Debian's packages of these names; each is started without more rights, on
a free port, with a certificate made for the tests. systemd's own checker reads its unit.
"""

import argparse
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Error, Page, sync_playwright

from tests.browser import a_browser, new_context
from tests.deploy._story import add_sellers, new_link, two_sellers_and_a_wall
from tests.doubles.proxy import AUTHORITY, CERTIFICATE
from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, start, until
from tests.e2e.shop import Shop

FILES = Path(__file__).parents[2] / "assets" / "deploy"
PATH = "/desk"
MOST_EXPOSED = 40
"""tenths of what `systemd-analyze security` calls exposure, of 100; it calls up to 50 OK"""
SYSTEM = "/usr/sbin:/usr/local/sbin"
"""where servers lie that are on nobody's path"""


def nginx(folder: Path, port: int, desk: int) -> list[str]:
    """Its command, for a file of ours inside a whole configuration."""
    server = (
        (FILES / "nginx.conf")
        .read_text("utf-8")
        .replace("443 ssl", f"127.0.0.1:{port} ssl")
        .replace("/etc/ssl/desk.example.com.pem", str(CERTIFICATE))
        .replace("/etc/ssl/desk.example.com.key", str(CERTIFICATE))
        .replace("desk.example.com", "127.0.0.1")
        .replace("127.0.0.1:8080", f"127.0.0.1:{desk}")
    )
    places = "".join(
        f"{name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder / 'pid'};\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{server}}}\n",
        "utf-8",
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def caddy(folder: Path, port: int, desk: int) -> list[str]:
    """Its command, for the file of ours with a certificate that is given."""
    opening = f"\nhttps://127.0.0.1:{port} {{\n\ttls {CERTIFICATE} {CERTIFICATE}"
    site = (FILES / "Caddyfile").read_text("utf-8")
    site = site.replace("\ndesk.example.com {", opening).replace(
        "127.0.0.1:8080", f"127.0.0.1:{desk}"
    )
    options = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(options + site, "utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


PROXIES: dict[str, Callable[[Path, int, int], list[str]]] = {"nginx": nginx, "caddy": caddy}
SYSTEMD = "systemd"


def check_unit(folder: Path) -> None:
    """Let systemd read the unit, with a command that is there, and judge how shut in it is."""
    unit = (FILES / "ticketdesk.service").read_text("utf-8")
    unit = re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", unit)
    file = folder / "ticketdesk.service"
    file.write_text(unit, "utf-8")
    most = f"--threshold={MOST_EXPOSED}"
    for asked in (["verify", str(file)], ["security", "--offline=true", most, str(file)]):
        done = subprocess.run(  # noqa: S603  # systemd's own
            [installed("systemd-analyze", "systemd"), *asked],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert not done.returncode, (done.stdout + done.stderr)[-2000:]
        assert str(file) not in done.stderr, done.stderr  # it warns, and ends well


def play(name: str, folder: Path) -> None:
    """Start a desk and this proxy before it, and let sellers work through it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"https://127.0.0.1:{port}{PATH}"
    seed(folder)
    add_sellers(folder)
    desk = start(
        "serve",
        folder=folder,
        TICKETDESK_API_KEY=KEY,
        TICKETDESK_PUBLIC_URL=address,
        TICKETDESK_TRUSTED_PROXIES="127.0.0.1",
    )
    try:
        inside = int(desk.url.removesuffix(PATH).rsplit(":", 1)[1])
        with running(PROXIES[name](folder, port, inside), folder), opened() as new_page:
            ask_plainly(address)
            ticket = str(Shop(desk).waiting()[0]["id"])
            two_sellers_and_a_wall(address, ticket, new_link(folder, address), new_page)
        assert "lets no WebSocket pass" not in desk.said()
    finally:
        code = desk.stop()
    assert code == 0


def ask_plainly(address: str) -> None:
    """What needs no browser."""
    trust = ssl.create_default_context(cafile=AUTHORITY)
    with httpx.Client(verify=trust) as browser:

        def answers() -> bool:
            try:
                return browser.get(f"{address}/readyz").status_code == 200
            except httpx.TransportError:
                return False

        until(answers, seconds=20)
        forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "192.0.2.66"}
        assert browser.get(f"{address}/healthz", headers=forged).status_code in {200, 403}
        assert browser.get(f"{address}/", headers={"Origin": "https://evil.example"}).is_error
        key = {"Authorization": f"Bearer {KEY}"}
        assert browser.get(f"{address}/v1/tickets", headers=key).json()["meta"]["total"] == 60
        page = {"Accept": "text/html"}
        led = browser.get(f"{address}/tickets/tkt_1", headers=page)
        assert led.headers["location"] == f"{PATH}/sign-in?next=/tickets/tkt_1"
        assert browser.get(address, headers=page, follow_redirects=True).status_code == 200


def installed(command: str, package: str) -> str:
    """Where the command lies."""
    paths = os.pathsep.join((os.environ.get("PATH", ""), SYSTEM))
    found = shutil.which(command, path=paths)
    if found is None:
        raise AssertionError(f"{command} is not installed: apt-get install {package}")
    return found


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[None]:
    """Run a proxy; what it says lies in the folder, and is printed when something goes wrong."""
    found = installed(command[0], command[0])
    said = folder / "proxy.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # the proxy found above
            [found, *command[1:]],
            cwd=folder,
            env=os.environ | {"HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield
    except BaseException:
        print(said.read_text("utf-8", errors="replace")[-2000:])  # noqa: T201  # its purpose
        raise
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def opened() -> Iterator[Callable[[], Page]]:
    """Pages of browsers of their own."""
    with ExitStack() as closing:
        playwright = closing.enter_context(sync_playwright())
        browser = a_browser(playwright)
        closing.callback(browser.close)

        def open_page() -> Page:
            context = new_context(browser, ignore_https_errors=True)
            closing.callback(context.close)
            return context.new_page()

        yield open_page


def main(arguments: Sequence[str]) -> int:
    """Play each proxy and print how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.deploy", description=__doc__)
    parser.add_argument("--only", action="append", choices=[*PROXIES, SYSTEMD])
    faults = 0
    for name in parser.parse_args(arguments).only or (*PROXIES, SYSTEMD):
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                if name == SYSTEMD:
                    check_unit(Path(folder))
                else:
                    play(name, Path(folder))
            except (AssertionError, Error, OSError, httpx.HTTPError) as fault:
                faults += 1
                print(f"{name}: FAULT {fault}")  # noqa: T201
            else:
                print(f"{name}: well, {time.monotonic() - begun:.1f} s")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
