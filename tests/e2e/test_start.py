"""Starting: a page within moments, one sentence when it cannot be, an orderly end."""

import re
import signal
from pathlib import Path

import httpx
import pytest

from app.serving import listen
from tests.e2e.desk import KEY, Running, command, start, until


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
    assert running.said().count("\n") == 2


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_desk_ends_in_order_when_asked(tmp_path: Path, number: signal.Signals) -> None:
    running = start("serve", folder=tmp_path)

    running.process.send_signal(number)

    assert running.process.wait(10) == 0
    assert "Traceback" not in running.said()
    again = start("serve", folder=tmp_path)
    assert again.stop() == 0


def test_desk_starts_again_after_being_killed(tmp_path: Path) -> None:
    first = start("serve", folder=tmp_path)
    first.kill()

    again = start("serve", folder=tmp_path)

    assert ready(again)["tickets"] == 500
    assert again.stop() == 0
