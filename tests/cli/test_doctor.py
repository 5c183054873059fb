"""The doctor: one table, a verdict for each part, and an exit code scripts can use."""

import io
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.cli.doctor import examine
from app.config.data_dir import DataDir
from app.store.holdings import COPY, OUTBOX
from app.web.server import address_of, listen
from tests.e2e.desk import command

KEY = "sg_live_00aa11bb22cc33dd"


def lines(output: str) -> dict[str, str]:
    return {line[:16].strip(): line[16:].strip() for line in output.splitlines()}


def test_doctor_finds_nothing_broken_on_the_demo_store(tmp_path: Path) -> None:
    done = command("doctor", "--port", "0", "--data-dir", str(tmp_path / "data"), cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert list(lines(done.stdout)) == [
        "settings",
        "data folder",
        "shops kept",
        "port",
        "key",
        "Tickets API",
        "files",
        "database",
        "full-text search",
        "browser",
        "window toolkit",
    ]


def test_doctor_names_an_api_that_does_not_answer(tmp_path: Path) -> None:
    done = command(
        "doctor",
        *("--data-dir", str(tmp_path / "data"), "--api-url", "http://127.0.0.1:9"),
        cwd=tmp_path,
        TICKETDESK_API_KEY=KEY,
    )

    assert done.returncode == 1
    assert lines(done.stdout)["Tickets API"].startswith("BROKEN  http://127.0.0.1:9")
    assert KEY not in done.stdout + done.stderr


def test_doctor_goes_on_after_broken_settings(tmp_path: Path) -> None:
    done = command("doctor", "--port", "x", cwd=tmp_path)

    assert done.returncode == 1
    assert "TICKETDESK_PORT (flag --port)" in lines(done.stdout)["settings"]
    assert lines(done.stdout)["full-text search"].startswith("ok")


def test_doctor_names_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = command("doctor", "--data-dir", str(tmp_path / "file" / "data"), cwd=tmp_path)

    assert done.returncode == 1
    assert lines(done.stdout)["data folder"].startswith("BROKEN")


def examined(tmp_path: Path, *words: str, **environ: str) -> tuple[int, dict[str, str]]:
    """The exit code and the table, without a process for each."""
    flags = {"port": "0", "data_dir": str(tmp_path / "data")}
    flags |= {name[2:].replace("-", "_"): value for name, value in batched(words)}
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.chdir(tmp_path)
        for name in tuple(os.environ):
            if name.startswith("TICKETDESK_"):
                patch.delenv(name)
        for name, value in environ.items():
            patch.setenv(name, value)
        patch.syspath_prepend(environ.get("PYTHONPATH", str(tmp_path)))
        code = examine(flags)
    assert KEY not in said.getvalue()
    return code, lines(said.getvalue())


def batched(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(words[::2], words[1::2], strict=True)


def test_doctor_names_an_sqlite_that_is_too_old_for_the_schemas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 36, 0))
    monkeypatch.setattr("sqlite3.sqlite_version", "3.36.0")

    code, found = examined(tmp_path)

    assert code == 1
    for part in ("database", "full-text search"):
        assert found[part].startswith("BROKEN  SQLite 3.36.0 is too old: 3.37 or newer is needed")


@pytest.mark.parametrize(
    ("part", "schema"),
    [
        ("database", "app.store.outbox.file.SCHEMA"),
        ("full-text search", "app.store.tickets.mirror.SCHEMA"),
    ],
)
def test_doctor_opens_the_real_schemas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, schema: str
) -> None:
    (tmp_path / "001_other.sql").write_text("CREATE VIRTUAL TABLE words USING fts6(text);")
    monkeypatch.setattr(schema, tmp_path)

    code, found = examined(tmp_path)

    assert code == 1
    assert found[part].startswith("BROKEN")
    assert "no such module: fts6" in found[part]


def test_doctor_names_a_port_that_is_taken(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = str(listener.getsockname()[1])
        code, found = examined(tmp_path, "--port", port)

    assert code == 1
    assert found["port"].startswith(f"BROKEN  Port {port} on 127.0.0.1 is taken")
    assert "--port" in found["port"]


def test_port_of_the_desk_that_runs_is_in_order(tmp_path: Path) -> None:
    desk = DataDir(tmp_path / "data")
    desk.lock()
    with listen("127.0.0.1", 0) as listener:
        desk.publish_address(address_of(listener))
        code, found = examined(tmp_path, "--port", str(listener.getsockname()[1]))
    desk.unlock()

    assert code == 0
    assert found["port"].endswith("used by the desk that runs")


@pytest.mark.parametrize(
    ("name", "verdict", "remedy"),
    [
        (COPY, "note", "built again"),
        (OUTBOX, "BROKEN", "restore it from a backup"),
        ("api.sqlite3", "BROKEN", "move it away"),
    ],
)
def test_doctor_names_a_database_that_is_garbage(
    tmp_path: Path, name: str, verdict: str, remedy: str
) -> None:
    data_dir = DataDir(tmp_path / "data")
    folder = data_dir.shops().create(None, KEY).folder
    path = (data_dir.embedded() if name == "api.sqlite3" else folder) / name
    path.write_bytes(b"garbage " * 1000)

    code, found = examined(tmp_path)

    assert code == int(verdict == "BROKEN")
    assert found["files"].startswith(verdict)
    assert str(path) in found["files"]
    assert remedy in found["files"]


@pytest.mark.parametrize("place", ["key", ".env", "config"])
def test_doctor_names_a_key_that_others_can_read(tmp_path: Path, place: str) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "home")}
    path = tmp_path / place
    if place == "key":
        path.write_text(KEY)
        environ["TICKETDESK_API_KEY_FILE"] = str(path)
    elif place == ".env":
        path.write_text(f"TICKETDESK_API_KEY={KEY}\n")
    else:
        path = tmp_path / "home" / "ticketdesk" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(f'api_key = "{KEY}"\n')
    path.chmod(0o644)

    code, found = examined(tmp_path, **environ)
    assert code == 1
    assert found["key"].startswith("BROKEN")
    assert f"chmod 600 {'.env' if place == '.env' else path}" in found["key"]

    path.chmod(0o600)
    code, found = examined(tmp_path, **environ)
    assert code == 0
    assert found["key"].startswith("ok")


class Shop(BaseHTTPRequestHandler):
    """An API with one empty page, and a clock of its own."""

    ahead = 0

    def do_GET(self) -> None:
        body = json.dumps({"data": [], "meta": {"total": 0}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + self.ahead)

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def shop(ahead: int) -> Iterator[str]:
    """Serve it; its address."""
    handler = type("Ahead", (Shop,), {"ahead": ahead})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.join()


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0, "ok      as the API's"),
        (7200, "BROKEN  this machine's clock is 2:00:00 behind the API's"),
        (-7200, "BROKEN  this machine's clock is 2:00:00 ahead of the API's"),
    ],
)
def test_doctor_compares_the_clock_with_the_apis(tmp_path: Path, ahead: int, said: str) -> None:
    with shop(ahead) as url:
        code, found = examined(tmp_path, "--api-url", url, TICKETDESK_API_KEY=KEY)

    assert code == int(ahead != 0)
    assert found["clock"].replace(":01", ":00").replace("1:59:59", "2:00:00").startswith(said)


TOOLKIT = """
import os

class Window:
    def destroy(self): ...

def create_window(title, **said):
    assert said["hidden"]
    return Window()

def start(then):
    match os.environ["HOW"]:
        case "raises": raise RuntimeError("neither GTK nor QT is here")
        case "dies": os.abort()
    then()
"""


@pytest.mark.parametrize(
    ("how", "verdict", "said"),
    [
        ("opens", "ok", "opens a window"),
        ("raises", "BROKEN", "neither GTK nor QT is here"),
        ("dies", "BROKEN", "ended with code -6"),
        ("no screen", "note", "no screen"),
    ],
)
def test_doctor_opens_a_window_that_nobody_sees(
    tmp_path: Path, how: str, verdict: str, said: str
) -> None:
    (tmp_path / "tools" / "webview").mkdir(parents=True)
    (tmp_path / "tools" / "webview" / "__init__.py").write_text(TOOLKIT)
    screen = {"DISPLAY": "" if how == "no screen" else ":0", "WAYLAND_DISPLAY": ""}

    code, found = examined(tmp_path, HOW=how, PYTHONPATH=str(tmp_path / "tools"), **screen)

    assert code == int(verdict == "BROKEN")
    assert found["window toolkit"].startswith(verdict)
    assert said in found["window toolkit"]
