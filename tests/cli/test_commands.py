"""The command as a person meets it: help, mistakes, and one sentence for each."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from tests.doubles.doors import WORD
from tests.e2e.desk import command

COMMANDS = ("serve", "desktop", "kiosk", "api", "seed", "export", "forget", "wipe", "doctor")
KEY = "sg_live_00aa11bb22cc33dd"


def test_help_names_every_command(tmp_path: Path) -> None:
    done = command("--help", cwd=tmp_path)

    assert done.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(tmp_path: Path, name: str) -> None:
    done = command(name, "--help", cwd=tmp_path)

    assert done.returncode == 0
    assert "Usage: ticketdesk" in done.stdout


@pytest.mark.parametrize(("name", "port"), [("serve", "8080"), ("api", "8081"), ("desktop", "any")])
def test_help_names_the_port_that_is_used(tmp_path: Path, name: str, port: str) -> None:
    help_ = command(name, "--help", cwd=tmp_path).stdout

    assert f"0 takes any free one.  [{port}]" in help_


def test_database_is_read_from_the_environment(tmp_path: Path) -> None:
    done = command(
        *("seed", "--tickets", "3", "--data-dir", str(tmp_path / "data")),
        cwd=tmp_path,
        TICKETDESK_DATABASE="shop.sqlite3",
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "shop.sqlite3").is_file()
    assert not (tmp_path / "data" / "embedded" / "api.sqlite3").exists()


def test_version_is_printed(tmp_path: Path) -> None:
    assert command("--version", cwd=tmp_path).stdout.startswith("ticketdesk 20")


@pytest.mark.parametrize("words", [("--port", "x"), ("serve", "--port", "x")])
def test_wrong_flag_value_is_one_line_and_exit_code_two(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = command(*words, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "ticketdesk: TICKETDESK_PORT (flag --port): this is not a whole number. "
        "Write a port from 1 to 65535, 0 for any, for example 8081."
    ]


def test_broken_dotenv_is_one_line_and_exit_code_two(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TICKETDESK_PORT 80\n")

    done = command(cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr == (
        "ticketdesk: .env, line 1: this is not NAME=value. "
        "Correct the line, or put a # before it.\n"
    )


@pytest.mark.parametrize(
    ("setting", "value"),
    [("HOST", "0.0.0.0"), ("PUBLIC_URL", "https://desk.example.com/desk")],  # noqa: S104
)
def test_desk_that_others_can_reach_is_refused_until_there_is_a_user(
    tmp_path: Path, setting: str, value: str
) -> None:
    flag = f"--{setting.lower().replace('_', '-')}"
    done = command(flag, value, "--data-dir", "data", "--port", "0", cwd=tmp_path)

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"TICKETDESK_{setting}: others than this machine could reach" in done.stderr
    assert done.stderr.endswith("ticketdesk user add NAME\n")


def test_desk_that_lost_its_users_is_not_opened_to_everybody(tmp_path: Path) -> None:
    where = ("--data-dir", "data")
    assert command("user", "add", "Ana", *where, cwd=tmp_path, typed=WORD).returncode == 0
    for path in (tmp_path / "data").glob("accounts.sqlite3*"):
        path.unlink()

    for words in (("serve", "--port", "0"), ("user", "list")):
        done = command(*words, *where, cwd=tmp_path)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert f"{tmp_path / 'data' / 'accounts.sqlite3'} holds no user" in done.stderr
        assert done.stderr.endswith("ticketdesk user add NAME --role owner\n")


def test_api_alone_is_never_served_to_others(tmp_path: Path) -> None:
    done = command("api", "--host", "0.0.0.0", "--data-dir", "data", cwd=tmp_path)  # noqa: S104

    assert done.returncode == 2
    assert "could read its key" in done.stderr


def test_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = command("--data-dir", str(tmp_path / "file" / "data"), cwd=tmp_path)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be written to" in done.stderr


def test_key_is_not_repeated_by_any_error(tmp_path: Path) -> None:
    done = command(
        cwd=tmp_path, TICKETDESK_API_KEY=f"{KEY} x", TICKETDESK_API_URL="https://api.example.com"
    )

    assert done.returncode == 2
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 1, "Free some space"),
        (PermissionError(errno.EACCES, "Permission denied", "a/file"), 1, "a/file cannot be used"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), 70, "fault of its own"),
    ],
)
def test_file_that_cannot_be_used_is_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: OSError,
    code: int,
    said: str,
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr("app.cli.commands.cli", fail)

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == code
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_fault_of_our_own_says_neither_key_nor_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key = "Zebrafinch0123456789"
    monkeypatch.setenv("TICKETDESK_API_KEY", key)
    monkeypatch.setattr(sys, "argv", ["ticketdesk", "serve", "--data-dir", str(tmp_path)])

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"{key} of canary.bird@example.com")

    monkeypatch.setattr("app.bootstrap.serve_desk", fail)

    with pytest.raises(SystemExit):
        main()

    said = capsys.readouterr().err
    assert "fault of its own (RuntimeError: <key> of <e-mail>)" in said


def test_unknown_command_says_where_help_is(tmp_path: Path) -> None:
    done = command("sevre", cwd=tmp_path)

    assert done.returncode == 2
    assert "--help" in done.stderr


def test_the_desk_loads_nothing_it_does_not_use(tmp_path: Path) -> None:
    spared = {"aiohttp", "requests", "pygments", "rich", "sqlalchemy", "alembic", "plotly"}
    code = (
        "import sys; from app.cli.commands import _loading\n"
        "with _loading():\n    import app.bootstrap\n"
        f"print(sorted({spared!r} & set(sys.modules)))\n"
        "import pygments"  # whoever does want it gets it
    )

    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout == "[]\n"
