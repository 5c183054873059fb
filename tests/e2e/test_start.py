"""Starting: a page within moments, one sentence when it cannot be, an orderly end."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from app.config.data_dir import DataDir
from app.store.holdings import OUTBOX
from app.web.server import listen
from tests.e2e.desk import KEY, Running, clean_environment, command, start, until


def ready(running: Running) -> dict[str, object]:
    """What the desk says once its copy is complete."""

    def look() -> dict[str, object] | None:
        answer: dict[str, object] = httpx.get(f"{running.url}/readyz").json()
        return answer if answer.get("complete") else None

    return until(look, seconds=20)


def test_desk_starts_with_nothing_set_and_says_how_to_ask_its_api(tmp_path: Path) -> None:
    running = start("serve", folder=tmp_path)
    page = httpx.get(running.url)
    key = until(lambda: re.search(r"Bearer (sg_live_\w+)", running.said())).group(1)
    answer = httpx.get(
        f"{running.url}/v1/tickets?limit=1", headers={"Authorization": f"Bearer {key}"}
    )

    assert page.status_code == 200
    assert "<html" in page.text
    assert key not in page.text
    assert answer.json()["meta"]["total"] == 500
    assert running.stop() == 0
    assert running.said().count("\n") == 2  # where it is, how to ask it


def test_given_key_is_never_printed(desk_process: Running) -> None:
    ready(desk_process)

    log = (desk_process.folder / "data" / "ticketdesk.log").read_text()
    assert KEY not in desk_process.said() + log


def test_machines_are_answered_without_a_page(desk_process: Running) -> None:
    assert httpx.get(f"{desk_process.url}/healthz").json() == {"status": "ok"}
    assert ready(desk_process)["tickets"] == 60


def test_desk_copies_an_api_in_another_process(remote_desk_process: Running) -> None:
    assert ready(remote_desk_process)["tickets"] == 60
    assert httpx.get(f"{remote_desk_process.url}/v1/tickets").status_code == 404


def test_two_desks_on_one_host_keep_their_own_cookies(
    desk_process: Running, remote_desk_process: Running
) -> None:
    names = []
    with httpx.Client() as browser:
        for desk in (desk_process, remote_desk_process, desk_process):
            answer = browser.get(desk.url)
            assert answer.status_code == 200
            names.append({name for name in answer.cookies if name.startswith("ticketdesk_")})

        assert len(browser.cookies) == 2
    assert names[0] != names[1]
    assert "session" not in browser.cookies


def test_second_start_on_the_same_folder_says_where_the_first_one_is(desk_process: Running) -> None:
    done = command(
        *("serve", "--port", "0", "--data-dir", str(desk_process.folder / "data")),
        cwd=desk_process.folder,
    )

    assert done.returncode == 1
    assert f"already running on {desk_process.folder / 'data'} at {desk_process.url}" in done.stderr


@pytest.mark.parametrize("name", ["serve", "api"])
def test_taken_port_is_one_sentence(tmp_path: Path, name: str) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = str(listener.getsockname()[1])
        done = command(name, "--port", port, "--data-dir", str(tmp_path / "data"), cwd=tmp_path)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"Port {port} on 127.0.0.1 is taken by another program" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_desk_ends_in_order_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    running = start("serve", folder=tmp_path)

    running.process.send_signal(number)

    assert running.process.wait(10) == 0
    assert "Traceback" not in running.said()
    again = start("serve", folder=tmp_path)
    assert again.stop() == 0


def silent(running: Running) -> bool:
    """Whether neither terminal nor log complains."""
    log = (running.folder / "data" / "ticketdesk.log").read_text(encoding="utf-8")
    return "Traceback" not in running.said() + log and "ERROR" not in running.said() + log


def test_further_signals_do_not_disturb_the_end(tmp_path: Path) -> None:
    running = start("serve", folder=tmp_path)

    for _ in range(8):
        running.process.send_signal(signal.SIGINT)
        time.sleep(0.02)

    assert running.process.wait(10) == 0
    assert silent(running)


def test_desk_told_to_end_while_it_starts_ends_in_order(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # an API that is there and never answers
        api = f"http://127.0.0.1:{mute.getsockname()[1]}"
        DataDir(tmp_path / "data").shops().create(api, KEY)
        shop = old_work(tmp_path / "data", api)
        process = subprocess.Popen(  # our own command
            [sys.executable, "-m", "app", "serve", "--port", "0"],
            env=clean_environment(
                PYTHONPATH=str(Path(__file__).parents[2]),
                TICKETDESK_DATA_DIR=str(tmp_path / "data"),
                TICKETDESK_API_URL=api,
                TICKETDESK_API_KEY="sg_live_new_key",
            ),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        mute.settimeout(20)
        mute.accept()[0].close()  # it asks which shop the new key belongs to
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=10)

    assert process.returncode == 0
    assert said == b""
    assert shop.is_dir()


def old_work(data: Path, api: str) -> Path:
    """A shop at this address that is known by a draft."""
    (shop,) = DataDir(data).shops().all()
    with closing(sqlite3.connect(shop.folder / OUTBOX)) as outbox:
        outbox.execute("CREATE TABLE outbox (ticket_id, state)")
        outbox.execute("CREATE TABLE draft (ticket_id)")
        outbox.execute("INSERT INTO draft VALUES ('tkt_1')")
        outbox.commit()
    return shop.folder


def test_request_that_waits_is_cut_off_without_a_word(tmp_path: Path) -> None:
    running = start("serve", folder=tmp_path)
    origin = {"Origin": running.url}
    waiting = HTTPConnection(running.url.removeprefix("http://"), timeout=20)
    with httpx.Client(base_url=running.url, headers=origin) as browser, closing(waiting):
        poll = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
        waiting.request("GET", poll, headers=origin)
        poll += f"&sid={json.loads(waiting.getresponse().read()[1:])['sid']}"
        browser.post(poll, content="40")
        browser.get(poll)
        waiting.request("GET", poll, headers=origin)
        # Sent later and answered: so the desk's one loop has taken up the poll before it.
        assert browser.post(poll, content="3").text == "OK"

        assert running.stop() == 0
    assert silent(running)


@pytest.mark.parametrize("words", [("serve",), ("api",), ("kiosk", "--print-url")])
def test_pipe_that_was_closed_keeps_no_server_from_serving(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    reading, writing = os.pipe()
    os.close(reading)
    errors = tmp_path / "errors"
    with errors.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "app", *words, "--port", str(port)],
            env=clean_environment(
                PYTHONPATH=str(Path(__file__).parents[2]),
                TICKETDESK_DATA_DIR=str(tmp_path / "data"),
            ),
            cwd=tmp_path,
            stdout=writing,
            stderr=file,
        )
    os.close(writing)

    def answers() -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{port}/").status_code in {200, 404}
        return False

    until(answers, seconds=20)
    process.terminate()

    assert process.wait(10) == 0
    said = errors.read_text(encoding="utf-8").splitlines()
    assert [line for line in said if not line.startswith("Filling the store")] == []


def test_store_that_is_served_is_filled_and_served_by_nobody_else(desk_process: Running) -> None:
    data = str(desk_process.folder / "data")

    for words in (("seed",), ("api", "--port", "0")):
        done = command(*words, "--data-dir", data, cwd=desk_process.folder)
        assert done.returncode == 1
        assert f"already in use at {desk_process.url}" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_desk_starts_again_after_being_killed(tmp_path: Path) -> None:
    first = start("serve", folder=tmp_path)
    first.kill()

    again = start("serve", folder=tmp_path)

    assert ready(again)["tickets"] == 500
    assert again.stop() == 0
