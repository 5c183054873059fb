"""`ticketdesk user`: who may come in, from the command line."""

import asyncio
import io
from pathlib import Path

import pytest
from pyotp import TOTP

from app.cli import user
from app.domain.clock import SystemClock
from app.domain.errors import AccountError
from app.store.accounts import passwords
from app.store.accounts.one_time_codes import new_secret
from tests.doubles.doors import QUICK, WORD, open_doors
from tests.e2e.desk import command


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(passwords, "PasswordHasher", lambda: QUICK)
    return monkeypatch


def typed(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line)))


def test_users_are_added_listed_and_removed(
    quick: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, role in (("Ana", None), ("Ben", "reader")):
        typed(quick, f"{WORD}\n".encode())
        user.add_user(tmp_path, name, role)
    user.list_users(tmp_path)
    user.remove_user(tmp_path, "ben")
    user.remove_user(tmp_path, "Ana")

    assert capsys.readouterr().out.splitlines() == [
        "Ana may come in now, as owner.",
        "Ben may come in now, as reader.",
        "owner   Ana",
        "reader  Ben",
        "Ben is no longer let in.",
        "Ana is no longer let in.",
        user.NO_USERS,
    ]


async def test_codes_are_taken_off_somebody_who_lost_the_phone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, secret = SystemClock(), new_secret()
    async with open_doors(tmp_path, clock) as doors:
        ana = await doors.add("Ana")
        code = TOTP(secret).at(clock.now())
        await doors.users.turn_on_codes(ana, secret, code, address="", but_session="")

        await asyncio.to_thread(user.turn_codes_off, tmp_path, "ana")

        assert await doors.enter("Ana")
    assert capsys.readouterr().out.startswith("Ana signs in by the password alone now")


@pytest.mark.parametrize("line", [b"", b"\n", b"short\r\n", b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n"])
def test_poor_password_on_standard_input_adds_nobody(
    quick: pytest.MonkeyPatch, tmp_path: Path, line: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(quick, line)
    with pytest.raises(AccountError):
        user.add_user(tmp_path, "Ana", None)
    user.list_users(tmp_path)

    assert capsys.readouterr().out == f"{user.NO_USERS}\n"


def test_known_name_is_refused_before_a_password_is_asked_for(
    quick: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed(quick, f"{WORD}\n".encode())
    user.add_user(tmp_path, "Ana", None)
    typed(quick, b"")

    with pytest.raises(AccountError, match="a user Ana already"):
        user.add_user(tmp_path, "ana", None)


def test_command_reads_the_password_and_never_shows_it(tmp_path: Path) -> None:
    done = command("user", "add", "Ana", "--data-dir", "data", cwd=tmp_path, typed=f"{WORD}\n")
    again = command("user", "password", "Eve", "--data-dir", "data", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "Ana may come in now, as owner.\n")
    assert WORD not in done.stdout + done.stderr
    assert (again.returncode, again.stderr) == (
        1,
        "ticketdesk: There is no user Eve. There are: Ana.\n",
    )
